"""Estimated travel follows its law, on the distances that geopy measures."""

from itertools import product
from math import ceil

import pytest
from geopy.distance import great_circle as measured

from routing.travel.law import Law, estimated, great_circle

# Bordeaux, Begles next to it, Arcachon on the coast, Porto, and the other side of the world.
POSITIONS = [
    (44.8378, -0.5792),
    (44.8080, -0.5480),
    (44.6580, -1.1680),
    (41.1496, -8.6110),
    (-44.8378, 179.4208),
]


def test_distances_are_those_of_geopy():
    found = great_circle(POSITIONS)
    for row, column in product(range(len(POSITIONS)), repeat=2):
        metres = measured(POSITIONS[row], POSITIONS[column]).meters
        assert found[row, column] == pytest.approx(metres, rel=1e-6, abs=0.01)


def test_seconds_follow_the_power_law_and_round_up():
    law = Law(a=2.0, b=0.5, detour=1.5)
    travel = estimated(POSITIONS[:2], law)
    metres = measured(*POSITIONS[:2]).meters
    assert travel.seconds[0][1] == travel.seconds[1][0] == ceil(2 * metres**0.5)
    assert travel.metres[0][1] == travel.metres[1][0] == ceil(1.5 * metres)


def test_a_place_is_no_way_from_itself():
    travel = estimated(POSITIONS)
    assert all(travel.seconds[row][row] == 0 for row in range(len(POSITIONS)))
    assert all(travel.metres[row][row] == 0 for row in range(len(POSITIONS)))


def test_a_whole_number_of_metres_is_not_rounded_up_for_a_rounding_error():
    # One degree of a meridian, with the radius chosen so that the law gives 100 s exactly.
    metres = measured((0, 0), (1, 0)).meters
    assert estimated([(0, 0), (1, 0)], Law(a=100 / metres, b=1.0)).seconds[0][1] == 100


def test_the_values_are_plain_whole_numbers():
    travel = estimated(POSITIONS)
    assert {type(value) for row in travel.seconds + travel.metres for value in row} == {int}


def test_the_default_is_sane_in_town_and_country():
    # The great circle between Bordeaux and Arcachon is 50.6 km: about an hour by any road.
    travel = estimated(POSITIONS)
    assert 35 * 60 < travel.seconds[0][2] < 60 * 60
    assert 60_000 < travel.metres[0][2] < 72_000
    assert 5 * 60 < travel.seconds[0][1] < 10 * 60  # 4.1 km across town


def test_no_place_and_one_place():
    assert estimated([]).seconds == ()
    assert estimated([(1.0, 2.0)]).seconds == ((0,),)

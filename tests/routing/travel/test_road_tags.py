"""Tags of OpenStreetMap become the rules of a road."""

import pytest

from routing.travel.road_tags import CLASSES, blocks, road_rules


def test_speeds_are_those_of_the_class_or_a_share_of_the_limit():
    assert road_rules({"highway": "residential"}).kmh == 25
    assert road_rules({"highway": "primary", "maxspeed": "80"}).kmh == pytest.approx(64)
    assert road_rules({"highway": "primary", "maxspeed": "30 mph"}).kmh == pytest.approx(
        38.6, abs=0.1
    )
    assert road_rules({"highway": "primary", "maxspeed": "signals"}).kmh == 65
    assert road_rules({"highway": "service", "maxspeed": "walk"}).kmh == 5


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({}, True, True),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"junction": "roundabout"}, True, False),
        ({"junction": "roundabout", "oneway": "no"}, True, True),
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, True, True),
    ],
)
def test_a_one_way_road_is_open_in_one_direction(
    tags: dict[str, str], *, forward: bool, backward: bool
):
    rules = road_rules({"highway": "residential"} | tags)
    assert (rules.forward, rules.backward) == (forward, backward)


def test_a_motorway_is_one_way_without_a_tag():
    assert not road_rules({"highway": "motorway"}).backward


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"highway": "residential", "access": "private"},
        {"highway": "residential", "motor_vehicle": "no"},
        {"highway": "track"},
        {"route": "ferry", "motor_vehicle": "no"},
        {"highway": "pedestrian", "area": "yes"},
    ],
)
def test_a_road_that_is_closed_to_cars_is_left_out(tags: dict[str, str]):
    assert road_rules(tags) is None


def test_a_particular_tag_opens_what_a_general_one_closes():
    assert road_rules({"highway": "residential", "access": "no", "motorcar": "yes"}) is not None
    assert road_rules({"highway": "residential", "access": "destination"}) is not None


def test_a_ferry_takes_the_time_of_its_timetable():
    rules = road_rules({"route": "ferry", "duration": "01:20", "motor_vehicle": "yes"})
    assert (CLASSES[rules.category], rules.minutes) == ("ferry", 80)
    assert road_rules({"route": "ferry", "duration": "35"}).minutes == 35
    assert road_rules({"route": "ferry", "duration": "00:07:30"}).minutes == 7.5


@pytest.mark.parametrize(
    ("tags", "shut"),
    [
        ({"barrier": "bollard"}, True),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False),
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "gate", "locked": "yes"}, True),
        ({"barrier": "border_control", "access": "no"}, True),
        ({"barrier": "toll_booth"}, False),
        ({"highway": "crossing"}, False),
    ],
)
def test_a_barrier_stops_a_car_unless_a_tag_lets_it_pass(tags: dict[str, str], *, shut: bool):
    assert blocks(tags) == shut

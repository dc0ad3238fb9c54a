"""CVRPLIB's text: coordinates or explicit weights, windows or none, and one line per complaint."""

import re

import pytest

from routing.errors import InvalidProblemError
from routing.formats import solution, vrplib
from routing.schedule import retimed

CAPACITATED = """NAME : tiny-n3-k2
COMMENT : (by hand)
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
 1 0 0
 2 3 4
 3 1 1
DEMAND_SECTION
1 0
2 7
3 5
DEPOT_SECTION
 1
 -1
EOF
"""

WINDOWED = """NAME: tiny
TYPE: VRPTW
VEHICLES: 2
DIMENSION: 3
CAPACITY: 10
SERVICE_TIME: 2
EDGE_WEIGHT_TYPE: EXPLICIT
EDGE_WEIGHT_FORMAT: LOWER_ROW
EDGE_WEIGHT_SECTION
5
1.4 3.6
DEMAND_SECTION
1 0
2 7
3 5
TIME_WINDOW_SECTION
1 0 100
2 10 20
3 0 50
DEPOT_SECTION
1
EOF
"""


def test_without_windows_distances_are_whole_and_rounded_and_nobody_is_late():
    asked = vrplib.read(CAPACITATED)
    # The root of 2 is 1.41..., the root of 13 is 3.60...
    assert asked.problem.travel["car"].metres == ((0, 5, 1), (5, 0, 4), (1, 4, 0))
    plan = retimed(asked.problem, {"1": ["1"], "2": ["2"]})
    assert solution.write(asked, plan) == "Route #1: 1\nRoute #2: 2\nCost 12\n"


def test_with_windows_everything_is_in_tenths():
    asked = vrplib.read(WINDOWED)
    assert (asked.name, asked.scale) == ("tiny", 10)
    assert asked.problem.travel["car"].seconds == ((0, 50, 14), (50, 0, 36), (14, 36, 0))
    assert [visit.service for visit in asked.problem.visits] == [20, 20]
    assert asked.problem.visits[0].windows[0].earliest == 100
    assert len(asked.problem.shifts) == 2


@pytest.mark.parametrize(
    ("kind", "weights"),
    [
        ("FULL_MATRIX", "0 5 1.4 5 0 3.6 1.4 3.6 0"),
        ("LOWER_DIAG_ROW", "0 5 0 1.4 3.6 0"),
        ("UPPER_ROW", "5 1.4 3.6"),
        ("UPPER_DIAG_ROW", "0 5 1.4 0 3.6 0"),
    ],
)
def test_weights_can_be_written_in_several_ways(kind: str, weights: str):
    text = WINDOWED.replace("LOWER_ROW", kind).replace("5\n1.4 3.6", weights)
    assert vrplib.read(text).problem.travel == vrplib.read(WINDOWED).problem.travel


def test_a_full_matrix_keeps_its_directions():
    text = WINDOWED.replace("LOWER_ROW", "FULL_MATRIX").replace("5\n1.4 3.6", "0 1 2 3 0 5 6 7 0")
    assert vrplib.read(text).problem.travel["car"].metres == ((0, 10, 20), (30, 0, 50), (60, 70, 0))


def test_service_can_differ_from_customer_to_customer():
    rows = "SERVICE_TIME_SECTION\n1 0\n2 4\n3 0.5\nDEPOT_SECTION"
    asked = vrplib.read(WINDOWED.replace("DEPOT_SECTION", rows))
    assert [visit.service for visit in asked.problem.visits] == [40, 5]


@pytest.mark.parametrize(
    ("text", "old", "new", "sentence"),
    [
        (CAPACITATED, "CVRP", "PDPTW", "line 3: TYPE PDPTW is not done"),
        (CAPACITATED, "EUC_2D", "GEO", "line 5: EDGE_WEIGHT_TYPE GEO is not done"),
        (CAPACITATED, "CAPACITY : 10", "DISTANCE : 10", "line 6: DISTANCE is not done"),
        (CAPACITATED, "CAPACITY : 10\n", "", "line 1: CAPACITY is missing in this file"),
        (CAPACITATED, "CAPACITY : 10", "CAPACITY : ten", "line 6: CAPACITY is not a number"),
        (CAPACITATED, "CAPACITY : 10", "NAME : again", "line 6: NAME is there twice"),
        (CAPACITATED, "DIMENSION : 3", "DIMENSION : 4", "line 11: DEMAND_SECTION has 3 rows"),
        (CAPACITATED, "DIMENSION : 3", "DIMENSION : 0", "line 4: DIMENSION is not between"),
        (CAPACITATED, " 2 3 4", " 2 3 y", "line 9: y is not a number: 'y'"),
        (CAPACITATED, " 2 3 4", " 5 3 4", "line 9: is node 5, and 2 was expected"),
        (CAPACITATED, "2 7\n", "2 7 7\n", "line 13: has 3 numbers, not 2: node demand"),
        (CAPACITATED, " 1\n -1", " 2\n -1", "line 15: DEPOT_SECTION has another depot"),
        (CAPACITATED, "DEMAND_SECTION", "WISH_SECTION", "line 11: WISH_SECTION is not done"),
        (CAPACITATED, "TYPE : CVRP", "CVRP", "line 3: is neither a key with its value nor"),
        (WINDOWED, "5\n1.4 3.6", "5\n1.4", "line 9: EDGE_WEIGHT_SECTION has 2 weights, not 3"),
        (WINDOWED, "LOWER_ROW", "SPIRAL", "line 8: EDGE_WEIGHT_FORMAT SPIRAL is not done"),
        (WINDOWED, "2 10 20", "2 30 20", "line 18: ends before it begins"),
        (WINDOWED, "1.4", "1.44", "line 11: a weight has too many decimals: 1.44"),
    ],
)
def test_a_broken_file_is_refused_and_the_line_named(text: str, old: str, new: str, sentence: str):
    assert old in text
    with pytest.raises(InvalidProblemError, match=f"^{re.escape(sentence)}"):
        solution.read(text.replace(old, new))

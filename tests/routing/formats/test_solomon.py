"""Benchmark instances of Solomon's kind: read exactly, refused by line, answered as `.sol`."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import InvalidProblemError, NoPlanError
from routing.formats import solomon, solution
from routing.formats.benchmark import TENTHS, WHOLES, straight
from routing.formats.lines import TextLine
from routing.schedule import retimed
from routing.units import LARGEST
from tests.routing.scale import scaled

SAMPLES = Path(
    os.environ.get("MILKROUND_SAMPLE_DATA", Path(__file__).parents[4] / "shared" / "data")
)
INSTANCES = sorted((SAMPLES / "vrptw").glob("*/*.txt"))

TINY = """TINY

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0          0          0          0        100          0
    1      3          4          7         10         20          2
    2      1          1          5          0         50          2.5
"""


def test_an_instance_is_ten_times_as_large_and_costs_a_cent_per_tenth():
    asked = solomon.read(TINY)
    assert (asked.name, asked.scale) == ("TINY", 10)
    # The root of 2 is 1.41..., the root of 13 is 3.60...: cut off, not rounded.
    assert asked.problem.travel["car"].metres == ((0, 50, 14), (50, 0, 36), (14, 36, 0))
    assert [shift.id for shift in asked.problem.shifts] == ["1", "2"]
    first, second = asked.problem.visits
    assert (first.windows[0].earliest, first.windows[0].latest) == (100, 200)
    assert (second.service, second.load) == (25, {"demand": 5})
    plan = retimed(asked.problem, {"1": ["1"], "2": ["2"]})
    assert plan.cost.total == 50 + 50 + 14 + 14


def test_the_answer_is_routes_and_the_distance_in_the_instances_own_unit():
    asked = solomon.read(TINY)
    answer = solution.write(asked, retimed(asked.problem, {"2": ["2"], "1": ["1"]}))
    assert answer == "Route #1: 1\nRoute #2: 2\nCost 12.8\n"


def test_a_solution_that_leaves_a_customer_out_is_none():
    asked = solomon.read(TINY)
    with pytest.raises(NoPlanError, match="customers 2 "):
        solution.write(asked, retimed(asked.problem, {"1": ["1"]}))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (TINY, "", "line 1: the file is empty"),
        (TINY, "TINY", "line 1: the file ends here: VEHICLE is missing"),
        ("VEHICLE", "WHEELS", "line 3: is not headed VEHICLE"),
        ("  2         10", "  2", "line 5: has 1 numbers, not 2: number capacity"),
        ("  2         10", "  0         10", "line 5: there is no vehicle"),
        ("  2         10", "  2.5       10", "line 5: number is not a whole number: 2.5"),
        ("  2         10", f"  2 {LARGEST + 1}", "line 5: capacity is above"),
        ("CUSTOMER", "CLIENT", "line 7: is not headed CUSTOMER"),
        ("    1      3 ", "    1      x ", "line 11: x is not a number: 'x'"),
        ("    1      3 ", "    1    nan ", "line 11: x is not a number: 'nan'"),
        ("    1      3 ", "    1    1/3 ", "line 11: x is not a number: '1/3'"),
        ("    1      3 ", "    1  1e999 ", "line 11: x is not a number: '1e999'"),
        ("    1      3 ", "    7      3 ", "line 11: is customer 7, and 1 was expected"),
        ("  10         20 ", "  30         20 ", "line 11: is due before it is ready"),
        ("   7         10 ", "  -7         10 ", "line 11: demand is negative: -7"),
        (" 2.5\n", " 2.55\n", "line 12: service has too many decimals: 2.55"),
        (" 2.5\n", "\n", "line 12: has 6 numbers, not 7"),
    ],
)
def test_a_broken_file_is_refused_and_the_line_named(old: str, new: str, sentence: str):
    assert old in TINY
    with pytest.raises(InvalidProblemError, match=f"^{re.escape(sentence)}"):
        solution.read(TINY.replace(old, new))


def test_a_file_without_customers_is_refused():
    head = TINY[: TINY.index("    0      0")]
    with pytest.raises(InvalidProblemError, match=r"^line 8: the file ends here: the depot is"):
        solution.read(head)


@pytest.mark.parametrize("path", INSTANCES, ids=lambda path: path.stem)
def test_every_sample_instance_loads(path: Path):
    text = path.read_text(encoding="utf-8")
    asked = solution.read(text)
    rows = text.rstrip().splitlines()
    assert len(asked.problem.visits) == int(rows[-1].split()[0])
    assert asked.name == rows[0].strip()


def test_the_sample_data_is_at_hand():
    if not INSTANCES:
        pytest.skip("the benchmark instances are not at hand (set MILKROUND_SAMPLE_DATA)")
    assert len(INSTANCES) > 60


def test_a_length_that_is_exact_is_not_cut_by_a_rounding_error():
    # 0.3 and 0.4 give 0.5, and binary fractions would give 0.4999...
    places = [line.exactly("x y") for line in _lines("0.1 0.1", "0.4 0.5")]
    assert straight([(x, y) for x, y in places], TENTHS)[0][1] == 5


def _lines(*texts: str) -> list[TextLine]:
    return [TextLine(number=1, text=text) for text in texts]


@settings(max_examples=scaled(200), deadline=None, derandomize=True)
@given(st.integers(-1_000, 1_000), st.integers(-1_000, 1_000))
def test_tenths_are_cut_off_and_wholes_are_rounded(x: int, y: int):
    ends = [line.exactly("x y") for line in _lines("0 0", f"{x} {y}")]
    places = [(a, b) for a, b in ends]
    tenths, wholes = (straight(places, scale)[0][1] for scale in (TENTHS, WHOLES))
    square = x * x + y * y
    assert tenths**2 <= 100 * square < (tenths + 1) ** 2
    assert (2 * wholes - 1) ** 2 <= 4 * square < (2 * wholes + 1) ** 2 or square == 0

"""Tests of records: places of fields, bounds in plain Python, and the same search as compiled."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pytest

from bench.days import day
from bench.horizon import horizon
from routing.compiled import CHECKED, BoundsError
from routing.kernel.memory_layout import KernelData, SearchState, ShiftRow
from routing.kernel.records import WRAPS, Block, Entries, Grid, Rows, TableRow
from routing.kernel.search import Kernel
from routing.problem import Safety, Spreads
from routing.timing import encoding
from routing.timing.accessors import seconds, visit
from routing.timing.encoding import encode
from tests.routing.kernel.in_folder import ROOT, copy_of_sources, in_new_processes, search

WEEKS = horizon(seed=1, visits=24, collectors=1)
PROBLEMS = {
    "a day": replace(
        day(24, 3, seed=2, rich=True),
        spreads=Spreads(leg=30, day=20, hour=10, service=40),
        safety=Safety(promise_price=200, end_price=400, clock_price=1_000),
    ),
    "too many visits in two weeks": WEEKS,
}
"""Problems that reach most of the kernel."""


class _Seat(TableRow):
    row: int
    taken: int
    code: Annotated[int, WRAPS]


class _Crate(TableRow):
    owner: int
    bottles: Entries


class _Hall(Block):
    guests: int
    open: int
    names: Entries
    seats: Rows[_Seat]
    crates: Grid[_Crate]
    prices: Grid[Entries]


@pytest.fixture
def hall() -> _Hall:
    return _Hall.allocate({"names": (4,), "seats": (3,), "crates": (2, 5, 3), "prices": (2, 3, 4)})


def test_each_field_has_an_entry_of_its_own(hall: _Hall):
    hall.guests, hall.open = 1, 2
    for place in range(4):
        hall.names[place] = 10 + place
    for row in range(3):
        hall.seats[row].row, hall.seats[row].taken, hall.seats[row].code = row, 20 + row, 30 + row
    for row in range(2):
        for column in range(5):
            hall.crates[row, column].owner = 100 + 5 * row + column
            hall.crates[row, column].bottles[1] = 200 + 5 * row + column
    assert (hall.guests, hall.open) == (1, 2)
    assert hall.names.array().tolist() == [10, 11, 12, 13]
    assert hall.seats.array()[:, 0].tolist() == [[0, 20, 30], [1, 21, 31], [2, 22, 32]]
    assert hall.crates.array()[:, :, 0].ravel().tolist() == list(range(100, 110))
    assert hall.crates.array()[:, :, 2].ravel().tolist() == list(range(200, 210))
    assert not hall.crates.array()[:, :, 1].any()
    assert not hall.prices.array().any()


def test_an_access_outside_of_a_table_is_refused(hall: _Hall):
    for outside in (-1, 4):
        with pytest.raises(BoundsError):
            hall.names[outside] = 1
    for row in (-1, 3):
        with pytest.raises(BoundsError):
            _ = hall.seats[row]
    for place in ((2, 0), (0, 5), (-1, 0), (0, -1)):
        with pytest.raises(BoundsError):
            _ = hall.crates[place]
    with pytest.raises(BoundsError):
        _ = hall.crates[0, 0].bottles[2]
    with pytest.raises(BoundsError):
        _ = hall.prices[1, 2][4]


def test_a_step_outside_of_the_rows_of_a_group_is_refused(hall: _Hall):
    width = hall.crates.width
    last = hall.crates[0, 4]
    assert (last - 4 * width).owner == 0
    with pytest.raises(BoundsError):
        _ = (last + width).owner
    with pytest.raises(BoundsError):
        _ = (last - 1).owner


def test_a_value_of_more_than_64_bits_is_refused_except_in_a_sum_of_random_numbers(hall: _Hall):
    with pytest.raises(BoundsError):
        hall.guests = 2**63
    with pytest.raises(BoundsError):
        hall.seats[0].taken = 2**63
    hall.seats[0].code = 2**63
    assert hall.seats[0].code == -(2**63)


def test_the_layout_has_the_columns_of_the_encoded_problem():
    for name in ("profile", "opens", "max_stops", "period"):
        assert ShiftRow.columns[name] == getattr(encoding, name.upper())
    assert min(ShiftRow.columns[name] for name in ("latest_end", "type_hash")) >= (
        encoding.SHIFT_COLUMNS
    )
    assert KernelData.is_constant
    assert not SearchState.is_constant


def test_no_one_writes_to_the_problem_data():
    with pytest.raises(ValueError, match="read-only"):
        Kernel(day(5, 1, seed=1)).data.num_visits = 3


@in_new_processes
@pytest.mark.parametrize("name", PROBLEMS)
def test_plain_python_searches_the_same_plans_as_compiled_code(name: str):
    searches = [search(ROOT, PROBLEMS[name], checked=checked) for checked in (False, True)]
    for each in searches:
        assert each.returncode == 0, each.stderr
    compiled, checked = (json.loads(each.stdout) for each in searches)
    assert checked == compiled


@in_new_processes
@pytest.mark.parametrize(
    ("module", "right", "wrong"),
    [
        ("string_removal", "range(data.num_neighbours)", "range(data.num_neighbours + 1)"),
        ("change", "visit = (start + point * columns).visit", "visit = (start - columns).visit"),
        ("greedy_insertion", "weights[row - 1] > weight", "weights[row - number - 1] > weight"),
        ("segments", "data.windows[window]", "data.windows[window - 10_000]"),
    ],
    ids=["neighbour", "point", "list", "window"],
)
def test_a_planted_bounds_error_is_found(tmp_path: Path, module: str, right: str, wrong: str):
    spoilt = next(copy_of_sources(tmp_path).rglob(f"{module}.py"))
    source = spoilt.read_text(encoding="utf-8")
    assert right in source
    spoilt.write_text(source.replace(right, wrong), encoding="utf-8")
    assert "BoundsError" in search(tmp_path, WEEKS, checked=True).stderr


@pytest.mark.skipif(not CHECKED, reason="compiled code does not test bounds")
def test_an_entry_outside_of_the_encoded_problem_is_refused():
    encoded = encode(day(5, 1, seed=1))
    assert visit(encoded, 4, encoding.PLACE) >= 0
    for row in (-1, 5):
        with pytest.raises(BoundsError):
            visit(encoded, row, encoding.PLACE)
    with pytest.raises(BoundsError):
        seconds(encoded, 1, 0, 0)

"""The search as `solve` uses it: several threads, a start to go on from, and when it looks up."""

import logging
import statistics
import time
from dataclasses import replace

import pytest

from bench.days import day
from bench.horizon import horizon
from routing.analysis.insertion import inserted, insertions
from routing.check.judge import check
from routing.cost import rank
from routing.kernel import memory_layout as o
from routing.kernel.recreate import NEVER_PLACED
from routing.kernel.search import COLD, HOT, Kernel, Orders, search
from routing.kernel.state import LITTLE
from routing.kernel.unsupported_rules import unsaid
from routing.plan import Rule
from routing.problem import Pin
from routing.schedule import retimed
from routing.solver import Budget, solve
from routing.units import Cents
from tests.routing.builders import pin, problem, visit


def test_two_threads_always_find_the_same_with_iterations_alone():
    asked = day(40, 4, seed=5)
    one, other = (solve(asked, Budget(iterations=1_000, threads=2)) for _ in range(2))
    assert one == other
    assert check(asked, one) == ()


def test_an_urgent_visit_is_put_into_a_plan_and_the_plan_improved():
    asked = day(40, 4, seed=6)
    start = solve(asked, Budget(iterations=3_000))
    urgent = replace(asked.visits[7], id="urgent", penalty=None)
    more = replace(asked, visits=(*asked.visits, urgent))
    greedy = retimed(more, start.orders)
    greedy = inserted(more, greedy, insertions(more, greedy, "urgent")[0])
    found = solve(more, Budget(iterations=500), start)
    assert rank(more, found) <= rank(more, greedy)


def test_what_was_pinned_in_the_past_stays():
    asked = day(40, 4, seed=7)
    start = solve(asked, Budget(iterations=1_000))
    first = start.tours[0]
    pins = tuple(
        Pin(visit=name, shift=first.shift, position=position)
        for position, name in enumerate(first.visits[:3])
    )
    pinned = replace(asked, pins=pins)
    found = solve(pinned, Budget(iterations=2_000), start)
    tour = found.tour(first.shift)
    assert tour is not None
    assert tour.visits[:3] == first.visits[:3]
    assert rank(pinned, found) <= rank(pinned, retimed(pinned, start.orders))


@pytest.mark.parametrize("scarce", [False, True])
def test_where_many_must_be_left_out_the_search_is_hotter_and_ruins_less(
    monkeypatch: pytest.MonkeyPatch, *, scarce: bool
):
    asked = horizon(seed=1, visits=400, collectors=2) if scarce else day(400, 32, seed=1)
    temperatures: list[float] = []
    little: set[int] = set()

    def told(self: Kernel, iterations: int, hot: float, cold: float) -> None:
        temperatures.extend((hot, cold))
        little.add(int(self.s[o.LITTLE]))
        self.done += iterations

    monkeypatch.setattr(Kernel, "run", told)
    solve(asked, Budget(iterations=500))
    assert (max(temperatures) > HOT) is scarce
    assert (min(temperatures) > COLD) is scarce
    assert little == ({LITTLE} if scarce else {0})


def test_it_learns_who_finds_no_spot():
    asked = day(40, 8, seed=8)
    nobody_may = replace(asked.visits[7], skills=frozenset({"none has it"}), penalty=Cents(100))
    kernel = Kernel(replace(asked, visits=(*asked.visits[:7], nobody_may, *asked.visits[8:])))
    kernel.begin()
    kernel.run(2_000, HOT, COLD)
    known = kernel.g[kernel.g[o.KNOWN] :][: 40 * o.KNOWN_COLUMNS].reshape(40, o.KNOWN_COLUMNS)
    hard = kernel.s[kernel.s[o.HARD] :][:40]
    assert hard[known[:, o.ROW] == 7] > 0.9 * NEVER_PLACED
    assert hard[known[:, o.ROW] != 7].mean() < 0.1 * NEVER_PLACED


class _Clock:
    """Stops after so many looks, and keeps the CPU seconds between them."""

    def __init__(self, looks: int) -> None:
        self.looks = looks
        self.between: list[float] = []
        self._last = time.process_time()

    def better(self, read) -> None:  # noqa: ANN001 - a reader of orders
        orders: Orders = read()
        assert orders

    def enough(self, moves: int) -> bool:
        now = time.process_time()
        self.between.append(now - self._last)
        self._last = now
        return len(self.between) > self.looks or moves < 0

    def progress(self, moves: int) -> float:
        return min(1.0, moves / 1e5)


@pytest.mark.parametrize("rich", [False, True], ids=["plain", "rich"])
def test_it_looks_up_every_few_milliseconds(*, rich: bool):
    clock = _Clock(20)
    search(day(120, 8, seed=1, rich=rich), clock)
    assert statistics.median(clock.between) < 0.05


def test_a_position_behind_somebody_who_is_not_pinned_is_for_the_model(
    caplog: pytest.LogCaptureFixture,
):
    names = ("anna", "bea", "cleo", "dora")
    asked = problem(*map(visit, names), pins=[pin("anna", "am", 2)])
    assert unsaid(asked) == {Rule.PINS}
    with caplog.at_level(logging.INFO):
        plan = solve(asked, Budget(iterations=500))
    assert "pins" in caplog.text
    assert plan.tours[0].visits[2] == "anna"
    assert check(asked, plan) == ()


@pytest.mark.parametrize("pins", [[], [pin("anna")], [pin("anna", "am", 0), pin("bea", "am", 1)]])
def test_other_pins_are_said(pins: list[Pin]):
    assert unsaid(problem(visit("anna"), visit("bea"), visit("cleo"), pins=pins)) == frozenset()

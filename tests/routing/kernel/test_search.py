"""Search of the kernel as `solve` uses it: threads, warm starts, observers."""

import logging
import statistics
import time
from dataclasses import replace

import pytest

from bench.days import day
from bench.horizon import horizon
from routing.analysis.insertion import inserted, insertions
from routing.checker.judge import check_plan
from routing.compiled import CHECKED
from routing.cost import rank
from routing.kernel.memory_layout import VisitRow
from routing.kernel.operators.greedy_insertion import MAX_DIFFICULTY
from routing.kernel.search import (
    FINAL_TEMPERATURE,
    INITIAL_TEMPERATURE,
    Kernel,
    Orders,
    _Chunks,
    search,
)
from routing.kernel.state import SMALL_RUINS
from routing.kernel.unsupported_rules import unsupported_rules
from routing.plan import Rule
from routing.problem import Pin
from routing.schedule import retimed
from routing.solver import Budget, solve
from routing.units import Cents
from tests.routing.builders import pin, problem, visit
from tests.routing.scale import scaled


def test_two_threads_always_find_the_same_with_iterations_alone():
    instance = day(40, 4, seed=5)
    one, other = (solve(instance, Budget(iterations=scaled(1_000), threads=2)) for _ in range(2))
    assert one == other
    assert check_plan(instance, one) == ()


def test_an_urgent_visit_is_put_into_a_plan_and_the_plan_improved():
    instance = day(40, 4, seed=6)
    start = solve(instance, Budget(iterations=scaled(3_000)))
    urgent = replace(instance.visits[7], id="urgent", penalty=None)
    more = replace(instance, visits=(*instance.visits, urgent))
    greedy = retimed(more, start.orders)
    greedy = inserted(more, greedy, insertions(more, greedy, "urgent")[0])
    plan = solve(more, Budget(iterations=scaled(500)), start)
    assert rank(more, plan) <= rank(more, greedy)


def test_visits_pinned_in_the_past_stay():
    instance = day(40, 4, seed=7)
    start = solve(instance, Budget(iterations=scaled(1_000)))
    first = start.tours[0]
    pins = tuple(
        Pin(visit=name, shift=first.shift, position=position)
        for position, name in enumerate(first.visits[:3])
    )
    pinned = replace(instance, pins=pins)
    plan = solve(pinned, Budget(iterations=scaled(2_000)), start)
    tour = plan.tour(first.shift)
    assert tour is not None
    assert tour.visits[:3] == first.visits[:3]
    assert rank(pinned, plan) <= rank(pinned, retimed(pinned, start.orders))


@pytest.mark.parametrize("scarce", [False, True])
def test_with_many_unassigned_visits_the_search_is_hotter_and_ruins_are_small(
    monkeypatch: pytest.MonkeyPatch, *, scarce: bool
):
    instance = horizon(seed=1, visits=400, collectors=2) if scarce else day(400, 32, seed=1)
    temperatures: list[float] = []
    small_ruins: set[int] = set()

    def record(self: Kernel, iterations: int, first: float, last: float) -> None:
        temperatures.extend((first, last))
        small_ruins.add(self.state.small_ruins)
        self.iterations += iterations

    monkeypatch.setattr(Kernel, "run", record)
    solve(instance, Budget(iterations=scaled(500)))
    assert (max(temperatures) > INITIAL_TEMPERATURE) is scarce
    assert (min(temperatures) > FINAL_TEMPERATURE) is scarce
    assert small_ruins == ({SMALL_RUINS} if scarce else {0})


def test_the_difficulty_of_a_visit_that_is_never_inserted_is_learnt():
    instance = day(40, 8, seed=8)
    unservable = replace(instance.visits[7], skills=frozenset({"none has it"}), penalty=Cents(100))
    kernel = Kernel(
        replace(instance, visits=(*instance.visits[:7], unservable, *instance.visits[8:]))
    )
    kernel.initialise()
    kernel.run(scaled(2_000), INITIAL_TEMPERATURE, FINAL_TEMPERATURE)
    rows = kernel.data.visits.array()[:, 0, VisitRow.columns["problem_row"]]
    difficulties = kernel.state.difficulty.array()
    assert difficulties[rows == 7] > 0.9 * MAX_DIFFICULTY
    assert difficulties[rows != 7].mean() < 0.1 * MAX_DIFFICULTY


class _TimedObserver:
    """Observer that stops after some calls, and keeps the CPU seconds between them."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self.intervals: list[float] = []
        self._last = time.process_time()

    def on_best(self, read) -> None:  # noqa: ANN001 - a reader of orders
        orders: Orders = read()
        assert orders

    def should_stop(self, iterations: int) -> bool:
        now = time.process_time()
        self.intervals.append(now - self._last)
        self._last = now
        return len(self.intervals) > self.calls or iterations < 0

    def progress(self, iterations: int) -> float:
        return min(1.0, iterations / 1e5)


@pytest.mark.skipif(CHECKED, reason="plain Python is not as fast")
@pytest.mark.parametrize("rich", [False, True], ids=["plain", "rich"])
def test_the_observer_is_called_every_few_milliseconds(*, rich: bool):
    observer = _TimedObserver(20)
    search(day(120, 8, seed=1, rich=rich), observer)
    assert statistics.median(observer.intervals) < 0.05


def test_a_position_after_a_visit_that_is_not_pinned_is_left_to_the_model(
    caplog: pytest.LogCaptureFixture,
):
    names = ("anna", "bea", "cleo", "dora")
    instance = problem(*map(visit, names), pins=[pin("anna", "am", 2)])
    assert unsupported_rules(instance) == {Rule.PINS}
    with caplog.at_level(logging.INFO):
        plan = solve(instance, Budget(iterations=scaled(500)))
    assert "pins" in caplog.text
    assert plan.tours[0].visits[2] == "anna"
    assert check_plan(instance, plan) == ()


@pytest.mark.parametrize("pins", [[], [pin("anna")], [pin("anna", "am", 0), pin("bea", "am", 1)]])
def test_other_pins_are_supported(pins: list[Pin]):
    assert (
        unsupported_rules(problem(visit("anna"), visit("bea"), visit("cleo"), pins=pins))
        == frozenset()
    )


def test_a_step_of_a_fixed_length_is_cut_into_chunks_that_take_little_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A slow iteration takes a second here; the step of 40 still has 40 iterations."""
    clock = iter(range(1_000))
    monkeypatch.setattr("routing.kernel.search.time.perf_counter", lambda: next(clock))
    chunks = list(_Chunks(2_000).of_step())
    assert sum(chunks) == 40
    assert chunks[:3] == [8, 1, 1]

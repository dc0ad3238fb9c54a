"""A reason is true: relax what it blames and it goes away, and the checker says so."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from routing.analysis.explain import REMEDIES, explain, explained
from routing.analysis.insertion import insertions, worth
from routing.checker.judge import check_tour
from routing.errors import InvalidPlanError
from routing.plan import Plan, ReasonCode, Remedy, Rule
from routing.problem import Pin, Problem, Shift, Visit
from routing.schedule import best_effort, retimed
from routing.solver import solve
from routing.units import LARGEST, Seconds
from tests.routing.builders import FEW, pin, problem, shift, visit, window
from tests.routing.scale import scaled
from tests.routing.strategies import problems

ALONE = {
    Rule.WINDOWS: (problem(visit("anna", (0, 99))), Remedy.WIDEN_WINDOW, 1),
    Rule.SHIFTS: (problem(visit("anna"), shifts=[shift("am", 0, 199)]), Remedy.LENGTHEN_SHIFT, 1),
    Rule.LOAD: (
        problem(visit("anna", load={"ml": 8}), shifts=[shift(capacity={"ml": 5})]),
        Remedy.ADD_CAPACITY,
        3,
    ),
    Rule.RIDE_TIME: (problem(visit("dora", ride={"milk": 399})), Remedy.END_NEARER, 1),
    Rule.SKILLS: (problem(visit("anna", skills=["blood"])), Remedy.FIND_SKILL, 0),
    Rule.ENDS: (
        problem(visit("anna", ride={"milk": 999}), shifts=[shift(end="home")]),
        Remedy.END_AT_FREEZER,
        0,
    ),
}


@pytest.mark.parametrize("rule", ALONE)
def test_what_no_shift_can_serve_is_blamed_on_the_rule(rule: Rule):
    asked, remedy, by = ALONE[rule]
    reason = explain(asked, retimed(asked, {}), asked.visits[0].id)
    assert (reason.code, reason.rule, reason.remedy) == (ReasonCode.IMPOSSIBLE, rule, remedy)
    assert [obstacle.by for obstacle in reason.obstacles] == [by]
    assert reason.sentence.startswith("No shift can serve visit")


def test_the_nearest_shift_is_the_one_that_fails_last():
    # One shift lacks the skill; the other has it and would be 100 s late.
    asked = problem(
        visit("anna", (0, 1_000), skills=["blood"]),
        shifts=[shift("am"), shift("late", 1_000, skills=["blood"])],
    )
    reason = explain(asked, retimed(asked, {}), "anna")
    assert (reason.rule, reason.shift) == (Rule.WINDOWS, "late")
    assert [obstacle.rule for obstacle in reason.obstacles] == [Rule.SKILLS, Rule.WINDOWS]


def test_what_fits_nowhere_between_the_stops_names_the_nearest_miss():
    asked = problem(
        visit("anna", load={"ml": 6}),
        visit("bea", load={"ml": 5}),
        shifts=[shift(capacity={"ml": 10})],
    )
    reason = explain(asked, retimed(asked, {"am": ["anna"]}), "bea")
    assert (reason.code, reason.rule, reason.shift) == (ReasonCode.CROWDED, Rule.LOAD, "am")
    assert "1 more than the 10 it can" in reason.sentence


def test_a_reason_follows_the_plan():
    asked = problem(
        *(visit(name, load={"ml": 6}) for name in ("anna", "bea", "cleo")),
        shifts=[shift("am", capacity={"ml": 12}), shift("pm", capacity={"ml": 5})],
    )
    full, half = (retimed(asked, {"am": names}) for names in (["anna", "bea"], ["anna"]))
    assert explain(asked, full, "cleo").code is ReasonCode.CROWDED
    assert explain(asked, half, "cleo").code is ReasonCode.FITS
    again = explain(asked, retimed(asked, {"am": ["bea", "anna"]}), "cleo")
    assert [(found.shift, found.by) for found in again.obstacles] == [("am", 6), ("pm", 1)]


def test_what_costs_more_than_its_penalty_says_so():
    asked = problem(visit("anna", penalty=150))
    reason = explain(asked, retimed(asked, {}), "anna")
    assert (reason.code, reason.price, reason.remedy) == (
        ReasonCode.TOO_DEAR,
        200,
        Remedy.RAISE_PENALTY,
    )


def test_what_has_not_been_put_in_yet_fits():
    asked = problem(visit("anna"))
    reason = explain(asked, retimed(asked, {}), "anna")
    assert (reason.code, reason.remedy, reason.price) == (ReasonCode.FITS, Remedy.INSERT, 200)


def test_a_pin_on_a_shift_that_is_full_is_told_from_the_rest():
    asked = problem(
        visit("anna"), visit("bea"), shifts=[shift("am"), shift("pm")], pins=[pin("bea", "am", 0)]
    )
    plan = retimed(asked, {"am": ["anna"]})
    assert explain(asked, plan, "bea").code is ReasonCode.FITS
    both = replace(asked, pins=(pin("anna", "am", 0), pin("bea", "am", 1)))
    reason = explain(both, retimed(both, {}), "bea")
    assert (reason.code, reason.rule, reason.remedy) == (
        ReasonCode.CROWDED,
        Rule.PINS,
        Remedy.REMOVE_PIN,
    )


@pytest.mark.parametrize("name", ["anna", "zoe"])
def test_only_an_unassigned_visit_can_be_explained(name: str):
    asked = problem(visit("anna"))
    with pytest.raises(InvalidPlanError, match=name):
        explain(asked, retimed(asked, {"am": ["anna"]}), name)


def test_every_rule_that_keeps_a_visit_out_has_a_remedy():
    priced = {Rule.OVERTIME, Rule.BALANCE, Rule.OPTIONAL, Rule.PRICE}
    assert set(REMEDIES) == set(Rule) - {Rule.COVERAGE, Rule.CLOCK} - priced


def relaxed(asked: Problem, rule: Rule, visit_: Visit) -> Problem:
    """The same problem in which this rule cannot bite this visit."""
    free = {
        Rule.WINDOWS: {"windows": (window(0, LARGEST),)},
        Rule.LOAD: {"load": {}},
        Rule.RIDE_TIME: {"ride_limits": {}},
        Rule.ENDS: {"ride_limits": {}},
        Rule.SKILLS: {"skills": frozenset(), "shifts": None},
    }.get(rule, {})
    pins: tuple[Pin, ...] = () if rule is Rule.PINS else asked.pins
    shifts = asked.shifts
    if rule is Rule.SHIFTS:
        shifts = tuple(_endless(line) for line in asked.shifts)
    others = (replace(other, **free) if other == visit_ else other for other in asked.visits)
    return replace(asked, visits=tuple(others), shifts=shifts, pins=pins)


def _endless(line: Shift) -> Shift:
    return replace(line, window=replace(line.window, latest=Seconds(LARGEST)))


def alone_breaks(asked: Problem, line: str, name: str) -> set[Rule]:
    found, on = asked.visit(name), asked.shift(line)
    assert found is not None
    assert on is not None
    return {broken.rule for broken in check_tour(asked, best_effort(asked, on, [found]))}


@settings(max_examples=scaled(80), deadline=None, derandomize=True)
@given(problems(most=5))
def test_no_reason_is_wrong(asked: Problem):
    """The checker confirms each obstacle, and that it is gone once its rule is relaxed."""
    plan = solve(asked, FEW)
    for entry in plan.unassigned:
        left, reason = asked.visit(entry.visit), entry.reason
        assert left is not None
        assert reason is not None
        places = insertions(asked, plan, left.id)
        assert (reason.code is ReasonCode.TOO_DEAR) == bool(places)
        if places:
            assert not worth(asked, left, places[0])
            continue
        unable = {line.id for line in asked.shifts if alone_breaks(asked, line.id, left.id)}
        assert (reason.code is ReasonCode.IMPOSSIBLE) == (len(unable) == len(asked.shifts))
        for obstacle in reason.obstacles:
            if obstacle.shift in unable:
                assert obstacle.rule in alone_breaks(asked, obstacle.shift, left.id)
                kinder = relaxed(asked, obstacle.rule, left)
                assert obstacle.rule not in alone_breaks(kinder, obstacle.shift, left.id)


@settings(max_examples=scaled(40), deadline=None, derandomize=True)
@given(problems(most=4))
def test_an_empty_plan_can_be_explained_too(asked: Problem):
    plan: Plan = explained(asked, retimed(asked, {}))
    for entry in plan.unassigned:
        assert entry.reason is not None
        fits = bool(insertions(asked, plan, entry.visit))
        assert (entry.reason.price is not None) == fits

"""Knows every rule the planner keeps, and asks each of them about a plan."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from routing.check import (
    clock,
    coverage,
    ends,
    load,
    optional,
    pins,
    ride_time,
    shifts,
    skills,
    windows,
)
from routing.check.violation import Violation
from routing.plan import Plan, Rule, Tour
from routing.problem import Problem

RULES: Final[Mapping[Rule, Callable[[Problem, Plan], Iterator[Violation]]]] = {
    Rule.COVERAGE: coverage.violations,
    Rule.OPTIONAL: optional.violations,
    Rule.PINS: pins.violations,
    Rule.SKILLS: skills.violations,
    Rule.ENDS: ends.violations,
    Rule.LOAD: load.violations,
    Rule.WINDOWS: windows.violations,
    Rule.SHIFTS: shifts.violations,
    Rule.RIDE_TIME: ride_time.violations,
    Rule.CLOCK: clock.violations,
}
"""In the order in which a person is told: what no timing can cure comes first."""

OF_A_PLAN: Final = frozenset({Rule.COVERAGE, Rule.OPTIONAL})
"""The rules that speak of all visits; the others judge a tour by itself."""


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Every rule the plan breaks; an empty tuple means that it is legal."""
    return tuple(broken for rule in RULES.values() for broken in rule(problem, plan))


def check_tour(problem: Problem, tour: Tour) -> tuple[Violation, ...]:
    """Every rule one tour breaks, whatever else the plan holds."""
    plan = Plan(tours=(tour,))
    judges = (rule for name, rule in RULES.items() if name not in OF_A_PLAN)
    return tuple(broken for rule in judges for broken in rule(problem, plan))

"""The checker of a plan: every rule in turn."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from routing.checker import (
    balance,
    breaks,
    clock,
    collectors,
    coverage,
    dates,
    ends,
    limits,
    load,
    optional,
    overtime,
    periods,
    pins,
    price,
    reload,
    ride_time,
    shifts,
    shipments,
    skills,
    windows,
    zones,
)
from routing.checker.violation import Violation
from routing.plan import Plan, Rule, Tour
from routing.problem import Problem

Judge = Callable[[Problem, Plan], Iterator[Violation]]

RULES: Final[Mapping[Rule, Judge]] = {
    Rule.COVERAGE: coverage.violations,
    Rule.PINS: pins.violations,
    Rule.SKILLS: skills.violations,
    Rule.COLLECTORS: collectors.violations,
    Rule.ZONES: zones.violations,
    Rule.PERIODS: periods.violations,
    Rule.SHIPMENTS: shipments.violations,
    Rule.ENDS: ends.violations,
    Rule.RELOAD: reload.violations,
    Rule.LOAD: load.violations,
    Rule.WINDOWS: windows.violations,
    Rule.DATES: dates.violations,
    Rule.SHIFTS: shifts.violations,
    Rule.LIMITS: limits.violations,
    Rule.BREAKS: breaks.violations,
    Rule.RIDE_TIME: ride_time.violations,
    Rule.CLOCK: clock.violations,
}
"""The forbidding rules in order of report; rules that no timing can cure come first."""

BILLS: Final[Mapping[Rule, Judge]] = {
    Rule.DATES: dates.bill,
    Rule.OVERTIME: overtime.bill,
    Rule.COLLECTORS: collectors.bill,
    Rule.ZONES: zones.bill,
    Rule.BALANCE: balance.bill,
    Rule.OPTIONAL: optional.bill,
    Rule.PRICE: price.bill,
}
"""The rules with a price, each with its own sum."""


def check_plan(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Return every violation of a plan; an empty tuple means a legal plan."""
    judges = (*RULES.values(), *BILLS.values())
    return tuple(broken for judge in judges for broken in judge(problem, plan))


def check_tour(problem: Problem, tour: Tour) -> tuple[Violation, ...]:
    """Return every violation of one tour, without the rest of the plan and its bill."""
    return tuple(broken_by(problem, tour))


def broken_by(problem: Problem, tour: Tour) -> Iterator[Violation]:
    """Yield the violations of one tour, for callers of the first one."""
    plan = Plan(tours=(tour,))
    judges = (judge for rule, judge in RULES.items() if rule is not Rule.COVERAGE)
    return (broken for judge in judges for broken in judge(problem, plan))

"""Construction of the OR-Tools model: all rules, in their order."""

from collections.abc import Callable, Mapping
from typing import Final

from routing.model import (
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
from routing.model.routing_model import Model
from routing.plan import Rule
from routing.problem import Problem

RULES: Final[Mapping[Rule, Callable[[Model], None]]] = {
    Rule.CLOCK: clock.add_to,
    Rule.WINDOWS: windows.add_to,
    Rule.DATES: dates.add_to,
    Rule.SHIFTS: shifts.add_to,
    Rule.RELOAD: reload.add_to,
    Rule.LOAD: load.add_to,
    Rule.BREAKS: breaks.add_to,
    Rule.RIDE_TIME: ride_time.add_to,
    Rule.SKILLS: skills.add_to,
    Rule.COLLECTORS: collectors.add_to,
    Rule.ZONES: zones.add_to,
    Rule.ENDS: ends.add_to,
    Rule.LIMITS: limits.add_to,
    Rule.OVERTIME: overtime.add_to,
    Rule.BALANCE: balance.add_to,
    Rule.PERIODS: periods.add_to,
    Rule.SHIPMENTS: shipments.add_to,
    Rule.PINS: pins.add_to,
    Rule.COVERAGE: coverage.add_to,
    Rule.OPTIONAL: optional.add_to,
    Rule.PRICE: price.add_to,
}
"""The function that adds each rule.

Clock comes first: it adds the time dimension that other rules use. Price comes last: it adds up the
surcharges of other rules.
"""


def build(problem: Problem) -> Model:
    """Return the OR-Tools model of a problem with at least one visit."""
    model = Model.of(problem)
    for add_to in RULES.values():
        add_to(model)
    return model

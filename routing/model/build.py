"""Knows every rule the exact engine is told, and in which order."""

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
    Rule.CLOCK: clock.say,
    Rule.WINDOWS: windows.say,
    Rule.DATES: dates.say,
    Rule.SHIFTS: shifts.say,
    Rule.RELOAD: reload.say,
    Rule.LOAD: load.say,
    Rule.BREAKS: breaks.say,
    Rule.RIDE_TIME: ride_time.say,
    Rule.SKILLS: skills.say,
    Rule.COLLECTORS: collectors.say,
    Rule.ZONES: zones.say,
    Rule.ENDS: ends.say,
    Rule.LIMITS: limits.say,
    Rule.OVERTIME: overtime.say,
    Rule.BALANCE: balance.say,
    Rule.PERIODS: periods.say,
    Rule.SHIPMENTS: shipments.say,
    Rule.PINS: pins.say,
    Rule.COVERAGE: coverage.say,
    Rule.OPTIONAL: optional.say,
    Rule.PRICE: price.say,
}
"""Clock comes first: it makes the dimension that others speak of. Price comes last: it adds up
what others charge."""


def build(problem: Problem) -> Model:
    """Tell OR-Tools a problem with at least one visit."""
    model = Model.of(problem)
    for say in RULES.values():
        say(model)
    return model

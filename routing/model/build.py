"""Knows every rule the exact engine is told, and in which order."""

from collections.abc import Callable, Mapping
from typing import Final

from routing.model import (
    clock,
    coverage,
    ends,
    load,
    optional,
    pins,
    price,
    ride_time,
    shifts,
    skills,
    windows,
)
from routing.model.said import Model
from routing.plan import Rule
from routing.problem import Problem

RULES: Final[Mapping[Rule, Callable[[Model], None]]] = {
    Rule.CLOCK: clock.say,
    Rule.WINDOWS: windows.say,
    Rule.SHIFTS: shifts.say,
    Rule.LOAD: load.say,
    Rule.RIDE_TIME: ride_time.say,
    Rule.SKILLS: skills.say,
    Rule.ENDS: ends.say,
    Rule.PINS: pins.say,
    Rule.COVERAGE: coverage.say,
    Rule.OPTIONAL: optional.say,
}
"""Clock comes first: it makes the dimension that others speak of."""


def build(problem: Problem) -> Model:
    """Tell OR-Tools a problem with at least one visit."""
    model = Model.of(problem)
    for say in RULES.values():
        say(model)
    price.say(model)
    return model

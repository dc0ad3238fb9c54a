"""Permitted values of policies: a figure within bounds, or one of a few words."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from collector.banks.policies import (
    LabelCheck,
    Navigation,
    Policies,
    PolicyKey,
    Proof,
    Switch,
)
from collector.errors import Refused


class ValueRange(NamedTuple):
    """The least and the most permitted figure, both included."""

    least: int
    most: int


BOUNDS: Mapping[str, ValueRange] = {
    "d": ValueRange(0, 3650),
    "ml": ValueRange(0, 20_000),
    "ml/d": ValueRange(0, 200_000),
    "km": ValueRange(1, 1000),
    "degC": ValueRange(-90, 10),
    "min": ValueRange(1, 2880),
    "h": ValueRange(0, 336),
    "g": ValueRange(0, 1000),
    "0.1 degC": ValueRange(0, 100),
    "weeks": ValueRange(20, 44),
    "EUR/l": ValueRange(0, 1000),
    "s": ValueRange(1, 3600),
    "donors": ValueRange(1, 50),
    "permille": ValueRange(0, 1000),
    "calls": ValueRange(0, 200),
    "times": ValueRange(0, 2),
    "ct": ValueRange(0, 20_000),
    "g/km": ValueRange(0, 2000),
    "%": ValueRange(0, 100),
    "days in 100": ValueRange(50, 99),
}
"""Bounds by unit: wide enough for any bank, narrow enough to catch a typing error."""

BOUNDS_BY_KEY: Mapping[str, ValueRange] = {
    PolicyKey.LATE_START_MINUTES: ValueRange(0, 120),
    PolicyKey.EMPTYING_MINUTES: ValueRange(0, 120),
    PolicyKey.MILK_URGENCY_PERCENT: ValueRange(50, 300),
    PolicyKey.VISIT_DAYS_EARLY: ValueRange(0, 28),
    PolicyKey.CLASS_A_GRAMS: ValueRange(200, 9000),
    PolicyKey.CLASS_B_GRAMS: ValueRange(200, 9000),
    PolicyKey.CLASS_C_GRAMS: ValueRange(200, 9000),
    PolicyKey.MOST_ML_PER_KG: ValueRange(50, 400),
}
"""Bounds of single policies, where those of the unit do not fit."""

LEVELS = (PolicyKey.PROMISE_KEPT_PERCENT, PolicyKey.CLOCK_KEPT_PERCENT)
"""The levels of a plan; *Live* raises its alarm below both of them."""

WORDS: Mapping[PolicyKey, type[StrEnum]] = {
    PolicyKey.LABEL_CHECK: LabelCheck,
    PolicyKey.NAVIGATION: Navigation,
    PolicyKey.RELEASE_INDEPENDENT: Switch,
    PolicyKey.ZONES_EVERY_DAY: Switch,
}
LONGEST_FIGURE = 6


TENTHS = frozenset({"0.1 degC"})
"""Units of figures with one decimal."""
TENTH = re.compile(r"\d{1,3}(?:[.,]\d)?", re.ASCII)


def choices_of(key: str) -> tuple[str, ...]:
    """Return the permitted words of a policy; empty for a figure."""
    if key.startswith("proof_"):
        return tuple(word.value for word in Proof)
    words = WORDS.get(PolicyKey(key))
    return tuple(word.value for word in words) if words else ()


def value_in(text: str, *, key: str, unit: str) -> str:
    """Return a typed value in its stored form.

    Raises
    ------
    Refused
        `number_not_read`, `decimal_not_read`; `rule_out_of_bounds` (`least`, `most`);
        `rule_not_a_choice`.
    """
    if choices := choices_of(key):
        if text not in choices:
            raise Refused("rule_not_a_choice")
        return text
    if unit in TENTHS:
        return _tenths_in(text, bounds=BOUNDS[unit])
    digits = text.strip().replace("\N{MINUS SIGN}", "-")
    plain = digits.removeprefix("-")
    if not (plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_FIGURE):
        raise Refused("number_not_read")
    bounds = BOUNDS_BY_KEY.get(key, BOUNDS[unit])
    if not bounds.least <= int(digits) <= bounds.most:
        raise Refused("rule_out_of_bounds", least=bounds.least, most=bounds.most)
    return str(int(digits))


def refuse_contradiction(policies: Policies, *, key: str, value: str) -> None:
    """Refuse a level of a plan below that of an alarm, or an alarm above the level of a plan.

    Raises
    ------
    Refused
        `alarm_above_levels` (`most`); `level_below_alarm` (`least`).
    """
    most = min(policies[level] for level in LEVELS)
    if key == PolicyKey.ALARM_PERCENT and int(value) > most:
        raise Refused("alarm_above_levels", most=most)
    least = policies[PolicyKey.ALARM_PERCENT]
    if key in LEVELS and int(value) < least:
        raise Refused("level_below_alarm", least=least)


def _tenths_in(text: str, *, bounds: ValueRange) -> str:
    """Return a figure with at most one decimal in its stored form."""
    if not TENTH.fullmatch(text.strip()):
        raise Refused("decimal_not_read")
    figure = Decimal(text.strip().replace(",", "."))
    if not bounds.least <= figure <= bounds.most:
        raise Refused("rule_out_of_bounds", least=bounds.least, most=bounds.most)
    return f"{figure:.1f}"

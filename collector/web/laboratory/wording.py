"""Words of the laboratory: reasons, states, blocks."""

from collections.abc import Callable, Mapping
from datetime import date

from flask import Blueprint
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from collector.laboratory.heating.judgement import CurveCheck
from collector.web.formats import long_day, number
from collector.web.laboratory_wording import DESTRUCTION_METHODS, DESTRUCTION_REASONS

_ = lazy_gettext

NEVER = _("never, in this file")

REFUSALS: Mapping[str, LazyString] = {
    "thawed": _("thawed"),
    "no_label": _("no label, or one that cannot be read"),
    "too_old": _("milk too old"),
    "wrong_container": _("not a container of the bank"),
    "damaged": _("broken or leaking"),
    "donor_ended": _("the donor had ended before the expression"),
    "other": _("another reason, in the note"),
}

BLOCKS: Mapping[str, LazyString] = {
    "serology": _("not covered by a clear blood test"),
    "too_old": _("too old to be heated"),
    "excursion": _("too warm on the way: no decision to keep it"),
    "discrepancy": _("phones and bench differ"),
    "held": _("held"),
    "destruction": _("on a list of bottles to destroy"),
}

POOL_STATES: Mapping[str, LazyString] = {
    "open": _("open"),
    "closed": _("closed"),
    "dissolved": _("dissolved"),
}

KNOWN: Mapping[str, LazyString] = {
    "yes": _("yes"),
    "no": _("no"),
    "unknown": _("not known"),
}

CYCLE_STATES: Mapping[str, LazyString] = {
    "loading": _("loaded"),
    "running": _("running"),
    "ended": _("curve awaited"),
    "curve_ok": _("curve passed"),
    "curve_failed": _("curve failed"),
    "abandoned": _("unloaded before its start"),
}

CYCLE_TONES = {
    "loading": "plain",
    "running": "warn",
    "ended": "warn",
    "curve_ok": "ok",
    "curve_failed": "danger",
    "abandoned": "plain",
}

PROFILES: Mapping[str, LazyString] = {
    "long_utc": _("One reading a line: time, probe, degrees; times in UTC"),
    "long_local": _("One reading a line: time, probe, degrees; times of the wall clock"),
    "wide_local": _("One column a probe; times of the wall clock"),
}

CURVE_CHECKS: Mapping[str, LazyString] = {
    "file": _("The file belongs to no other cycle."),
    "times": _("Logger and cycle match: at most 10 minutes apart; here %(minutes)s."),
    "plateau": _("At the heat without a break for %(time)s."),
    "gaps": _("The longest hole between two readings lasts %(time)s."),
    "maximum": _("The hottest reading is %(celsius)s °C."),
    "warm": _("Warmer than 58 °C for %(time)s."),
    "cooling": _("Cold again after %(time)s."),
    "device": _("Qualification and calibration last until %(until)s."),
}

MATERIALS: Mapping[str, LazyString] = {
    "bottle": _("Bottles"),
    "cap": _("Caps"),
    "filter": _("Filters"),
    "label": _("Labels"),
}

UNIT_KINDS: Mapping[str, LazyString] = {
    "freezer": _("freezer"),
    "refrigerator": _("refrigerator"),
    "room": _("room"),
}

ZONES: Mapping[str, LazyString] = {
    "raw": _("raw milk"),
    "heated": _("heated, waiting for release"),
    "released": _("released"),
    "back": _("set aside"),
}

CLAIMS: Mapping[str, LazyString] = {
    "declared": _("not collected"),
    "collected": _("collected"),
    "refused_at_door": _("left with the donor"),
    "in_transit": _("on the way"),
    "received": _("handed over"),
    "refused_at_reception": _("refused here"),
}


def add_words(blueprint: Blueprint) -> None:
    """Register the words for the laboratory's templates."""
    for name, words in (
        ("refusal", REFUSALS),
        ("block", BLOCKS),
        ("claim", CLAIMS),
        ("pool_state", POOL_STATES),
        ("known", KNOWN),
        ("cycle_state", CYCLE_STATES),
        ("cycle_tone", CYCLE_TONES),
        ("profile", PROFILES),
        ("material", MATERIALS),
        ("destruction_reason", DESTRUCTION_REASONS),
        ("destruction_method", DESTRUCTION_METHODS),
        ("unit_kind", UNIT_KINDS),
        ("zone", ZONES),
    ):
        blueprint.add_app_template_filter(filler(words), f"laboratory_{name}")
    blueprint.add_app_template_filter(curve_check, "laboratory_curve_check")


def curve_check(check: CurveCheck) -> str:
    """Return the sentence of a check with its figures."""
    figures = dict(check.figures)
    seconds = figures.get("seconds")
    figures["time"] = NEVER if seconds is None else _minutes(seconds)
    if "celsius" in figures:
        figures["celsius"] = number(figures["celsius"])
    if "until" in figures:
        figures["until"] = long_day(date.fromisoformat(figures["until"]))
    return str(CURVE_CHECKS[check.key]) % figures


def _minutes(seconds: int) -> str:
    """Return a time in minutes and seconds, as a curve is read: 30:00."""
    return f"{seconds // 60}:{seconds % 60:02}"


def filler(words: Mapping[str, LazyString | str]) -> Callable[[str], str]:
    """Return a filter of the words of codes."""
    return lambda code: str(words[code])

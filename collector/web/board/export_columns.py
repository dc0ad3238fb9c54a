"""Headings, words and figures of exported files, in the language of the board.

In English a heading is the name of the column, so that programs may rely on it.
"""

from collections.abc import Sequence

from flask_babel import get_locale, lazy_gettext

_ = lazy_gettext

HEADINGS = {
    "day": _("day"),
    "rounds": _("rounds"),
    "visits": _("visits"),
    "done": _("done"),
    "failed": _("failed"),
    "declared_bottles": _("declared_bottles"),
    "bottles": _("bottles"),
    "declared_ml": _("declared_ml"),
    "volume_ml": _("volume_ml"),
    "own_child_ml": _("own_child_ml"),
    "stock_ml": _("stock_ml"),
    "low_ml": _("low_ml"),
    "high_ml": _("high_ml"),
    "collected_ml": _("collected_ml"),
    "given_ml": _("given_ml"),
    "missing_ml": _("missing_ml"),
    "expired_ml": _("expired_ml"),
    "planned_km": _("planned_km"),
    "driven_km": _("driven_km"),
    "planned_minutes": _("planned_minutes"),
    "worked_minutes": _("worked_minutes"),
    "cost_eur": _("cost_eur"),
    "round": _("round"),
    "collector": _("collector"),
    "vehicle": _("vehicle"),
    "stop": _("stop"),
    "arrives": _("arrives"),
    "begins": _("begins"),
    "ends": _("ends"),
    "donor_number": _("donor_number"),
    "first_name": _("first_name"),
    "family_name": _("family_name"),
    "phone": _("phone"),
    "line": _("line"),
    "postcode": _("postcode"),
    "town": _("town"),
    "purposes": _("purposes"),
    "empties_wanted": _("empties_wanted"),
    "note": _("note"),
    "state": _("state"),
    "reason": _("reason"),
    "stage": _("stage"),
    "subject": _("subject"),
    "least_percent": _("least_percent"),
    "most_percent": _("most_percent"),
    "foretold_percent": _("foretold_percent"),
    "forecasts": _("forecasts"),
    "kept": _("kept"),
    "kept_percent": _("kept_percent"),
    "from_percent": _("from_percent"),
    "to_percent": _("to_percent"),
}


def headings(columns: Sequence[str]) -> list[str]:
    """Return the headings of columns."""
    return [str(HEADINGS[column]) for column in columns]


def figure(value: object) -> object:
    """Return a figure of a CSV file; a French spreadsheet takes `81.2` for a text."""
    is_french = str(get_locale()) == "fr"
    return str(value).replace(".", ",") if is_french and isinstance(value, float) else value

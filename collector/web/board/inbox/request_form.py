"""Reading the form of a request by phone into what is asked for."""

from collections.abc import Mapping
from datetime import date, time

from flask_babel import gettext

from collector.pickups.models import HoldReason, Purpose
from collector.pickups.windows import Ask, CivilWindow

BESIDES = (Purpose.MATERIAL_DROP, Purpose.PUMP_RETURN, Purpose.WARD)
"""What a coordinator may add to what her file says a visit is for."""

WINDOWS = 3


class NotReadable(Exception):  # noqa: N818 - it is an answer
    """Some fields hold what no request can hold: a sentence for each."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(wrong)
        self.wrong = wrong


def read_ask(form: Mapping[str, str]) -> Ask:
    """Read the fields.

    Raises
    ------
    NotReadable
        A number, a day or a time is none.
    """
    wrong: dict[str, str] = {}
    asked = Ask(
        bottles=_number(form, "bottles", wrong),
        volume_ml=_number(form, "volume_ml", wrong),
        oldest_on=_day(form, "oldest_on", wrong),
        freezer_nearly_full="freezer_nearly_full" in form,
        empties_wanted=_number(form, "empties_wanted", wrong),
        call_first="call_first" in form,
        note=form.get("note", ""),
        purposes=tuple(purpose for purpose in BESIDES if f"besides_{purpose}" in form),
        health={reason: form.get(f"health_{reason}") == "yes" for reason in HoldReason},
        windows=tuple(
            window
            for index in range(WINDOWS)
            if (window := _window(form, index, wrong)) is not None
        ),
    )
    if wrong:
        raise NotReadable(wrong)
    return asked


def _number(form: Mapping[str, str], name: str, wrong: dict[str, str]) -> int:
    given = form.get(name, "").strip() or "0"
    if given.isascii() and given.isdigit() and len(given) <= len("999999"):
        return int(given)
    wrong[name] = gettext("Give a whole number.")
    return 0


def _day(form: Mapping[str, str], name: str, wrong: dict[str, str]) -> date | None:
    given = form.get(name, "").strip()
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        wrong[name] = gettext("Give a day of the calendar.")
        return None


def _window(form: Mapping[str, str], index: int, wrong: dict[str, str]) -> CivilWindow | None:
    fields = [form.get(f"{part}_{index}", "").strip() for part in ("day", "opens", "closes")]
    # A row whose day is empty was not used; its hours are only what the page proposed.
    if not fields[0]:
        return None
    try:
        day, opens, closes = fields
        return CivilWindow(
            date.fromisoformat(day), time.fromisoformat(opens), time.fromisoformat(closes)
        )
    except ValueError:
        wrong[f"windows.{index}"] = gettext("Give a day and two times.")
        return None

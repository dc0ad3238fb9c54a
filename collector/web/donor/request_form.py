"""The form in which a donor asks for a visit: what she typed, what it means, what is wrong."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from collector.errors import Refused
from collector.pickups.models import Enquiry, HoldReason, Kit, Pickup, Purpose
from collector.pickups.windows import MOST_WINDOWS, Ask, CivilWindow, FieldMistake, mistakes_in
from collector.web.framework.form_fields import as_day, as_number, as_time
from collector.web.wording import day as day_in_words
from collector.web.wording import sentence

ROWS_SHOWN = 3
USUAL_HOURS = ("08:00", "18:00")
NUMBERS = ("bottles", "volume_ml", "empties_wanted")
TEXTS = (
    *NUMBERS,
    "oldest_on",
    "freezer_quarters",
    *(f"kit-{kit}" for kit in Kit),
    "call_first",
    "do_not_ring",
    "neighbour",
    "note",
)
QUARTERS = ("1", "2", "3", "4")
NEARLY_FULL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRow:
    """One line of the form: a day and the hours that suit her, as she typed them."""

    day: str = ""
    opens: str = USUAL_HOURS[0]
    closes: str = USUAL_HOURS[1]

    @property
    def day_in_words(self) -> str:
        """Return the day as the page writes it; text that is no day stays as it was typed."""
        read = as_day(self.day)
        return day_in_words(read) if read else self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the form holds; shown again word for word when something is wrong."""

    once: str
    texts: Mapping[str, str]
    health: Mapping[str, str]
    rows: tuple[WindowRow, ...]

    def with_one_more_row(self) -> "Typed":
        """Return the form with another line for a day."""
        hours = self.rows[-1] if self.rows else WindowRow()
        rows = (*self.rows, WindowRow(opens=hours.opens, closes=hours.closes))[:MOST_WINDOWS]
        return Typed(once=self.once, texts=self.texts, health=self.health, rows=rows)

    @property
    def days(self) -> tuple[date, ...]:
        """The days that could be read."""
        read = (as_day(row.day) for row in self.rows)
        return tuple(day for day in read if day is not None)


@dataclass(slots=True)
class Reading:
    """A form as it is being read: the first mistake of each field, as a sentence."""

    wrong: dict[str, str] = field(default_factory=dict)

    def note(self, mistake: FieldMistake) -> None:
        """Keep a mistake unless its field has one already."""
        self.wrong.setdefault(mistake.field, sentence(Refused(mistake.code, **mistake.figures)))


def blank(last: Pickup | None) -> Typed:
    """Return the form for a new request, with what she asked for last time."""
    texts = dict.fromkeys(TEXTS, "") | {"empties_wanted": "0"}
    hours = WindowRow()
    if last is not None:
        texts |= {
            "bottles": str(last.bottles or ""),
            "volume_ml": str(last.volume_ml or ""),
            "empties_wanted": str(last.empties_wanted),
            "call_first": "yes" if last.call_first else "",
            "do_not_ring": "yes" if last.do_not_ring else "",
            "neighbour": "yes" if last.neighbour else "",
        }
        if last.windows:
            hours = _row(last.windows[0].opens, last.windows[0].closes)
    return Typed(
        once=secrets.token_urlsafe(16),
        texts=texts,
        health={},
        rows=tuple(hours for _ in range(ROWS_SHOWN)),
    )


def filled_in(pickup: Pickup) -> Typed:
    """Return the form as a request stands, to be changed."""
    held = {hold.reason for hold in pickup.holds}
    rows = [_row(window.opens, window.closes, window.day) for window in pickup.windows]
    return Typed(
        once="",
        texts={
            "bottles": str(pickup.bottles),
            "volume_ml": str(pickup.volume_ml),
            "empties_wanted": str(pickup.empties_wanted),
            "oldest_on": pickup.oldest_on.isoformat() if pickup.oldest_on else "",
            "freezer_quarters": str(pickup.freezer_quarters or ""),
            **{f"kit-{kit}": "yes" if kit in pickup.kit_wanted else "" for kit in Kit},
            "call_first": "yes" if pickup.call_first else "",
            "do_not_ring": "yes" if pickup.do_not_ring else "",
            "neighbour": "yes" if pickup.neighbour else "",
            "note": pickup.note,
        },
        health={reason: "yes" if reason in held else "no" for reason in HoldReason},
        rows=tuple(rows) + tuple(WindowRow() for _ in range(ROWS_SHOWN - len(rows))),
    )


def resumed(enquiry: Enquiry, last: Pickup | None) -> Typed:
    """Return the form as she left it, to go on with."""
    typed = blank(last)
    texts = {
        "bottles": str(enquiry.bottles),
        "volume_ml": str(enquiry.volume_ml),
        "empties_wanted": str(enquiry.empties_wanted),
        "oldest_on": enquiry.oldest_on.isoformat() if enquiry.oldest_on else "",
        "freezer_quarters": str(enquiry.freezer_quarters or ""),
        **{f"kit-{kit}": "yes" if kit in enquiry.kit_wanted else "" for kit in Kit},
    }
    health: dict[str, str] = {
        reason: "yes" if reason in enquiry.health else "no" for reason in HoldReason
    }
    return replace(typed, texts={**typed.texts, **texts}, health=health)


def sent(form: MultiDict[str, str]) -> Typed:
    """Return what came from a browser, however odd."""
    columns = [form.getlist(name)[: MOST_WINDOWS + 1] for name in ("day", "opens", "closes")]
    return Typed(
        once=form.get("once", "")[:64],
        texts={name: form.get(name, "").replace("\x00", "").strip() for name in TEXTS},
        health={reason: form.get(f"health-{reason}", "") for reason in HoldReason},
        rows=tuple(
            WindowRow(day=day.strip(), opens=opens.strip(), closes=closes.strip())
            for day, opens, closes in zip(*columns, strict=False)
        ),
    )


def understood(
    typed: Typed,
    *,
    purposes: tuple[Purpose, ...],
    now: datetime,
    zone: ZoneInfo,
) -> tuple[Ask, dict[str, str]]:
    """Return what a form asks for, and a sentence for every field that is wrong."""
    reading = Reading()
    fetches = Purpose.COLLECTION in purposes
    lines = {index: _window(index, row, reading) for index, row in enumerate(typed.rows) if row.day}
    known = {index: window for index, window in lines.items() if window is not None}
    amounts = _amounts(typed, reading) if fetches else Ask()
    asked = replace(
        amounts,
        call_first=bool(typed.texts["call_first"]),
        do_not_ring=bool(typed.texts["do_not_ring"]),
        neighbour=bool(typed.texts["neighbour"]),
        note=typed.texts["note"],
        health=_health(typed, reading) if fetches else {},
        purposes=purposes,
        windows=tuple(known.values()),
    )
    on_line = {f"windows.{place}": f"windows.{index}" for place, index in enumerate(known)}
    for mistake in mistakes_in(asked, now=now, zone=zone):
        reading.note(mistake._replace(field=on_line.get(mistake.field, mistake.field)))
    if lines and not known:
        reading.wrong.pop("windows", None)  # a day was given: its own line says what is wrong
    return asked, reading.wrong


def _amounts(typed: Typed, reading: Reading) -> Ask:
    quarters = typed.texts["freezer_quarters"]
    return Ask(
        bottles=_number(typed, "bottles", reading),
        volume_ml=_number(typed, "volume_ml", reading),
        empties_wanted=_number(typed, "empties_wanted", reading),
        oldest_on=_day(typed, "oldest_on", reading),
        freezer_quarters=int(quarters) if quarters in QUARTERS else None,
        freezer_nearly_full=quarters in QUARTERS[NEARLY_FULL - 1 :],
        kit_wanted=tuple(kit for kit in Kit if typed.texts[f"kit-{kit}"]),
    )


def _number(typed: Typed, name: str, reading: Reading) -> int:
    text = typed.texts[name] or ("0" if name == "empties_wanted" else "")
    found = as_number(text)
    if found is None:
        reading.note(FieldMistake(name, "number_not_read" if text else "number_missing"))
    return found or 0


def _day(typed: Typed, name: str, reading: Reading) -> date | None:
    text = typed.texts[name]
    day = as_day(text)
    if text and day is None:
        reading.note(FieldMistake(name, "date_not_read"))
    return day


def _health(typed: Typed, reading: Reading) -> dict[HoldReason, bool]:
    for reason in HoldReason:
        if typed.health.get(reason) not in {"yes", "no"}:
            reading.note(FieldMistake(f"health-{reason}", "answer_missing"))
    return {reason: typed.health.get(reason) == "yes" for reason in HoldReason}


def _window(index: int, row: WindowRow, reading: Reading) -> CivilWindow | None:
    day, opens, closes = as_day(row.day), as_time(row.opens), as_time(row.closes)
    if day is None:
        reading.note(FieldMistake(f"windows.{index}", "date_not_read"))
    elif opens is None or closes is None:
        reading.note(FieldMistake(f"windows.{index}", "time_not_read"))
    else:
        return CivilWindow(day, opens, closes)
    return None


def _row(opens: time, closes: time, day: date | None = None) -> WindowRow:
    return WindowRow(
        day=day.isoformat() if day else "", opens=f"{opens:%H:%M}", closes=f"{closes:%H:%M}"
    )

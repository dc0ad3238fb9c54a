"""What is asked for: the bottles, the health answers and the civil windows that suit her."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collector.pickups.models import HoldReason, Kit, Purpose
from collector.service_day import ServiceDay

MOST_BOTTLES = 150
MOST_VOLUME_ML = 30_000
MOST_EMPTIES = 100
LONGEST_NOTE = 500
MOST_WINDOWS = 10
DONOR_DAYS_AHEAD = 14
STAFF_DAYS_AHEAD = 90
OLDEST_MILK = timedelta(days=730)
SHORTEST_WINDOW = timedelta(minutes=30)


class CivilWindow(NamedTuple):
    """A civil day and the wall-clock times between which a visit may begin, both included."""

    day: date
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What somebody asks for, by a form, by phone or in a file."""

    bottles: int = 0
    volume_ml: int = 0
    oldest_on: date | None = None
    """The day the oldest bottle was expressed."""
    freezer_nearly_full: bool = False
    freezer_quarters: int | None = None
    """How full her freezer is, in quarters, where she said so."""
    empties_wanted: int = 0
    kit_wanted: tuple[Kit, ...] = ()
    call_first: bool = False
    do_not_ring: bool = False
    neighbour: bool = False
    note: str = ""
    purposes: tuple[Purpose, ...] = (Purpose.COLLECTION,)
    health: Mapping[HoldReason, bool] = field(default_factory=lambda: MappingProxyType({}))
    """A "yes" makes a hold: a nurse calls before anybody comes."""
    windows: tuple[CivilWindow | tuple[date, time, time], ...] = ()


class FieldMistake(NamedTuple):
    """What is wrong with one field: the code of its sentence and the figures in it."""

    field: str
    code: str
    figures: dict[str, object] = {}  # noqa: RUF012 - never written to


def mistakes_in(
    asked: Ask, *, now: datetime, zone: ZoneInfo, days_ahead: int = DONOR_DAYS_AHEAD
) -> tuple[FieldMistake, ...]:
    """Return everything that is wrong with a request, field by field.

    Parameters
    ----------
    days_ahead
        How many days after today a window may lie; 0 is today.
    """
    return (
        *_amount_mistakes(asked),
        *_date_mistakes(asked, ServiceDay.of(now, zone).day),
        *_window_mistakes(asked, now=now, zone=zone, days_ahead=days_ahead),
    )


def _amount_mistakes(asked: Ask) -> Iterator[FieldMistake]:
    fewest = 1 if Purpose.COLLECTION in asked.purposes else 0
    for name, given, least, most in (
        ("bottles", asked.bottles, fewest, MOST_BOTTLES),
        ("volume_ml", asked.volume_ml, fewest, MOST_VOLUME_ML),
        ("empties_wanted", asked.empties_wanted, 0, MOST_EMPTIES),
    ):
        if not least <= given <= most:
            yield FieldMistake(name, "number_out_of_bounds", {"least": least, "most": most})
    if len(asked.note) > LONGEST_NOTE:
        yield FieldMistake("note", "text_too_long", {"most": LONGEST_NOTE})
    if not asked.purposes:
        yield FieldMistake("purposes", "purpose_missing")


def _date_mistakes(asked: Ask, today: date) -> Iterator[FieldMistake]:
    if asked.oldest_on is None:
        if Purpose.COLLECTION in asked.purposes:
            yield FieldMistake("oldest_on", "oldest_missing")
    elif asked.oldest_on > today:
        yield FieldMistake("oldest_on", "oldest_in_future")
    elif asked.oldest_on < today - OLDEST_MILK:
        yield FieldMistake("oldest_on", "oldest_too_long_ago")


def _window_mistakes(
    asked: Ask, *, now: datetime, zone: ZoneInfo, days_ahead: int
) -> Iterator[FieldMistake]:
    windows = [CivilWindow(*window) for window in asked.windows]
    if not windows:
        yield FieldMistake("windows", "window_missing")
    if len(windows) > MOST_WINDOWS:
        yield FieldMistake("windows", "too_many_windows", {"most": MOST_WINDOWS})
    last = ServiceDay.of(now, zone).day + timedelta(days=days_ahead)
    for index, window in enumerate(windows):
        code = _wrong_with(window, now=now, zone=zone, last=last)
        if code:
            yield FieldMistake(f"windows.{index}", code, {"days": days_ahead})
    for (_, earlier), (index, later) in pairwise(sorted(enumerate(windows), key=_in_time)):
        if earlier.day == later.day and later.opens <= earlier.closes:
            yield FieldMistake(f"windows.{index}", "windows_overlap")


def _wrong_with(window: CivilWindow, *, now: datetime, zone: ZoneInfo, last: date) -> str | None:
    """Compare instants, not wall clocks: on a night of clock change they differ."""
    if window.day > last:
        return "window_too_far"
    day = ServiceDay(window.day, zone)
    opens, closes = day.instant(window.opens), day.instant(window.closes)
    if closes <= now:
        return "window_past"
    if window.closes <= window.opens or closes <= opens:
        return "window_backwards"
    return "window_too_short" if closes - opens < SHORTEST_WINDOW else None


def _in_time(pair: tuple[int, CivilWindow]) -> tuple[CivilWindow, int]:
    return (pair[1], pair[0])

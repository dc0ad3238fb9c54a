"""The rules of a draft: amounts, dates and windows that a request may have."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from collector.field_parsers import FieldMistake
from collector.pickups.drafts import CivilWindow, PickupDraft
from collector.pickups.models import Purpose
from collector.service_day import ServiceDay

MOST_BOTTLES = 150
MOST_VOLUME_ML = 30_000
MOST_EMPTIES = 100
LONGEST_NOTE = 500
MOST_WINDOWS = 10
DONOR_DAYS_AHEAD = 14
STAFF_DAYS_AHEAD = 90
OLDEST_MILK = timedelta(days=730)
BOTTLE_ML = (5, 1000)
"""The least and the most that a bottle holds on average, in millilitres."""
EARLIEST, LATEST = time(5), time(23)
"""Hours of a day in which a visit may be; outside them a morning was meant, or an afternoon."""
SHORTEST_WINDOW = timedelta(minutes=30)


def mistakes_in(
    draft: PickupDraft, *, now: datetime, zone: ZoneInfo, days_ahead: int = DONOR_DAYS_AHEAD
) -> tuple[FieldMistake, ...]:
    """Return every mistake in a draft, field by field; none if it may become a request.

    Parameters
    ----------
    days_ahead
        The number of days after today on which a window may lie; 0 is today alone.
    """
    return (
        *_amount_mistakes(draft),
        *_date_mistakes(draft, ServiceDay.of(now, zone).day),
        *_window_mistakes(draft, now=now, zone=zone, days_ahead=days_ahead),
    )


def _amount_mistakes(draft: PickupDraft) -> Iterator[FieldMistake]:
    fewest = 1 if Purpose.COLLECTION in draft.purposes else 0
    for name, given, least, most in (
        ("bottles", draft.bottles, fewest, MOST_BOTTLES),
        ("volume_ml", draft.volume_ml, fewest, MOST_VOLUME_ML),
        ("empties_wanted", draft.empties_wanted, 0, MOST_EMPTIES),
    ):
        if not least <= given <= most:
            yield FieldMistake(name, "number_out_of_bounds", {"least": least, "most": most})
    least, most = (size * draft.bottles for size in BOTTLE_ML)
    plausible = MOST_VOLUME_ML >= draft.volume_ml > 0 < draft.bottles <= MOST_BOTTLES
    if plausible and not least <= draft.volume_ml <= most:
        yield FieldMistake(
            "volume_ml",
            "bottles_and_volume_odd",
            {"bottles": draft.bottles, "least": least, "most": most},
        )
    if len(draft.note) > LONGEST_NOTE:
        yield FieldMistake("note", "text_too_long", {"most": LONGEST_NOTE})
    if not draft.purposes:
        yield FieldMistake("purposes", "purpose_missing")


def _date_mistakes(draft: PickupDraft, today: date) -> Iterator[FieldMistake]:
    if draft.oldest_on is None:
        if Purpose.COLLECTION in draft.purposes:
            yield FieldMistake("oldest_on", "oldest_missing")
    elif draft.oldest_on > today:
        yield FieldMistake("oldest_on", "oldest_in_future")
    elif draft.oldest_on < today - OLDEST_MILK:
        yield FieldMistake("oldest_on", "oldest_too_long_ago")


def _window_mistakes(
    draft: PickupDraft, *, now: datetime, zone: ZoneInfo, days_ahead: int
) -> Iterator[FieldMistake]:
    if not draft.windows:
        yield FieldMistake("windows", "window_missing")
    if len(draft.windows) > MOST_WINDOWS:
        yield FieldMistake("windows", "too_many_windows", {"most": MOST_WINDOWS})
    last = ServiceDay.of(now, zone).day + timedelta(days=days_ahead)
    for index, window in enumerate(draft.windows):
        code = _mistake_code(window, now=now, zone=zone, last=last)
        if code:
            yield FieldMistake(f"windows.{index}", code, {"days": days_ahead})
    for (_, earlier), (index, later) in pairwise(sorted(enumerate(draft.windows), key=_in_time)):
        if earlier.day == later.day and later.opens <= earlier.closes:
            yield FieldMistake(f"windows.{index}", "windows_overlap")


def _mistake_code(window: CivilWindow, *, now: datetime, zone: ZoneInfo, last: date) -> str | None:
    """Return the code of a window's mistake; None if it has none.

    Instants are compared, not wall clocks: in a night of clock change they differ.
    """
    if window.day > last:
        return "window_too_far"
    day = ServiceDay(window.day, zone)
    opens, closes = day.instant(window.opens), day.instant(window.closes)
    if closes <= now:
        return "window_past"
    if window.closes <= window.opens or closes <= opens:
        return "window_backwards"
    if closes - opens < SHORTEST_WINDOW:
        return "window_too_short"
    return "window_at_night" if window.opens < EARLIEST or window.closes > LATEST else None


def _in_time(pair: tuple[int, CivilWindow]) -> tuple[CivilWindow, int]:
    return (pair[1], pair[0])

"""Rules of a draft: the first and the last permitted value of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.pickups.drafts import CivilWindow, PickupDraft
from collector.pickups.models import Purpose
from collector.pickups.validation import mistakes_in
from collector.service_day import ServiceDay

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # Monday, 08:00 in Paris
TODAY = date(2026, 11, 23)
GOOD = PickupDraft(
    bottles=8,
    volume_ml=1500,
    oldest_on=date(2026, 11, 1),
    windows=(CivilWindow(date(2026, 11, 24), time(9), time(11)),),
)


def wrong(asked: PickupDraft, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(mistake.field, mistake.code) for mistake in mistakes_in(asked, now=now, zone=PARIS)]


def at(day: date, opens: time, closes: time) -> PickupDraft:
    return replace(GOOD, windows=(CivilWindow(day, opens, closes),))


def test_a_plain_request_is_right() -> None:
    assert wrong(GOOD) == []


@pytest.mark.parametrize(
    ("field", "right", "out"),
    [
        ("bottles", (2, 150), (0, -1, 151)),
        ("volume_ml", (40, 8000), (0, -1, 30_001)),
        ("empties_wanted", (0, 100), (-1, 101)),
    ],
)
def test_absurd_numbers_are_refused(
    field: str, right: tuple[int, ...], out: tuple[int, ...]
) -> None:
    assert all(wrong(replace(GOOD, **{field: number})) == [] for number in right)
    for number in out:
        assert wrong(replace(GOOD, **{field: number})) == [(field, "number_out_of_bounds")]


@pytest.mark.parametrize("volume_ml", [39, 8001])
def test_eight_bottles_do_not_hold_less_than_5_ml_or_more_than_1_litre_each(
    volume_ml: int,
) -> None:
    assert wrong(replace(GOOD, bottles=8, volume_ml=volume_ml)) == [
        ("volume_ml", "bottles_and_volume_odd")
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "mistakes"),
    [
        (time(5), time(23), []),
        (time(4, 59), time(9), [("windows.0", "window_at_night")]),
        (time(20), time(23, 1), [("windows.0", "window_at_night")]),
    ],
)
def test_a_window_lies_within_the_hours_of_a_day(
    opens: time, closes: time, mistakes: list[tuple[str, str]]
) -> None:
    assert wrong(at(TODAY + timedelta(days=1), opens, closes)) == mistakes


def test_the_oldest_bottle_is_of_today_at_the_latest_and_two_years_ago_at_most() -> None:
    assert wrong(replace(GOOD, oldest_on=TODAY)) == []
    assert wrong(replace(GOOD, oldest_on=TODAY - timedelta(days=730))) == []
    too_late = replace(GOOD, oldest_on=TODAY + timedelta(days=1))
    assert wrong(too_late) == [("oldest_on", "oldest_in_future")]
    too_early = replace(GOOD, oldest_on=TODAY - timedelta(days=731))
    assert wrong(too_early) == [("oldest_on", "oldest_too_long_ago")]


def test_a_first_interview_needs_no_bottles() -> None:
    windows = GOOD.windows
    assert wrong(PickupDraft(purposes=(Purpose.FIRST_INTERVIEW,), windows=windows)) == []
    assert ("oldest_on", "oldest_missing") in wrong(PickupDraft(windows=windows))
    assert wrong(PickupDraft(purposes=(), windows=windows)) == [("purposes", "purpose_missing")]


def test_a_day_lies_from_today_to_fourteen_days_ahead() -> None:
    assert wrong(at(TODAY, time(9), time(11))) == []
    assert wrong(at(TODAY + timedelta(days=14), time(9), time(11))) == []
    late = at(TODAY + timedelta(days=15), time(9), time(11))
    assert wrong(late) == [("windows.0", "window_too_far")]
    past = at(TODAY - timedelta(days=1), time(9), time(11))
    assert wrong(past) == [("windows.0", "window_past")]


def test_a_window_of_today_counts_until_it_closes() -> None:
    asked = at(TODAY, time(7), time(9))
    assert wrong(asked, datetime(2026, 11, 23, 7, 59, 59, tzinfo=UTC)) == []
    assert wrong(asked, datetime(2026, 11, 23, 8, 0, tzinfo=UTC)) == [("windows.0", "window_past")]


def test_a_window_lasts_half_an_hour_at_least_and_goes_forward() -> None:
    day = TODAY + timedelta(days=1)
    assert wrong(at(day, time(9), time(9, 30))) == []
    assert wrong(at(day, time(9), time(9, 29))) == [("windows.0", "window_too_short")]
    assert wrong(at(day, time(9), time(9))) == [("windows.0", "window_backwards")]
    assert wrong(at(day, time(11), time(9))) == [("windows.0", "window_backwards")]


def test_windows_of_one_day_do_not_touch_and_the_line_is_named() -> None:
    day = TODAY + timedelta(days=1)
    early, late = CivilWindow(day, time(9), time(11)), CivilWindow(day, time(14), time(16))
    assert wrong(replace(GOOD, windows=(late, early))) == []
    touching = CivilWindow(day, time(11), time(12))
    assert wrong(replace(GOOD, windows=(touching, early))) == [("windows.0", "windows_overlap")]
    twice = wrong(replace(GOOD, windows=(early, early)))
    assert twice == [("windows.1", "windows_overlap")]


def test_no_window_and_eleven_windows_are_refused() -> None:
    assert wrong(replace(GOOD, windows=())) == [("windows", "window_missing")]
    days = [TODAY + timedelta(days=ahead) for ahead in range(1, 12)]
    many = tuple(CivilWindow(day, time(9), time(11)) for day in days)
    assert wrong(replace(GOOD, windows=many[:10])) == []
    assert wrong(replace(GOOD, windows=many)) == [("windows", "too_many_windows")]


def test_the_night_of_the_clock_change_is_measured_in_real_minutes() -> None:
    # On 28 March 2027 the clock jumps from 02:00 to 03:00: 01:45 to 03:05 lasts twenty minutes.
    now = datetime(2027, 3, 27, 12, tzinfo=UTC)
    asked = replace(at(date(2027, 3, 28), time(1, 45), time(3, 5)), oldest_on=date(2027, 3, 1))
    assert wrong(asked, now) == [("windows.0", "window_too_short")]
    # On 25 October 2026 it falls back at 03:00: 01:45 to 02:10 means the first 02:10.
    now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    asked = replace(at(date(2026, 10, 25), time(1, 45), time(3, 10)), oldest_on=date(2026, 10, 1))
    assert wrong(asked, now) == [("windows.0", "window_at_night")], "long enough, but at night"


@given(
    day=st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=400)),
    opens=st.times().map(lambda wall: wall.replace(microsecond=0)),
    closes=st.times().map(lambda wall: wall.replace(microsecond=0)),
    now=st.integers(-500_000, 500_000).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)
def test_a_window_that_is_let_through_is_a_real_one_ahead(
    day: date, opens: time, closes: time, now: datetime
) -> None:
    asked = replace(at(day, opens, closes), oldest_on=ServiceDay.of(now, PARIS).day)
    if not mistakes_in(asked, now=now, zone=PARIS):
        service_day = ServiceDay(day, PARIS)
        begins, ends = service_day.instant(opens), service_day.instant(closes)
        assert ends - begins >= timedelta(minutes=30)
        assert ends > now
        assert service_day.epoch <= begins < ends < service_day.end

"""Civil time: both nights of clock change, and every other day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.service_day import ServiceDay

PARIS = ZoneInfo("Europe/Paris")
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 11, 24), 24)])
def test_a_day_lasts_as_long_as_it_lasts(day: date, hours: int) -> None:
    service_day = ServiceDay(day, PARIS)
    assert service_day.end - service_day.epoch == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "wall", "utc"),
    [
        (SPRING, time(1, 59), "00:59"),
        (SPRING, time(2, 30), "01:30"),  # skipped: 02:30 is 03:30
        (SPRING, time(3, 0), "01:00"),
        (AUTUMN, time(2, 30), "00:30"),  # twice: the first, in summer time
        (AUTUMN, time(3, 0), "02:00"),
        (date(2026, 7, 1), time(9, 0), "07:00"),
        (date(2026, 12, 1), time(9, 0), "08:00"),
    ],
)
def test_a_wall_clock_time_is_one_instant(day: date, wall: time, utc: str) -> None:
    assert f"{ServiceDay(day, PARIS).instant(wall):%H:%M}" == utc


def test_nine_o_clock_is_eight_hours_into_the_day_the_clocks_go_forward() -> None:
    day = ServiceDay(SPRING, PARIS)
    assert day.seconds(day.instant(time(9))) == 8 * 3600


@given(
    day=st.dates(date(2000, 1, 1), date(2037, 12, 31)),
    zone=st.sampled_from(["Europe/Paris", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"]),
    seconds=st.integers(0, 82_799),
)
def test_seconds_and_instants_are_each_others_inverse(day: date, zone: str, seconds: int) -> None:
    service_day = ServiceDay(day, ZoneInfo(zone))
    instant = service_day.at(seconds)
    assert service_day.seconds(instant) == seconds
    assert service_day.epoch <= instant < service_day.end
    assert ServiceDay.of(instant, ZoneInfo(zone)) == service_day


def test_an_evening_in_utc_is_the_next_day_in_paris() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert ServiceDay.of(late, PARIS).day == date(2026, 11, 25)

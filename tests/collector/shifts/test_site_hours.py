"""Opening hours of sites: a round leaves and comes back while they are open."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from collector.banks.models import Site, SiteKind
from collector.people.models import Person
from collector.service_day import ServiceDay
from collector.shifts.duty import SiteGapKind, rostered, site_gaps, within_site_hours
from collector.shifts.models import RosterShift

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = date(2026, 11, 24)


def site(opens: time | None = None, closes: time | None = None, weekdays: str = "") -> Site:
    return Site(
        kind=SiteKind.BANK,
        name="Bank",
        town="Town",
        latitude=44.8,
        longitude=-0.6,
        receives=True,
        opens=opens,
        closes=closes,
        weekdays=list(weekdays),
    )


def hours(start: Site, end: Site) -> tuple[time, time] | None:
    shift = RosterShift(
        day=TUESDAY,
        begins=time(7),
        ends=time(16),
        collector=Person(active=True),
        start_site=start,
        end_site=end,
    )
    duty = within_site_hours(rostered(shift, PARIS), PARIS)
    day = ServiceDay(TUESDAY, PARIS)
    return (day.wall(duty.begins).time(), day.wall(duty.ends).time()) if duty else None


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (site(), site(), (time(7), time(16))),
        (site(time(8), time(18)), site(), (time(8), time(16))),
        (site(), site(time(8), time(15, 30)), (time(7), time(15, 30))),
        (site(time(7), time(9)), site(time(12), time(16)), (time(7), time(16))),
        (site(time(16), time(18)), site(), None),
        (site(), site(time(5), time(7)), None),
        (site(weekdays="2"), site(weekdays="12345"), (time(7), time(16))),
        (site(weekdays="1"), site(), None),
        (site(), site(weekdays="67"), None),
    ],
)
def test_a_duty_lies_within_the_hours_of_its_sites(
    start: Site, end: Site, expected: tuple[time, time] | None
) -> None:
    assert hours(start, end) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (site(), site(), []),
        (site(time(7), time(9)), site(time(12), time(16)), []),
        (site(time(7, 1), time(18)), site(), [(SiteGapKind.OPENS_LATER, time(7, 1))]),
        (site(), site(time(5), time(15, 59)), [(SiteGapKind.CLOSES_EARLIER, time(15, 59))]),
        (site(weekdays="1"), site(weekdays="2"), [(SiteGapKind.CLOSED_DAY, None)]),
    ],
)
def test_a_shift_outside_the_hours_of_its_sites_has_gaps(
    start: Site, end: Site, expected: list[tuple[SiteGapKind, time | None]]
) -> None:
    start.id, end.id = 1, 2
    shift = RosterShift(day=TUESDAY, begins=time(7), ends=time(16), start_site=start, end_site=end)
    assert [(gap.kind, gap.at) for gap in site_gaps(shift)] == expected


def test_a_site_at_both_ends_is_closed_once() -> None:
    both = site(weekdays="1")
    both.id = 1
    shift = RosterShift(day=TUESDAY, begins=time(7), ends=time(16), start_site=both, end_site=both)
    assert [gap.kind for gap in site_gaps(shift)] == [SiteGapKind.CLOSED_DAY]

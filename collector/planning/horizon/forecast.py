"""Forecast of a donor's full freezer and due milk, from her earlier collections.

docs/forecast.md has the method and the sources of the starting values. A forecast serves planning:
no rule refuses anything by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import Policies
from collector.banks.queries import get_bank, policies_of
from collector.custody.models import DoorRecord
from collector.donors.models import Donor, DonorState
from collector.donors.queries import donors_of
from collector.pickups.flags import fetch_by
from collector.pickups.giving import givings_of, is_paused
from collector.pickups.models import Giving, MilkLine, Pickup
from collector.pickups.queries import requests_by_donor
from collector.pickups.states import OPEN
from collector.service_day import ServiceDay

PRIOR_ML_PER_DAY = 100
"""Prior rate, in ml per day: 1.5 L, the least volume of Paris, in the two weeks that are the short
end of its rhythm."""
PRIOR_DAYS = 14
"""Weight of the prior: one interval of two weeks."""
PRIOR_CAPACITY_ML = 3_000
"""Prior capacity, in ml: twenty bottles of 150 ml, a drawer. Milkround's own starting value."""
INTERVALS = 4
QUARTERS = 4
TAPERING_SHARE = 0.5
GIVING_STATES = frozenset({DonorState.ELIGIBLE, DonorState.SUSPENDED, DonorState.AWAITING_SEROLOGY})


class CollectedMilk(NamedTuple):
    """A day and the milk collected on it."""

    day: date
    volume_ml: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Forecast of one donor, from today on.

    Attributes
    ----------
    from_history
        Whether milk was collected at least twice; until then the prior alone counts.
    level_ml
        The milk in her freezer today.
    full_on
        The first day with a full freezer; None if there is no rate.
    due_on
        The last day on which the bank takes her oldest bottle.
    """

    ml_per_day: int
    from_history: bool
    declared: bool
    """Whether she ever declared milk in her freezer, or gave any; a guess raises no alarm."""
    level_ml: int
    capacity_ml: int
    today: date
    full_on: date | None
    due_on: date | None

    @property
    def comes_by(self) -> date | None:
        """The last day for a visit: the earlier of the two dates."""
        return min((day for day in (self.full_on, self.due_on) if day), default=None)

    def reaches(self, volume_ml: int, *, level_ml: int | None = None) -> date | None:
        """Return the first day with this volume; None for never."""
        missing = volume_ml - (self.level_ml if level_ml is None else level_ml)
        if missing <= 0:
            return self.today
        if self.ml_per_day <= 0:
            return None
        return self.today + timedelta(days=-(-missing // self.ml_per_day))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastDonor:
    """A donor with her forecast, her open request and her last collection."""

    donor: Donor
    forecast: Forecast
    open: Pickup | None
    last: date | None
    paused: bool
    line: MilkLine = MilkLine.DONATED
    """The line of her latest request."""


def compute_forecast(
    *,
    today: date,
    began: date,
    fetched: Sequence[CollectedMilk],
    requests: Iterable[Pickup],
    giving: Giving | None,
    policies: Policies,
) -> Forecast:
    """Compute a forecast.

    Parameters
    ----------
    began
        The day on which she began to fill her freezer, without a collection.
    fetched
        Earlier collections, oldest first.
    requests
        Her requests, newest first; `asked_at` is the day of the declared volume.
    """
    requests = list(requests)
    rate = _rate(fetched, giving)
    since = fetched[-1].day if fetched else began
    open_one = next((pickup for pickup in requests if pickup.state in OPEN), None)
    if open_one is not None and open_one.volume_ml:
        declared_on = open_one.asked_at.date()
        level = open_one.volume_ml + round(rate * max(0, (today - declared_on).days))
        oldest = open_one.oldest_on or since
    else:
        level, oldest = round(rate * max(0, (today - since).days)), since
    found = Forecast(
        ml_per_day=round(rate),
        from_history=len(fetched) > 1,
        declared=bool(fetched) or any(pickup.volume_ml for pickup in requests),
        level_ml=level,
        capacity_ml=_capacity(requests),
        today=today,
        full_on=None,
        due_on=fetch_by(oldest, policies),
    )
    if giving is not None and giving.last_gift and open_one is None:
        return replace(found, due_on=None)
    return replace(found, full_on=found.reaches(found.capacity_ml))


def load_forecast(session: Session, donor: Donor, *, now: datetime) -> Forecast:
    """Return the forecast of one donor."""
    return _forecasts(session, donor.bank_id, [donor], now=now)[0].forecast


def due_donors(session: Session, *, bank_id: int, now: datetime, days: int) -> list[ForecastDonor]:
    """Return the donors with a last day for a visit within so many days, the soonest first.

    Bereaved donors are not among them: a person speaks with them first.
    """
    donors = [donor for donor in donors_of(session, bank_id) if donor.state in GIVING_STATES]
    last = ServiceDay.of(now, get_bank(session, bank_id).zone).day + timedelta(days=days)
    grieving = {key for key, row in givings_of(session, bank_id).items() if row.bereaved_at}
    found = [
        due
        for due in _forecasts(session, bank_id, donors, now=now)
        if due.donor.id not in grieving
        and due.forecast.comes_by is not None
        and due.forecast.comes_by <= last
    ]
    return sorted(found, key=lambda due: (due.forecast.comes_by or last, due.donor.id))


def _forecasts(
    session: Session, bank_id: int, donors: list[Donor], *, now: datetime
) -> list[ForecastDonor]:
    keys = [donor.id for donor in donors]
    zone = get_bank(session, bank_id).zone
    today = ServiceDay.of(now, zone).day
    policies, givings = policies_of(session, bank_id), givings_of(session, bank_id)
    requests = requests_by_donor(session, bank_id, keys)
    fetched: dict[int, list[CollectedMilk]] = {}
    for donor_id, at, volume in _records(session, bank_id, keys):
        fetched.setdefault(donor_id, []).append(CollectedMilk(ServiceDay.of(at, zone).day, volume))
    found = []
    for donor in donors:
        her_requests, giving = requests.get(donor.id, []), givings.get(donor.id)
        history = fetched.get(donor.id, [])
        computed = compute_forecast(
            today=today,
            began=donor.interview_signed_on or ServiceDay.of(donor.registered_at, zone).day,
            fetched=history,
            requests=her_requests,
            giving=giving,
            policies=policies,
        )
        found.append(
            ForecastDonor(
                donor=donor,
                forecast=computed,
                open=next((pickup for pickup in her_requests if pickup.state in OPEN), None),
                last=history[-1].day if history else None,
                paused=is_paused(giving, today),
                line=her_requests[0].line if her_requests else MilkLine.DONATED,
            )
        )
    return found


def _records(session: Session, bank_id: int, donors: list[int]) -> list[tuple[int, datetime, int]]:
    rows = session.execute(
        select(Pickup.donor_id, DoorRecord.device_at, DoorRecord.volume_ml)
        .join(Pickup, Pickup.id == DoorRecord.pickup_id)
        .where(
            DoorRecord.bank_id == bank_id,
            DoorRecord.withdrawn_at.is_(None),
            DoorRecord.volume_ml > 0,
            Pickup.donor_id.in_(donors),
        )
        .order_by(DoorRecord.device_at, DoorRecord.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _rate(fetched: Sequence[CollectedMilk], giving: Giving | None) -> float:
    """Return millilitres per day: the latest intervals, with the prior as one more."""
    recent = fetched[-(INTERVALS + 1) :]
    volume = PRIOR_ML_PER_DAY * PRIOR_DAYS + sum(later.volume_ml for _, later in pairwise(recent))
    days = PRIOR_DAYS + sum((later.day - earlier.day).days for earlier, later in pairwise(recent))
    share = TAPERING_SHARE if giving is not None and giving.tapering else 1.0
    return share * volume / days


def _capacity(requests: Iterable[Pickup]) -> int:
    """Return the capacity of her freezer, in ml, by her latest declaration of its filling."""
    for pickup in requests:
        if pickup.freezer_quarters and pickup.volume_ml:
            return pickup.volume_ml * QUARTERS // pickup.freezer_quarters
    return PRIOR_CAPACITY_ML

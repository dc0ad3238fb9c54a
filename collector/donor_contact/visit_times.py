"""The hours of a visit, the same on every page: the arrival window, the promise, or the slot."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.donor_contact.eta_window import EtaWindow, eta_window_of
from collector.pickups.models import Pickup, PickupState
from collector.rounds.queries import PromisedVisit, promised_visit
from collector.service_day import ServiceDay

AGREED_SLOT = frozenset({PickupState.ACCEPTED, PickupState.PLANNED})
"""States in which a slot is agreed and no round is published yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTimes:
    """The hours of a visit as a donor is told them.

    Attributes
    ----------
    promise
        The published promise; None before the publication.
    near
        The half hour in which the collector is expected, on the day.
    """

    service_day: ServiceDay
    opens: datetime
    closes: datetime
    promise: PromisedVisit | None = None
    near: EtaWindow | None = None

    def is_over(self, now: datetime) -> bool:
        """Return whether the hours are over, so that nothing may be announced by them."""
        return now > self.closes

    @property
    def day(self) -> date:
        """The civil day of the visit."""
        return self.service_day.day

    @property
    def hours(self) -> tuple[time, time]:
        """The wall-clock times at the bank."""
        return self.service_day.wall(self.opens).time(), self.service_day.wall(self.closes).time()


def visit_times(session: Session, pickup: Pickup) -> VisitTimes | None:
    """Return the narrowest hours that hold now, or None while nothing is agreed."""
    zone = get_bank(session, pickup.bank_id).zone
    promise = promised_visit(session, pickup)
    if promise is not None:
        near = eta_window_of(session, pickup)
        told = near or promise
        return VisitTimes(
            service_day=ServiceDay(promise.day, zone),
            opens=told.opens,
            closes=told.closes,
            promise=promise,
            near=near,
        )
    if pickup.promised_at is None or pickup.state not in AGREED_SLOT:
        return None
    window = pickup.windows[0]
    day = ServiceDay(window.day, zone)
    return VisitTimes(
        service_day=day, opens=day.instant(window.opens), closes=day.instant(window.closes)
    )

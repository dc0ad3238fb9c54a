"""What the donor's pages show, read in one go."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.donor_contact.eta_window import EtaWindow, eta_window_of
from collector.donors.eligibility import EligibilityVerdict, judge
from collector.donors.models import Donor
from collector.donors.numbers import shown
from collector.donors.queries import get_donor
from collector.pickups.actions import changes_until
from collector.pickups.giving import giving_of
from collector.pickups.models import Pickup
from collector.pickups.purposes import gives_milk
from collector.pickups.queries import of_donor
from collector.pickups.states import OPEN, OVER
from collector.pickups.windows import DONOR_DAYS_AHEAD
from collector.planning.booking.forecast import GIVING, Forecast, forecast_of
from collector.service_day import ServiceDay
from collector.web.donor.promise import PromisedVisit, told
from collector.web.donor.wording import Note, file_notes, visit_notes

PAST_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """What the form needs to know besides what she typed."""

    donor: Donor
    bank: Bank
    policies: Policies
    today: date

    @property
    def days(self) -> list[date]:
        """The days she may propose."""
        return [self.today + timedelta(days=ahead) for ahead in range(DONOR_DAYS_AHEAD + 1)]

    @property
    def fetches(self) -> bool:
        """Whether the visit fetches milk; the first one is an interview."""
        return gives_milk(self.donor, on=self.today, policies=self.policies)

    @property
    def minimum_ml(self) -> int:
        """The least the bank comes for."""
        return self.policies[PolicyKey.MINIMUM_VOLUME_ML]

    @property
    def notes(self) -> list[Note]:
        """What her file says today."""
        return file_notes(self.donor, on=self.today, policies=self.policies)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPage:
    """One visit: what was asked, what is promised, what she may still do."""

    donor: Donor
    bank: Bank
    pickup: Pickup
    told: PromisedVisit | None
    until: datetime | None
    """Until when she may change or cancel by herself, where there is a limit."""
    may_change: bool
    near: EtaWindow | None
    """The half hour in which we are expected, on the day."""
    notes: list[Note]

    @property
    def has_times(self) -> bool:
        """Whether there is something to put into a calendar."""
        return self.told is not None or (self.pickup.promised_at is not None and self.may_change)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """Her visits and her file."""

    donor: Donor
    bank: Bank
    number: str
    visits: list[VisitPage]
    past: list[Pickup]
    notes: list[Note]
    may_ask: bool
    grieves: bool
    """Her child has died: nothing cheerful, and a person first."""
    freezer: Forecast | None
    """What is foretold of her freezer, for one who gives and does not grieve."""


def home_page(session: Session, *, bank_id: int, donor_id: int, now: datetime) -> HomePage:
    """Read everything the first page shows."""
    page = form_page(session, bank_id=bank_id, donor_id=donor_id, now=now)
    hers = of_donor(session, bank_id, donor_id)
    verdicts = {judge(page.donor, on=day, policies=page.policies).verdict for day in page.days}
    giving = giving_of(session, donor_id)
    current = [pickup for pickup in hers if pickup.state not in OVER]
    grieves = giving is not None and giving.bereaved_at is not None
    gives = page.donor.state in GIVING and not grieves
    return HomePage(
        donor=page.donor,
        bank=page.bank,
        number=shown(page.donor.number),
        visits=[visit_page(session, pickup=pickup, now=now) for pickup in reversed(current)],
        past=[pickup for pickup in hers if pickup.state in OVER][:PAST_SHOWN],
        notes=page.notes,
        may_ask=verdicts != {EligibilityVerdict.BLOCKED},
        grieves=grieves,
        freezer=forecast_of(session, page.donor, now=now) if gives else None,
    )


def form_page(session: Session, *, bank_id: int, donor_id: int, now: datetime) -> FormPage:
    """Read what the form needs."""
    bank = get_bank(session, bank_id)
    return FormPage(
        donor=get_donor(session, bank_id, donor_id),
        bank=bank,
        policies=policies_of(session, bank_id),
        today=ServiceDay.of(now, bank.zone).day,
    )


def visit_page(session: Session, *, pickup: Pickup, now: datetime) -> VisitPage:
    """Read one visit, her own, with its promise."""
    bank, policies = get_bank(session, pickup.bank_id), policies_of(session, pickup.bank_id)
    promise = told(session, pickup)
    first = min(
        ServiceDay(window.day, bank.zone).instant(window.opens) for window in pickup.windows
    )
    until = changes_until(
        pickup,
        hours=policies[PolicyKey.CHANGE_HOURS],
        promised_at=promise.opens if promise else first,
    )
    return VisitPage(
        donor=pickup.donor,
        bank=bank,
        pickup=pickup,
        told=promise,
        until=until,
        may_change=pickup.state in OPEN and (until is None or now <= until),
        near=eta_window_of(session, pickup) if promise else None,
        notes=visit_notes(pickup, policies=policies, told=promise),
    )


def last_of(session: Session, *, bank_id: int, donor_id: int) -> Pickup | None:
    """Return what she asked for last time."""
    return next(iter(of_donor(session, bank_id, donor_id)), None)

"""Content of the donor's pages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.donor_contact.day_before import may_restore
from collector.donor_contact.loss import Loss, loss_of
from collector.donor_contact.visit_times import VisitTimes, visit_times
from collector.donors.call_backs import open_call_back
from collector.donors.eligibility import EligibilityVerdict, judge
from collector.donors.models import CallBack, Donor
from collector.donors.numbers import format_number
from collector.donors.queries import get_donor
from collector.pickups.actions import changes_until
from collector.pickups.giving import giving_of
from collector.pickups.models import Pickup
from collector.pickups.purposes import gives_milk
from collector.pickups.queries import requests_of_donor
from collector.pickups.states import OPEN, OVER
from collector.pickups.validation import DONOR_DAYS_AHEAD
from collector.planning.horizon.forecast import GIVING_STATES, Forecast, load_forecast
from collector.rounds.queries import PromisedVisit
from collector.service_day import ServiceDay
from collector.web.donor.wording import Note, file_notes, giving_notes, visit_notes

PAST_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """The content of a form's page besides the form."""

    donor: Donor
    bank: Bank
    policies: Policies
    today: date

    @property
    def days(self) -> list[date]:
        """The days that the donor may propose."""
        return [self.today + timedelta(days=ahead) for ahead in range(DONOR_DAYS_AHEAD + 1)]

    @property
    def fetches(self) -> bool:
        """Whether the visit collects milk; the first one is an interview."""
        return gives_milk(self.donor, on=self.today, policies=self.policies)

    @property
    def minimum_ml(self) -> int:
        """The minimum volume of the bank, in millilitres."""
        return self.policies[PolicyKey.MINIMUM_VOLUME_ML]

    @property
    def notes(self) -> list[Note]:
        """The notes on her file today."""
        return file_notes(self.donor, on=self.today, policies=self.policies)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPage:
    """One visit: the request, its promise, and the changes that are still possible."""

    donor: Donor
    bank: Bank
    pickup: Pickup
    times: VisitTimes | None
    """The hours of the visit; None while nothing is agreed."""
    until: datetime | None
    """The last instant for changes by the donor herself; None without a limit."""
    may_change: bool
    may_restore: bool
    """Whether the donor may take her cancellation back."""
    notes: list[Note]

    @property
    def promise(self) -> PromisedVisit | None:
        """The published promise, with the two words for the door."""
        return self.times.promise if self.times else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The donor's visits and her file."""

    donor: Donor
    bank: Bank
    number: str
    visits: list[VisitPage]
    past: list[Pickup]
    notes: list[Note]
    may_ask: bool
    """Whether she may ask for a visit: nothing forbids one, and there is an address."""
    call: CallBack | None
    """The call that a candidate booked."""
    loss: Loss | None
    """The reported loss of her child: the page is quiet and names a person to call."""
    may_take_back: bool
    """Whether she may still take the report back herself."""
    freezer: Forecast | None
    """The forecast of her freezer; None if the donor gives no milk, or is bereaved."""


def home_page(session: Session, *, bank_id: int, donor_id: int, now: datetime) -> HomePage:
    """Return the content of the first page."""
    page = form_page(session, bank_id=bank_id, donor_id=donor_id, now=now)
    requests = requests_of_donor(session, bank_id, donor_id)
    verdicts = {judge(page.donor, on=day, policies=page.policies).verdict for day in page.days}
    current = [pickup for pickup in requests if pickup.state not in OVER]
    loss = loss_of(session, bank_id=bank_id, donor_id=donor_id)
    gives = page.donor.state in GIVING_STATES and loss is None
    return HomePage(
        donor=page.donor,
        bank=page.bank,
        number=format_number(page.donor.number),
        visits=[visit_page(session, pickup=pickup, now=now) for pickup in reversed(current)],
        past=[pickup for pickup in requests if pickup.state in OVER][:PAST_SHOWN],
        notes=[*giving_notes(giving_of(session, donor_id), page.today), *page.notes],
        may_ask=verdicts != {EligibilityVerdict.BLOCKED} and bool(page.donor.address.line),
        call=open_call_back(session, page.donor),
        loss=loss,
        may_take_back=loss is not None and now <= loss.until,
        freezer=load_forecast(session, page.donor, now=now) if gives else None,
    )


def form_page(session: Session, *, bank_id: int, donor_id: int, now: datetime) -> FormPage:
    """Return the content of a form's page."""
    bank = get_bank(session, bank_id)
    today = ServiceDay.of(now, bank.zone).day
    return FormPage(
        donor=get_donor(session, bank_id, donor_id),
        bank=bank,
        policies=policies_of(session, bank_id, on=today),
        today=today,
    )


def visit_page(session: Session, *, pickup: Pickup, now: datetime) -> VisitPage:
    """Return the content of a visit's page."""
    bank = get_bank(session, pickup.bank_id)
    policies = policies_of(session, bank.id, on=ServiceDay.of(now, bank.zone).day)
    times = visit_times(session, pickup)
    promise = times.promise if times else None
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
        times=times,
        until=until,
        may_change=pickup.state in OPEN and (until is None or now <= until),
        may_restore=may_restore(session, pickup, now=now),
        notes=visit_notes(pickup, policies=policies, promise=promise),
    )


def last_request(session: Session, *, bank_id: int, donor_id: int) -> Pickup | None:
    """Return the donor's latest request, if any."""
    return next(iter(requests_of_donor(session, bank_id, donor_id)), None)

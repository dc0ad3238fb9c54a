"""What is done to a donor's file; every act is named, dated and kept in the audit chain."""

from datetime import date, datetime, timedelta
from typing import Unpack

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.db import owned
from collector.donors.eligibility import Reason, judge
from collector.donors.models import Donor, DonorState, Serology, SerologyOutcome
from collector.donors.numbers import is_number, new_number
from collector.donors.queries import donor_by_number, get_donor
from collector.donors.states import move_to
from collector.errors import Conflict, Refused
from collector.people.models import Person
from collector.places.actions import NewAddress, new_address
from collector.service_day import ServiceDay

NEEDED_TO_BE_ELIGIBLE = frozenset(
    {
        Reason.NOT_INTERVIEWED,
        Reason.NO_CONSENT,
        Reason.NO_SEROLOGY,
        Reason.SEROLOGY_PENDING,
        Reason.SEROLOGY_LAPSED,
        Reason.SEROLOGY_NOT_CLEAR,
    }
)


def register(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    first_name: str,
    family_name: str,
    email: str | None,
    phone: str | None,
    language: str,
    number: str | None = None,
    discreet: bool = False,
    baby_born_on: date | None = None,
    **address: Unpack[NewAddress],
) -> Donor:
    """Open a file: a candidate, with an address, and a position if one is known.

    Parameters
    ----------
    address
        What `new_address` takes: `line`, `postcode`, `town`, and what is known besides.

    Raises
    ------
    Refused
        `donor_number_not_valid`: its check digit does not fit.
    Conflict
        `donor_number_taken`: another donor of this bank bears it.
    """
    donor = Donor(
        bank_id=bank_id,
        number=_free_number(session, bank_id, number),
        first_name=first_name.strip(),
        family_name=family_name.strip(),
        email=(email or "").strip().lower() or None,
        phone=(phone or "").strip() or None,
        language=language,
        discreet=discreet,
        state=DonorState.CANDIDATE,
        baby_born_on=baby_born_on,
        registered_at=now,
        address=new_address(now=now, bank_id=bank_id, **address),
        serologies=[],
    )
    session.add(donor)
    _note(session, donor, now=now, actor=actor, action="donor registered")
    return donor


def sign_interview(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    person_id: int,
    on: date,
) -> Donor:
    """Note who interviewed a donor and when; a candidate becomes interviewed by it."""
    donor = get_donor(session, bank_id, donor_id)
    person = owned(session, Person, bank_id, person_id)
    donor.interview_signed_by_id, donor.interview_signed_on = person.id, on
    if donor.state is DonorState.CANDIDATE:
        move_to(donor, DonorState.PRESCREENED)
    if donor.state is DonorState.PRESCREENED:
        move_to(donor, DonorState.INTERVIEWED)
    _note(session, donor, now=now, actor=actor, action="interview signed", by=f"person:{person.id}")
    return donor


def record_consent(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    version: str,
    on: date,
) -> Donor:
    """Note which text a donor agreed to, and when."""
    donor = get_donor(session, bank_id, donor_id)
    donor.consent_version, donor.consented_on = version, on
    _note(session, donor, now=now, actor=actor, action="consent recorded", consent=version)
    return donor


def record_serology(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    drawn_on: date,
    outcome: SerologyOutcome,
    valid_until: date | None = None,
) -> Serology:
    """Add a blood sample; a clear one counts as long as the bank's policy says.

    Raises
    ------
    Refused
        `serology_dates_backwards`: it would have lapsed before it was drawn.
    """
    donor = get_donor(session, bank_id, donor_id)
    if valid_until is None and outcome is SerologyOutcome.CLEAR:
        days = policies_of(session, bank_id)[PolicyKey.SEROLOGY_DAYS]
        valid_until = drawn_on + timedelta(days=days)
    if valid_until is not None and valid_until < drawn_on:
        raise Refused("serology_dates_backwards")
    if donor.state is DonorState.INTERVIEWED:
        move_to(donor, DonorState.AWAITING_SEROLOGY)
    result = Serology(bank_id=bank_id, drawn_on=drawn_on, outcome=outcome, valid_until=valid_until)
    donor.serologies.append(result)
    # The outcome is a health answer: the chain says that there is one, not which.
    _note(session, donor, now=now, actor=actor, action="serology recorded")
    return result


def change_state(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    to: DonorState,
    until: date | None = None,
) -> Donor:
    """Move a file on, as `collector.donors.states` permits.

    Parameters
    ----------
    until
        The last day of a suspension; None while nobody knows.

    Raises
    ------
    Refused
        `donor_state_not_possible`; `donor_papers_missing` for one who would become eligible
        without an interview, a consent and a blood test valid today; `only_staff_decides`.
    """
    donor = get_donor(session, bank_id, donor_id)
    before = donor.state
    if to is not DonorState.ENDED and actor.startswith("donor:"):
        raise Refused("only_staff_decides")
    move_to(donor, to)
    if to is DonorState.ELIGIBLE:
        _refuse_without_papers(session, donor, now=now)
    donor.suspended_until = until if to is DonorState.SUSPENDED else None
    _note(
        session,
        donor,
        now=now,
        actor=actor,
        action=f"donor {to.value}",
        before=before.value,
        until=until.isoformat() if until else None,
    )
    return donor


def why_not_eligible(session: Session, donor: Donor, *, now: datetime) -> set[Reason]:
    """Return which papers a donor lacks today to become eligible."""
    today = ServiceDay.of(now, get_bank(session, donor.bank_id).zone).day
    judgement = judge(donor, on=today, policies=policies_of(session, donor.bank_id))
    return set(judgement.reasons) & NEEDED_TO_BE_ELIGIBLE


def _refuse_without_papers(session: Session, donor: Donor, *, now: datetime) -> None:
    if why_not_eligible(session, donor, now=now):
        raise Refused("donor_papers_missing")


def _free_number(session: Session, bank_id: int, wanted: str | None) -> str:
    if wanted is None:
        while donor_by_number(session, bank_id, number := new_number()) is not None:
            pass
        return number
    if not is_number(wanted):
        raise Refused("donor_number_not_valid", number=wanted)
    if donor_by_number(session, bank_id, wanted) is not None:
        raise Conflict("donor_number_taken", number=wanted)
    return wanted


def _note(
    session: Session, donor: Donor, *, now: datetime, actor: str, action: str, **details: object
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=donor.bank_id,
        actor=actor,
        action=action,
        subject=f"donor:{donor.id}",
        **details,
    )

"""Verbs of a donor's file; each is recorded in the audit chain with its actor and instant."""

from datetime import date, datetime, timedelta
from typing import Unpack

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.db import owned
from collector.donors.eligibility import EligibilityReason, judge
from collector.donors.file_history import keeping_history
from collector.donors.models import (
    Decision,
    Donor,
    DonorState,
    Serology,
    SerologyOutcome,
    WhySuspended,
)
from collector.donors.numbers import is_valid_number, new_number
from collector.donors.queries import donor_by_number, get_donor
from collector.donors.states import move_to
from collector.errors import Conflict, Refused
from collector.people.models import Person
from collector.people.queries import is_professional
from collector.places.actions import NewAddress, new_address
from collector.service_day import ServiceDay

NEEDED_TO_BE_ELIGIBLE = frozenset(
    {
        EligibilityReason.NOT_INTERVIEWED,
        EligibilityReason.NO_CONSENT,
        EligibilityReason.NO_SEROLOGY,
        EligibilityReason.SEROLOGY_PENDING,
        EligibilityReason.SEROLOGY_LAPSED,
        EligibilityReason.SEROLOGY_NOT_CLEAR,
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
        The arguments of `new_address`: `line`, `postcode`, `town`, and the optional ones.

    Raises
    ------
    Refused
        `donor_number_not_valid`: its check digit does not fit.
    Conflict
        `donor_number_taken`: another donor of this bank has it.
    """
    donor = Donor(
        bank_id=bank_id,
        number=_number(session, bank_id, number),
        first_name=first_name.strip(),
        family_name=family_name.strip(),
        email=(email or "").strip().lower() or None,
        phone=(phone or "").strip() or None,
        phone_unreached_on=None,
        language=language,
        discreet=discreet,
        state=DonorState.CANDIDATE,
        baby_born_on=baby_born_on,
        registered_at=now,
        address=new_address(now=now, bank_id=bank_id, **address),
        serologies=[],
        stays=[],
    )
    session.add(donor)
    session.flush()
    _keep_step(session, donor, now=now, actor=actor)
    record_act(session, donor, now=now, actor=actor, action="donor registered")
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
    """Record the professional and the day of an interview; a candidate becomes interviewed.

    Raises
    ------
    Refused
        `professional_needed`: the person is no physician, midwife or nurse;
        `interview_before_birth`.
    """
    donor = get_donor(session, bank_id, donor_id)
    if donor.baby_born_on is not None and on < donor.baby_born_on:
        raise Refused("interview_before_birth")
    person = owned(session, Person, bank_id, person_id)
    if not is_professional(session, bank_id=bank_id, person_id=person.id):
        raise Refused("professional_needed")
    with keeping_history(session, donor, now=now, actor=actor):
        donor.interview_signed_by_id, donor.interview_signed_on = person.id, on
    if donor.state is DonorState.CANDIDATE:
        step(session, donor, now=now, actor=actor, to=DonorState.PRESCREENED)
    if donor.state is DonorState.PRESCREENED:
        step(session, donor, now=now, actor=actor, to=DonorState.INTERVIEWED)
    record_act(
        session, donor, now=now, actor=actor, action="interview signed", by=f"person:{person.id}"
    )
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
    """Record the version of the consent that a donor signed, and the day."""
    donor = get_donor(session, bank_id, donor_id)
    with keeping_history(session, donor, now=now, actor=actor):
        donor.consent_version, donor.consented_on = version, on
    record_act(session, donor, now=now, actor=actor, action="consent recorded", consent=version)
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
    """Add a blood sample; a clear one is valid for the days of the bank's policy.

    Raises
    ------
    Refused
        `serology_dates_backwards`: the result would expire before the sample was drawn;
        `serology_too_long` (`days`): it would be valid for longer than the bank's policy.
    """
    donor = get_donor(session, bank_id, donor_id)
    until = _valid_until(session, bank_id, drawn_on, outcome, valid_until)
    if donor.state is DonorState.INTERVIEWED:
        step(session, donor, now=now, actor=actor, to=DonorState.AWAITING_SEROLOGY)
    result = Serology(bank_id=bank_id, drawn_on=drawn_on, outcome=outcome, valid_until=until)
    donor.serologies.append(result)
    # The outcome is health data: the chain holds only that there is one.
    record_act(session, donor, now=now, actor=actor, action="serology recorded")
    _end_expiry(session, donor, now=now, actor=actor)
    return result


def answer_serology(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    serology_id: int,
    actor: str,
    outcome: SerologyOutcome,
    valid_until: date | None = None,
) -> Serology:
    """Record the laboratory's result of a pending sample, or correct it.

    Raises
    ------
    Refused
        `serology_dates_backwards`, `serology_too_long` (`days`).
    """
    result = owned(session, Serology, bank_id, serology_id)
    donor = get_donor(session, bank_id, result.donor_id)
    result.valid_until = _valid_until(session, bank_id, result.drawn_on, outcome, valid_until)
    result.outcome = outcome
    record_act(session, donor, now=now, actor=actor, action="serology answered")
    _end_expiry(session, donor, now=now, actor=actor)
    return result


def refuse_serology_dates(drawn_on: date, valid_until: date, *, days: int) -> None:
    """Refuse a last valid day before the sample, or later than the bank's days after it.

    Raises
    ------
    Refused
        `serology_dates_backwards`, `serology_too_long` (`days`).
    """
    if valid_until < drawn_on:
        raise Refused("serology_dates_backwards")
    if valid_until > drawn_on + timedelta(days=days):
        raise Refused("serology_too_long", days=days)


def change_state(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    actor: str,
    to: DonorState,
    until: date | None = None,
    because: WhySuspended | None = None,
    note: str = "",
) -> Donor:
    """Move a file to a state that `collector.donors.states` permits.

    Parameters
    ----------
    until
        The last day of a suspension; None while it is unknown.
    because, note
        The reason, for the donor's file alone: the audit chain holds no health data.

    Raises
    ------
    Refused
        `donor_state_not_possible`; `donor_papers_missing`: to be eligible, a donor needs an
        interview, a consent and a blood test valid today; `only_staff_decides`;
        `professional_needed`: only a physician, a midwife or a nurse excludes.
    """
    donor = get_donor(session, bank_id, donor_id)
    before = donor.state
    _refuse_decision(session, bank_id=bank_id, actor=actor, to=to)
    suspended = to is DonorState.SUSPENDED
    step(
        session,
        donor,
        now=now,
        actor=actor,
        to=to,
        until=until if suspended else None,
        because=(because or WhySuspended.OTHER) if suspended else None,
        note=note,
    )
    if to is DonorState.ELIGIBLE:
        _refuse_without_papers(session, donor, now=now)
    record_act(
        session,
        donor,
        now=now,
        actor=actor,
        action=f"donor {to.value}",
        before=before.value,
        until=until.isoformat() if until else None,
    )
    return donor


def step(
    session: Session,
    donor: Donor,
    *,
    now: datetime,
    actor: str,
    to: DonorState,
    until: date | None = None,
    because: WhySuspended | None = None,
    note: str = "",
) -> None:
    """Move a file to a state and keep the step in its timeline."""
    move_to(donor, to)
    donor.suspended_until, donor.suspended_because = until, because
    _keep_step(session, donor, now=now, actor=actor, note=note)


def reopen(session: Session, donor: Donor, *, now: datetime, actor: str, to: DonorState) -> None:
    """Reopen a file that ended by mistake, and keep the step in its timeline."""
    donor.state = to
    _keep_step(session, donor, now=now, actor=actor)


def missing_papers(session: Session, donor: Donor, *, now: datetime) -> set[EligibilityReason]:
    """Return the papers that a donor lacks today to become eligible."""
    today = ServiceDay.of(now, get_bank(session, donor.bank_id).zone).day
    judgement = judge(donor, on=today, policies=policies_of(session, donor.bank_id))
    return set(judgement.reasons) & NEEDED_TO_BE_ELIGIBLE


def _keep_step(
    session: Session, donor: Donor, *, now: datetime, actor: str, note: str = ""
) -> None:
    session.add(
        Decision(
            bank_id=donor.bank_id,
            donor_id=donor.id,
            at=now,
            state=donor.state,
            because=donor.suspended_because,
            until=donor.suspended_until,
            note=note.strip(),
            decided_by=actor,
        )
    )


def _valid_until(
    session: Session,
    bank_id: int,
    drawn_on: date,
    outcome: SerologyOutcome,
    valid_until: date | None,
) -> date | None:
    if outcome is not SerologyOutcome.CLEAR:
        return None
    days = policies_of(session, bank_id)[PolicyKey.SEROLOGY_DAYS]
    if valid_until is None:
        return drawn_on + timedelta(days=days)
    refuse_serology_dates(drawn_on, valid_until, days=days)
    return valid_until


def _end_expiry(session: Session, donor: Donor, *, now: datetime, actor: str) -> None:
    """End the timer's suspension for an expired blood test if a valid one was added."""
    by_timer = (
        donor.state is DonorState.SUSPENDED
        and donor.suspended_because is WhySuspended.SEROLOGY_LAPSED
    )
    if by_timer and not missing_papers(session, donor, now=now):
        step(session, donor, now=now, actor=actor, to=DonorState.ELIGIBLE)
        record_act(session, donor, now=now, actor=actor, action="lapse ended")


def _refuse_decision(session: Session, *, bank_id: int, actor: str, to: DonorState) -> None:
    kind, _, key = actor.partition(":")
    if kind == "donor" and to is not DonorState.ENDED:
        raise Refused("only_staff_decides")
    if to is not DonorState.EXCLUDED:
        return
    if kind != "person" or not is_professional(session, bank_id=bank_id, person_id=int(key)):
        raise Refused("professional_needed")


def _refuse_without_papers(session: Session, donor: Donor, *, now: datetime) -> None:
    if missing_papers(session, donor, now=now):
        raise Refused("donor_papers_missing")


def _number(session: Session, bank_id: int, number: str | None) -> str:
    """Return a free number: the given one if it is valid, or a new one."""
    if number is None:
        while donor_by_number(session, bank_id, new := new_number()) is not None:
            pass
        return new
    if not is_valid_number(number):
        raise Refused("donor_number_not_valid", number=number)
    if donor_by_number(session, bank_id, number) is not None:
        raise Conflict("donor_number_taken", number=number)
    return number


def record_act(
    session: Session, donor: Donor, *, now: datetime, actor: str, action: str, **details: object
) -> None:
    """Record an act on a donor's file in the audit chain, without names and health answers."""
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

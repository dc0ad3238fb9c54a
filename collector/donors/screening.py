"""First steps of a candidate: her contact, and her answers to one version of the questions."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.banks.queries import get_bank
from collector.donors.actions import record_act, register, step
from collector.donors.models import Donor, DonorState, Screening
from collector.donors.queries import get_donor
from collector.donors.question_versions import questionnaire_of
from collector.donors.questions import (
    Answered,
    AnswerValue,
    ScreeningResult,
    outcome,
    questions_of,
)
from collector.errors import Refused
from collector.service_day import ServiceDay

VISITOR = "visitor"
"""The actor of a first contact in the audit chain, before there is a file."""
SENT_AGAIN = timedelta(hours=1)
"""Time in which the same form of a first contact leads to the same file."""


def first_contact(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    first_name: str,
    email: str | None,
    phone: str | None,
    postcode: str,
    language: str,
    baby_born_on: date | None,
    discreet: bool,
    once: str = "",
) -> Donor:
    """Open the file of a candidate from the form of the first contact.

    Parameters
    ----------
    once
        The key of the form; sent again within an hour, it leads to the same file.

    Raises
    ------
    Refused
        `first_name_missing`, `contact_missing`.
    """
    if not first_name.strip():
        raise Refused("first_name_missing")
    if not (email or "").strip() and not (phone or "").strip():
        raise Refused("contact_missing")
    sent = Donor.once == (once or None), Donor.registered_at > now - SENT_AGAIN
    known = session.scalar(select(Donor).where(Donor.bank_id == bank_id, *sent))
    if once and known is not None:
        return known
    donor = register(
        session,
        now=now,
        bank_id=bank_id,
        actor=VISITOR,
        first_name=first_name,
        family_name="",
        email=email,
        phone=phone,
        language=language,
        discreet=discreet,
        baby_born_on=baby_born_on,
        line="",
        postcode=postcode,
        town="",
    )
    donor.once = once or None
    return donor


def screening_of(session: Session, donor: Donor) -> Screening | None:
    """Return a donor's latest answers, with the version of the questions, if any."""
    return session.scalar(
        select(Screening)
        .options(joinedload(Screening.questionnaire))
        .where(Screening.bank_id == donor.bank_id, Screening.donor_id == donor.id)
        .order_by(Screening.id.desc())
        .limit(1)
    )


def begin(session: Session, *, now: datetime, bank_id: int, donor_id: int) -> Screening:
    """Return a donor's answers; the first time, an empty set for the latest questions."""
    donor = get_donor(session, bank_id, donor_id)
    known = screening_of(session, donor)
    if known is not None:
        return known
    screening = Screening(
        bank_id=bank_id,
        donor_id=donor.id,
        questionnaire=questionnaire_of(session, now=now, bank_id=bank_id),
        answers={},
        began_at=now,
        saved_at=now,
        submitted_at=None,
    )
    session.add(screening)
    session.flush()
    return screening


def save(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    answers: Mapping[str, Answered],
) -> Screening:
    """Store some answers; answers to other questions are left out.

    Raises
    ------
    Refused
        `answers_were_sent`: the answers are with the bank already.
    """
    screening = begin(session, now=now, bank_id=bank_id, donor_id=donor_id)
    if screening.submitted_at is not None:
        raise Refused("answers_were_sent")
    asked = {question.key for question in questions_of(screening.questionnaire.questions)}
    stored = {
        key: {"said": each.value.value, "on": each.on.isoformat() if each.on else None}
        for key, each in answers.items()
        if key in asked
    }
    screening.answers = {**screening.answers, **stored}
    screening.saved_at = now
    session.flush()
    return screening


def submit(session: Session, *, now: datetime, bank_id: int, donor_id: int) -> ScreeningResult:
    """Send a donor's answers to the bank; a candidate becomes prescreened.

    Raises
    ------
    Refused
        `answers_missing` (`count`), `answers_were_sent`.
    """
    donor = get_donor(session, bank_id, donor_id)
    screening = begin(session, now=now, bank_id=bank_id, donor_id=donor_id)
    if screening.submitted_at is not None:
        raise Refused("answers_were_sent")
    found = outcome_of(screening, on=ServiceDay.of(now, get_bank(session, bank_id).zone).day)
    if found.missing:
        raise Refused("answers_missing", count=len(found.missing))
    screening.submitted_at = now
    actor = f"donor:{donor.id}"
    if donor.state is DonorState.CANDIDATE:
        step(session, donor, now=now, actor=actor, to=DonorState.PRESCREENED)
    # The answers are health data: the chain holds only that they were sent, and the version.
    record_act(
        session,
        donor,
        now=now,
        actor=actor,
        action="answers sent",
        edition=screening.questionnaire.edition,
    )
    return found


def outcome_of(screening: Screening, *, on: date) -> ScreeningResult:
    """Return the result of a set of answers on a day, by its version of the questions."""
    answered_at = screening.submitted_at or screening.saved_at
    return outcome(
        questions_of(screening.questionnaire.questions),
        answers_in(screening),
        on=on,
        # The day in UTC may be the day before at the bank: the comparison leaves that day.
        answered_on=answered_at.date(),
    )


def answers_in(screening: Screening) -> dict[str, Answered]:
    """Return the stored answers by the question's key."""
    return {
        key: Answered(
            value=AnswerValue(kept["said"]),
            on=date.fromisoformat(kept["on"]) if kept["on"] else None,
        )
        for key, kept in screening.answers.items()
    }

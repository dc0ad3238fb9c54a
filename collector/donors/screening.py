"""A candidate's first steps: her first contact, her answers to one version of the questions."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.banks.queries import get_bank
from collector.donors.actions import note_act, register, step
from collector.donors.models import Donor, DonorState, Screening
from collector.donors.queries import get_donor
from collector.donors.question_versions import questionnaire_of
from collector.donors.questions import (
    Answered,
    AnswerValue,
    ScreeningResult,
    outcome,
    read,
)
from collector.errors import Refused
from collector.service_day import ServiceDay

VISITOR = "visitor"
"""How the audit chain names somebody who has no file yet."""

OPEN_TO_ANSWERS = frozenset({DonorState.CANDIDATE})
"""Once she has sent her answers they stay as she gave them."""


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
) -> Donor:
    """Open a file for somebody who would like to give: how to reach her, and hardly anything else.

    Raises
    ------
    Refused
        `first_name_missing`, `contact_missing`.
    """
    if not first_name.strip():
        raise Refused("first_name_missing")
    if not (email or "").strip() and not (phone or "").strip():
        raise Refused("contact_missing")
    return register(
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


def screening_of(session: Session, donor: Donor) -> Screening | None:
    """Return her latest answers, with the questions they answer."""
    return session.scalar(
        select(Screening)
        .options(joinedload(Screening.questionnaire))
        .where(Screening.bank_id == donor.bank_id, Screening.donor_id == donor.id)
        .order_by(Screening.id.desc())
        .limit(1)
    )


def begin(session: Session, *, now: datetime, bank_id: int, donor_id: int) -> Screening:
    """Return the answers she may go on with; the first time, an empty set on today's questions."""
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
    """Keep some of her answers; those to questions nobody asked are left out.

    Raises
    ------
    Refused
        `answers_were_sent`: she has sent them, and a professional reads them.
    """
    screening = begin(session, now=now, bank_id=bank_id, donor_id=donor_id)
    if screening.submitted_at is not None:
        raise Refused("answers_were_sent")
    asked = {question.key for question in read(screening.questionnaire.questions)}
    said = {
        key: {"said": each.said.value, "on": each.on.isoformat() if each.on else None}
        for key, each in answers.items()
        if key in asked
    }
    screening.answers = {**screening.answers, **said}
    screening.saved_at = now
    session.flush()
    return screening


def submit(session: Session, *, now: datetime, bank_id: int, donor_id: int) -> ScreeningResult:
    """Send her answers to the bank; her file moves on, and a professional reads them.

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
    # What she answered is health data: the chain says that she did, and to which version.
    note_act(
        session,
        donor,
        now=now,
        actor=actor,
        action="answers sent",
        edition=screening.questionnaire.edition,
    )
    return found


def outcome_of(screening: Screening, *, on: date) -> ScreeningResult:
    """Say what a set of answers comes to on a day, by the version it answers."""
    return outcome(read(screening.questionnaire.questions), answers_in(screening), on=on)


def answers_in(screening: Screening) -> dict[str, Answered]:
    """Return kept answers by the question's key."""
    return {
        key: Answered(
            said=AnswerValue(kept["said"]),
            on=date.fromisoformat(kept["on"]) if kept["on"] else None,
        )
        for key, kept in screening.answers.items()
    }

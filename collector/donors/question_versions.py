"""Versions of a bank's questions: the first is its jurisdiction's, and none is ever changed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import Bank
from collector.banks.queries import get_bank
from collector.donors.models import Questionnaire
from collector.donors.questions import Question, preset, question_rows, validate_questions
from collector.errors import Conflict, NotFound, Refused


def questionnaire_of(session: Session, *, now: datetime, bank_id: int) -> Questionnaire:
    """Return the latest version of a bank's questions; make the first from its jurisdiction."""
    latest = latest_questionnaire(session, bank_id)
    if latest is not None:
        return latest
    questions = preset(get_bank(session, bank_id).jurisdiction)
    return new_edition(session, now=now, bank_id=bank_id, actor="system", questions=questions)


def new_edition(
    session: Session, *, now: datetime, bank_id: int, actor: str, questions: list[Question]
) -> Questionnaire:
    """Make the next version of a bank's questions; given answers keep their version.

    Raises
    ------
    Refused
        A refusal of `validate_questions`.
    """
    validate_questions(questions)
    before = latest_questionnaire(session, bank_id)
    made = Questionnaire(
        bank_id=bank_id,
        edition=before.edition + 1 if before else 1,
        questions=question_rows(questions),
        made_at=now,
        made_by=actor,
    )
    session.add(made)
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="questions changed",
        subject=f"questionnaire:{made.id}",
        edition=made.edition,
    )
    return made


def revise(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    based_on: int,
    questions: list[Question],
) -> Questionnaire:
    """Make the next version from changes to the latest one.

    Parameters
    ----------
    based_on
        The edition that the author changed.

    Raises
    ------
    Refused
        `questions_unchanged`, or a refusal of `validate_questions`.
    Conflict
        `questions_changed_meanwhile`: a later version exists.
    """
    validate_questions(questions)
    session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update())
    latest = questionnaire_of(session, now=now, bank_id=bank_id)
    if latest.edition != based_on:
        raise Conflict("questions_changed_meanwhile")
    if latest.questions == question_rows(questions):
        raise Refused("questions_unchanged")
    return new_edition(session, now=now, bank_id=bank_id, actor=actor, questions=questions)


def latest_questionnaire(session: Session, bank_id: int) -> Questionnaire | None:
    """Return the newest version of a bank's questions."""
    return session.scalar(
        select(Questionnaire)
        .where(Questionnaire.bank_id == bank_id)
        .order_by(Questionnaire.edition.desc())
        .limit(1)
    )


def editions_of(session: Session, bank_id: int) -> list[Questionnaire]:
    """Return every version of a bank's questions, the newest first."""
    versions = select(Questionnaire).where(Questionnaire.bank_id == bank_id)
    return list(session.scalars(versions.order_by(Questionnaire.edition.desc())))


def edition(session: Session, *, bank_id: int, number: int) -> Questionnaire:
    """Return one version of a bank's questions.

    Raises
    ------
    NotFound
        The bank has no such version.
    """
    found = session.scalar(
        select(Questionnaire).where(
            Questionnaire.bank_id == bank_id, Questionnaire.edition == number
        )
    )
    if found is None:
        raise NotFound("not_found", kind="questionnaires")
    return found

"""Questions before a first gift, and the result of their answers on a day; never a decision.

A yes to a *permanent* question blocks. A yes to a *temporary* one blocks through the last day of
its deferral, counted from the day of the yes. A yes to a *current* one, "I am not sure", and a
temporary yes without a date need a review by a professional. So does a yes to "in the last twelve
months" with an older day: the answer contradicts itself.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from collector.banks.models import Jurisdiction
from collector.donors.eligibility import EligibilityVerdict
from collector.errors import Refused

PRESETS = Path(__file__).with_name("presets")
MOST_QUESTIONS, MOST_DEFERRAL_DAYS, LONGEST_TEXT = 60, 36_525, 300


class YesDuration(StrEnum):
    """Duration for which a yes counts."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    CURRENT = "current"


class QuestionSubject(StrEnum):
    """Person concerned by a question."""

    SELF = "self"
    PARTNER = "partner"
    FAMILY = "family"
    BABY = "baby"


class Section(StrEnum):
    """Part of the self-check in which a question is asked."""

    NOW = "now"
    LATELY = "lately"
    EVER = "ever"


class AnswerValue(StrEnum):
    """Answer to a question."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of one version."""

    key: str
    section: Section
    kind: YesDuration
    whose: QuestionSubject
    text: Mapping[str, str]
    """Text of the question by language."""
    deferral_days: int | None
    """Days for which a temporary yes counts after its last day."""
    source: str
    verified_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer to a question, with the last day of a temporary yes."""

    value: AnswerValue
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An answer that blocks or needs a review."""

    question: Question
    answered: Answered
    verdict: EligibilityVerdict
    until: date | None
    """The last day of a temporary deferral."""
    contradicts: bool = False
    """Whether the day of a yes lies before the period of the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningResult:
    """The result of a set of answers on a day."""

    verdict: EligibilityVerdict
    findings: tuple[Finding, ...]
    missing: tuple[Question, ...]


def preset(jurisdiction: Jurisdiction) -> list[Question]:
    """Return the first questions of a bank in a jurisdiction."""
    path = PRESETS / f"questions_{jurisdiction.value}.json"
    return questions_of(json.loads(path.read_text(encoding="utf-8")))


def questions_of(rows: Iterable[Mapping[str, Any]]) -> list[Question]:
    """Return the questions of stored rows."""
    return [
        Question(
            key=row["key"],
            section=Section(row["section"]),
            kind=YesDuration(row["kind"]),
            whose=QuestionSubject(row["whose"]),
            text=row["text"],
            deferral_days=row["deferral_days"],
            source=row["source"],
            verified_on=date.fromisoformat(row["verified_on"]) if row["verified_on"] else None,
        )
        for row in rows
    ]


def question_rows(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Return the stored rows of questions; `questions_of` is the inverse."""
    return [
        {
            **asdict(question),
            "text": dict(question.text),
            "verified_on": question.verified_on.isoformat() if question.verified_on else None,
        }
        for question in questions
    ]


def validate_questions(questions: Sequence[Question]) -> None:
    """Refuse a set of questions that cannot be asked or judged.

    Raises
    ------
    Refused
        `questions_empty`, `question_twice`, `question_text_missing`, `deferral_missing`.
    """
    if not 0 < len(questions) <= MOST_QUESTIONS:
        raise Refused("questions_empty", most=MOST_QUESTIONS)
    if len({question.key for question in questions}) < len(questions):
        raise Refused("question_twice")
    for question in questions:
        if not all(0 < len(text.strip()) <= LONGEST_TEXT for text in question.text.values()):
            raise Refused("question_text_missing", most=LONGEST_TEXT)
        days = question.deferral_days or 0
        if question.kind is YesDuration.TEMPORARY and not 0 < days <= MOST_DEFERRAL_DAYS:
            raise Refused("deferral_missing")


def outcome(
    questions: Iterable[Question],
    answers: Mapping[str, Answered],
    *,
    on: date,
    answered_on: date | None = None,
) -> ScreeningResult:
    """Return the result of the answers to these questions on a day.

    Parameters
    ----------
    answered_on
        The day on which they were answered, by default `on`: a deferral that had ended before it
        contradicts the yes.
    """
    asked = list(questions)
    findings = tuple(
        found
        for question in asked
        if (answered := answers.get(question.key)) is not None
        and (found := _finding(question, answered, on, answered_on or on)) is not None
    )
    missing = tuple(question for question in asked if question.key not in answers)
    verdicts = {found.verdict for found in findings}
    if EligibilityVerdict.BLOCKED in verdicts:
        verdict = EligibilityVerdict.BLOCKED
    elif verdicts or missing:
        verdict = EligibilityVerdict.NEEDS_REVIEW
    else:
        verdict = EligibilityVerdict.NOTHING_FOUND
    return ScreeningResult(verdict=verdict, findings=findings, missing=missing)


def _finding(question: Question, answered: Answered, on: date, answered_on: date) -> Finding | None:
    if answered.value is AnswerValue.NO:
        return None
    verdict, until, contradicts = EligibilityVerdict.NEEDS_REVIEW, None, False
    if answered.value is AnswerValue.YES and question.kind is YesDuration.PERMANENT:
        verdict = EligibilityVerdict.BLOCKED
    elif (
        answered.value is AnswerValue.YES and question.kind is YesDuration.TEMPORARY and answered.on
    ):
        last = answered.on + timedelta(days=question.deferral_days or 0)
        contradicts = answered_on > last
        if on > last and not contradicts:
            return None
        if not contradicts:
            verdict, until = EligibilityVerdict.BLOCKED, last
    return Finding(
        question=question,
        answered=answered,
        verdict=verdict,
        until=until,
        contradicts=contradicts,
    )

"""Form of a bank's questions: one line a question, and the questions that the lines mean."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import wtforms
from werkzeug.datastructures import MultiDict

from collector.config import LANGUAGES
from collector.donors.questions import (
    MOST_QUESTIONS,
    Question,
    QuestionSubject,
    Section,
    YesDuration,
)
from collector.field_parsers import parse_whole_number
from collector.web.framework.forms import (
    FlagField,
    Form,
    KeyField,
    ParsedField,
    RowsField,
    TextField,
)

Choice = TypeVar("Choice", bound=StrEnum)

CHOICES: Mapping[str, type[YesDuration | Section | QuestionSubject]] = {
    "section": Section,
    "kind": YesDuration,
    "whose": QuestionSubject,
}
LONGEST_CELL = 1000


def choice_field(choices: type[Choice]) -> ParsedField[Choice]:
    """Return the field of a list, which gives its first choice for any other text."""
    first = next(iter(choices))
    known = set(choices)
    return ParsedField(lambda text: choices(text) if text in known else first, blank=first)


class QuestionLine(Form):
    """One line: a question that stays, that changes, or that is new."""

    key = TextField(longest=LONGEST_CELL)
    text: "wtforms.FormField[Form]" = wtforms.FormField(
        type("TextForm", (Form,), {each: TextField(longest=LONGEST_CELL) for each in LANGUAGES})
    )
    section = choice_field(Section)
    kind = choice_field(YesDuration)
    whose = choice_field(QuestionSubject)
    days = ParsedField[int | None](parse_whole_number, blank=None)
    source = TextField(longest=LONGEST_CELL)
    verified = FlagField()
    gone = FlagField()

    @property
    def is_asked(self) -> bool:
        """Whether the line is a question of the new version: neither empty nor removed."""
        written = self.key.data or any(self.text.data.values())
        return bool(written) and not self.gone.data

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms'
        """Validate a line that is asked; only a temporary deferral has days."""
        if self.kind.data is not YesDuration.TEMPORARY:
            self.leave_out(["days"])
        return super().validate(extra_validators) if self.is_asked else True


def split_lines(form: MultiDict[str, str]) -> Iterable[Mapping[str, str]]:
    """Return the lines from fields such as `key-0`, `text-fr-0`, `days-0`."""
    names = list(QuestionLine().typed)
    return [
        {name: form.get(f"{name}-{index}", "") for name in names}
        for index in range(MOST_QUESTIONS + 1)
        if f"key-{index}" in form
    ]


class QuestionsForm(Form):
    """The lines of a version, and the version from which the writer began."""

    seen = KeyField()
    lines = RowsField[QuestionLine](QuestionLine, split_lines)

    def questions(self, *, before: Iterable[Question], today: date) -> list[Question]:
        """Return the questions of a validated form.

        Parameters
        ----------
        before
            The questions of the latest version; a question that did not change stays verified
            since the same day.
        """
        known = {question.key: question for question in before}
        return [
            _question(line, known.get(line.key.data), today)
            for line in self.lines.rows
            if line.is_asked
        ]


def form_of(questions: Iterable[Question], *, seen: int) -> QuestionsForm:
    """Return the form of questions as they stand, with an empty line after them."""
    lines: list[dict[str, object]] = [
        {
            "key": question.key,
            "text": dict(question.text),
            "section": question.section,
            "kind": question.kind,
            "whose": question.whose,
            "days": question.deferral_days,
            "source": question.source,
            "verified": question.verified_on is not None,
        }
        for question in questions
    ]
    return QuestionsForm(data={"seen": seen, "lines": [*lines, {}]})


def _question(line: QuestionLine, before: Question | None, today: date) -> Question:
    written = Question(
        # A key of its own: an answer to an older question is never taken for one to this question.
        key=before.key if before else f"q{secrets.token_hex(4)}",
        section=line.section.data,
        kind=line.kind.data,
        whose=line.whose.data,
        text=line.text.data,
        deferral_days=line.days.data if line.kind.data is YesDuration.TEMPORARY else None,
        source=line.source.data,
        verified_on=None,
    )
    if not line.verified.data:
        return written
    unchanged = before and before.verified_on and written == replace(before, verified_on=None)
    return before if before and unchanged else replace(written, verified_on=today)

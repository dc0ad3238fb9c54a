"""The form in which the bank's questions are written: its lines, and the questions they mean."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from werkzeug.datastructures import MultiDict

from collector.config import LANGUAGES
from collector.donors.questions import MOST_QUESTIONS, Question, Section, Whose, YesDuration
from collector.errors import Refused

Line = Mapping[str, str]

CHOICES: Mapping[str, type[YesDuration | Section | Whose]] = {
    "section": Section,
    "kind": YesDuration,
    "whose": Whose,
}
NAMES = (
    "key",
    *(f"text-{language}" for language in LANGUAGES),
    *CHOICES,
    "days",
    "source",
    "verified",
    "gone",
)
LONGEST_CELL = 1000


def shown(questions: list[Question]) -> list[Line]:
    """Return the lines of the form for questions as they stand, and an empty one."""
    return [*map(_line, questions), _empty()]


def sent(form: MultiDict[str, str]) -> list[Line]:
    """Return the lines as they came from a browser, however odd."""
    return [
        {
            name: form.get(f"{name}-{index}", "").replace("\x00", "").strip()[:LONGEST_CELL]
            for name in NAMES
        }
        for index in range(MOST_QUESTIONS + 1)
        if f"key-{index}" in form
    ]


def understood(lines: list[Line], *, before: list[Question], today: date) -> list[Question]:
    """Return the questions that the lines mean.

    Raises
    ------
    Refused
        `number_not_read`: what should be days is no number.
    """
    known = {question.key: question for question in before}
    return [
        _question(line, known.get(line["key"]), today)
        for line in lines
        if not line["gone"] and (line["key"] or any(_texts(line).values()))
    ]


def _line(question: Question) -> Line:
    return {
        "key": question.key,
        **{f"text-{language}": question.text.get(language, "") for language in LANGUAGES},
        "section": question.section.value,
        "kind": question.kind.value,
        "whose": question.whose.value,
        "days": str(question.deferral_days or ""),
        "source": question.source,
        "verified": "yes" if question.verified_on else "",
        "gone": "",
    }


def _empty() -> Line:
    first = {name: next(iter(words)).value for name, words in CHOICES.items()}
    return dict.fromkeys(NAMES, "") | first


def _question(line: Line, before: Question | None, today: date) -> Question:
    kind = YesDuration(_choice(line, "kind"))
    written = Question(
        # A name of its own: answers to an older question never pass for answers to this one.
        key=before.key if before else f"q{secrets.token_hex(4)}",
        section=Section(_choice(line, "section")),
        kind=kind,
        whose=Whose(_choice(line, "whose")),
        text=_texts(line),
        deferral_days=_days(line["days"]) if kind is YesDuration.TEMPORARY else None,
        source=line["source"],
        verified_on=None,
    )
    return _marked(written, before, today) if line["verified"] else written


def _marked(written: Question, before: Question | None, today: date) -> Question:
    """Return it verified: since the day it was, if it says the same as then; else since today."""
    if before and before.verified_on and written == replace(before, verified_on=None):
        return before
    return replace(written, verified_on=today)


def _texts(line: Line) -> dict[str, str]:
    return {language: line[f"text-{language}"] for language in LANGUAGES}


def _choice(line: Line, name: str) -> str:
    words = CHOICES[name]
    return line[name] if line[name] in set(words) else next(iter(words)).value


def _days(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < len("1000000")):
        raise Refused("number_not_read")
    return int(text)

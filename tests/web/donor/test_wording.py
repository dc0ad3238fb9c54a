"""Sentences of every code, state, purpose and health question of a donor."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from collector.errors import Refused
from collector.pickups.models import HoldReason, Pickup, PickupState, Purpose
from collector.web.donor.wording import PURPOSES, headline
from collector.web.health_questions import QUESTIONS
from collector.web.wording import ERRORS, sentence
from tests.builders import MORNING

HOUSE = Path(__file__).parents[3] / "collector"
SAID = re.compile(
    r'(?:Refused|Conflict|NotFound|_Unreadable)\(\s*"(\w+)"'
    r'|(?:(?:Field|Cell)Mistake|wrong)\(\s*[^,()]+, "(\w+)"'
    r'|return "(window_\w+)"'
)
FILES = sorted(
    [
        *(HOUSE / "donors").glob("*.py"),
        *(HOUSE / "pickups").glob("*.py"),
        *(HOUSE / "places").glob("*.py"),
        *HOUSE.glob("csv_*.py"),
        HOUSE / "field_parsers.py",
    ]
)
CODES = sorted(
    {
        next(filter(None, groups))
        for path in FILES
        for groups in SAID.findall(path.read_text(encoding="utf-8"))
    }
)
FIGURES: dict[str, object] = {
    "choices": "a, b",
    "count": 2,
    "bottles": 8,
    "days": 14,
    "hours": 12,
    "least": 1,
    "line": 3,
    "most": 9,
    "name": "town",
    "number": "123",
    "postcode": "99999",
    "present": "asked",
    "wanted": "planned",
    "years": 20,
}


def test_every_code_has_a_sentence(app: Flask) -> None:
    with app.test_request_context():
        texts = [sentence(Refused(code, **FIGURES)) for code in CODES]
    assert [text for text in texts if not text.endswith((".", "?")) or "%(" in text] == []


def test_enough_codes_were_found() -> None:
    assert {"already_asked", "window_backwards", "cell_missing", "csv_broken"} <= set(CODES)
    assert set(CODES) <= set(ERRORS)


def test_every_state_of_a_visit_has_a_sentence(app: Flask) -> None:
    with app.test_request_context():
        said = [headline(Pickup(state=state), None, now=MORNING) for state in PickupState]
    assert all(text.endswith(".") for text in said)


def test_every_purpose_and_every_health_question_has_words() -> None:
    assert set(PURPOSES) == set(Purpose)
    assert set(QUESTIONS) == set(HoldReason)

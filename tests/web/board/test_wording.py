"""The board has a word for everything it may be told, and its figures are exact."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from hypothesis import given
from hypothesis import strategies as st

from collector.banks.models import Jurisdiction
from collector.banks.policies import PRESETS, PolicyKey
from collector.custody.models import ContainerState
from collector.donors.eligibility import EligibilityReason
from collector.donors.models import DonorState
from collector.pickups.flags import Flag
from collector.pickups.models import HoldReason, PickupState, Purpose
from collector.planning.editing.what_if import ALLOWED_BY_HAND
from collector.planning.problem.plannability import NotPlannable
from collector.rounds.models import NotDoneReason
from collector.web.board import wording as words
from collector.web.board.day.plan_progress import HEIGHT, WIDTH, curve
from collector.web.board.day.price_wording import BREAKS
from collector.web.board.source_wording import ACTIONS, SOURCES
from collector.web.outbox import KINDS
from routing.plan import ReasonCode, Rule

ROOT = Path(__file__).parents[3]
FILE_FREE = {"position set", "questions changed"}
"""Acts whose subject is no donor's file and no visit."""


@pytest.mark.parametrize(
    ("known", "codes"),
    [
        (words.FLAGS, list(Flag)),
        (words.PURPOSES, list(Purpose)),
        (words.HEALTH, list(HoldReason)),
        (words.STATES, list(PickupState)),
        (words.DONOR_STATES, list(DonorState)),
        (words.JUDGEMENTS, list(EligibilityReason)),
        (words.POLICIES, list(PolicyKey)),
        (words.CONTAINER_STATES, list(ContainerState)),
        (words.REASONS, [*ReasonCode, *NotPlannable, "taken_out", "request_changed"]),
        (words.OBSTACLES, set(Rule) - {Rule.CLOCK, Rule.COVERAGE, Rule.OPTIONAL}),
        (BREAKS, {*Rule, *ALLOWED_BY_HAND} - {Rule.OPTIONAL}),
    ],
)
def test_every_code_has_its_words(known: Mapping[str, object], codes: Collection[str]) -> None:
    assert {str(code) for code in codes} <= set(known)


def test_every_preset_kind_of_message_and_act_on_a_file_has_its_words() -> None:
    sources = {preset.source for preset in PRESETS[Jurisdiction.FRANCE]}
    assert sources <= set(SOURCES)
    assert {path.stem for path in (ROOT / "templates" / "email").glob("*.txt")} <= set(KINDS)
    acts = {
        act
        for folder in ("donors", "pickups", "privacy")
        for path in (ROOT / "collector" / folder).rglob("*.py")
        for act in re.findall(r'action="([^"]+)"', path.read_text("utf-8"))
    }
    assert acts - FILE_FREE <= set(ACTIONS)


def test_cancel_and_undo_have_different_words_in_french(app: Flask) -> None:
    with app.test_request_context(), force_locale("fr"):
        assert gettext("Cancel") != gettext("Undo")


def test_a_reason_names_the_nearest_round_and_by_how_much(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        said = words.reason("crowded", {"rule": "ride_time", "round": "B", "by": 600})
        assert said.endswith("In round B, what she gives would ride 10\xa0min longer than it may.")
        assert "€12.50" in words.reason("too_dear", {"price_cents": 1250})


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0\xa0min"), (59 * 60, "59\xa0min"), (3600, "1\xa0h\xa000"), (3930, "1\xa0h\xa006")],
)
def test_a_length_of_time_is_written_without_a_line_break(seconds: int, said: str) -> None:
    assert words.duration(seconds) == said
    assert words.duration(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("amount", "said"), [(5, "+x"), (-5, "\N{MINUS SIGN}x"), (0, "\N{PLUS-MINUS SIGN}x")]
)
def test_a_difference_bears_its_sign(amount: int, said: str) -> None:
    assert words.signed("x", amount) == said


def test_a_curve_holds_its_level_until_a_better_plan_is_found() -> None:
    assert curve([(0.0, 300), (2.0, 100)]) == "0.0,4.0 240.0,4.0 240.0,60.0 240,60.0"
    assert curve([]) == ""


@given(
    st.lists(st.tuples(st.floats(0, 600, allow_nan=False), st.integers(0, 10**9)), min_size=1).map(
        sorted
    )
)
def test_a_curve_stays_inside_its_picture(costs: list[tuple[float, int]]) -> None:
    for point in curve(costs).split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_every_reason_a_phone_gives_has_its_words():
    assert set(words.FAILURES) == set(NotDoneReason)

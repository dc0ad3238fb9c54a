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
from collector.custody.models import ContainerState, ExcursionDecision
from collector.dispensary.fates.models import MilkFate
from collector.donors.eligibility import EligibilityReason
from collector.donors.models import DonorState
from collector.pickups.flags import Flag
from collector.pickups.models import DayBefore, HoldReason, PickupState, Purpose
from collector.planning.editing.what_if import ALLOWED_BY_HAND
from collector.planning.models import DisruptionKind, ProposalWay
from collector.planning.problem.plannability import NotPlannable
from collector.recall.models import RecallAct
from collector.rounds.models import EventKind, IncidentDecision, NotDoneReason
from collector.web.audit_wording import action_words
from collector.web.board import wording as words
from collector.web.board.day.plan_progress import HEIGHT, WIDTH, curve
from collector.web.board.day.price_wording import BREAKS
from collector.web.board.policy_wording import POLICIES
from collector.web.board.source_wording import SOURCES
from collector.web.message_kinds import KINDS
from routing.plan import ReasonCode, Rule

ROOT = Path(__file__).parents[3]
ACT = re.compile(
    r'(?:\baction=|\baction = |(?<![.])\bperson_id, )(f?)"([^"]+)"(?: if reached else "([^"]+)")?'
)
"""An action of the audit chain in the source, with its alternative."""

CODES = {
    "day before answered ": DayBefore,
    "disruption told: ": DisruptionKind,
    "donor ": DonorState,
    "excursion decided: ": ExcursionDecision,
    "incident decided: ": IncidentDecision,
    "milk ": set(MilkFate) - {MilkFate.RETURNED},
    "phone said ": EventKind,
    "pickup ": set(PickupState) - {PickupState.ASKED},
    "proposal accepted: ": ProposalWay,
    "recall ": RecallAct,
}
"""The codes with which an action ends."""


@pytest.mark.parametrize(
    ("known", "codes"),
    [
        (words.FLAGS, list(Flag)),
        (words.PURPOSES, list(Purpose)),
        (words.HEALTH, list(HoldReason)),
        (words.STATES, list(PickupState)),
        (words.DONOR_STATES, list(DonorState)),
        (words.JUDGEMENTS, list(EligibilityReason)),
        (POLICIES, list(PolicyKey)),
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


def test_every_act_of_the_audit_chain_has_its_words_in_french(app: Flask) -> None:
    found = [
        match
        for path in (ROOT / "collector").rglob("*.py")
        for match in ACT.findall(path.read_text("utf-8"))
    ]
    plain = {act for kind, *acts in found if not kind for act in acts if act}
    begins = {act.partition("{")[0] for kind, act, _other in found if kind}
    assert len(plain) > 40
    assert begins == set(CODES)
    acts = plain | {
        f"{begin}{code.value.replace('_', ' ') if begin == 'pickup ' else code.value}"
        for begin, codes in CODES.items()
        for code in codes
    }
    with app.test_request_context(), force_locale("fr"):
        untold = {act for act in acts if action_words(act) == act}
        assert untold == set()


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

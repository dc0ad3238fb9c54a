"""The bank's rules and its questions, as quality and the professionals change them."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.audit.queries import first_broken_link, history_of
from collector.banks.policies import PolicyKey
from collector.banks.policy_values import BOUNDS, choices_of, value_in
from collector.banks.queries import policies_of, policy_row, policy_rows
from collector.db import reading, transaction
from collector.donors.models import Questionnaire
from collector.donors.question_versions import questionnaire_of
from collector.donors.questions import YesDuration, questions_of
from collector.donors.screening import begin
from collector.errors import Refused
from collector.people.models import Role
from tests.builders import MORNING
from tests.town import Town
from tests.web.board.donors.test_donors import desk

URL = "/board/bank/policies/minimum_volume_ml"
SAID = {"seen": "400", "value": "1000", "source": "Board of 3 March 2026"}


@pytest.fixture
def quality(app: Flask, town: Town) -> FlaskClient:
    return desk(app, town, Role.QUALITY)


def lines_of(client: FlaskClient) -> dict[str, str]:
    """Return the form of a new version as a browser would send it unchanged."""
    page = client.get("/board/donors/questions/new").get_data(as_text=True)
    said = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*? value="([^"]*)"', page))
    said |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)<', page))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        said[name] = re.findall(r'value="([^"]+)" selected', options)[0]
    unmarked = re.findall(r'name="((?:verified|gone)-\d+)" value="yes"(?! checked)', page)
    return {
        name: value.replace("&#39;", "'") for name, value in said.items() if name not in unmarked
    }


def test_a_rule_changes_with_its_source_its_mark_and_an_entry(
    app: Flask, town: Town, quality: FlaskClient
) -> None:
    assert quality.post(URL, data=SAID | {"verified": "yes"}).status_code == 303
    with app.app_context(), reading() as session:
        row = policy_row(session, bank_id=town.bank, key="minimum_volume_ml")
        assert policies_of(session, town.bank)[PolicyKey.MINIMUM_VOLUME_ML] == 1000
        assert (row.source, row.verified_by) == ("Board of 3 March 2026", "Nora")
        assert row.verified_on == MORNING.date()
        (act,) = history_of(session, bank_id=town.bank, subject="policy:minimum_volume_ml")
        assert (act.details["before"], act.details["after"]) == ("400", "1000")
        assert first_broken_link(session, town.bank) is None
    assert "400 → 1000" in quality.get(URL).get_data(as_text=True)


def test_a_change_without_the_mark_takes_the_mark_away(
    app: Flask, town: Town, quality: FlaskClient
) -> None:
    quality.post(URL, data=SAID)
    with app.app_context(), reading() as session:
        row = policy_row(session, bank_id=town.bank, key="minimum_volume_ml")
        assert (row.verified_by, row.verified_on) == (None, None)


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"value": "many"}, 422, "whole number"),
        ({"value": "20001"}, 422, "from 0 to 20000"),
        ({"source": " "}, 422, "Say where it comes from"),
        ({"seen": "300"}, 409, "A colleague changed this rule"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    quality: FlaskClient, change: dict[str, str], status: int, told: str
) -> None:
    answer = quality.post(URL, data=SAID | {"source": "My source"} | change)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, told in page) == (status, True)
    assert change.get("value", "1000") in page
    assert "My source" in page or "source" in change


@pytest.mark.parametrize(
    ("key", "typed", "told"),
    [
        ("leg_spread_percent", "300", "from 0 to 100"),
        ("door_spread_percent", "-5", "from 0 to 100"),
        ("blood_spread_percent", "", "whole number"),
        ("hour_spread_percent", "ten", "whole number"),
        ("late_start_minutes", "-1", "from 0 to 120"),
        ("no_show_percent", "101", "from 0 to 100"),
        ("promise_kept_percent", "100", "from 50 to 99"),
        ("alarm_percent", "97", "at most 95"),
        ("clock_kept_percent", "70", "at least 80"),
        ("promise_kept_percent", "79", "at least 80"),
    ],
)
def test_a_spread_or_level_that_cannot_be_has_a_sentence_at_its_field(
    app: Flask, town: Town, quality: FlaskClient, key: str, typed: str, told: str
) -> None:
    with app.app_context(), reading() as session:
        seen = policy_row(session, bank_id=town.bank, key=key).value
    said = {"seen": seen, "value": typed, "source": "Measured in May"}
    answer = quality.post(f"/board/bank/policies/{key}", data=said)
    page = answer.get_data(as_text=True)
    beside = re.search(r'<p class="wrong" id="value-wrong">([^<]*)</p>', page)
    assert answer.status_code == 422
    assert beside is not None
    assert told in beside[1]
    with app.app_context(), reading() as session:
        assert policy_row(session, bank_id=town.bank, key=key).value == seen


@pytest.mark.parametrize(("key", "typed"), [("leg_spread_percent", "0"), ("alarm_percent", "95")])
def test_the_last_permitted_spread_and_level_are_taken(
    app: Flask, town: Town, quality: FlaskClient, key: str, typed: str
) -> None:
    with app.app_context(), reading() as session:
        seen = policy_row(session, bank_id=town.bank, key=key).value
    said = {"seen": seen, "value": typed, "source": "Measured in May"}
    assert quality.post(f"/board/bank/policies/{key}", data=said).status_code == 303


def test_a_bank_without_a_row_for_a_spread_has_the_starting_value(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        session.delete(policy_row(session, bank_id=town.bank, key="leg_spread_percent"))
    with app.app_context(), reading() as session:
        assert policies_of(session, town.bank)[PolicyKey.LEG_SPREAD_PERCENT] == 15


def test_a_coordinator_reads_the_rules_and_changes_none(app: Flask, town: Town) -> None:
    client = desk(app, town, Role.COORDINATOR)
    assert URL not in client.get("/board/bank/policies").get_data(as_text=True)
    assert client.get(URL).status_code == 403
    assert client.post(URL, data=SAID).status_code == 403


def test_every_preset_is_a_value_its_rule_may_have(app: Flask, town: Town) -> None:
    with app.app_context(), reading() as session:
        for row in policy_rows(session, town.bank):
            assert value_in(row.value, key=row.key, unit=row.unit) == row.value
            assert choices_of(row.key) or row.unit in BOUNDS
    with pytest.raises(Refused):
        value_in("maybe", key="label_check", unit="")


def test_a_question_changes_in_a_new_version_and_answers_stay_with_theirs(
    app: Flask, town: Town, quality: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        before = begin(session, now=MORNING, bank_id=town.bank, donor_id=town.dora)
        assert before.questionnaire_id == 1
    said = lines_of(quality)
    changed = {"text-en-0": "Do you smoke?", "verified-0": "yes", "gone-1": "yes"}
    added = max(int(name.removeprefix("key-")) for name in said if name.startswith("key-"))
    new = {
        f"text-en-{added}": "Were you in a flooded area?",
        f"text-fr-{added}": "Avez-vous vécu une inondation ?",
        f"kind-{added}": "temporary",
        f"days-{added}": "28",
        f"verified-{added}": "yes",
    }
    answer = quality.post("/board/donors/questions", data=said | changed | new)
    assert answer.status_code == 303
    with app.app_context(), reading() as session:
        first, second = session.scalars(select(Questionnaire).order_by(Questionnaire.edition))
        assert (first.edition, second.edition) == (1, 2)
        assert second.made_by.startswith("person:")
        old, asked = questions_of(first.questions), questions_of(second.questions)
        assert len(asked) == len(old), "one gone, one more"
        assert asked[0].text["en"] == "Do you smoke?"
        assert asked[0].verified_on == MORNING.date(), "it says something else since today"
        assert asked[1] == old[2], "what nobody touched stays, with its day"
        assert (asked[-1].kind, asked[-1].deferral_days) == (YesDuration.TEMPORARY, 28)
        said_to = {
            donor: begin(session, now=MORNING, bank_id=town.bank, donor_id=donor).questionnaire_id
            for donor in (town.dora, town.elise)
        }
        assert said_to == {town.dora: first.id, town.elise: second.id}
    page = quality.get("/board/donors/questions").get_data(as_text=True)
    assert "Version 2" in page
    assert "flooded" in page
    assert "flooded" not in quality.get("/board/donors/questions/1").get_data(as_text=True)


def test_nothing_changed_nothing_wrong_and_a_colleague_first_are_told(
    app: Flask, town: Town, quality: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        questionnaire_of(session, now=MORNING, bank_id=town.bank)
    said = lines_of(quality)
    same = quality.post("/board/donors/questions", data=said)
    assert (same.status_code, "Nothing is changed" in same.text) == (422, True)
    empty = quality.post("/board/donors/questions", data=said | {"text-fr-0": ""})
    assert (empty.status_code, "in each language" in empty.text) == (422, True)
    assert (
        quality.post("/board/donors/questions", data=said | {"text-en-0": "One?"}).status_code
        == 303
    )
    late = quality.post("/board/donors/questions", data=said | {"text-en-0": "Two?"})
    assert (late.status_code, "A colleague made another version" in late.text) == (409, True)
    assert "Two?" in late.text
    with app.app_context(), reading() as session:
        assert len(session.scalars(select(Questionnaire)).all()) == 2

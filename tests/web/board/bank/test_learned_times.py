"""The page of learned times: values with their numbers, pins, deletion, learning at once."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.audit.models import AuditEntry
from collector.db import reading, transaction
from collector.roads.learned import learned_rows
from collector.roads.models import LearnedKind, LearnedTime, LearningResult
from tests.builders import MORNING
from tests.town import Town, sign_in

PAGE = "/board/bank/times"


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


@pytest.fixture
def learned(app: Flask, town: Town) -> dict[LearnedKind, int]:
    """Store a value of each kind that the page names differently."""
    keys = {
        LearnedKind.HOUR: "morning",
        LearnedKind.ROAD: "primary_link",
        LearnedKind.SECTOR: "336",
        LearnedKind.PURPOSE: "blood_sample+collection",
        LearnedKind.DONOR: str(town.dora),
        LearnedKind.COLLECTOR: str(town.ana),
    }
    with app.app_context(), transaction() as session:
        rows = {
            kind: LearnedTime(
                bank_id=town.bank,
                kind=kind,
                key=key,
                donor_id=town.dora if kind is LearnedKind.DONOR else None,
                person_id=town.ana if kind is LearnedKind.COLLECTOR else None,
                factor=1.18,
                spread_percent=21.4,
                count=57,
                learned_at=MORNING,
            )
            for kind, key in keys.items()
        }
        session.add_all(rows.values())
        session.add(
            LearningResult(
                bank_id=town.bank,
                learned_at=MORNING,
                rounds=60,
                days=40,
                held_out_days=4,
                legs=300,
                doors=280,
                left_out=2,
                arrival_before=600.0,
                arrival_after=330.0,
                leg_before=120.0,
                leg_after=90.0,
                door_before=None,
                door_after=None,
                used=[LearnedKind.HOUR, LearnedKind.PURPOSE],
            )
        )
        session.flush()
        return {kind: row.id for kind, row in rows.items()}


@pytest.mark.usefixtures("learned")
def test_the_page_tells_what_was_learned_from_how_many_and_the_errors(claire: FlaskClient) -> None:
    page = claire.get(PAGE).get_data(as_text=True)
    for words in (
        "60 rounds of 40 days: 300 legs and 280 visits",
        "2 rounds taught nothing",
        "10.0 min",
        "5.5 min",
        "morning, from 6:00 to 9:30",
        "slip roads of primary roads",
        "postcodes 336…",
        "blood sample, collection",
        "Dora",
        "Ana",
    ):
        assert words in page
    assert page.count("+18 %") == 6
    assert page.count("± 21 %") == 6


@pytest.mark.usefixtures("learned")
def test_the_page_tells_what_is_used_and_why(app: Flask, claire: FlaskClient) -> None:
    page = claire.get(PAGE).get_data(as_text=True)
    used, unused = page.split("Not in use")
    used = used.split("In use")[1]
    assert "Driving, by hour" in used
    assert "At the door, by purpose" in used
    assert "At the door, by donor" in unused.split("</ul>")[0]
    for chosen, words in (([], "did not lower the error"), (None, "In use")):
        with app.app_context(), transaction() as session:
            session.scalars(select(LearningResult)).one().used = chosen
        page = claire.get(PAGE).get_data(as_text=True)
        assert (words in page) is (chosen is not None)


def test_without_a_lesson_the_page_says_so(claire: FlaskClient) -> None:
    assert "Nothing is learned yet" in claire.get(PAGE).get_data(as_text=True)


def test_a_value_is_pinned_and_let_go(
    app: Flask, town: Town, claire: FlaskClient, learned: dict[LearnedKind, int]
) -> None:
    key = learned[LearnedKind.HOUR]
    assert claire.post(f"{PAGE}/{key}/pin", data={"percent": "12,5"}).status_code == 303
    page = claire.get(PAGE).get_data(as_text=True)
    assert re.search(rf'id="percent-{key}"[^>]*value="12"', page)
    with app.app_context(), reading() as session:
        assert session.get_one(LearnedTime, key).pinned == 1.125
    assert claire.post(f"{PAGE}/{key}/release").status_code == 303
    with app.app_context(), reading() as session:
        assert session.get_one(LearnedTime, key).pinned is None
        acts = set(
            session.scalars(select(AuditEntry.action).where(AuditEntry.bank_id == town.bank))
        )
    assert {"learned time pinned", "learned time released"} <= acts


@pytest.mark.parametrize("typed", ["", "much", "900", "-95"])
def test_a_wrong_difference_keeps_what_was_typed(
    claire: FlaskClient, learned: dict[LearnedKind, int], typed: str
) -> None:
    key = learned[LearnedKind.SECTOR]
    answer = claire.post(f"{PAGE}/{key}/pin", data={"percent": typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(rf'id="percent-{key}"[^>]*value="{typed}"[^>]*aria-invalid="true"', page)
    assert f'id="percent-{key}-wrong"' in page


def test_a_value_is_deleted(
    app: Flask, town: Town, claire: FlaskClient, learned: dict[LearnedKind, int]
) -> None:
    assert claire.post(f"{PAGE}/{learned[LearnedKind.DONOR]}/deletion").status_code == 303
    with app.app_context(), reading() as session:
        kinds = {row.kind for row in learned_rows(session, town.bank)}
    assert LearnedKind.DONOR not in kinds


def test_a_coordinator_lets_it_learn_at_once(claire: FlaskClient) -> None:
    answer = claire.post(PAGE, follow_redirects=True)
    assert "Learned from 0 rounds." in answer.get_data(as_text=True)


def test_a_value_of_another_bank_is_not_found(
    app: Flask, town: Town, learned: dict[LearnedKind, int]
) -> None:
    sophie = sign_in(app, bank=town.other_bank, person=town.sophie)
    key = learned[LearnedKind.HOUR]
    assert sophie.post(f"{PAGE}/{key}/pin", data={"percent": "5"}).status_code == 404
    assert sophie.post(f"{PAGE}/{key}/deletion").status_code == 404

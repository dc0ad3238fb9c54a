"""A published day that breaks a rule at newer times is shown on the day and on Morning."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.db import transaction
from collector.roads.models import LearnedKind, LearnedTime
from collector.rounds.models import Round, RoundState
from tests.builders import DAY, MORNING
from tests.collector.planning.on_the_road import published
from tests.town import Town, sign_in
from tests.web.sign_ins import text

HERE = f"/board/days/{DAY}"
ON_THE_DAY = "This day is published, and its rounds break"
ON_MORNING = "at the travel and visit times that count now"
LATER = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    with app.app_context(), transaction() as session:
        published(session, town)
    return sign_in(app, bank=town.bank, person=town.claire)


def learn(app: Flask, town: Town, factor: float, at: datetime = MORNING) -> None:
    """Let the bank learn that every visit takes longer."""
    with app.app_context(), transaction() as session:
        for key in ("collection", "blood_sample+collection"):
            session.add(
                LearnedTime(
                    bank_id=town.bank,
                    kind=LearnedKind.PURPOSE,
                    key=key,
                    factor=factor,
                    spread_percent=20.0,
                    count=50,
                    learned_at=at,
                )
            )


def test_a_lawful_published_day_is_silent(claire: FlaskClient) -> None:
    assert ON_THE_DAY not in text(claire.get(HERE))
    assert ON_MORNING not in text(claire.get("/board/morning"))


def test_a_plan_that_learning_made_unlawful_is_shown_with_its_rules(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    learn(app, town, 30.0)
    page = text(claire.get(HERE))
    assert ON_THE_DAY in page
    assert "rules at the times and rules that count now" in page
    morning = text(claire.get("/board/morning"))
    assert "Broken rules in published rounds" in morning
    assert ON_MORNING in morning
    assert "Tue 24 Nov:" in morning


def test_what_is_learned_after_the_day_changes_nothing(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    learn(app, town, 30.0, at=datetime(2026, 11, 25, 2, 0, tzinfo=UTC))
    assert ON_THE_DAY not in text(claire.get(HERE))


def test_rounds_on_the_road_are_not_judged_again(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    learn(app, town, 30.0, at=LATER)
    assert ON_THE_DAY in text(claire.get(HERE))
    with app.app_context(), transaction() as session:
        for round_ in session.scalars(select(Round)):
            round_.state = RoundState.STARTED
    assert ON_THE_DAY not in text(claire.get(HERE))


def test_a_draft_is_judged_at_its_publication_alone(app: Flask, town: Town) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    learn(app, town, 30.0)
    assert ON_THE_DAY not in text(claire.get(HERE))

"""Claire at the board of the town's day: what she sends, and what she sees."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collector.db import reading, transaction
from collector.rounds.actions import open_day
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan
from tests.builders import DAY
from tests.town import Town, sign_in

HERE = f"/board/days/{DAY}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Claire at her board, with the day's two rounds open and empty."""

    app: Flask
    town: Town
    browser: FlaskClient
    ana: int
    bruno: int

    def plan(self) -> DayPlan:
        """Return the day as it is now."""
        with self.app.app_context(), reading() as session:
            found = day_plan(session, bank_id=self.town.bank, day=DAY)
            assert found is not None
            return found

    def stops(self, round_id: int) -> list[int]:
        """Return the pick-ups of a round in their order."""
        (found,) = [each for each in self.plan().rounds if each.id == round_id]
        return [stop.pickup_id for stop in found.stops]

    def move(self, pickup: int, place: str, *, version: int | None = None, **more: str):
        seen = self.plan().version if version is None else version
        form = {"pickup": pickup, "place": place, "version": seen} | more
        return self.browser.post(f"{HERE}/moves", data=form)

    def publish(self, *, version: int | None = None):
        seen = self.plan().version if version is None else version
        return self.browser.post(f"{HERE}/publications", data={"version": seen})


@pytest.fixture
def desk(app: Flask, town: Town) -> Desk:
    with app.app_context(), transaction() as session:
        ana, bruno = (row.id for row in open_day(session, bank_id=town.bank, day=DAY).rounds)
    browser = sign_in(app, bank=town.bank, person=town.claire)
    return Desk(app=app, town=town, browser=browser, ana=ana, bruno=bruno)


def text(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))

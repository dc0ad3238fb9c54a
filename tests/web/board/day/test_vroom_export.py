"""The export of a day in VROOM's JSON is a request that the planner itself reads."""

from __future__ import annotations

import json

from flask import Flask

from collector.db import transaction
from collector.people.models import Role
from routing.formats.vroom.format import VROOM
from tests.collector.planning.days import planned
from tests.town import Town
from tests.web.board.donors.test_donors import desk

URL = "/board/days/2026-11-24/vroom.json"


def test_the_export_is_read_by_the_planner_and_names_nobody(app: Flask, town: Town) -> None:
    client = desk(app, town, Role.COORDINATOR)
    assert client.get(URL).status_code == 404
    with app.app_context(), transaction() as session:
        planned(session, town)
    answer = client.get(URL)
    assert answer.status_code == 200
    request = json.loads(answer.data)
    assert {job["id"] for job in request["jobs"]} == set(town.pickups)
    assert {vehicle["id"] for vehicle in request["vehicles"]} == set(town.shifts)
    steps = [step["id"] for each in request["vehicles"] for step in each.get("steps", ())[1:-1]]
    assert sorted(steps) == sorted(town.pickups)
    read = VROOM.read(answer.text).problem
    assert len(read.visits) == len(town.pickups)
    assert "Dora" not in answer.text

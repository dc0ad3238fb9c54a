"""A region that comes into force, or leaves, while a search runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.db import transaction
from collector.errors import Conflict
from collector.places.models import Position
from collector.planning.problem.lawfulness import broken_rules
from collector.roads.preparation import prepare
from collector.roads.regions import forget_region, put_in_force
from tests.builders import DAY
from tests.collector.planning.days import drafted, greedy, posed
from tests.tiny_roads import ROAD, position, square, write_extract
from tests.town import MORNING, Town

pytestmark = pytest.mark.twin


def move_to_the_grid(session: Session) -> None:
    """Move the town to a grid of streets: the bank at one corner, the doors along them."""
    for site in session.scalars(select(Site)):
        site.latitude, site.longitude = position((0, 0))
    places = [(2, 3), (4, 1), (5, 5), (1, 1)]
    doors = session.scalars(select(Position).order_by(Position.id)).all()
    for door, place in zip(doors, places, strict=True):
        door.latitude, door.longitude = position(place)
    session.flush()


def metres(plan) -> int:  # noqa: ANN001 - a day's plan
    return sum(round_.metres for round_ in plan.rounds)


def test_a_plan_searched_by_the_law_is_kept_with_the_times_of_the_roads(
    app: Flask, town: Town, tmp_path: Path
) -> None:
    prepared = prepare(square(tmp_path / "town.osm.pbf", 5), tmp_path)
    with app.app_context(), transaction() as session:
        move_to_the_grid(session)
        run, problem = posed(session, town)
        plan = greedy(problem)
        put_in_force(session, prepared, now=MORNING)
        kept = drafted(session, town, run, plan)
        assert metres(kept) % 100 in {0, 98, 99, 1, 2}
        assert metres(kept) != sum(tour.metres for tour in plan.tours)
        assert broken_rules(session, bank_id=town.bank, day=DAY) == ()


def test_a_plan_searched_by_road_is_kept_with_estimates_once_the_region_is_removed(
    app: Flask, town: Town, tmp_path: Path
) -> None:
    prepared = prepare(square(tmp_path / "town.osm.pbf", 5), tmp_path)
    with app.app_context(), transaction() as session:
        move_to_the_grid(session)
        put_in_force(session, prepared, now=MORNING)
        run, problem = posed(session, town)
        plan = greedy(problem)
        forget_region(session)
        assert metres(drafted(session, town, run, plan)) != sum(t.metres for t in plan.tours)
        assert broken_rules(session, bank_id=town.bank, day=DAY) == ()


def test_a_plan_that_the_new_roads_make_impossible_is_a_conflict(
    app: Flask, town: Town, tmp_path: Path
) -> None:
    """The new roads are driven at a walk: nobody is home again in time."""
    slow = ROAD | {"maxspeed": "walk"}
    nodes = range(6)
    lines = [([(row, column) for column in nodes], slow) for row in nodes]
    lines += [([(0, 0), (60, 0), (60, 70), (0, 70), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0)], slow)]
    prepared = prepare(write_extract(tmp_path / "slow.osm.pbf", lines), tmp_path)
    with app.app_context(), transaction() as session:
        move_to_the_grid(session)
        run, problem = posed(session, town)
        plan = greedy(problem)
        put_in_force(session, prepared, now=MORNING)
        with pytest.raises(Conflict, match="changed_meanwhile"):
            drafted(session, town, run, plan)

"""Travel of a bank: by road where the region knows the way, estimated and marked elsewhere."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.maintenance.findings import act
from collector.maintenance.work_checks import standing_still
from collector.places.actions import set_position
from collector.planning.problem.leg_cache import LegFilling, legs_known
from collector.privacy.actions import leave_number_only
from collector.roads.models import CachedLegs, RoadRegion, SnappedPosition
from collector.roads.preparation import GRAPH, Prepared, prepare
from collector.roads.regions import forget_region, put_in_force
from collector.roads.travel import RoadTravel, load_travel
from collector.timers import run_due_tasks
from routing.travel.law import estimated
from tests.builders import add_donor, add_pickup
from tests.tiny_roads import position, square
from tests.town import MORNING, Town

pytestmark = pytest.mark.twin

DOORS = [position(place) for place in ((0, 0.5), (2, 3), (4.5, 5), (1, 0))]


@dataclass(frozen=True, slots=True)
class Country:
    """The key of a bank and its sites near the grid of streets."""

    prepared: Prepared


@pytest.fixture
def country(app: Flask, town: Town, tmp_path: Path) -> Country:  # noqa: ARG001 - made before
    """Streets near the equator, in force; the town takes the place of an empty database."""
    prepared = prepare(square(tmp_path / "town.osm.pbf", 5), tmp_path)
    with app.app_context(), transaction() as session:
        put_in_force(session, prepared, now=MORNING)
    return Country(prepared)


def count(session: Session, row: type) -> int:
    return session.scalar(select(func.count()).select_from(row)) or 0


def add_doors(app: Flask, town: Town) -> list[int]:
    """Add a donor with a request at each door, snapped as on the page; return their keys."""
    with app.app_context(), transaction() as session:
        keys = []
        for row, (latitude, longitude) in enumerate(DOORS):
            donor = add_donor(
                session, town.bank, first_name=f"D{row}", email=f"d{row}@home.example",
                latitude=latitude, signed_by_id=town.claire,
            )  # fmt: skip
            add_pickup(session, donor)
            session.flush()
            set_position(
                session, now=MORNING, bank_id=town.bank, address_id=donor.address_id,
                actor="person:1", latitude=latitude, longitude=longitude,
            )  # fmt: skip
            keys.append(donor.id)
        return keys


def test_without_a_region_all_travel_is_the_laws(app: Flask) -> None:
    with app.app_context(), reading() as session:
        travel = load_travel(session, DOORS)
    assert travel.between(DOORS) == estimated(DOORS)
    assert travel.path(DOORS[0], DOORS[1]) is None


@pytest.mark.usefixtures("country")
def test_a_position_without_a_road_degrades_its_own_legs_only(app: Flask) -> None:
    far = position((40, 40))
    with app.app_context(), reading() as session:
        travel = load_travel(session, [*DOORS, far])
    found, law = travel.between([*DOORS, far]), estimated([*DOORS, far])
    assert found.seconds[0][1] == 45
    assert found.seconds[4] == law.seconds[4]
    assert [row[4] for row in found.metres] == [row[4] for row in law.metres]
    assert travel.path(DOORS[0], far) is None
    assert travel.path(DOORS[0], DOORS[1])


@pytest.mark.usefixtures("country")
def test_a_saved_position_is_snapped_and_the_timer_caches_its_legs(app: Flask, town: Town) -> None:
    add_doors(app, town)
    with app.app_context():
        with reading() as session:
            assert count(session, SnappedPosition) == len(DOORS)
            assert legs_known(session, town.bank).percent == 0
        run_due_tasks(MORNING)
        with reading() as session:
            assert count(session, CachedLegs) == len(DOORS)
            assert legs_known(session, town.bank).percent == 100
            assert not LegFilling(bank_id=town.bank).is_due(session)
            cached = load_travel(session, DOORS)
    fresh = RoadTravel(roads=cached.roads)
    assert cached.between(DOORS) == fresh.between(DOORS)


@pytest.mark.usefixtures("country")
def test_a_day_adds_only_the_legs_it_lacks(
    app: Flask, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_doors(app, town)
    new = position((3, 3.5))
    with app.app_context():
        run_due_tasks(MORNING)
        with reading() as session:
            travel = load_travel(session, DOORS)
        asked: list[tuple[int, int]] = []
        whole = type(travel.roads).legs

        def counted(self, origins, destinations):  # noqa: ANN001, ANN202 - of the roads
            asked.append((len(origins), len(destinations)))
            return whole(self, origins, destinations)

        monkeypatch.setattr(type(travel.roads), "legs", counted)
        travel.between(DOORS)
        assert asked == []
        found = travel.between([*DOORS, new])
        assert asked == [(1, 5), (4, 1)]
    assert found == RoadTravel(roads=travel.roads).between([*DOORS, new])


@pytest.mark.usefixtures("country")
def test_an_erased_donor_leaves_neither_point_nor_leg(app: Flask, town: Town) -> None:
    keys = add_doors(app, town)
    with app.app_context():
        run_due_tasks(MORNING)
        with transaction() as session:
            donor = session.get_one(Donor, keys[0])
            session.refresh(donor, ["address"])
            leave_number_only(session, donor)
        with reading() as session:
            assert count(session, SnappedPosition) == len(DOORS) - 1
            assert count(session, CachedLegs) == 0


@pytest.mark.usefixtures("town")
def test_a_new_region_forgets_the_points_and_legs_of_the_old_one(
    app: Flask, town: Town, country: Country, tmp_path: Path
) -> None:
    add_doors(app, town)
    with app.app_context():
        run_due_tasks(MORNING)
        with reading() as session:
            old = LegFilling(bank_id=town.bank)
            session.query(CachedLegs).first()
        with transaction() as session:
            forget_region(session)
            assert not any(count(session, row) for row in (RoadRegion, SnappedPosition, CachedLegs))
        other = prepare(square(tmp_path / "other.osm.pbf", 6), tmp_path)
        assert other.version != country.prepared.version
        with transaction() as session:
            put_in_force(session, other, now=MORNING)
        with reading() as session:
            assert old.is_due(session)


def test_legs_of_a_region_that_was_replaced_meanwhile_are_not_written(
    app: Flask, town: Town, country: Country, tmp_path: Path
) -> None:
    add_doors(app, town)
    with app.app_context():
        filling = LegFilling(bank_id=town.bank)
        with reading() as session:
            assert filling.is_due(session)
        other = prepare(square(tmp_path / "other.osm.pbf", 6), tmp_path)
        with transaction() as session:
            put_in_force(session, other, now=MORNING)
        with transaction() as session:
            filling.run(session)
        with reading() as session:
            versions = set(session.scalars(select(CachedLegs.version)))
    assert country.prepared.version not in versions


def test_a_region_without_its_file_is_told_and_the_law_plans(
    app: Flask, town: Town, country: Country
) -> None:
    (country.prepared.folder / GRAPH).unlink()
    with app.app_context(), reading() as session:
        travel = load_travel(session, DOORS)
        assert travel.between(DOORS) == estimated(DOORS)
        found = standing_still(session, now=MORNING, bank_id=town.bank)
    assert act("region_unusable", source="town.osm.pbf") in found


@pytest.mark.usefixtures("country")
def test_threads_share_the_roads(app: Flask) -> None:
    with app.app_context(), reading() as session:
        travel = load_travel(session, [])
    wanted, found = travel.between(DOORS), []
    threads = [
        threading.Thread(target=lambda: found.extend(travel.between(DOORS) for _ in range(20)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert all(np.array_equal(each.seconds, wanted.seconds) for each in found)

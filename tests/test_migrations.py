"""Schema: every migration up and down, on both databases, compared with the classes of the rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, inspect, select, text

from collector import migrations
from collector.db import Base, db, reading
from collector.db import sqlite as sqlite_driver
from collector.dispensary.lists.back import destructions_of
from collector.dispensary.returns.actions import ask_to_destroy, sign_destruction
from collector.laboratory.destructions.models import DestructionMethod, DestructionReason
from collector.models import EVERY_MODULE
from tests.dispensary_bench import open_dispensary
from tests.schema import differences
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """A database that has nothing in it."""
    if request.param == "sqlite":
        return create_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}", module=sqlite_driver)
    return create_engine(request.getfixturevalue("empty_postgresql"))


def test_the_schema_goes_up_to_what_the_rows_say_and_down_to_nothing(empty: Engine) -> None:
    assert not migrations.is_current(empty)
    migrations.upgrade(empty)
    assert migrations.is_current(empty)
    assert differences(empty) == []
    migrations.downgrade(empty, "base")
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(empty)
    assert migrations.is_current(empty)
    empty.dispose()


def test_everything_belongs_to_a_bank() -> None:
    assert EVERY_MODULE
    # What is the installation's and no bank's: the public directory, where postcodes lie, the
    # worker's pulses, the maintenance, and the roads.
    shared = {"banks", "lactariums", "passkey_challenges", "postcode_places", "sign_in_attempts"}
    shared |= {"worker_pulses", "maintenance_runs"}
    shared |= {"road_regions", "snapped_positions", "cached_legs"}
    for table in Base.metadata.sorted_tables:
        if table.name not in shared:
            assert not table.c.bank_id.nullable, f"{table.name} has no bank"


def test_tables_that_others_refer_to_are_remade_under_their_rows(app: Flask, town: Town) -> None:
    with app.app_context():
        before = counts(db.engine)
        migrations.downgrade(db.engine, "0202")
        migrations.upgrade(db.engine)
        after = counts(db.engine)
    assert before["donors"] == 4
    assert {name: after[name] for name in ("banks", "donors", "pickups", "people")} == {
        name: before[name] for name in ("banks", "donors", "pickups", "people")
    }
    assert town.bank


def test_destructions_of_the_counter_become_lists_of_one_and_go_back(
    app: Flask, town: Town
) -> None:
    with open_dispensary(app, town) as dana:
        number = dana.lot(1)[0]
        told = {**dana.by(dana.dana), "text": number, "note": "In the sink"}
        words = {"reason": DestructionReason.THAWED, "method": DestructionMethod.OTHER}
        found = ask_to_destroy(dana.session, **told, **words)
        sign_destruction(dana.session, **dana.by(dana.dirk), destruction_id=found.id, seen=1)
        dana.session.commit()
        people = dana.dana, dana.dirk
    rows_of_counter = text(
        "SELECT reason, method, destroyed_by_id, witness_id, volume_ml FROM bottle_destructions"
    )
    with app.app_context():
        migrations.downgrade(db.engine, "0251")
        with db.engine.connect() as connection:
            rows = connection.execute(rows_of_counter).all()
            assert connection.scalar(text("SELECT COUNT(*) FROM destroyed_items")) == 0
        assert rows == [("thawed", "In the sink", *people, 100)]
        migrations.upgrade(db.engine)
        with reading() as session:
            (each,) = destructions_of(session, bank_id=town.bank)
            assert (each.number, each.volume_ml, each.is_alone) == (number, 100, True)
            assert (each.destruction.reason, each.destruction.note) == ("thawed", "In the sink")
            assert (each.destruction.begun_by_id, each.destruction.witness_id) == people


def test_a_change_that_leaves_a_row_without_its_donor_is_taken_back(
    migrated_sqlite: Path, built_town: tuple[Path, Town], tmp_path: Path
) -> None:
    assert migrated_sqlite.exists()
    broken = tmp_path / "broken.sqlite3"
    shutil.copy(built_town[0], broken)
    engine = create_engine(f"sqlite:///{broken}", module=sqlite_driver)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM donors"))
    with pytest.raises(migrations.BrokenKeysError):
        migrations.downgrade(engine, "0202")
    assert migrations.is_current(engine)
    engine.dispose()


def counts(engine: Engine) -> dict[str, int]:
    """Return the number of rows of each table."""
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }

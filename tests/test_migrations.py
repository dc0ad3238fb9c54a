"""Schema: every migration up and down, on both databases, compared with the classes of the rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect

from collector import migrations
from collector.db import Base
from collector.db import sqlite as sqlite_driver
from collector.models import EVERY_MODULE
from tests.schema import differences

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
    # What is the installation's and no bank's: the public directory and where postcodes lie.
    shared = {"banks", "lactariums", "postcode_places", "sign_in_attempts"}
    for table in Base.metadata.sorted_tables:
        if table.name not in shared:
            assert not table.c.bank_id.nullable, f"{table.name} has no bank"

"""Erasures after a backup: a restore repeats them, from the present database or a register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url

from collector import migrations
from collector.audit.models import AuditEntry
from collector.audit.queries import first_broken_link
from collector.config import Settings
from collector.db import db, transaction
from collector.donors.models import Donor
from collector.maintenance.backup import back_up
from collector.maintenance.databases import is_sqlite, unpooled
from collector.maintenance.encryption import read_identities
from collector.maintenance.erasures import Erasure, read_registers, repeat_erasures
from collector.maintenance.errors import BackupError
from collector.pickups.actions import cancel
from collector.pickups.models import Pickup
from collector.pickups.states import PickupState
from collector.privacy.actions import erase
from tests.builders import MORNING
from tests.collector.maintenance.test_backup import (
    bring_back,
    drop_aside,
    identity,
    make,
    names,
    other_url,
    public_key,
)
from tests.conftest import POSTGRESQL
from tests.town import Town

__all__ = ["identity", "other_url"]
pytestmark = [pytest.mark.twin, pytest.mark.processes]


@pytest.fixture(autouse=True)
def kept_aside(database_url: str) -> Iterator[None]:
    """Drop the databases that a restore has kept aside."""
    yield
    if not is_sqlite(database_url):
        server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
        drop_aside(server, make_url(database_url).database or "")
        server.dispose()


@pytest.fixture
def old(app: Flask, town: Town, settings: Settings, identity: Path, tmp_path: Path) -> Path:
    """A backup with Dora and Elise, whom the bank erased an hour and two hours later."""
    (settings.home / "secret_key").write_text("s" * 64)
    (settings.home / "audit_key").write_text(settings.upkeep.audit_key)
    made = make(settings, identity, tmp_path / "backups")
    with app.app_context():
        for hours, donor, pickup in ((1, town.dora, 0), (2, town.elise, 1)):
            known = {"now": MORNING + timedelta(hours=hours), "bank_id": town.bank}
            with transaction() as session:
                number = town.pickups[pickup]
                cancel(session, pickup_id=number, actor="person:1", **known)
                erase(session, donor_id=donor, actor="person:1", **known)
        db.engine.dispose()
    return made.file


def is_erased(url: str) -> bool:
    """Return whether nothing of Dora and Elise is left, in the rows and in the raw files."""
    kept = names(url)
    raw = Path(str(make_url(url).database)).read_bytes() if is_sqlite(url) else b""
    return "Dora" not in kept and "Elise" not in kept and b"dora@home.example" not in raw


def test_a_restore_in_place_repeats_the_erasures_of_the_present_database(
    old: Path, town: Town, settings: Settings, identity: Path, app: Flask
) -> None:
    for register in old.parent.glob("erasures-*"):
        register.unlink()
    done = bring_back(settings, old, identity, replace=True)
    assert (done.repeated.erased, done.repeated.left) == (2, [])
    assert is_erased(settings.database_url)
    assert "Fanny" in names(settings.database_url)
    with app.app_context(), transaction() as session:
        assert first_broken_link(session, town.bank) is None


def test_a_restore_on_another_machine_repeats_those_of_a_later_register(
    old: Path, town: Town, settings: Settings, identity: Path, other_url: str, tmp_path: Path
) -> None:
    make(settings, identity, old.parent, hours=3)
    register = max(old.parent.glob("erasures-*.age"))
    assert register.stat().st_mode & 0o077 == 0
    assert b"town" not in register.read_bytes()
    other = replace(settings, home=tmp_path / "other", database_url=other_url)
    done = bring_back(other, old, identity, replace=False)
    assert (done.repeated.erased, done.repeated.left) == (2, [])
    assert is_erased(other_url)
    engine = unpooled(other_url)
    with engine.connect() as connection:
        acts = select(AuditEntry.subject).where(AuditEntry.action == "donor erased")
        assert len(connection.execute(acts).all()) == 2
        open_visits = select(Pickup.id).where(
            Pickup.donor_id.in_([town.dora, town.elise]), Pickup.state != PickupState.CANCELLED
        )
        assert connection.execute(open_visits).all() == []


def test_an_empty_installation_that_backs_up_to_the_same_folder_hides_no_erasure(
    old: Path, settings: Settings, identity: Path, other_url: str, tmp_path: Path
) -> None:
    make(settings, identity, old.parent, hours=3)
    other = replace(settings, home=tmp_path / "other", database_url=other_url)
    if is_sqlite(other_url):
        Path(str(make_url(other_url).database)).parent.mkdir(exist_ok=True)
    migrations.upgrade(unpooled(other_url))
    make(other, identity, old.parent, hours=4)
    done = bring_back(other, old, identity, replace=True)
    assert done.repeated.erased == 2
    assert is_erased(other_url)


def test_a_register_to_other_keys_stops_the_restore(
    old: Path, settings: Settings, identity: Path
) -> None:
    register = next(old.parent.glob("erasures-*.age"))
    register.write_bytes(b"damaged")
    with pytest.raises(BackupError):
        bring_back(settings, old, identity, replace=True)
    assert "Dora" not in names(settings.database_url), "the database that was there is in place"


def test_a_visit_under_way_is_left_to_a_person(town: Town, settings: Settings, app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            donor = session.get_one(Donor, town.fanny)
            session.get_one(Pickup, town.pickups[2]).state = PickupState.ARRIVED
            number = donor.number
        db.engine.dispose()
    entry = Erasure(bank="town", number=number, erased_at=MORNING)
    again = repeat_erasures(settings.database_url, [entry], now=MORNING)
    assert (again.erased, again.left) == (0, [number])


def test_registers_go_with_the_newest_backups(
    app: Flask, town: Town, settings: Settings, identity: Path, tmp_path: Path
) -> None:
    assert town
    for hours in range(4):
        back_up(
            settings,
            folder=tmp_path / "backups",
            recipients=[public_key(identity)],
            now=MORNING + timedelta(hours=hours),
            keep=2,
            days=0,
        )
    assert len(list((tmp_path / "backups").glob("erasures-*.age"))) == 2
    found = read_registers(tmp_path / "backups", tmp_path, read_identities(identity))
    assert found == set()
    with app.app_context():
        db.engine.dispose()
    newest = max((tmp_path / "backups").glob("milkround-*.age"))
    done = bring_back(settings, newest, identity, replace=True)
    assert done.repeated.erased == 0
    assert "Dora" in names(settings.database_url)

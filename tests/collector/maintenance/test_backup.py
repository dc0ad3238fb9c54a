"""Backup and restore: one encrypted file, verified, that brings an installation back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, select, text, update
from sqlalchemy.engine import make_url

from collector.audit.actions import record
from collector.audit.models import AuditEntry
from collector.config import Settings
from collector.custody.models import DoorPhoto
from collector.db import db, reading, sqlite, transaction
from collector.donors.models import Donor
from collector.maintenance.backup import Backup, back_up, made_at, remove_old
from collector.maintenance.databases import is_sqlite, unpooled
from collector.maintenance.encryption import (
    decrypt,
    encrypt_and_prove,
    new_identity,
    read_identities,
)
from collector.maintenance.errors import BackupError
from collector.maintenance.restore import Drill, Restored, drill, restore
from tests.builders import MORNING
from tests.conftest import POSTGRESQL, settings_of
from tests.town import Town

pytestmark = [pytest.mark.twin, pytest.mark.processes]

JPEG = b"\xff\xd8 a picture of a freezer \xff\xd9" * 50


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    """A file with an identity; its public key is read from its comment."""
    new_identity(tmp_path / "identity")
    return tmp_path / "identity"


@pytest.fixture
def other_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database of the same kind."""
    if is_sqlite(database_url):
        yield f"sqlite:///{tmp_path / 'other' / 'milkround.sqlite3'}"
        return
    url = str(request.getfixturevalue("empty_postgresql"))
    yield url
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    drop_aside(server, make_url(url).database or "")
    server.dispose()


def drop_aside(server: Engine, name: str) -> None:
    """Drop the databases that a restore kept aside."""
    with server.connect() as connection:
        kept = connection.execute(
            text("SELECT datname FROM pg_database WHERE datname LIKE :name"),
            {"name": f"{name}_before_%"},
        ).scalars()
        for each in kept.all():
            connection.execute(text(f'DROP DATABASE "{each}" WITH (FORCE)'))


def public_key(identity: Path) -> str:
    return identity.read_text().splitlines()[0].removeprefix("# public key: ")


def make(settings: Settings, identity: Path, folder: Path, *, hours: int = 0) -> Backup:
    return back_up(
        settings,
        folder=folder,
        recipients=[public_key(identity)],
        now=MORNING + timedelta(hours=hours),
        keep=48,
        days=35,
    )


def bring_back(settings: Settings, file: Path, identity: Path, *, replace: bool) -> Restored:
    return restore(settings, file, read_identities(identity), now=MORNING, replace=replace)


def add_photo(town: Town) -> None:
    """Add a picture and an entry of the audit chain."""
    with transaction() as session:
        round_id = session.execute(text("SELECT min(id) FROM rounds")).scalar()
        if round_id is not None:
            session.add(
                DoorPhoto(
                    bank_id=town.bank,
                    client_id="photo",
                    round_id=round_id,
                    person_id=town.claire,
                    jpeg=JPEG,
                    received_at=MORNING,
                )
            )
        record(
            session, now=MORNING, bank_id=town.bank, actor="system", action="t", subject="donor:1"
        )


def names(url: str) -> list[str]:
    engine = unpooled(url)
    with engine.connect() as connection:
        return list(connection.execute(select(Donor.first_name).order_by(Donor.id)).scalars())


def test_a_backup_brings_an_installation_back_on_another_machine(
    app: Flask, town: Town, settings: Settings, identity: Path, other_url: str, tmp_path: Path
) -> None:
    with app.app_context():
        add_photo(town)
        db.engine.dispose()
    (settings.home / "secret_key").write_text("s" * 64)
    (settings.home / "audit_key").write_text(settings.upkeep.audit_key)
    made = make(settings, identity, tmp_path / "backups")
    assert made_at(made.file) == MORNING
    assert made.file.stat().st_mode & 0o077 == 0
    assert b"Dora" not in made.file.read_bytes()
    other = settings_of(other_url, tmp_path / "other")
    done = bring_back(other, made.file, identity, replace=False)
    assert (done.rows, done.kept, done.secrets) == (made.rows, None, ["secret_key", "audit_key"])
    assert names(other_url) == names(settings.database_url)
    assert (other.home / "secret_key").stat().st_mode & 0o077 == 0
    assert not list(settings.home.glob(".scratch-*"))


def test_a_full_database_is_replaced_only_on_demand_and_kept_aside(
    app: Flask, town: Town, settings: Settings, identity: Path, other_url: str, tmp_path: Path
) -> None:
    with app.app_context():
        db.engine.dispose()
    made = make(settings, identity, tmp_path / "backups")
    other = settings_of(other_url, tmp_path / "other")
    bring_back(other, made.file, identity, replace=False)
    engine = unpooled(other_url)
    with engine.begin() as connection:
        connection.execute(update(Donor).values(first_name="Wrong"))
    with pytest.raises(BackupError, match="--replace"):
        bring_back(other, made.file, identity, replace=False)
    assert set(names(other_url)) == {"Wrong"}
    done = bring_back(other, made.file, identity, replace=True)
    assert "Wrong" not in names(other_url)
    assert done.kept is not None
    aside = (
        f"sqlite:///{done.kept}"
        if is_sqlite(other_url)
        else make_url(other_url).set(database=done.kept).render_as_string(hide_password=False)
    )
    assert set(names(aside)) == {"Wrong"}
    assert town.bank


def test_a_database_in_use_is_not_replaced(
    app: Flask, town: Town, settings: Settings, identity: Path, tmp_path: Path
) -> None:
    made = make(settings, identity, tmp_path / "backups")
    with app.app_context(), reading() as session:
        assert session.get_one(Donor, town.dora).first_name == "Dora"
        with pytest.raises(BackupError, match="milkround serve"):
            bring_back(settings, made.file, identity, replace=True)
        assert session.scalars(select(Donor.first_name)).all()


def test_a_backup_is_made_while_others_write(
    app: Flask, town: Town, settings: Settings, identity: Path, tmp_path: Path
) -> None:
    if not is_sqlite(settings.database_url):
        pytest.skip("pg_dump reads a snapshot")
    path = make_url(settings.database_url).database
    with app.app_context(), closing(sqlite.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE donors SET first_name = 'Half'")
        made = make(settings, identity, tmp_path / "backups")
        other.execute("COMMIT")
        db.engine.dispose()
    copy = settings_of(f"sqlite:///{tmp_path / 'copy' / 'm.sqlite3'}", tmp_path / "copy")
    bring_back(copy, made.file, identity, replace=False)
    assert "Half" not in names(copy.database_url)
    assert town.bank


def test_a_broken_audit_chain_is_found_before_a_backup_is_kept(
    app: Flask, town: Town, settings: Settings, identity: Path, tmp_path: Path
) -> None:
    with app.app_context():
        add_photo(town)
        with transaction() as session:
            session.execute(
                update(AuditEntry).where(AuditEntry.bank_id == town.bank).values(actor="person:99")
            )
        db.engine.dispose()
    with pytest.raises(BackupError, match="audit chain"):
        make(settings, identity, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_drill_restores_the_newest_backup_and_tells_how_old_it_is(
    app: Flask, town: Town, settings: Settings, identity: Path, tmp_path: Path
) -> None:
    with app.app_context():
        db.engine.dispose()
    make(settings, identity, tmp_path / "backups")
    newest = make(settings, identity, tmp_path / "backups", hours=1)
    done: Drill = drill(
        settings,
        tmp_path / "backups",
        read_identities(identity),
        now=MORNING + timedelta(minutes=90),
    )
    assert (done.file, done.lost) == (newest.file, timedelta(minutes=30))
    assert done.rows == newest.rows > 0
    assert town.bank
    with pytest.raises(BackupError, match="no backup"):
        drill(settings, tmp_path / "nothing", read_identities(identity), now=MORNING)


@pytest.mark.parametrize("size", [0, 1, 70_000])
def test_a_damaged_or_foreign_file_is_refused_and_leaves_nothing(tmp_path: Path, size: int) -> None:
    plain, sealed, out = tmp_path / "plain", tmp_path / "sealed.age", tmp_path / "out"
    plain.write_bytes(bytes(range(256)) * size)
    new_identity(tmp_path / "identity")
    new_identity(tmp_path / "stranger")
    encrypt_and_prove(plain, sealed, [public_key(tmp_path / "identity")])
    mine, stranger = (read_identities(tmp_path / name) for name in ("identity", "stranger"))
    decrypt(sealed, out, mine)
    assert out.read_bytes() == plain.read_bytes()
    with pytest.raises(BackupError, match="another key"):
        decrypt(sealed, out, stranger)
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:-7])
    with pytest.raises(BackupError):
        decrypt(sealed, out, mine)
    assert not out.exists()


def test_a_wrong_public_key_and_a_file_without_identity_are_refused(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    with pytest.raises(BackupError, match="age1"):
        encrypt_and_prove(tmp_path / "plain", tmp_path / "sealed.age", ["age1nonsense"])
    assert not (tmp_path / "sealed.age").exists()
    with pytest.raises(BackupError, match="no identity"):
        read_identities(tmp_path / "plain")


def test_old_backups_go_by_count_and_by_day(tmp_path: Path) -> None:
    def name(hours: int) -> str:
        return f"milkround-{MORNING - timedelta(hours=hours):%Y%m%dT%H%M%SZ}.age"

    for hours in range(0, 240, 4):
        (tmp_path / name(hours)).touch()
    (tmp_path / "other.age").touch()
    removed = remove_old(tmp_path, now=MORNING, keep=3, days=4)
    left = sorted(path.name for path in tmp_path.glob("milkround-*"))
    days = {each[:18] for each in left}
    assert removed == 60 - len(left)
    assert {name(0), name(4), name(8)} <= set(left)
    assert len(days) == 5
    assert len(left) == 6  # two of the 23rd, and the last ones of the 22nd to the 19th
    assert (tmp_path / "other.age").exists()


def test_the_commands_make_a_key_a_backup_and_a_restore(tmp_path: Path) -> None:
    def run(home: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "collector.cli", *words],
            env={"MILKROUND_HOME": str(tmp_path / home), "PATH": "/usr/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    identity = str(tmp_path / "identity")
    public = run("a", "key", identity).stdout.strip()
    assert public.startswith("age1")
    assert run("a", "key", identity).returncode == 1
    assert run("a", "bank", "bordeaux", "--name", "L", "--town", "Pessac").returncode == 0
    made = run("a", "backup", str(tmp_path / "to"), "--recipient", public)
    assert (made.returncode, "verified" in made.stdout) == (0, True), made.stderr
    (file,) = (tmp_path / "to").glob("milkround-*.age")
    done = run("b", "restore", str(file), "--identity", identity)
    assert (done.returncode, "Restored" in done.stdout) == (0, True), done.stderr
    assert "intact" in run("b", "audit").stdout
    refused = run("b", "restore", str(file), "--identity", identity)
    assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
    shutil.rmtree(tmp_path / "a")

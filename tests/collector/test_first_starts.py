"""First starts: processes race for the secret and the schema, and migrations are killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from collector import migrations
from collector.config import SettingsError, settings_from
from collector.db import sqlite as sqlite_driver
from collector.db import tune_sqlite
from collector.kept_secrets import DamagedSecretError, kept_secret

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.twin, pytest.mark.processes]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that has nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'milkround.sqlite3'}"
    return str(request.getfixturevalue("empty_postgresql"))


def bench(*words: str) -> dict[str, int]:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.first_starts", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    counts: dict[str, int] = json.loads(ran.stdout)
    return counts


def test_four_first_starts_at_once_share_one_secret_and_none_dies() -> None:
    counts = bench("race", "--rounds", "5")
    assert counts["failed starts"] == 0
    assert counts["rounds with one key"] == 5


def test_a_killed_migration_is_whole_or_undone_and_can_be_repeated(empty_url: str) -> None:
    counts = bench("kill", "--points", "4", "--url", empty_url)
    assert counts["killed"] == 4
    assert counts.get("broken", 0) == 0
    assert counts["migrated afterwards"] == 4


def test_a_second_migration_waits_for_the_first_and_says_so(empty_url: str, tmp_path: Path) -> None:
    engine = create_engine(
        empty_url, **({"module": sqlite_driver} if "sqlite" in empty_url else {})
    )
    if "sqlite" in empty_url:
        tune_sqlite(engine)
    with migrations._exclusive(engine) as holder:  # noqa: SLF001 - stands for a long migration
        holder.execute(text("SELECT 1"))
        second = subprocess.Popen(
            [sys.executable, "-m", "collector.cli", "migrate"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": empty_url, "MILKROUND_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        assert "waiting for it" in second.stderr.readline()
        assert second.poll() is None
    shown, _ = second.communicate(timeout=60)
    assert (second.returncode, shown) == (0, "The database is up to date.\n")
    assert migrations.is_current(engine)
    engine.dispose()


@pytest.mark.parametrize("content", ["", "short", "\n"])
def test_an_empty_secret_is_refused_with_a_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret_key").write_text(content)
    with pytest.raises(SettingsError, match="restore it from a backup"):
        settings_from({"MILKROUND_HOME": str(tmp_path)})
    assert (tmp_path / "secret_key").read_text() == content


def test_a_secret_of_a_start_that_died_half_way_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / f".secret_key.{os.getpid()}").write_text("half")
    made = kept_secret(tmp_path, "secret_key", length=48)
    assert len(made) == 64
    assert kept_secret(tmp_path, "secret_key", length=48) == made
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_damaged_push_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "push_key").touch()
    with pytest.raises(DamagedSecretError):
        kept_secret(tmp_path, "push_key", length=32)

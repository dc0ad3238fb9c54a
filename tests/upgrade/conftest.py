"""Fixtures of an installation of 0.1: its database, its secret, its hour."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector import migrations
from collector.config import Settings
from tests.conftest import SetClock
from tests.upgrade.recorded import HELD, PRESENT, connected, load


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def recorded_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The recorded database, as 0.1 left it: each test that uses it runs once on each kind."""
    url = f"sqlite:///{tmp_path / 'milkround.sqlite3'}"
    if request.param == "postgresql":
        url = str(request.getfixturevalue("empty_postgresql"))
    load(url)
    return url


@pytest.fixture
def database_url(recorded_url: str) -> str:
    """The recorded database at today's schema."""
    with connected(recorded_url) as engine:
        migrations.upgrade(engine)
    return recorded_url


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at the end of the recording."""
    return SetClock(PRESENT)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of the recorded installation."""
    return Settings(
        home=tmp_path, database_url=database_url, secret_key=HELD["secret_key"], testing=True
    )

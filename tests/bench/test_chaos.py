"""Kills in small: `make chaos` kills in the numbers of `docs/reliability.md`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.killed_jobs import killed as killed_jobs
from bench.killed_publications import killed as killed_publications

pytestmark = pytest.mark.processes


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database that has nothing in it."""
    return f"sqlite:///{tmp_path / 'milkround.sqlite3'}"


def test_no_job_is_lost_or_doubled_under_kills(url: str) -> None:
    found = killed_jobs(url, jobs=12, kills=4)
    assert found["kills"] == 4
    assert (found["lost"], found["doubled"], found["orphans"]) == (0, 0, 0)


def test_a_killed_publication_is_wholly_old_or_wholly_new(url: str, tmp_path: Path) -> None:
    found = killed_publications(url, tmp_path, kills=7)
    assert found["killed"] == 7
    assert found["mixed"] == 0
    assert found["old"] >= 4
    assert found["new"] >= 1
    assert found["broken audit chains"] == 0

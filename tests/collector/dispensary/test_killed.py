"""Scenario 9 of the design: 200 dispensings under `kill -9` of the process are there once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from collector.audit.models import AuditEntry
from collector.audit.queries import first_broken_link
from collector.db import db, reading, transaction
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.laboratory.pooling.models import Bottle
from tests.dispensary_bench import DispensaryBench
from tests.laboratory_bench import open_bench
from tests.release_bench import ReleaseBench
from tests.town import Town

pytestmark = [pytest.mark.twin, pytest.mark.processes]

ROOT = Path(__file__).parents[3]
DISPENSINGS, KILLS, LINES_UNTIL_KILLED = 200, 5, 60


def test_two_hundred_dispensings_of_a_killed_process_are_there_once(
    app: Flask, town: Town, database_url: str, tmp_path: Path
) -> None:
    with open_bench(app, town) as bench:
        with transaction() as session:
            made = DispensaryBench(ReleaseBench(bench, session))
            made.lot(DISPENSINGS)
            for _ in range(DISPENSINGS):
                made.order(made.child("a", ml=100), 100)
            keys = [made.bank, made.dana, made.dirk]
        db.session.remove()
        db.engine.dispose()
        url = str(app.config["SQLALCHEMY_DATABASE_URI"])
        command = [sys.executable, "-m", "tests.dispensary_worker", url, str(tmp_path)]
        command += map(str, keys)
        dice = Random(9)  # noqa: S311 - the moments of the kills
        for _ in range(KILLS):
            killed_after(command, dice.randrange(1, LINES_UNTIL_KILLED))
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        with reading() as session:
            gone = Dispensing.handed_over_at.is_not(None)
            per_order = Counter(session.scalars(select(Dispensing.order_id).where(gone)))
            per_bottle = Counter(session.scalars(select(DispensedBottle.bottle_id)))
            left = session.scalar(select(func.count()).where(Bottle.left_at.is_not(None)))
            acts = Counter(
                session.scalars(
                    select(AuditEntry.subject).where(AuditEntry.action == "milk dispensed")
                )
            )
            broken = first_broken_link(session, town.bank)
    for counted in (per_order, per_bottle, acts):
        assert len(counted) == DISPENSINGS
        assert set(counted.values()) == {1}
    assert left == DISPENSINGS
    assert broken is None
    assert database_url


def killed_after(command: list[str], lines: int) -> None:
    """Run a process and kill it with SIGKILL once it has printed a number of lines."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for _ in range(lines):
            process.stdout.readline()
        process.kill()

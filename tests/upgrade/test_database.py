"""Migration of the database of 0.1: rows, values, schema, messages and planning jobs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from alembic.util import CommandError
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, text

from collector import migrations
from collector.audit.queries import first_broken_link
from collector.cli import main
from collector.db import Base, reading, transaction
from collector.notices.delivery import RenderedNotice, deliver_notices
from collector.web.message_rendering import render_notice
from collector.worker import HANDLERS
from routing.formats.native import plan_of, problem_of
from tests.conftest import SetClock
from tests.schema import differences
from tests.upgrade.catalogue import catalogue
from tests.upgrade.recorded import connected, rows_of

pytestmark = pytest.mark.twin

NEW_JOB_KINDS = {"price_rules"}
"""The kinds of jobs that the recorded release did not have."""

NEW_TABLES = {
    "absences",
    "applications",
    "audit_anchors",
    "badges",
    "bench_scans",
    "bottle_allocations",
    "bottle_fates",
    "bottle_returns",
    "bottles",
    "cached_legs",
    "closing_days",
    "contracts",
    "counted_items",
    "cycle_curves",
    "cycles",
    "destroyed_items",
    "destructions",
    "discrepancies",
    "dispensed_bottles",
    "dispensings",
    "donor_changes",
    "forecasts",
    "idempotency_keys",
    "import_columns",
    "import_files",
    "intakes",
    "lab_devices",
    "lab_materials",
    "lab_results",
    "lab_samples",
    "label_prints",
    "laboratory_holds",
    "learned_times",
    "learning_results",
    "leave_calendars",
    "loan_devices",
    "loans",
    "lot_decisions",
    "lots",
    "maintenance_runs",
    "material_movements",
    "meeting_places",
    "message_texts",
    "milk_orders",
    "number_series",
    "passkey_challenges",
    "passkeys",
    "phone_places",
    "planned_emptyings",
    "policy_changes",
    "policy_periods",
    "pool_inputs",
    "pools",
    "prescriptions",
    "probe_days",
    "probe_imports",
    "provider_accounts",
    "public_texts",
    "reaction_holds",
    "reaction_reports",
    "recall_events",
    "recall_holds",
    "recall_items",
    "recall_notices",
    "recalls",
    "received_orders",
    "recipient_identities",
    "recipients",
    "recovery_codes",
    "release_proposals",
    "result_files",
    "road_regions",
    "sampling_plans",
    "sampling_rules",
    "separate_files",
    "serving_overrides",
    "snapped_positions",
    "stays",
    "storage_alarms",
    "storage_counts",
    "storage_moves",
    "storage_places",
    "storage_stays",
    "storage_units",
    "timer_failures",
    "totp_secrets",
    "transport_boxes",
    "unit_excursions",
    "unit_probes",
    "vehicles",
    "ward_members",
    "wards",
    "webhook_attempts",
    "webhooks",
    "weekly_shifts",
    "worker_pulses",
}
"""The tables that 0.1 lacked."""

ASKS_THE_PLANNER = ("planning_runs", "proposals", "horizons", "disruptions")


class Kept:
    """A transport that keeps every letter."""

    keeps_text = True

    def __init__(self) -> None:
        self.letters: list[RenderedNotice] = []

    def send(self, letter: RenderedNotice) -> None:
        self.letters.append(letter)


@pytest.fixture
def recorded(
    recorded_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """The recorded database, as the database of the command."""
    monkeypatch.setenv("MILKROUND_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", recorded_url)
    with connected(recorded_url) as engine:
        yield engine


def migrate() -> Result:
    return CliRunner().invoke(main, ["migrate"])


def mark(engine: Engine, revision: str) -> None:
    """Set the revision of the database."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})


def revision_of(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def test_migrate_keeps_every_row_and_every_value(recorded: Engine) -> None:
    before = rows_of(recorded)
    assert [name for name, rows in before.items() if not rows] == [], "the recording fills each"
    for _twice in range(2):
        answer = migrate()
        assert (answer.exit_code, answer.output) == (0, "The database is up to date.\n")
        assert_kept(before, rows_of(recorded))
    assert migrations.is_current(recorded)


def assert_kept(
    before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]
) -> None:
    """Compare every row in the columns of 0.1.

    A deed after its reception is bounded by it, and no rule of another bank stays verified.
    """
    for name, rows in before.items():
        keys = {row["id"] for row in rows}
        old = [row for row in after[name] if row["id"] in keys]
        kept = [{column: row[column] for column in rows[0]} for row in old]
        assert kept == [unmarked(bounded(row)) for row in rows], name
    reported = [row["reported_at"] or row["device_at"] for row in after["round_events"]]
    assert reported == [row["device_at"] for row in before["round_events"]]


def unmarked(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of a policy without the mark of 0.1 on the figure of another bank."""
    if row.get("verified_by") != "Milkround" or row["key"] == "serology_days":
        return row
    return {**row, "verified_by": None, "verified_on": None}


def bounded(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of 0.1 with its deed at the latest at its reception."""
    if "device_at" not in row:
        return row
    received = row.get("received_at") or row["recorded_at"]
    return row | {"device_at": min(row["device_at"], received)}


def test_the_schema_is_that_of_a_new_installation(
    recorded: Engine, request: pytest.FixtureRequest
) -> None:
    assert migrate().exit_code == 0
    assert differences(recorded) == []
    if recorded.dialect.name == "sqlite":
        url = f"sqlite:///{request.getfixturevalue('migrated_sqlite')}"
    else:
        url = request.getfixturevalue("migrated_postgresql")
    with connected(url) as new:
        assert catalogue(recorded) == catalogue(new)


@pytest.mark.parametrize(
    ("revision", "remedy"),
    [
        ("0005", "upgrade it first with the last version of 0.1, then with this one."),
        ("9999", "install the version that made it, or a newer one."),
    ],
)
def test_an_unknown_revision_is_refused_in_one_sentence(
    recorded: Engine, revision: str, remedy: str
) -> None:
    mark(recorded, revision)
    before = rows_of(recorded)
    answer = migrate()
    assert answer.exit_code == 2
    assert answer.output.count("\n") == 1
    assert f"revision {revision}" in answer.output
    assert answer.output.endswith(f"{remedy}\n")
    assert rows_of(recorded) == before
    assert revision_of(recorded) == revision


def test_a_failed_migration_leaves_the_database_unchanged(recorded: Engine) -> None:
    before = rows_of(recorded)
    with pytest.raises(CommandError, match="no such revision"):
        migrations.upgrade(recorded, "no such revision")
    assert revision_of(recorded) == "0008"
    assert rows_of(recorded) == before


def test_of_two_migrations_at_once_one_waits_for_the_other(recorded: Engine) -> None:
    before, waited = rows_of(recorded), Future[None]()
    other = Thread(target=lambda: waited.set_result(migrations.upgrade(recorded)))
    with migrations._exclusive(recorded) as connection:  # noqa: SLF001 - the first of the two
        other.start()
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0200')"))
        other.join(0.5)
        assert other.is_alive()
    other.join()
    assert waited.done()
    assert_kept(before, rows_of(recorded))
    assert migrations.is_current(recorded)


def test_the_classes_read_every_row_and_the_audit_chain_holds(app: Flask) -> None:
    with app.app_context(), reading() as session:
        for mapper in Base.registry.mappers:
            if mapper.local_table.name not in NEW_TABLES:
                assert session.query(mapper.class_).all(), mapper.class_.__name__
        assert first_broken_link(session, 1) is None


def test_every_message_of_the_outbox_is_sent(
    app: Flask, clock: SetClock, database_url: str
) -> None:
    carrier = Kept()
    with connected(database_url) as engine:
        owed = [each for each in rows_of(engine)["notices"] if each["state"] == "owed"]
    with app.app_context():
        sent = deliver_notices(
            transaction,
            reading=reading,
            write=lambda session, notice: render_notice(session, notice, now=clock.now()),
            sender=carrier,
            now=clock.now,
        )
    assert sent == len(owed) == len(carrier.letters) > 0
    client = app.test_client()
    assert {client.get(letter.link).status_code for letter in carrier.letters} == {200}


def test_every_stored_problem_is_read_and_every_job_has_a_handler(database_url: str) -> None:
    with connected(database_url) as engine:
        rows = rows_of(engine)
    assert {job["kind"] for job in rows["jobs"]} == set(HANDLERS) - NEW_JOB_KINDS
    asked = list(chain(*(rows[name] for name in ASKS_THE_PLANNER)))
    assert all(problem_of(each["problem"]) for each in asked)
    plans = [each.get(name) for each in asked for name in ("start", "plan", "ahead")]
    assert sum(plan_of(plan) is not None for plan in plans if plan) > len(asked)

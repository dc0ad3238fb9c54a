"""Check-up: what stands still, what is missing, and what is damaged is found."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.audit.models import AuditEntry
from collector.audit.signing import HeadSigner
from collector.config import Mail, Settings
from collector.db import db, reading, sqlite, transaction
from collector.jobs.models import Job, JobState, MaintenanceKind, WorkerPulse
from collector.jobs.pulses import beat
from collector.maintenance.doctor import deep_findings, quick_findings
from collector.maintenance.findings import HealthFinding, Level
from collector.maintenance.machine_checks import check_certificate, check_secrets, check_settings
from collector.maintenance.runs import record_run
from collector.maintenance.work_checks import standing_still
from collector.maintenance_timer import BACKUP, CHECKUP, due_commands
from collector.notices.actions import enqueue
from collector.people.audit_heads import AuditHeads
from collector.timers import run_due_tasks
from collector.upkeep_settings import BackupPlan
from collector.web.health_wording import FINDINGS, finding_sentence
from tests.builders import MORNING
from tests.town import Town, sign_in

pytestmark = pytest.mark.twin


def levels(found: list[HealthFinding]) -> dict[str, Level]:
    return {each.code: each.level for each in found}


def quick(settings: Settings) -> dict[str, Level]:
    with reading() as session:
        return levels(quick_findings(session, settings, now=MORNING))


def deep(settings: Settings, now: datetime = MORNING) -> dict[str, Level]:
    with reading() as session:
        return levels(deep_findings(session, db.engine, settings, now=now))


def stuck_job(town: Town, state: JobState, *, minutes: int) -> Job:
    then = MORNING - timedelta(minutes=minutes)
    return Job(
        bank_id=town.bank,
        kind="plan_day",
        payload={},
        state=state,
        fence=1,
        attempts=1,
        most_attempts=3,
        leased_until=then if state is JobState.RUNNING else None,
        deadline_seconds=8,
        cancel_asked=False,
        progress=[],
        result=None,
        error=None,
        asked_by="system",
        asked_at=then,
        ended_at=None,
    )


def test_a_new_installation_is_told_what_is_missing(
    app: Flask, town: Town, settings: Settings
) -> None:
    with app.app_context():
        found = quick(settings) | deep(settings)
    assert found["worker_never"] is found["backup_never"] is Level.ACT
    assert found["address_local"] is found["mail_missing"] is Level.NOTE
    assert found["database_fine"] is found["schema_fine"] is found["jobs_fine"] is Level.FINE
    assert town.bank


@pytest.mark.parametrize(
    ("state", "minutes", "stuck"),
    [
        (JobState.QUEUED, 11, True),
        (JobState.QUEUED, 9, False),
        (JobState.RUNNING, 11, True),
        (JobState.DEAD, 0, True),
        (JobState.DONE, 999, False),
    ],
)
def test_a_job_that_makes_no_progress_is_found(
    app: Flask, town: Town, state: JobState, minutes: int, *, stuck: bool
) -> None:
    with app.app_context(), transaction() as session:
        beat(session, "timers", now=MORNING)
        session.add(stuck_job(town, state, minutes=minutes))
        session.flush()
        found = levels(standing_still(session, now=MORNING, bank_id=town.bank))
        assert found == ({"jobs_stuck": Level.ACT} if stuck else {})
        assert standing_still(session, now=MORNING, bank_id=town.other_bank) == []


def test_a_silent_worker_is_found(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        beat(session, "timers", now=MORNING)
        beat(session, "delivery", now=MORNING - timedelta(minutes=6))
        (found,) = standing_still(session, now=MORNING, bank_id=town.bank)
        assert (found.code, found.figures) == ("worker_silent", {"minutes": 6})
        beat(session, "delivery", now=MORNING)
        assert session.query(WorkerPulse).count() == 2
        assert standing_still(session, now=MORNING, bank_id=town.bank) == []


def test_a_late_message_is_found(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        beat(session, "timers", now=MORNING)
        enqueue(
            session,
            now=MORNING - timedelta(minutes=16),
            bank_id=town.bank,
            once="x",
            recipient="person:1",
            to="a@b.example",
            template="sign_in",
            language="en",
        )
        (found,) = standing_still(session, now=MORNING, bank_id=town.bank)
        assert (found.code, found.figures) == ("messages_unsent", {"failed": 0, "late": 1})


def test_a_broken_chain_of_any_bank_and_an_old_head_are_found(
    app: Flask, town: Town, settings: Settings
) -> None:
    with app.app_context():
        entry(town.other_bank)
        run_due_tasks(MORNING, AuditHeads(HeadSigner(settings.upkeep.audit_key)))
        assert deep(settings)["chain_fine"] is Level.FINE
        assert deep(settings, MORNING + timedelta(days=400))["head_old"] is Level.ACT
        with transaction() as session:
            theirs = AuditEntry.bank_id == town.other_bank
            session.execute(update(AuditEntry).where(theirs).values(actor="person:99"))
        assert deep(settings)["chain_broken"] is Level.ACT


def entry(bank_id: int) -> None:
    """Append an entry to a bank's chain."""
    with transaction() as session:
        record(session, now=MORNING, bank_id=bank_id, actor="system", action="t", subject="x:1")


def test_a_damaged_database_is_found(app: Flask, town: Town, settings: Settings) -> None:
    assert town.bank
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("pages of PostgreSQL are not ours to damage")
        path = str(db.engine.url.database)
        db.engine.dispose()
        with closing(sqlite.connect(path)) as other:
            other.execute("PRAGMA foreign_keys=OFF")
            other.execute("DELETE FROM addresses WHERE id = (SELECT min(address_id) FROM donors)")
            other.commit()
        assert deep(settings)["database_damaged"] is Level.ACT


def test_a_clock_that_runs_late_and_open_secrets_are_found(
    app: Flask, town: Town, settings: Settings
) -> None:
    (settings.home / "secret_key").write_text("x" * 40)
    (settings.home / "secret_key").chmod(0o644)
    with app.app_context():
        entry(town.bank)
        with transaction() as session:
            late = update(AuditEntry).where(AuditEntry.bank_id == town.bank)
            session.execute(late.values(at=MORNING + timedelta(hours=1)))
        found = quick(settings)
    assert found["secrets_open"] is Level.ACT
    assert found["clock_behind"] is Level.ACT
    (settings.home / "secret_key").chmod(0o600)
    assert check_secrets(settings.home).level is Level.FINE


def test_an_address_without_https_is_told(settings: Settings) -> None:
    plain = replace(settings, public_url="http://milk.example")
    sealed = replace(
        settings,
        public_url="https://milk.example",
        mail=Mail(scheme="smtps", host="mail.example", port=465, sender="a@b.example"),
    )
    assert levels(list(check_settings(plain)))["address_plain"] is Level.ACT
    assert set(levels(list(check_settings(sealed)))) == {"address_fine", "mail_fine"}


@pytest.mark.parametrize(
    ("hours", "succeeded", "code"),
    [(1, True, "backup_fine"), (3, True, "backup_old"), (1, False, "backup_never")],
)
def test_an_old_or_failed_backup_is_told(
    app: Flask, settings: Settings, hours: int, *, succeeded: bool, code: str
) -> None:
    upkeep = replace(
        settings.upkeep, backups=BackupPlan(folder=settings.home, recipients=("age1x",))
    )
    with app.app_context():
        with transaction() as session:
            run_of(session, MaintenanceKind.BACKUP, hours=hours, succeeded=succeeded)
        found = quick(replace(settings, upkeep=upkeep))
    assert code in found
    assert ("backup_failed" in found) is not succeeded


def run_of(session: Session, kind: MaintenanceKind, *, hours: int, succeeded: bool) -> None:
    record_run(
        session,
        kind,
        started_at=MORNING - timedelta(hours=hours),
        seconds=90,
        succeeded=succeeded,
        figures={"bytes": 1_500_000, "findings": []},
    )


def test_backups_and_check_ups_are_due_at_their_interval(app: Flask, settings: Settings) -> None:
    plan = BackupPlan(folder=settings.home, recipients=("age1x",))
    long_ago = MORNING - timedelta(days=2)

    def due(session: Session, started: datetime = long_ago) -> list[object]:
        return list(due_commands(session, plan, now=MORNING, started_at=started))

    with app.app_context(), transaction() as session:
        assert due(session) == [BACKUP, CHECKUP]
        assert due(session, MORNING) == [BACKUP]
        assert list(due_commands(session, None, now=MORNING, started_at=MORNING)) == []
        run_of(session, MaintenanceKind.BACKUP, hours=0, succeeded=True)
        run_of(session, MaintenanceKind.CHECKUP, hours=23, succeeded=False)
        assert due(session) == []
        run_of(session, MaintenanceKind.BACKUP, hours=0, succeeded=False)
        assert due(session) == [BACKUP]
        run_of(session, MaintenanceKind.BACKUP, hours=1, succeeded=True)
        assert due(session) == [BACKUP]


@pytest.fixture
def certified(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    """A server with a certificate for ten days from the morning, and who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    present = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(present - timedelta(days=1))
        .not_valid_after(present + timedelta(days=10, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "pem").write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(tmp_path / "pem")
    theirs = ssl.create_default_context(cadata=pem.decode())
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    plain, _ = listening.accept()
                except OSError:
                    return
                try:
                    ours.wrap_socket(plain, server_side=True).close()
                except OSError:
                    plain.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1], theirs
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_certificate_that_ends_soon_or_is_not_trusted_is_told(
    certified: tuple[int, ssl.SSLContext],
) -> None:
    port, trusting = certified
    now = datetime.now(UTC)
    ends = check_certificate("localhost", port, now=now, context=trusting)
    assert (ends.code, ends.figures["days"]) == ("certificate_ends", 10)
    long_before = now - timedelta(days=30)
    assert check_certificate("localhost", port, now=long_before, context=trusting).level == "fine"
    assert check_certificate("localhost", port, now=now).code == "certificate_refused"
    assert check_certificate("localhost", 9, now=now).code == "gateway_away"


def test_every_finding_has_its_sentence(app: Flask) -> None:
    root = Path(__file__).parents[3] / "collector" / "maintenance"
    source = "".join(path.read_text() for path in root.glob("*_checks.py"))
    source += (root / "doctor.py").read_text()
    named = {code for code in FINDINGS if f'"{code}"' in source}
    assert named == set(FINDINGS)
    with app.test_request_context():
        made = HealthFinding("disk_fine", Level.FINE, {"gigabytes": 3.5, "percent": 40})
        assert finding_sentence(made) == "The disk has 3.5 GB free (40 %)."


def test_an_administrator_sees_the_state_and_the_morning_what_stands_still(
    app: Flask, town: Town, settings: Settings
) -> None:
    with app.app_context(), transaction() as session:
        findings = [
            HealthFinding("chain_broken", Level.ACT, {"bank": "another", "entry": 3}).as_json(),
            HealthFinding("database_fine", Level.FINE, {"seconds": 0.4}).as_json(),
        ]
        record_run(
            session,
            MaintenanceKind.CHECKUP,
            started_at=MORNING,
            seconds=1,
            succeeded=False,
            figures={"findings": findings},
        )
    here = "/board/bank/installation"
    admin = sign_in(app, bank=town.bank, person=town.adele)
    page = admin.get(here, headers={"Accept-Language": "en"}).text
    assert "The worker has never run" in page
    assert "The database is whole (checked in 0.4 s)." in page
    assert "another" not in page
    desk = sign_in(app, bank=town.bank, person=town.claire)
    assert desk.get(here).status_code == 403
    morning = desk.get("/board/morning", headers={"Accept-Language": "en"}).text
    assert "Standing still" in morning
    assert "The worker has never run" in morning
    assert settings.home


@pytest.mark.processes
def test_the_command_tells_a_line_each_and_ends_with_one(tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "collector.cli", *words],
            env={"MILKROUND_HOME": str(tmp_path), "PATH": "/usr/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run("bank", "bordeaux", "--name", "L", "--town", "Pessac").returncode == 0
    told = run("doctor", "--json", "--record")
    found = json.loads(told.stdout)["findings"]
    assert told.returncode == 1
    assert {"code", "level", "figures", "sentence"} == set(found[0])
    assert {"worker_never", "backup_never"} <= {
        each["code"] for each in found if each["level"] == "act"
    }
    public = run("key", str(tmp_path / "identity")).stdout.strip()
    assert run("backup", str(tmp_path / "to"), "--recipient", public).returncode == 0
    drill = ["--drill", "--backups", str(tmp_path / "to"), "--identity", str(tmp_path / "identity")]
    rehearsed = run("doctor", *drill)
    assert "into a scratch place in" in rehearsed.stderr
    assert "A restore was rehearsed 0 days ago" in rehearsed.stdout

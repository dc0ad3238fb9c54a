"""More than one machine: a broker that wakes workers, its absence, and its refusals."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from flask import Flask
from kombu import Connection
from kombu import Queue as BrokerQueue

from collector.broker_settings import Broker, broker_from
from collector.db import db, reading, transaction
from collector.jobs.actions import claim
from collector.jobs.announcements import Announcer, BrokerAwayError, announce_jobs_of
from collector.jobs.celery_queue import (
    Announcement,
    BrokerTrouble,
    broker_trouble,
    installation_of,
    own_version,
    queue_name,
    refusal,
    sender,
    trouble_sentence,
)
from collector.jobs.models import Job, JobState
from collector.jobs.queries import something_waits
from collector.planning.optimise.actions import request_plan
from tests.builders import DAY
from tests.collector.jobs.shop import eventually
from tests.conftest import IN_CI, SetClock
from tests.town import Town

ROOT = Path(__file__).parents[3]
RABBITMQ = os.environ.get("MILKROUND_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
NOWHERE = "amqp://guest:guest@127.0.0.1:9//"
POSTGRESQL_URL = "postgresql+psycopg://db.example/milkround"
on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

pytestmark = pytest.mark.twin


def broker_at(url: str) -> Broker:
    """Return the settings of a broker at an address."""
    mistakes: list[str] = []
    found = broker_from({"MILKROUND_BROKER_URL": url}, POSTGRESQL_URL, mistakes)
    assert found is not None
    assert mistakes == []
    return found


@pytest.fixture(scope="session")
def rabbitmq() -> Broker:
    """The RabbitMQ server; skips, saying so, where there is none (in CI that is an error)."""
    broker = broker_at(RABBITMQ)
    if broker_trouble(broker) is not None:
        if IN_CI:
            raise AssertionError(f"no RabbitMQ server at {broker.host}:{broker.port}")
        pytest.skip(f"no RabbitMQ server answers at {broker.host}:{broker.port}")
    return broker


@pytest.fixture
def installation(app: Flask, rabbitmq: Broker) -> Iterator[str]:
    """The identity of the installation under test; its queue is deleted afterwards."""
    with app.app_context():
        found = installation_of(db.engine)
    yield found
    with Connection(rabbitmq.url) as connection:
        BrokerQueue(queue_name(found), channel=connection.channel()).delete()


def ask(
    app: Flask, clock: SetClock, town: Town, *, then: Callable[[], object] = lambda: None
) -> int:
    """Ask for a plan of the town's day that may think for a second, then act before the commit."""
    with app.app_context(), transaction() as session:
        job = request_plan(
            session, now=clock.now(), bank_id=town.bank, day=DAY, asked_by="system", seconds=1
        )
        then()
        return job.id


def state_of(app: Flask, job_id: int) -> JobState:
    """Return the state of a job."""
    with app.app_context(), reading() as session:
        return session.get_one(Job, job_id).state


@pytest.mark.parametrize(
    ("url", "database", "sentence"),
    [
        ("redis://queue.example", POSTGRESQL_URL, "MILKROUND_BROKER_URL names no RabbitMQ server"),
        ("amqp://", POSTGRESQL_URL, "MILKROUND_BROKER_URL names no RabbitMQ server"),
        ("amqp://mq.example", "sqlite:////srv/milk.sqlite3", "set DATABASE_URL to a PostgreSQL"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_with_its_remedy(
    url: str, database: str, sentence: str
) -> None:
    mistakes: list[str] = []
    broker_from({"MILKROUND_BROKER_URL": url}, database, mistakes)
    assert len(mistakes) == 1
    assert sentence in mistakes[0]


def test_a_broker_shows_no_password() -> None:
    assert "sesame" not in repr(broker_at("amqp://milk:sesame@mq.example/milk"))


def test_a_broker_that_is_away_is_a_sentence() -> None:
    broker = broker_at(NOWHERE)
    trouble = broker_trouble(broker)
    assert trouble is BrokerTrouble.AWAY
    assert trouble_sentence(broker, trouble) == "RabbitMQ at 127.0.0.1:9 does not answer."


def test_wrong_credentials_and_a_missing_vhost_are_two_sentences(rabbitmq: Broker) -> None:
    parts = urlsplit(rabbitmq.url)
    stranger = parts._replace(netloc=f"stranger:sesame@{rabbitmq.host}:{rabbitmq.port}")
    refused = broker_at(urlunsplit(stranger))
    assert broker_trouble(refused) is BrokerTrouble.REFUSED
    assert "sesame" not in trouble_sentence(refused, BrokerTrouble.REFUSED)
    elsewhere = broker_at(urlunsplit(parts._replace(path="/nowhere")))
    assert broker_trouble(elsewhere) is BrokerTrouble.NO_VHOST


def test_a_worker_of_another_version_refuses_by_both_names() -> None:
    announced = Announcement(job_id=7, version="9.0.0", installation="mine")
    refused = refusal(announced, installation="mine")
    assert refused is not None
    assert "version 9.0.0" in refused
    assert f"version {own_version()}" in refused


def test_a_message_of_another_installation_is_refused_by_both_names() -> None:
    announced = Announcement(job_id=7, version=own_version(), installation="theirs")
    refused = refusal(announced, installation="mine")
    assert refused is not None
    assert "theirs" in refused
    assert "mine" in refused
    assert refusal(announced, installation="theirs") is None


@pytest.mark.postgresql
def test_two_databases_of_one_server_share_no_queue(
    empty_postgresql: str, migrated_postgresql: str
) -> None:
    names = set[str]()
    for url in (empty_postgresql, migrated_postgresql):
        app = Flask("installation")
        app.config["SQLALCHEMY_DATABASE_URI"] = url
        db.init_app(app)
        with app.app_context():
            names.add(queue_name(installation_of(db.engine)))
            assert installation_of(db.engine) == installation_of(db.engine)
            db.engine.dispose()
    assert len(names) == 2


@on_sqlite
def test_a_job_is_announced_after_its_commit_and_never_if_it_is_taken_back(
    app: Flask, clock: SetClock, town: Town
) -> None:
    heard, is_heard = list[JobState](), threading.Event()

    def hear(job_id: int) -> None:
        heard.append(state_of(app, job_id))
        is_heard.set()

    with app.app_context():
        announce_jobs_of(db.engine, Announcer(hear))
    with pytest.raises(ZeroDivisionError):
        ask(app, clock, town, then=lambda: 1 // 0)
    ask(app, clock, town)
    assert is_heard.wait(10)
    assert heard == [JobState.QUEUED]


@on_sqlite
def test_an_absent_broker_costs_the_request_nothing_and_the_job_waits(
    app: Flask, clock: SetClock, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    tried = threading.Event()

    def send(_job_id: int) -> None:
        tried.set()
        raise BrokerAwayError("RabbitMQ at mq.example:5672 does not answer.")

    with app.app_context():
        announce_jobs_of(db.engine, Announcer(send))
    job_id = ask(app, clock, town)
    assert tried.wait(10)
    assert state_of(app, job_id) is JobState.QUEUED
    eventually(lambda: "waits for a look at the database" in caplog.text)


def test_a_sender_says_why_the_broker_took_no_message() -> None:
    send = sender(broker_at(NOWHERE), lambda: "mine")
    with pytest.raises(BrokerAwayError, match=r"RabbitMQ at 127.0.0.1:9 does not answer\."):
        send(7)


def test_a_look_leaves_a_new_job_to_the_woken_workers(
    app: Flask, clock: SetClock, town: Town
) -> None:
    job_id, patience, kinds = ask(app, clock, town), timedelta(seconds=3), frozenset({"plan_day"})
    with app.app_context():
        for seconds, is_due in ((2.0, False), (1.0, True)):
            clock.advance(seconds=seconds)
            with reading() as session:
                now = clock.now()
                waits = something_waits(session, now=now, kinds=kinds, patience=patience)
                assert waits is is_due
        with transaction() as session:
            held = claim(session, now=clock.now(), kinds=kinds, lease_seconds=10, patience=patience)
            assert held is not None
            assert held.job_id == job_id


@pytest.fixture
def environment(app: Flask, database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a worker of the installation under test."""
    assert app
    return {
        **os.environ,
        "MILKROUND_HOME": str(tmp_path / "home"),
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a secret of the tests, long enough",
    }


@on_postgresql
@pytest.mark.processes
def test_an_announcement_alone_wakes_a_worker(
    app: Flask,
    clock: SetClock,
    town: Town,
    rabbitmq: Broker,
    installation: str,
    environment: dict[str, str],
) -> None:
    job_id = ask(app, clock, town)
    sender(rabbitmq, lambda: installation)(job_id)
    environment["MILKROUND_BROKER_URL"] = rabbitmq.url
    # The consumer alone: it never looks at the database without a message.
    consumer = subprocess.Popen(
        [sys.executable, "-m", "collector.fleet", "1"], cwd=ROOT, env=environment
    )
    try:
        eventually(lambda: state_of(app, job_id) is JobState.DONE, seconds=120)
    finally:
        consumer.kill()
        consumer.wait()


@on_postgresql
@pytest.mark.processes
def test_planning_goes_on_through_the_database_while_the_broker_is_away(
    app: Flask, clock: SetClock, town: Town, environment: dict[str, str]
) -> None:
    job_id = ask(app, clock, town)
    environment["MILKROUND_BROKER_URL"] = NOWHERE
    command = [sys.executable, "-m", "collector.cli", "worker", "--processes", "1"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        eventually(lambda: state_of(app, job_id) is JobState.DONE, seconds=120)
    finally:
        worker.terminate()
        _out, complaints = worker.communicate(timeout=60)
    assert "RabbitMQ at 127.0.0.1:9 does not answer." in complaints
    assert complaints.count("Planning goes on through the database.") == 1
    assert worker.returncode == 0

"""Scenario 9 of the design: 200 dispensings under `kill -9` of a process are there once.

Once the process that does the acts is killed, once the workers of a web server: 40 dispensings in
the gate, 200 by `make kills`.
"""

from __future__ import annotations

import http.client
import os
import select as sockets
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from collector.audit.models import AuditEntry
from collector.audit.queries import first_broken_link
from collector.db import db, reading, transaction
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.orders.codes import order_code
from collector.laboratory.pooling.models import Bottle
from collector.processes import Processes, free_port
from tests.dispensary_bench import DispensaryBench
from tests.laboratory_bench import open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town, sign_in

pytestmark = [pytest.mark.twin, pytest.mark.processes]

ROOT = Path(__file__).parents[3]
DISPENSINGS, KILLS, LINES_UNTIL_KILLED = 200, 5, 60
OVER_HTTP = int(os.environ.get("MILKROUND_DISPENSINGS", "40"))
"""Dispensings over HTTP, each of five requests of the length of a page."""


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
        assert_each_is_there_once(town, DISPENSINGS)
    assert database_url


def assert_each_is_there_once(town: Town, dispensings: int) -> None:
    """Assert so many orders, bottles and audit entries, each once, and an unbroken audit chain."""
    with reading() as session:
        gone = Dispensing.handed_over_at.is_not(None)
        per_order = Counter(session.scalars(select(Dispensing.order_id).where(gone)))
        per_bottle = Counter(session.scalars(select(DispensedBottle.bottle_id)))
        left = session.scalar(select(func.count()).where(Bottle.left_at.is_not(None)))
        acts = Counter(
            session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "milk dispensed"))
        )
        broken = first_broken_link(session, town.bank)
    for counted in (per_order, per_bottle, acts):
        assert len(counted) == dispensings
        assert set(counted.values()) == {1}
    assert left == dispensings
    assert broken is None


def killed_after(command: list[str], lines: int) -> None:
    """Run a process and kill it with SIGKILL once it has printed a number of lines."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for _ in range(lines):
            process.stdout.readline()
        process.kill()


CUTS_EVERY = 12
"""Requests between two kills: five requests a dispensing, two kills in five dispensings."""


def test_dispensings_over_http_under_kills_of_workers_are_there_once(
    app: Flask, town: Town, tmp_path: Path
) -> None:
    with open_bench(app, town) as bench:
        with transaction() as session:
            made = DispensaryBench(ReleaseBench(bench, session))
            labels = made.lot(OVER_HTTP)
            orders = [made.order(made.child("a", ml=100), 100).id for _ in labels]
            people = made.dana, made.dirk
        db.session.remove()
        app.extensions["milkround_clock"].instant = LATER
        cookies = [session_cookie(app, town, person) for person in people]
        db.engine.dispose()
        url = str(app.config["SQLALCHEMY_DATABASE_URI"])
        with running_server(url, tmp_path) as server:
            picker, checker = (ImpatientClient(server, cookie) for cookie in cookies)
            for order, label in zip(orders, labels, strict=True):
                dispense(picker, checker, order, label)
        assert picker.cut + checker.cut > OVER_HTTP / 10, "requests were cut by the kills"
        assert_each_is_there_once(town, OVER_HTTP)


def dispense(picker: ImpatientClient, checker: ImpatientClient, order: int, label: str) -> None:
    """Pick, check and hand one order over; each request is sent until it has an answer."""
    begun = picker.post(f"/dispensary/dispensings/of-order/{order}")
    assert begun.status == http.client.SEE_OTHER
    page = begun.headers["Location"]
    assert picker.post(f"{page}/scans", label=label).status == http.client.OK
    for text in (order_code(order), label):
        assert checker.post(f"{page}/scans", label=text).status == http.client.OK
    given = {"box": "Box 3", "celsius": "-19", "carrier": "Nord"}
    assert checker.post(f"{page}/hand-over", **given).status == http.client.SEE_OTHER


def session_cookie(app: Flask, town: Town, person: int) -> str:
    """Sign a person in, and return the header of the cookies."""
    answer = sign_in(app, bank=town.bank, person=person).get("/dispensary/orders")
    assert answer.status_code == http.client.OK
    return str(answer.request.environ["HTTP_COOKIE"])


class ImpatientClient:
    """A browser that kills a worker of the server now and then, while its request is there."""

    def __init__(self, server: RunningServer, cookie: str) -> None:
        self.server, self.cookie, self.cut, self.sent = server, cookie, 0, 0
        self.dice = Random(len(cookie))  # noqa: S311 - the moments of the kills

    def post(self, path: str, **form: str) -> http.client.HTTPResponse:
        """Post a form, again and again until a worker answers.

        Raises
        ------
        RuntimeError
            The server itself has ended.
        """
        while True:
            if self.server.process.poll() is not None:
                raise RuntimeError("the server has ended")
            try:
                return self._post_once(path, urlencode(form))
            except (ConnectionError, http.client.HTTPException):
                self.cut += 1

    def _post_once(self, path: str, body: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
            line.request("POST", path, body=body, headers=kind)
            self.sent += 1
            if self.sent % CUTS_EVERY == 0:
                # The request is in any of its stages: before, within or after its transaction.
                sockets.select([line.sock], [], [], self.dice.random() / 10)
                self.server.kill_workers()
            answer = line.getresponse()
            answer.read()
            return answer
        finally:
            line.close()


class RunningServer:
    """Gunicorn's process with its port."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def kill_workers(self) -> None:
        """Kill every worker with SIGKILL; gunicorn starts others."""
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)


@contextmanager
def running_server(url: str, home: Path) -> Iterator[RunningServer]:
    """Start a server on a free port, and stop it in the end."""
    port = free_port("127.0.0.1", 8460)
    command = [sys.executable, "-m", "tests.dispensary_server", url, str(home), str(port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            Processes().wait_for_port("127.0.0.1", port)
            yield RunningServer(process, port)
        finally:
            process.terminate()

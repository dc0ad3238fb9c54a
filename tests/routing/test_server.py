"""The server of VROOM requests: clients of VROOM's server work against it, and may leave."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openrouteservice
import pytest
from openrouteservice.optimization import Job, Vehicle

from routing.process.server import PlannerServer
from routing.solver import Budget
from tests.routing.formats.vroom_requests import Data, job, request, vehicle
from tests.routing.shell import ROOT

BORDEAUX = [-0.58, 44.84]


@pytest.fixture
def server() -> Iterator[PlannerServer]:
    """A server of this process, with short searches, one at a time."""
    found = PlannerServer(("127.0.0.1", 0), Budget(seconds=2, stall_seconds=0.1), at_once=1)
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield found
    found.stop()
    thread.join()
    found.server_close()


def asked(server: PlannerServer, method: str, path: str, body: str = "") -> tuple[int, Any]:
    """Return status and JSON of an answer."""
    connection = http.client.HTTPConnection(*server.server_address[:2], timeout=30)
    connection.request(method, path, body.encode())
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_a_client_that_posts_to_openrouteservice_gets_its_routes(server: PlannerServer) -> None:
    host, port = server.server_address[:2]
    client = openrouteservice.Client(key="none", base_url=f"http://{host}:{port}")
    east = [BORDEAUX[0] + 0.05, BORDEAUX[1]]
    jobs = [Job(id=number, location=east, service=300, amount=[1]) for number in (1, 2, 3)]
    vehicles = [Vehicle(id=7, start=BORDEAUX, end=BORDEAUX, capacity=[2], time_window=[0, 9_000])]
    found = client.optimization(jobs=jobs, vehicles=vehicles, geometry=False)
    assert (found["code"], found["summary"]["unassigned"]) == (0, 1)
    steps = [step["type"] for step in found["routes"][0]["steps"]]
    assert steps == ["start", "job", "job", "end"]


def test_a_client_with_a_matrix_of_its_own_gets_the_cheapest_route(server: PlannerServer) -> None:
    client = openrouteservice.Client(key="none", base_url=_url(server))
    jobs = [Job(id=number, location_index=number) for number in (1, 2)]
    vehicles = [Vehicle(id=7, profile="car", start_index=0, end_index=0)]
    matrix = [[0, 9, 4], [4, 0, 9], [9, 4, 0]]
    found = client.optimization(jobs=jobs, vehicles=vehicles, matrix=matrix)
    assert found["summary"]["cost"] == 12
    assert [step["id"] for step in found["routes"][0]["steps"][1:-1]] == [2, 1]


def _url(server: PlannerServer) -> str:
    host, port = server.server_address[:2]
    return f"http://{host!s}:{port}"


@pytest.mark.parametrize("path", ["/", "/optimization"])
def test_a_request_is_answered_at_every_path(server: PlannerServer, path: str) -> None:
    status, found = asked(server, "POST", path, json.dumps(request([job(1, 1)], vehicle())))
    assert (status, found["code"], found["summary"]["cost"]) == (200, 0, 200)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("nothing", "document: is not JSON"),
        (json.dumps(request([job(1, 9)], vehicle())), "matrices.car.durations: has no row 9"),
        (json.dumps(request([job(1, 1, priority=-1)], vehicle())), "jobs[0].priority"),
    ],
)
def test_a_refusal_names_the_entry_as_vrooms_does(
    server: PlannerServer, body: str, error: str
) -> None:
    status, found = asked(server, "POST", "/", body)
    assert (status, found["code"]) == (400, 2)
    assert found["error"].startswith(error)


def test_the_server_says_that_it_is_ready_and_that_requests_are_posted(
    server: PlannerServer,
) -> None:
    assert asked(server, "GET", "/health") == (200, {"status": "ready"})
    assert asked(server, "GET", "/")[0] == 404


def test_many_clients_are_answered_each_with_its_own_plan(server: PlannerServer) -> None:
    def cost(place: int) -> int:
        _, found = asked(server, "POST", "/", json.dumps(request([job(1, place)], vehicle())))
        return int(found["summary"]["cost"])

    with ThreadPoolExecutor(4) as clients:
        assert list(clients.map(cost, [1, 2, 3, 4] * 2)) == [200, 400, 600, 800] * 2


def test_the_search_of_a_client_that_leaves_ends_for_the_next() -> None:
    """With an hour for the first search and one turn, the second is answered only if it ended."""
    server = PlannerServer(("127.0.0.1", 0), Budget(seconds=3_600), at_once=1)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        leaver = socket.create_connection(server.server_address[:2])
        body = json.dumps(_long())
        head = f"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n\r\n"
        leaver.sendall((head + body).encode())
        # The turn is taken as soon as no other can be.
        while server.turns.acquire(blocking=False):
            server.turns.release()
        leaver.close()
        status, found = asked(server, "POST", "/", json.dumps(request([job(1, 1)], vehicle())))
        assert (status, found["summary"]["cost"]) == (200, 200)
    finally:
        server.stop()
        thread.join()
        server.server_close()


def _long() -> Data:
    """A request of forty jobs, which no search ends before its time."""
    return request([job(number, 1 + number % 4) for number in range(1, 41)], vehicle())


@pytest.mark.processes
def test_the_command_serves_until_it_is_terminated() -> None:
    command = [sys.executable, "-m", "routing", "serve", "--port", "0", "--seconds", "1"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        port = int(said.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
        assert process.wait(timeout=30) == 0

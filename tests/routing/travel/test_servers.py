"""OSRM and Valhalla: right answers are read, and wrong, slow and missing ones are told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from routing.errors import SourceUnavailableError
from routing.travel import http_json
from routing.travel.osrm import OsrmRoads
from routing.travel.polyline import decoded, encoded
from routing.travel.source import NO_WAY, RoadPoint, position_key
from routing.travel.valhalla import ValhallaRoads

LINE = ((45.0, 5.0), (45.1, 5.2), (45.3, 5.1))

Answer = Callable[[str, Any], Any]
Driver = type[OsrmRoads] | type[ValhallaRoads]


def point(latitude: float, longitude: float) -> RoadPoint:
    key = position_key(latitude, longitude)
    return RoadPoint(key=key, latitude=latitude, longitude=longitude, away=0)


class Server:
    """A server whose answer a test chooses; it keeps the paths that it was asked."""

    def __init__(self) -> None:
        self.answer: Answer = lambda _path, _body: {}
        self.asked: list[str] = []
        self.held = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(None)

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, body: Any) -> None:  # noqa: ANN401 - JSON
                outer.asked.append(self.path)
                found = outer.answer(self.path, body)
                wrong = isinstance(found, dict) and found.get("code") not in {None, "Ok"}
                # A client that gave up has closed its end.
                with suppress(BrokenPipeError):
                    self.send_response(400 if wrong else 200)
                    self.end_headers()
                    text = found if isinstance(found, bytes) else json.dumps(found).encode()
                    self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.held.set()
    made.http.shutdown()
    thread.join()
    made.http.server_close()


def osrm_table(path: str, _body: object) -> dict[str, Any]:
    """Answer a table whose cells are the sums of the latitudes of their ends."""
    query = parse_qs(urlsplit(path).query)
    places = urlsplit(path).path.rsplit("/", 1)[1].split(";")
    assert len(query["radiuses"][0].split(";")) == len(places) <= 100
    ends = [
        [float(places[int(row)].split(",")[1]) for row in query[name][0].split(";")]
        for name in ("sources", "destinations")
    ]
    table = [[here + there + 0.2 for there in ends[1]] for here in ends[0]]
    return {"code": "Ok", "durations": table, "distances": table}


def test_osrm_tables_of_many_points_are_joined_from_blocks(server: Server) -> None:
    server.answer = osrm_table
    points = [point(float(row % 80), 0.0) for row in range(120)]
    legs = OsrmRoads(server.address).legs(points[:70], points)
    assert len(server.asked) == 6
    assert legs.seconds.shape == (70, 120)
    assert legs.seconds[3, 119] == 3 + 39 + 1
    assert legs.metres[69, 0] == 70


def test_osrm_moves_a_position_and_knows_no_way(server: Server) -> None:
    osrm, ends = OsrmRoads(server.address), ([point(1, 2)], [point(3, 4)])
    waypoint = {"location": [5.0, 45.0], "distance": 12.5}
    server.answer = lambda _path, _body: {"code": "Ok", "waypoints": [waypoint]}
    found = osrm.snap(45.0001, 5.0)
    assert (found.latitude, found.longitude, found.away) == (45.0, 5.0, 12.5)
    server.answer = lambda _path, _body: {"code": "NoSegment", "message": "none"}
    assert osrm.snap(45.0001, 5.0) is None
    server.answer = lambda _path, _body: {"code": "NoRoute", "message": "none"}
    assert osrm.line(point(1, 2), point(3, 4)) is None
    nothing = {"code": "Ok", "durations": [[None]], "distances": [[None]]}
    server.answer = lambda _path, _body: nothing
    assert osrm.legs(*ends).seconds.tolist() == [[NO_WAY]]


def test_osrm_lines_are_decoded(server: Server) -> None:
    server.answer = lambda _path, _body: {"code": "Ok", "routes": [{"geometry": encoded(LINE)}]}
    assert OsrmRoads(server.address).line(point(45, 5), point(45.3, 5.1)) == LINE
    assert decoded("") == ()


def valhalla_answer(path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    assert body["costing"] == "auto"
    if path == "/locate":
        far = {"correlated_lat": 0.0, "correlated_lon": 0.0, "distance": 90.0}
        near = {"correlated_lat": 45.0, "correlated_lon": 5.0, "distance": 4.0}
        return [{"edges": [far, near]}]
    if path == "/route":
        shape = encoded([(10 * north, 10 * east) for north, east in LINE])
        return {"trip": {"legs": [{"shape": shape}]}}
    row = [{"time": 61, "distance": 1.2341}, {"time": None, "distance": None}]
    return {"sources_to_targets": [row for _ in body["sources"]]}


def test_valhalla_is_read_in_its_own_units(server: Server) -> None:
    server.answer, valhalla = valhalla_answer, ValhallaRoads(server.address)
    assert valhalla.snap(45.0, 5.0).away == 4
    legs = valhalla.legs([point(1, 2)], [point(3, 4), point(5, 6)])
    assert legs.seconds.tolist() == [[61, NO_WAY]]
    assert legs.metres.tolist() == [[1235, NO_WAY]]
    assert valhalla.line(point(45, 5), point(45.3, 5.1)) == LINE


def test_valhalla_without_a_road_or_a_way_has_none(server: Server) -> None:
    valhalla = ValhallaRoads(server.address)
    server.answer = lambda _path, _body: [{"edges": None}]
    assert valhalla.snap(45.0, 5.0) is None
    server.answer = lambda _path, _body: {"error_code": 442, "error": "No path"}
    assert valhalla.line(point(45, 5), point(45.3, 5.1)) is None


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>busy</html>",
        b"",
        [],
        {"code": "TooBig", "message": "too many"},
        {"code": "Ok"},
        {"code": "Ok", "durations": [[1, 2]], "distances": [[1]]},
        {"code": "Ok", "durations": [[-5]], "distances": [[1]]},
        {"code": "Ok", "durations": [["soon"]], "distances": [[1]]},
        {"code": "Ok", "durations": [[1e12]], "distances": [[1]]},
        {"code": "Ok", "durations": [[True]], "distances": [[1]]},
    ],
)
@pytest.mark.parametrize("driver", [OsrmRoads, ValhallaRoads])
def test_a_wrong_answer_is_never_taken_for_a_time(
    server: Server, driver: Driver, answer: object
) -> None:
    server.answer = lambda _path, _body: answer
    with pytest.raises(SourceUnavailableError):
        driver(server.address).legs([point(1, 2)], [point(3, 4)])


@pytest.mark.parametrize("driver", [OsrmRoads, ValhallaRoads])
def test_a_slow_or_missing_server_is_told_without_the_positions(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_json, "SECONDS", 0.05)
    server.answer = lambda _path, _body: server.held.wait(5)
    with pytest.raises(SourceUnavailableError, match="does not answer") as told:
        driver(server.address).legs([point(41.15, 2)], [point(3, 4)])
    assert "41.15" not in str(told.value)
    with pytest.raises(SourceUnavailableError, match="does not answer"):
        driver("http://127.0.0.1:9").snap(41.15, 2)

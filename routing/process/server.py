"""HTTP server that answers VROOM requests, as vroom-express does for VROOM.

A request is posted to any path and answered when its search has ended. A search ends early when its
client leaves or the server stops.
"""

from __future__ import annotations

import json
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from routing.errors import InvalidInputError, RoutingError
from routing.formats.entry import lenient
from routing.formats.vroom.format import VROOM
from routing.formats.vroom.response import refusal
from routing.process.initial_plan import plan_of_document
from routing.process.preload import get_ready
from routing.solver import Budget, solve

WRONG_INPUT: Final = 2
NO_PLAN: Final = 3
"""Exit codes of the command line, which a refusal translates to VROOM's."""

LARGEST_BODY: Final = 256 * 2**20
"""Bytes of the largest request; a matrix of 5,000 places has about 150 MB."""

PATIENCE: Final = 0.1
"""Seconds between two looks at a client whose request waits for its turn."""


class PlannerServer(ThreadingHTTPServer):
    """Server of VROOM requests, with one search at once per turn.

    Parameters
    ----------
    address : tuple of str and int
        Host and port; port 0 takes a free one.
    budget : Budget
        The bounds of each search.
    at_once : int
        Searches at the same time; further requests wait for their turn.
    is_lenient : bool
        Whether unknown fields of a request are ignored.
    """

    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], budget: Budget, *, at_once: int, is_lenient: bool = False
    ) -> None:
        super().__init__(address, _Handler)
        self.budget = budget
        self.turns = threading.BoundedSemaphore(at_once)
        self.is_lenient = is_lenient
        self.has_stopped = threading.Event()

    def stop(self) -> None:
        """End every search and the server; call it from another thread than `serve_forever`."""
        self.has_stopped.set()
        self.shutdown()


def serve(server: PlannerServer) -> None:
    """Load all compiled code, then serve until Ctrl-C or SIGTERM."""
    get_ready()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=server.stop).start())
    host, port = server.server_address[:2]
    sys.stderr.write(f"Serving VROOM requests on http://{_text(host)}:{port}\n")
    sys.stderr.flush()
    server.serve_forever()
    server.server_close()


def _text(host: str | bytes | bytearray) -> str:
    return host if isinstance(host, str) else bytes(host).decode()


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    server: PlannerServer
    protocol_version = "HTTP/1.1"
    # A client that connects and says nothing must not keep its thread for ever.
    timeout = 60

    def do_GET(self) -> None:
        """Answer that the server is ready, at ``/health``."""
        if self.path.rstrip("/") != "/health":
            return self._answer(HTTPStatus.NOT_FOUND, refusal(WRONG_INPUT, "Requests are posted."))
        return self._answer(HTTPStatus.OK, json.dumps({"status": "ready"}) + "\n")

    def do_POST(self) -> None:
        """Answer a VROOM request."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdecimal():
            self.close_connection = True
            return self._answer(
                HTTPStatus.LENGTH_REQUIRED, refusal(WRONG_INPUT, "The length is missing.")
            )
        if int(length) > LARGEST_BODY:
            self.close_connection = True
            return self._answer(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                refusal(WRONG_INPUT, f"The request is larger than {LARGEST_BODY} bytes."),
            )
        try:
            text = self.rfile.read(int(length)).decode("utf-8")
        except UnicodeDecodeError:
            return self._answer(
                HTTPStatus.BAD_REQUEST, refusal(WRONG_INPUT, "The request is not UTF-8.")
            )
        return self._answer(*self._solved(text))

    def _solved(self, text: str) -> tuple[HTTPStatus, str]:
        """Return status and body of the answer to a request."""
        try:
            with _Turn(self.server.turns, self._has_left):
                return HTTPStatus.OK, _response(
                    text, self.server.budget, self._has_left, is_lenient=self.server.is_lenient
                )
        except InvalidInputError as error:
            return HTTPStatus.BAD_REQUEST, refusal(WRONG_INPUT, str(error))
        except RoutingError as error:
            return HTTPStatus.INTERNAL_SERVER_ERROR, refusal(NO_PLAN, str(error))

    def _has_left(self) -> bool:
        """Return whether no answer is wanted: the client has hung up, or the server stops."""
        return self.server.has_stopped.is_set() or _has_hung_up(self.connection)

    def _answer(self, status: HTTPStatus, body: str) -> None:
        data = body.encode("utf-8", "backslashreplace")
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *values: Any) -> None:  # noqa: A002, ANN401 - inherited
        """Write a line per answer, without the client's address."""
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {format % values}\n")


class _Turn:
    """A turn to search, waited for while the client does."""

    def __init__(self, turns: threading.BoundedSemaphore, has_left: Callable[[], bool]) -> None:
        self._turns, self._has_left = turns, has_left

    def __enter__(self) -> None:
        while not self._turns.acquire(timeout=PATIENCE):
            if self._has_left():
                raise RoutingError("the client has left before its turn")

    def __exit__(self, *_: object) -> None:
        self._turns.release()


def _response(text: str, budget: Budget, has_left: Callable[[], bool], *, is_lenient: bool) -> str:
    """Return VROOM's response to the text of a request."""
    began = time.monotonic()
    if is_lenient:
        with lenient():
            question = VROOM.read(text)
    else:
        question = VROOM.read(text)
    loaded = time.monotonic()
    start = plan_of_document(question)
    plan = solve(question.problem, budget, start, is_cancelled=has_left)
    times = {
        "loading": int(1000 * (loaded - began)),
        "solving": int(1000 * (time.monotonic() - loaded)),
    }
    return VROOM.write_plan(question, plan, times)


def _has_hung_up(connection: socket.socket) -> bool:
    """Return whether the other end of a connection is closed."""
    try:
        # A socket with a time limit waits even where it is told not to, so it is polled first.
        with selectors.DefaultSelector() as poll:
            poll.register(connection, selectors.EVENT_READ)
            is_readable = bool(poll.select(0))
        return is_readable and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):  # it is closed at this end
        return True

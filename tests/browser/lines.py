"""A line between a browser and the server that can be cut, as a valley does."""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum

from tests.browser.browsers import LOOPBACK

BITE = 65_536


class Fate(Enum):
    """What becomes of a request on its way."""

    PASSED = "passed"
    LOST = "lost"
    REPLY_LOST = "reply lost"
    """The server hears it, does what it asks and answers; nobody hears the answer."""


def passed(_request: bytes) -> Fate:
    return Fate.PASSED


class Line(socketserver.ThreadingTCPServer):
    """Passes every byte on until it is cut, or loses some of what is asked or answered."""

    daemon_threads = True
    allow_reuse_address = True
    # A browser opens many at once, and a busy machine is slow to take them in.
    request_queue_size = 128

    def __init__(self, server: tuple[str, int]) -> None:
        super().__init__((LOOPBACK, 0), _Passing)
        self.server = server
        self.is_cut = threading.Event()
        self.fate: Callable[[bytes], Fate] = passed

    @property
    def address(self) -> str:
        """Where a browser asks instead of the server."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def cut(self) -> None:
        self.is_cut.set()

    def mend(self) -> None:
        self.is_cut.clear()


class _Passing(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        line = self.server
        assert isinstance(line, Line)
        if line.is_cut.is_set():
            return
        with socket.create_connection(line.server) as server, suppress(ConnectionError):
            self._pass_on(line, server)

    def _pass_on(self, line: Line, server: socket.socket) -> None:
        ends = {self.request: server, server: self.request}
        reply_lost = False
        while not line.is_cut.is_set():
            for ready in select.select(list(ends), [], [], 0.1)[0]:
                said = ready.recv(BITE)
                fate = line.fate(said) if ready is self.request else Fate.PASSED
                if not said or fate is Fate.LOST or (reply_lost and ready is server):
                    return
                reply_lost |= fate is Fate.REPLY_LOST
                ends[ready].sendall(said)


@contextmanager
def line_to(address: str) -> Iterator[Line]:
    """Lay a line to the server at this address."""
    with Line((LOOPBACK, int(address.rsplit(":", 1)[1]))) as line:
        thread = threading.Thread(target=line.serve_forever, kwargs={"poll_interval": 0.1})
        thread.start()
        try:
            yield line
        finally:
            line.shutdown()
            thread.join()

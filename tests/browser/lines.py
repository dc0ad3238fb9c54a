"""A line between a browser and the server that can be cut, as a valley does."""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.browser.browsers import LOOPBACK

BITE = 65_536


class Line(socketserver.ThreadingTCPServer):
    """Passes every byte on until it is cut, or grows deaf to a kind of request."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, server: tuple[str, int]) -> None:
        super().__init__((LOOPBACK, 0), _Passing)
        self.server = server
        self.is_cut = threading.Event()
        self.deaf_to: bytes | None = None
        """What a request must not begin with to be passed on."""

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
        with socket.create_connection(line.server) as server:
            ends = {self.request: server, server: self.request}
            while not line.is_cut.is_set():
                for ready in select.select(list(ends), [], [], 0.1)[0]:
                    bytes_ = _received(ready)
                    asked = ready is self.request and line.deaf_to
                    if not bytes_ or (asked and bytes_.startswith(asked)):
                        return
                    ends[ready].sendall(bytes_)


def _received(end: socket.socket) -> bytes:
    try:
        return end.recv(BITE)
    except ConnectionError:
        return b""


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

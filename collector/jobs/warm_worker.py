"""A warm child process, started ahead of its task to save start-up time."""

import json
import logging
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from collector.jobs.child import Child, unnamed

WAIT = "wait"
"""The argument of a program that preloads and waits on its standard input for its task."""

REST_SECONDS = 5.0
"""Seconds before a warm child that ended by itself is replaced; the next might end as soon."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A waiting child, and the socket for its task."""

    child: Child
    line: socket.socket


class Spare:
    """Starter of children that keeps one warm child for matching tasks.

    The warm child has a socket for its standard input. Its arguments arrive over the socket, with
    the file that becomes its standard input. From then on it equals any other child, and it runs
    one task.

    Parameters
    ----------
    program
        The beginning of the command lines of the warm child; empty for no warm child.
    """

    def __init__(self, program: Sequence[str] = ()) -> None:
        self._program = tuple(program)
        self._waiting: _Waiting | None = None
        self._not_before = 0.0

    def keep(self) -> None:
        """Start a warm child if the last one was used or has ended."""
        if self._waiting is not None and self._waiting.child.is_over():
            log.warning("the spare process ended: %s", self._waiting.child.complaints())
            self.close()
        if self._program and self._waiting is None and time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + REST_SECONDS
            try:
                self._waiting = _waiting((*self._program, WAIT))
            except OSError:
                log.exception("no spare process could be started")

    def child(self, argv: Sequence[str], *, stdin: bytes) -> Child:
        """Return a child for a command line, the warm one if it matches."""
        with unnamed(stdin) as given:
            return self._handed(argv, given) or Child(argv, stdin=given)

    def close(self) -> None:
        """End the warm child."""
        if self._waiting is not None:
            self._waiting.line.close()
            self._waiting.child.close()
            self._waiting = None

    def _handed(self, argv: Sequence[str], given: IO[bytes]) -> Child | None:
        ahead = len(self._program)
        if self._waiting is None or tuple(argv[:ahead]) != self._program:
            return None
        chosen, self._waiting, self._not_before = self._waiting, None, 0.0
        rest = json.dumps(argv[ahead:]).encode()
        with chosen.line:
            try:
                socket.send_fds(chosen.line, [rest], [given.fileno()])
            except OSError:
                # The warm child has ended.
                chosen.child.close()
                return None
        return chosen.child


def _waiting(argv: Sequence[str]) -> _Waiting:
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            return _Waiting(Child(argv, stdin=theirs), ours)
        except OSError:
            ours.close()
            raise

"""The spare: a program started ahead, which waits for its task so that nobody waits for it."""

import json
import logging
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from collector.jobs.child import Child, unnamed

WAIT = "wait"
"""What a program is told to get ready, and wait on its standard input for the rest."""

REST_SECONDS = 5.0
"""How long a spare that ended by itself is not replaced: the next might end as soon."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A child that waits, and the line that its task will come over."""

    child: Child
    line: socket.socket


class Spare:
    """Starts children, one of them ahead: a task that it can do is handed to the one that waits.

    The child that waits has a socket for its standard input. Its arguments come over that, and
    with them the file that is its standard input from then on; after that nothing distinguishes
    it from a child that was started for the task. It does one task, like any other.

    Parameters
    ----------
    program
        How the command lines begin that the one who waits can do; empty: nobody waits.
    """

    def __init__(self, program: Sequence[str] = ()) -> None:
        self._program = tuple(program)
        self._waiting: _Waiting | None = None
        self._not_before = 0.0

    def keep(self) -> None:
        """See that one waits: whoever was used or has ended is replaced."""
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
        """Return a child that does this, the one that waits if it can."""
        with unnamed(stdin) as given:
            return self._handed(argv, given) or Child(argv, stdin=given)

    def close(self) -> None:
        """End the one that waits."""
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
                # It ended while it waited.
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

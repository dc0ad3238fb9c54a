"""A child process of one job: its output lines, and its certain end."""

import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Protocol

CHUNK = 1 << 16
TAIL = 2_000
"""Bytes kept of a child's standard error."""


class Open(Protocol):
    """Interface of a file or a socket."""

    def fileno(self) -> int:
        """Return the file descriptor."""
        ...


def unnamed(text: bytes) -> IO[bytes]:
    """Return an anonymous file with a text, positioned at its beginning.

    As standard input it never blocks the parent of a child that does not read.
    """
    given = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asks closes it
    given.write(text)
    given.seek(0)
    return given


class Child:
    """A program that dies with its parent, in a process group of its own.

    Its lines are read with a bounded wait.
    """

    def __init__(self, argv: Sequence[str], *, stdin: Open) -> None:
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long
        self._process = subprocess.Popen(  # noqa: S603 - a handler's own command line
            [sys.executable, "-m", "collector.jobs.parent_death", str(os.getpid()), *argv],
            stdin=stdin.fileno(),
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            start_new_session=True,
            bufsize=0,
        )
        if self._process.stdout is None:
            raise RuntimeError("the child has no output")
        self._output = self._process.stdout.fileno()
        os.set_blocking(self._output, False)
        self._begun = b""
        self._open = True

    @property
    def pid(self) -> int:
        """The process id of the child, equal to its group id."""
        return self._process.pid

    def lines(self, *, wait: float) -> Iterator[str]:
        """Yield the complete lines available, after a wait of at most `seconds`."""
        with selectors.DefaultSelector() as selector:
            if self._open:
                selector.register(self._output, selectors.EVENT_READ)
            if not selector.select(wait):
                return
        *whole, self._begun = (self._begun + self._read()).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace")

    def is_over(self) -> bool:
        """Return whether the child has ended; it is not reaped yet, so its id is still valid."""
        over = os.WEXITED | os.WNOWAIT | os.WNOHANG
        return os.waitid(os.P_PID, self.pid, over) is not None

    def end(self) -> int:
        """Kill the child and its process group, if alive, and return its exit code."""
        if self._process.returncode is None:
            os.killpg(self.pid, signal.SIGKILL)
        return self._process.wait()

    def complaints(self) -> str:
        """Return the end of the child's standard error."""
        size = self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, size - TAIL))
        return self._complaints.read().decode(errors="replace").strip()

    def close(self) -> None:
        """End the child and close its files."""
        self.end()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._complaints.close()

    def _read(self) -> bytes:
        """Read the available output; note a closed output."""
        found = []
        while self._open:
            try:
                chunk = os.read(self._output, CHUNK)
            except BlockingIOError:
                break
            found.append(chunk)
            self._open = bool(chunk)
        return b"".join(found)

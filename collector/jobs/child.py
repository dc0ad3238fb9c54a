"""A child process of one job: its output lines, and its certain end."""

import os
import selectors
import signal
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO

from collector.jobs.fork_server import Files
from collector.jobs.loaded_program import LoadedProgram, tail

CHUNK = 1 << 16

PATIENCE_SECONDS = 5.0
"""Seconds until a loaded program that does not report the end of a killed child is killed too."""


class Child:
    """One task of a loaded program, in a process and a session of its own.

    Its lines are read with a bounded wait.

    Raises
    ------
    OSError
        The loaded program has ended.
    """

    def __init__(self, program: LoadedProgram, arguments: Sequence[str], *, stdin: bytes) -> None:
        self._program = program
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._control, control = socket.socketpair()
        self._output, output = os.pipe()
        os.set_blocking(self._output, False)
        self._is_open = True
        self._reported = b""
        self._is_lost = False
        self._begun = b""
        with _unnamed(stdin) as given, control, os.fdopen(output, "wb") as theirs:
            streams = (given.fileno(), theirs.fileno(), self._complaints.fileno())
            try:
                program.hand_over(arguments, Files(*streams, control.fileno()))
            except OSError:
                self._close_files()
                raise

    @property
    def pid(self) -> int | None:
        """The process id of the child, equal to its group id; None until it is forked."""
        self._listen(wait=0)
        return self._report(0)

    def lines(self, *, wait: float) -> Iterator[str]:
        """Yield the complete lines available, after a wait of at most `wait` seconds."""
        with selectors.DefaultSelector() as selector:
            if self._is_open:
                selector.register(self._output, selectors.EVENT_READ)
            if not selector.select(wait):
                return
        *complete, self._begun = (self._begun + self._read()).split(b"\n")
        for line in complete:
            yield line.decode(errors="replace")

    def is_over(self) -> bool:
        """Return whether the child has ended; it is not reaped yet, so its id is still valid."""
        self._listen(wait=0)
        return self._is_lost or self._report(1) is not None

    def end(self) -> int:
        """Kill the child and its process group, if alive, and return its exit code."""
        if not self.is_over() and (pid := self.pid) is not None:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            self._listen(wait=PATIENCE_SECONDS)
        if not self.is_over():
            self._program.close()
            self._listen(wait=PATIENCE_SECONDS)
        code = self._report(1)
        return -signal.SIGKILL if code is None else code

    def complaints(self) -> str:
        """Return the end of the child's standard error, or of the program that could not fork."""
        return tail(self._complaints) or (self._program.complaints() if self._is_lost else "")

    def close(self) -> None:
        """End the child, have it reaped, and close its files."""
        self.end()
        self._close_files()

    def _close_files(self) -> None:
        self._control.close()
        os.close(self._output)
        self._complaints.close()

    def _read(self) -> bytes:
        """Read the available output; note a closed output."""
        found = []
        while self._is_open:
            try:
                chunk = os.read(self._output, CHUNK)
            except BlockingIOError:
                break
            found.append(chunk)
            self._is_open = bool(chunk)
        return b"".join(found)

    def _listen(self, *, wait: float) -> None:
        """Read the reports on the child until its end, or until none comes for some seconds."""
        self._control.settimeout(wait)
        with suppress(BlockingIOError, TimeoutError):
            while not self._is_lost and self._report(1) is None:
                chunk = self._control.recv(CHUNK)
                self._reported += chunk
                self._is_lost = not chunk

    def _report(self, number: int) -> int | None:
        """Return a report: number 0 is the process id, number 1 the exit code."""
        *complete, _begun = self._reported.split(b"\n")
        return int(complete[number]) if number < len(complete) else None


def _unnamed(text: bytes) -> IO[bytes]:
    """Return an anonymous file with a text, positioned at its beginning.

    As standard input it never blocks the parent of a child that does not read.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    file.write(text)
    file.seek(0)
    return file

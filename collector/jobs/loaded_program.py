"""A program that is loaded in a process of its own, ready to be forked."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

from collector.jobs import fork_server
from collector.jobs.parent_death import tied

TAIL = 2_000
"""Bytes kept of a standard error."""

GENTLE = 5
"""The niceness of jobs: pages are answered while plans are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A Python program that is loaded once and forked per job.

    Attributes
    ----------
    main : str
        The function of a job, as `module:function`: arguments in, exit code out.
    preload : str
        The function that loads everything `main` needs, as `module:function`.
    """

    main: str
    preload: str


class LoadedProgram:
    """The process that loads a program and forks its children (see `fork_server`).

    It dies with this process, and its children die with it.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._last_errors: str | None = None
        self._tasks, theirs = socket.socketpair()
        module = [sys.executable, "-m", fork_server.__name__, program.preload, program.main]
        with theirs, ExitStack() as on_failure:
            on_failure.callback(self._errors.close)
            on_failure.enter_context(self._tasks)
            self._process = subprocess.Popen(  # noqa: S603 - the application's own command
                tied(module, niceness=GENTLE),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,
            )
            on_failure.pop_all()

    def is_over(self) -> bool:
        """Return whether the process has ended."""
        return self._process.poll() is not None

    def hand_over(self, arguments: Sequence[str], files: fork_server.Files) -> None:
        """Send a task; it is taken up once the program is loaded and the last task has ended.

        Raises
        ------
        OSError
            The process has ended.
        """
        socket.send_fds(self._tasks, [json.dumps(arguments).encode()], files)

    def complaints(self) -> str:
        """Return the end of the standard error."""
        return tail(self._errors) if self._last_errors is None else self._last_errors

    def close(self) -> None:
        """End the process, and with it a child that has not ended."""
        self._process.kill()
        self._process.wait()
        self._tasks.close()
        self._last_errors = self.complaints()
        self._errors.close()


def tail(file: IO[bytes]) -> str:
    """Return the end of a file as text."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL))
    return file.read().decode(errors="replace").strip()

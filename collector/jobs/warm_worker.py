"""A warm worker: a program that is loaded ahead of its jobs, and started again when it ends."""

import logging
import time
from collections.abc import Sequence

from collector.jobs.child import Child
from collector.jobs.loaded_program import LoadedProgram, Program

REST_SECONDS = 5.0
"""Seconds between two starts ahead of a job; a program that ends by itself might end as soon."""

log = logging.getLogger(__name__)


class WarmWorker:
    """The owner of one loaded program.

    Parameters
    ----------
    program
        The program that `keep` loads; None if each is loaded at its first job.
    """

    def __init__(self, program: Program | None = None) -> None:
        self._program = program
        self._loaded: LoadedProgram | None = None
        self._not_before = 0.0

    def keep(self) -> None:
        """Load the program ahead of its next job, unless it is loaded."""
        if self._loaded is not None and self._loaded.is_over():
            log.warning("the warm worker ended: %s", self._loaded.complaints())
            self.close()
        if self._program and self._loaded is None and time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + REST_SECONDS
            try:
                self._loaded = LoadedProgram(self._program)
            except OSError:
                log.exception("no warm worker could be started")

    def child(self, program: Program, arguments: Sequence[str], *, stdin: bytes) -> Child:
        """Return a child of a program, which is loaded first if it is not."""
        if self._loaded is None or self._loaded.is_over() or self._loaded.program != program:
            self.close()
            self._loaded = LoadedProgram(program)
        return Child(self._loaded, arguments, stdin=stdin)

    def close(self) -> None:
        """End the loaded program."""
        if self._loaded is not None:
            self._loaded.close()
            self._loaded = None

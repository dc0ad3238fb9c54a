"""Functions in processes of their own, and deaths at the nth statement of a database."""

import os
import signal
import sys
from collections.abc import Callable

from sqlalchemy import Engine, event


def forked(work: Callable[[], None]) -> int:
    """Run a function in a forked process and return its key; its exit code is 1 after an error."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException as error:  # noqa: BLE001 - reported by the exit code
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(code)


def exit_code(pid: int) -> int:
    """Wait for a forked process; return its exit code, or the negative number of its signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Steps:
    """The steps of an engine, counted: each statement, and each commit before and after it."""

    def __init__(self, engine: Engine, *, last: int | None = None) -> None:
        """Count from now on; the process kills itself with SIGKILL at the step `last`."""
        self.seen, self.last = 0, last
        event.listen(engine, "before_cursor_execute", self._step)
        event.listen(engine, "commit", self._step)

    def _step(self, *_: object) -> None:
        self.seen += 1
        if self.seen == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

"""Death of a process with its parent.

    python -m collector.jobs.parent_death PARENT SIGNAL NICENESS PROGRAM [ARGUMENT ...]

This is the one place of the mechanism. The application starts every child through `tied`: the
server and the worker of the demonstration, and the worker's loaded planner, whose forks call
`die_with_parent` themselves. The planner has no such option: with `--progress` it ends with the
reader of its output, and it must not depend on the application.

The command asks the kernel for the signal and then becomes the program; the request survives that.
It is a program of its own because only a fresh process can do this safely when the parent has
threads. The kernel watches the *thread* that started the process, so that thread must live as long.
Elsewhere than on Linux there is no such request, and a child ends with its pipes.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
"""From linux/prctl.h: the signal to receive when the thread that started this process ends."""

ORPHANED = 3
"""The exit code of a process whose parent was gone before the request."""


def tied(
    program: Sequence[str], *, number: signal.Signals = signal.SIGKILL, niceness: int = 0
) -> list[str]:
    """Return the command line of a program that ends with this process.

    Parameters
    ----------
    number
        The signal that the program receives.
    niceness
        The increase of its niceness.
    """
    settings = (os.getpid(), number.value, niceness)
    return [sys.executable, "-m", __name__, *map(str, settings), *program]


def die_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """Ask the kernel to signal this process when its parent dies; exit if that has happened."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        sys.exit(ORPHANED)


def main() -> None:
    """Tie this process to its parent, then become the program."""
    parent, number, niceness = map(int, sys.argv[1:4])
    os.nice(niceness)
    die_with_parent(parent, number)
    os.execvp(sys.argv[4], sys.argv[4:])  # noqa: S606 - the application's own command line


if __name__ == "__main__":
    main()

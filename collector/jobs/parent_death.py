"""Ties a program to the process that started it: when that one dies, of whatever, so does this.

    python -m collector.jobs.parent_death PARENT_PID PROGRAM [ARGUMENT ...]

It asks the kernel to kill this process with its parent, and then becomes the program; the wish
survives that. It is a program of its own because nothing but a fresh process can do this safely
when the parent has threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
ORPHANED = 3
GENTLE = 5
"""The program takes the time that others leave over: pages are answered while plans are made."""


def main() -> None:
    """Tie this process to its parent, then become the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(GENTLE)
    # The parent may have died before the kernel was asked.
    if os.getppid() != parent:
        sys.exit(ORPHANED)
    os.execvp(program[0], program)  # noqa: S606 - the supervisor's own command line


if __name__ == "__main__":
    main()

"""Knows how a solving process dies with its parent, or with whoever reads its answers."""

import ctypes
import os
import select
import signal
import sys
import threading
import time
from typing import Final

PR_SET_PDEATHSIG: Final = 1
"""From linux/prctl.h: the signal to receive when the thread that started this process ends."""

POLL_SECONDS: Final = 0.5


def die_with_parent(expected: int | None = None) -> None:
    """Arrange to be killed as soon as the parent is gone.

    On Linux the kernel sees to it, even in the middle of a search that holds the interpreter's
    lock. It watches the *thread* that started this process, so that thread must live as long.
    Elsewhere a thread of ours looks for a new parent twice a second.

    Parameters
    ----------
    expected : int, optional
        The parent's process id; if it is not our parent any more, it died before we could ask.
    """
    parent = os.getppid() if expected is None else expected
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(os.EX_UNAVAILABLE)


def die_with_reader(descriptor: int) -> None:
    """Arrange to leave as soon as nobody reads what is written to a pipe.

    A search may be silent for minutes; only then would the next line find the pipe closed.
    """
    if hasattr(select, "poll"):
        threading.Thread(target=_listen, args=(descriptor,), daemon=True).start()


def _listen(descriptor: int) -> None:
    pipe = select.poll()
    pipe.register(descriptor, 0)  # errors and hang-ups are reported unasked
    pipe.poll()
    os._exit(os.EX_IOERR)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(os.EX_UNAVAILABLE)

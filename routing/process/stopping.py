"""Stop of a search by Ctrl-C or by SIGTERM."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(Exception):  # noqa: N818 - a wish of the user, not an error
    """The user asked the process to stop."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` within the block on Ctrl-C and on SIGTERM.

    Outside the main thread, which alone receives signals, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, _stop) for one in SIGNALS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _stop(_: int, __: FrameType | None) -> NoReturn:
    # A second signal must not interrupt the writing of the plan that the first one asked for.
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    raise Stopped

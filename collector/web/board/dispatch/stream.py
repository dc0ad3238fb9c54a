"""News of a day as a stream of events; so few at once that pages never wait for a thread.

A stream holds one of the server's threads for as long as somebody looks. Half the threads stay
free for pages: who comes when the other half is taken is told 503, and asks again by herself with
the mark of what she saw.
"""

import threading
from collections.abc import Callable, Iterator

from flask import Flask, Response, current_app

MOST = 2
"""Of the four threads of a worker (`collector.server`)."""
LOOK_SECONDS = 1.0
BEAT_EVERY = 5
"""Looks without news until a word is said, so that a reader who left is noticed."""
LAST_LOOK = 600
"""Then the stream ends and the browser opens another: nothing holds a thread for ever."""
RETRY_SECONDS = 60

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    # nginx would otherwise keep the news back until it has a buffer full.
    "X-Accel-Buffering": "no",
}


class Streams:
    """How many streams a process has open, and whether it goes on."""

    def __init__(self, most: int = MOST) -> None:
        self._free = threading.BoundedSemaphore(most)
        self.goes_on: Callable[[], bool] = lambda: True
        self.pause: Callable[[float], object] = threading.Event().wait

    def take(self) -> bool:
        """Take a place, if there is one."""
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        """Give a place back."""
        self._free.release()


def init_app(app: Flask) -> None:
    """Give the application its places."""
    app.extensions["milkround_streams"] = Streams()


def stream(look: Callable[[], str]) -> Response:
    """Answer with the mark of what there is to see, again whenever it changes.

    Parameters
    ----------
    look
        Returns the mark; asked once a second, in an application's context of its own.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - as Flask's own documentation does it for work that outlives a request
    streams: Streams = current_app.extensions["milkround_streams"]
    if not streams.take():
        full = Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})
        full.headers["Cache-Control"] = "no-store"
        return full
    answer = Response(_told(app, look, streams), headers=HEADERS)
    answer.call_on_close(streams.leave)
    return answer


def _told(app: Flask, look: Callable[[], str], streams: Streams) -> Iterator[str]:
    seen, quiet = "", 0
    yield f"retry: {int(LOOK_SECONDS * 2000)}\n\n"
    for _ in range(LAST_LOOK):
        with app.app_context():
            mark = look()
        if mark != seen:
            seen, quiet = mark, 0
            yield f"data: {mark}\n\n"
        elif quiet >= BEAT_EVERY:
            quiet = 0
            yield ": still here\n\n"
        if not streams.goes_on():
            return
        streams.pause(LOOK_SECONDS)
        quiet += 1

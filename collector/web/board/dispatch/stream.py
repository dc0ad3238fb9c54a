"""Server-sent events of a day, with a limit so that no page waits for a thread.

A stream ends within a second of its session. It holds one of the server's threads as long as its
page is open. Half the threads stay free for pages: further readers get 503, and poll with the mark
of their content.
"""

import threading
from collections.abc import Callable, Iterator

from flask import Flask, Response, current_app

from collector.web.framework.guards import Surface, signed_in
from collector.web.framework.session_cookies import token_of

MOST = 2
"""Streams per worker, of its four threads (`collector.server`)."""
LOOK_SECONDS = 1.0
BEAT_EVERY = 5
"""Looks without a change until a comment is sent, so that a closed connection is noticed."""
LAST_LOOK = 600
"""Looks until the stream ends and the browser opens another, so that no thread is held for ever."""
RETRY_SECONDS = 60

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    # Otherwise nginx would send events only with a full buffer.
    "X-Accel-Buffering": "no",
}


class Streams:
    """Places for the open streams of a process."""

    def __init__(self, most: int = MOST) -> None:
        self._free = threading.BoundedSemaphore(most)
        self.goes_on: Callable[[], bool] = lambda: True
        self.pause: Callable[[float], object] = threading.Event().wait

    def take(self) -> bool:
        """Take a place; return whether there was one."""
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        """Return a place."""
        self._free.release()


def init_app(app: Flask) -> None:
    """Register the places of the application's streams."""
    app.extensions["milkround_streams"] = Streams()


def stream(look: Callable[[], str]) -> Response:
    """Return a response that sends the mark again whenever it changes.

    Parameters
    ----------
    look
        Returns the mark; called once a second, in an application context of its own.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - as Flask's own documentation does it for work that outlives a request
    streams: Streams = current_app.extensions["milkround_streams"]
    if not streams.take():
        full = Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})
        full.headers["Cache-Control"] = "no-store"
        return full
    token = token_of(Surface.DESK)
    answer = Response(_told(app, look, streams, token), headers=HEADERS)
    answer.call_on_close(streams.leave)
    return answer


def _told(app: Flask, look: Callable[[], str], streams: Streams, token: str) -> Iterator[str]:
    seen, quiet = "", 0
    yield f"retry: {int(LOOK_SECONDS * 2000)}\n\n"
    for _ in range(LAST_LOOK):
        with app.app_context():
            if signed_in(Surface.DESK, token) is None:
                return
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

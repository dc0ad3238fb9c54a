"""The web server: gunicorn with threads, started from Python without a shell."""

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from collector.web_metrics import forget_process

THREADS = 8
"""Threads of a worker: two at most hold event streams, three at most wait for SQLite's lock."""


class ServerLogger(Logger):  # type: ignore[misc]
    """Gunicorn's own lines, sent to the log of the process (`collector.logs`)."""

    def setup(self, cfg: Any) -> None:  # noqa: ANN401 - gunicorn's own
        """Leave the handlers to the root logger."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn application for one Flask application."""

    def __init__(self, app: Flask, **options: Any) -> None:  # noqa: ANN401 - gunicorn's own
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's settings."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the Flask application."""
        return self._app


def get_ready(worker: Any) -> None:  # noqa: ANN401 - gunicorn's own
    """End event streams when their worker must stop, and collect garbage less often."""
    streams = worker.app.load().extensions["milkround_streams"]
    streams.goes_on = lambda: bool(worker.alive)
    gc.set_threshold(50_000, 20, 100)


def serve(app: Flask, *, host: str, port: int, workers: int = 2) -> None:
    """Serve until a signal to stop; each worker has eight threads."""
    # Objects loaded by now live as long as the process: workers share them without copies.
    # Their garbage collection made one page in a hundred 200 ms slower.
    gc.collect()
    gc.freeze()
    Server(
        app,
        bind=f"{host}:{port}",
        workers=workers,
        worker_class="gthread",
        threads=THREADS,
        accesslog=None,
        loglevel="warning",
        proc_name="milkround",
        logger_class=ServerLogger,
        post_worker_init=get_ready,
        child_exit=forget_process,
    ).run()

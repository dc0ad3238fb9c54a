"""The web server: gunicorn with threads, started from Python so that no shell is needed."""

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication


class Server(BaseApplication):  # type: ignore[misc]
    """Serves one application until it is told to stop."""

    def __init__(self, app: Flask, **options: Any) -> None:  # noqa: ANN401 - gunicorn's own
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's settings."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return what is served."""
        return self._app


def get_ready(worker: Any) -> None:  # noqa: ANN401 - gunicorn's own
    """Let streams end as soon as their worker is told to, and look for garbage less often."""
    streams = worker.app.load().extensions["milkround_streams"]
    streams.goes_on = lambda: bool(worker.alive)
    gc.set_threshold(50_000, 20, 100)


def serve(app: Flask, *, host: str, port: int, workers: int = 2) -> None:
    """Serve until a signal says stop; each worker has four threads."""
    # What is loaded by now stays for good: no worker copies it, or takes it apart at its end.
    # Looking through it for garbage made one page of a hundred take 200 ms longer.
    gc.collect()
    gc.freeze()
    Server(
        app,
        bind=f"{host}:{port}",
        workers=workers,
        worker_class="gthread",
        threads=4,
        accesslog=None,
        loglevel="warning",
        proc_name="milkround",
        post_worker_init=get_ready,
    ).run()

"""Counters of answered requests, shared by the processes of the web server.

Each process writes its own files in a folder of the installation; `milkround metrics` adds them up.
Without the setting `MILKROUND_METRICS=on` nothing is counted and no file is written.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from flask import Flask

FOLDER = "metrics"
"""Name in the folder of the installation."""
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
COUNT_ANSWER = "milkround_count_answer"
"""Extension of the application that counts an answer."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def start_counting(app: Flask, home: Path) -> None:
    """Count the answers of this application; call it before the server forks."""
    folder = home / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    # The library reads the variable when it is imported.
    os.environ[VARIABLE] = str(folder)
    from prometheus_client import Counter, Histogram  # noqa: PLC0415 - see above

    answers = Counter(
        "milkround_requests", "Answered requests.", ("method", "route", "status"), registry=None
    )
    durations = Histogram(
        "milkround_request_seconds",
        "Time to an answer.",
        ("route",),
        buckets=SECONDS,
        registry=None,
    )

    def count(method: str, route: str, status: int, seconds: float) -> None:
        answers.labels(method, route, str(status)).inc()
        durations.labels(route).observe(seconds)

    app.extensions[COUNT_ANSWER] = count


def forget_process(_server: Any, worker: Any) -> None:  # noqa: ANN401 - gunicorn's own
    """Remove the live figures of a process that ended; its counts stay."""
    if VARIABLE in os.environ:
        from prometheus_client import multiprocess  # noqa: PLC0415 - heavy, and off by default

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

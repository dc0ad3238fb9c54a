"""Command that serves the metrics on a port of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.orm import Session

from collector.db import reading
from collector.installation import application, clock, command, settings
from collector.maintenance.metrics import WorkMetrics
from collector.web_metrics import FOLDER


@command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=9464, show_default=True)
def metrics(*, host: str, port: int) -> None:
    """Serve the metrics for Prometheus, until a signal to stop."""
    present = settings()
    app = application(present)

    @contextmanager
    def read() -> Iterator[Session]:
        with app.app_context(), reading() as session:
            yield session

    registry = CollectorRegistry()
    registry.register(WorkMetrics(read, clock))
    folder = present.home / FOLDER
    if present.upkeep.metrics and folder.is_dir():
        MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    start_http_server(port, addr=host, registry=registry)
    click.echo(f"Metrics on http://{host}:{port}/metrics")
    threading.Event().wait()

"""A bank behind a real server and a real worker, for as long as a test looks at it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask

from collector import migrations
from collector.app import create_app
from collector.config import settings_from
from collector.db import db
from collector.processes import Processes, free_port
from tests.browser.browsers import LOOPBACK

Bank = TypeVar("Bank")


@contextmanager
def served(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    first_port: int,
    furnish: Callable[[Flask, str], Bank],
) -> Iterator[Bank]:
    """Serve what `furnish` puts into an empty database, given the application and its address."""
    port = free_port(LOOPBACK, first_port)
    address, log = f"http://{LOOPBACK}:{port}", folder / "processes.log"
    monkeypatch.setenv("MILKROUND_HOME", str(folder))
    monkeypatch.setenv("PUBLIC_URL", address)
    # One click signs in; test_passkeys gives a second factor as the staff does.
    monkeypatch.setenv("MILKROUND_DEMONSTRATION", "1")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder / 'milkround.sqlite3'}")
    app = create_app(settings_from(os.environ))
    with app.app_context():
        migrations.upgrade(db.engine)
        bank = furnish(app, address)
        db.session.remove()
    with Processes() as processes:
        processes.start(["serve", "--port", str(port)], log=log)
        processes.start(["work"], log=log)
        processes.wait_for_port(LOOPBACK, port)
        yield bank
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    assert "Traceback" not in log.read_text(encoding="utf-8")

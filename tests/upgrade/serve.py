"""Serve an installation at a fixed hour, by the code of whichever checkout runs this.

python tests/upgrade/serve.py PORT DATABASE HOUR SECRET
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url
from werkzeug.serving import make_server

from collector import migrations
from collector.app import create_app
from collector.config import Settings
from collector.db import db


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock that stands."""

    hour: datetime

    def now(self) -> datetime:
        return self.hour


def application(database: str, hour: str, secret: str) -> Flask:
    home = Path(str(make_url(database).database)).parent
    settings = Settings(home=home, database_url=database, secret_key=secret)
    app = create_app(settings, clock=Standing(datetime.fromisoformat(hour)))
    with app.app_context():
        migrations.upgrade(db.engine)
        db.engine.dispose()
    return app


if __name__ == "__main__":
    port, *rest = sys.argv[1:]
    server = make_server("127.0.0.1", int(port), application(*rest), threaded=True)
    print("serving", flush=True)  # noqa: T201 - to the test that waits for it
    server.serve_forever()

"""A server of two gunicorn workers at the bench's instant, for tests that kill its workers.

Run as `python -m tests.dispensary_server DATABASE HOME PORT`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from collector.app import create_app
from collector.server import serve
from tests.conftest import SetClock, settings_of
from tests.release_bench import LATER


def main() -> None:
    url, home, port = sys.argv[1:]
    app = create_app(settings_of(url, Path(home)), clock=SetClock(LATER))
    app.config["WTF_CSRF_ENABLED"] = False
    serve(app, host="127.0.0.1", port=int(port), workers=2)


if __name__ == "__main__":
    main()

"""Server and worker under a clock that jumps: ``python -m bench.jumping_processes serve|work``.

The clock is the machine's plus the seconds in the file `clock` of `MILKROUND_HOME`. libfaketime
would do without a program of our own, but gunicorn's sleep fails under it (0.9.10, Python 3.11).
"""

import argparse
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.app import create_app
from collector.config import settings_from
from collector.logs import configure_logs
from collector.server import serve
from collector.worker import work_for_ever


class JumpingClock:
    """The machine's clock, and the seconds that a file adds to it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=int(self._file.read_text(encoding="ascii")))

    def jump(self, by: timedelta) -> None:
        """Set the difference to the machine's clock."""
        new = self._file.with_suffix(".new")
        new.write_text(str(int(by.total_seconds())), encoding="ascii")
        new.replace(self._file)


def jumping_clock(home: Path) -> JumpingClock:
    """Return the clock of an installation."""
    return JumpingClock(home / "clock")


def main() -> None:
    """Serve, or work, until a signal to stop."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("what", choices=("serve", "work"))
    parser.add_argument("--port", type=int, default=8475)
    options = parser.parse_args()
    settings = settings_from(os.environ)
    configure_logs(settings.upkeep.logs)
    clock = jumping_clock(settings.home)
    app = create_app(settings, clock=clock)
    if options.what == "serve":
        serve(app, host="127.0.0.1", port=options.port)
    else:
        work_for_ever(app, clock)


if __name__ == "__main__":
    main()

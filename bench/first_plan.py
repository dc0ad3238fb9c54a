"""How long a coordinator waits for the first plan of a day: ``python -m bench.first_plan``.

A bank of its own with a real web server and a real worker, and days that nobody has planned yet.
*Optimise* is pressed over HTTP as the page presses it, and the page is followed as htmx follows it:
asked again as often as it says, until it shows a plan's cost. Beside that the job's row is watched,
which tells where the time goes. With `--browser` Chromium presses, and waits for the curve. The
first press is not counted: it reads the templates. Needs the tests' builders; the goal is 1 s.
"""

import argparse
import os
import re
import shutil
import statistics
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from http.cookiejar import CookieJar
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import select

from bench.banks import furnished, link_of
from collector.config import settings_from
from collector.db import db, reading, transaction
from collector.installation import application
from collector.jobs.actions import AT_WORK
from collector.jobs.models import Job
from collector.processes import Processes, free_port

HOST = "127.0.0.1"
DAYS = {"the demonstration's": (48, 4), "large": (120, 8)}
"""Visits and shifts."""

SECONDS = "20"
"""To think, as the page offers first."""

WATCH_SECONDS = 0.005
BREATHER_SECONDS = 6.0
"""Between a plan that was stopped and the next press: somebody looks at what came of it."""

STEPS = ("asked", "taken", "found", "shown")
CURVE = "<polyline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What one press of *Optimise* took, in seconds.

    Attributes
    ----------
    asked, taken, found, shown
        Until the question is in the queue; until a worker has it; until a plan is in the job's
        row; until the page shows it.
    searched
        The part of `found` that the planner itself says it searched.
    """

    asked: float
    taken: float
    found: float
    shown: float
    searched: float

    @property
    def whole(self) -> float:
        """From the press to the plan that is shown."""
        return sum(getattr(self, step) for step in STEPS)


def main() -> None:
    """Press, wait, tell; for each size of a day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=10, help="that are counted, per size")
    parser.add_argument("--browser", action="store_true", help="press in Chromium")
    parser.add_argument("--database", help="the URL of an empty database [default: SQLite]")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{datetime.now(UTC):%F %R} UTC, load {load:.1f} on {os.cpu_count()} cores, seconds")
    for name, (visits, shifts) in DAYS.items():
        with served(options.database, visits, shifts, 1 + options.presses) as (app, link, days):
            opened = chromium if options.browser else followed
            with opened(link) as press:
                _, *counted = [pressed(app, press, day) for day in days]
        tell(f"{name}, {visits} visits", counted)


@contextmanager
def served(
    database: str | None, visits: int, shifts: int, days: int
) -> Iterator[tuple[Flask, str, Sequence[date]]]:
    """Serve and work a bank with such days; give the application, a sign-in link and the days."""
    with TemporaryDirectory() as home, Processes() as processes:
        port = free_port(HOST, 8_560)
        os.environ |= {
            "MILKROUND_HOME": home,
            "PUBLIC_URL": f"http://{HOST}:{port}",
            "DATABASE_URL": database or f"sqlite:///{home}/milkround.sqlite3",
        }
        app = application(settings_from(os.environ))
        with app.app_context():
            with transaction() as session:
                bank, asked, claire = furnished(session, rounds=shifts, visits=visits, days=days)
            token = link_of(app, bank, claire)
            db.engine.dispose()
        log = Path(home) / "log"
        processes.start(["serve", "--port", str(port)], log=log)
        processes.start(["work"], log=log)
        processes.wait_for_port(HOST, port)
        yield app, f"http://{HOST}:{port}/link/{token}", asked
        with app.app_context():
            db.engine.dispose()


def pressed(app: Flask, press: Callable[[date], tuple[float, float]], day: date) -> Press:
    """Press on a day; give what each step took, once the search is stopped and looked at."""
    time.sleep(BREATHER_SECONDS)
    seen: dict[str, float] = {}
    watcher = threading.Thread(target=watch, args=(app, day, seen), daemon=True)
    watcher.start()
    began, ended = press(day)
    watcher.join()
    marks = [began, seen["asked"], seen["taken"], seen["found"], ended]
    steps = dict(zip(STEPS, (b - a for a, b in pairwise(marks)), strict=True))
    with app.app_context():
        stop(day)
    return Press(**steps, searched=seen["searched"])


def watch(app: Flask, day: date, seen: dict[str, float]) -> None:
    """Note when the job of a day is in the queue, is taken, and has its first plan."""
    with app.app_context():
        while "found" not in seen:
            job = job_of(day)
            now = time.perf_counter()
            if job is not None:
                seen.setdefault("asked", now)
                if job.attempts:
                    seen.setdefault("taken", now)
                if job.progress:
                    seen |= {"found": now, "searched": float(job.progress[0]["seconds"])}
            time.sleep(WATCH_SECONDS)


def job_of(day: date) -> Any:  # noqa: ANN401 - a row of three columns
    """What is known of the latest job, if it is this day's."""
    with reading() as session:
        latest = select(Job.attempts, Job.progress, Job.state, Job.payload)
        job = session.execute(latest.order_by(Job.id.desc()).limit(1)).one_or_none()
    return job if job is not None and job.payload["day"] == day.isoformat() else None


def stop(day: date) -> None:
    """Stop the search of a day, and wait until what it found is kept."""
    with transaction() as session:
        job = session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
        job.cancel_asked = True
    while job_of(day).state in AT_WORK:
        time.sleep(WATCH_SECONDS)


@contextmanager
def followed(link: str) -> Iterator[Callable[[date], tuple[float, float]]]:
    """Sign in over HTTP; give what presses a button and follows the page as htmx does."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    said = read(opener, link)
    read(opener, link, {"csrf_token": token_of(said)})
    yield partial(follow, opener, link.partition("/link/")[0])


def follow(opener: urllib.request.OpenerDirector, address: str, day: date) -> tuple[float, float]:
    """Press, then ask as often as the page says until it shows a plan; give both instants."""
    here = f"{address}/board/days/{day.isoformat()}"
    htmx = {"HX-Request": "true", "X-CSRFToken": token_of(read(opener, here))}
    began = time.perf_counter()
    shown = read(opener, f"{here}/plans", {"seconds": SECONDS}, htmx)
    while CURVE not in (panel := planning(shown)):
        path, every = asks_again(panel)
        time.sleep(every)
        shown = read(opener, f"{address}{path}", None, htmx) or shown
    return began, time.perf_counter()


def read(
    opener: urllib.request.OpenerDirector,
    address: str,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> str:
    """Ask as a page asks, and return what it is told."""
    data = None if form is None else urllib.parse.urlencode(form).encode()
    asked = urllib.request.Request(address, data, {"Referer": address, **(headers or {})})  # noqa: S310 - our own server
    with opener.open(asked) as answer:
        return str(answer.read().decode())


def token_of(page: str) -> str:
    """Return the token that a page's forms carry."""
    found = re.search(r'name="csrf[-_]token" (?:content|value)="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the page has no token")
    return found[1]


def planning(page: str) -> str:
    """Return what a page says of the planner's work."""
    found = re.search(r'<section id="planning".*?</section>', page, re.DOTALL)
    if found is None:
        raise RuntimeError("the page says nothing of the planner")
    return found[0]


def asks_again(panel: str) -> tuple[str, float]:
    """Return what htmx asks of a panel, and after how many seconds."""
    found = re.search(r'hx-get="([^"]+)" hx-trigger="every (\d+)(ms|s)"', panel)
    if found is None:
        raise RuntimeError("the page does not ask again")
    return found[1], int(found[2]) * (0.001 if found[3] == "ms" else 1.0)


@contextmanager
def chromium(link: str) -> Iterator[Callable[[date], tuple[float, float]]]:
    """Sign in with Chromium; give what presses a button and waits for the curve."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the rest needs no browser

    address = link.partition("/link/")[0]
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or os.environ.get("MILKROUND_TEST_CHROMIUM")
        browser = playwright.chromium.launch(executable_path=found)
        page = browser.new_page(locale="en-GB")
        page.goto(f"{link}#go")
        page.wait_for_url(lambda url: "/link/" not in url)

        def press(day: date) -> tuple[float, float]:
            page.goto(f"{address}/board/days/{day.isoformat()}")
            page.locator("#seconds").select_option(SECONDS)
            page.wait_for_load_state("networkidle")
            began = time.perf_counter()
            page.locator("[data-optimise]").click()
            page.wait_for_selector("#planning .curve figcaption")
            return began, time.perf_counter()

        yield press
        browser.close()


def tell(name: str, presses: Sequence[Press]) -> None:
    """Say the median and the worst press, and the median of each step."""
    whole = [press.whole for press in presses]
    print(
        f"{name}: median {statistics.median(whole):.2f}, worst {max(whole):.2f} of {len(presses)}"
    )
    for step in (*STEPS, "searched"):
        took = [getattr(press, step) for press in presses]
        share = statistics.fmean(took) / statistics.fmean(whole)
        words = "  of found: searched" if step == "searched" else f"  until {step}"
        print(f"{words:<22} {statistics.median(took):6.3f} {max(took):6.3f} {share:5.0%}")


if __name__ == "__main__":
    main()

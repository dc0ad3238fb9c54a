"""CPU time of the roster of 40 people by 28 days, and of an edit: ``python -m bench.roster``.

A bank of its own in a temporary folder, asked through Flask's test client: no network, no browser.
The time is the processor's, so that a busy machine does not count.
"""

import argparse
import os
import re
import statistics
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient

from collector.banks.actions import add_site, found_bank
from collector.banks.models import SiteKind
from collector.clock import SystemClock
from collector.config import settings_from
from collector.db import transaction
from collector.installation import application
from collector.people.actions import add_person, make_link
from collector.people.models import Role
from collector.shifts.drafts import ShiftDraft
from collector.shifts.models import WeekLetter
from collector.shifts.usual_weeks import add_weekly_shift

PEOPLE = 40
WORKING_DAYS = range(1, 6)


def main() -> None:
    """Prepare the bank, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how often each is measured")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        os.environ["MILKROUND_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        app = application(settings_from(os.environ))
        app.config["WTF_CSRF_ENABLED"] = False
        client, person_id, site_id, day = prepared(app)
        tell("roster of 40 x 28", options.rounds, lambda _: opened(client, "/board/roster"))
        address = f"/board/roster/people/{person_id}/{day}"
        tell("an edit", options.rounds, lambda turn: edited(client, address, site_id, turn))


def prepared(app: Flask) -> tuple[FlaskClient, int, int, date]:
    """Return a coordinator's client, a collector, a site, and a day on which both are free."""
    now = SystemClock().now()
    with app.app_context(), transaction() as session:
        bank = found_bank(session, now=now, slug="bench", name="Bench", town="Pessac")
        site = add_site(
            session,
            bank_id=bank.id,
            kind=SiteKind.BANK,
            name="Bank",
            town="Pessac",
            latitude=44.78,
            longitude=-0.66,
            receives=True,
        )
        for number in range(PEOPLE):
            person = add_person(
                session,
                bank_id=bank.id,
                name=f"Collector {number:02}",
                email=f"collector{number}@bench.example",
                roles=[Role.COLLECTOR],
                language="en",
            )
            for weekday in WORKING_DAYS:
                add_weekly_shift(
                    session,
                    now=now,
                    actor="system",
                    person=person,
                    draft=ShiftDraft(
                        begins=clock_time(8),
                        ends=clock_time(16),
                        start_site_id=site.id,
                        end_site_id=site.id,
                    ),
                    weekday=weekday,
                    weeks=WeekLetter.EVERY,
                    starts_on=now.date(),
                )
        coordinator = add_person(
            session,
            bank_id=bank.id,
            name="Claire",
            email="claire@bench.example",
            roles=[Role.COORDINATOR],
            language="en",
        )
        link = make_link(session, now=now, bank_id=bank.id, person_id=coordinator.id)
        found = person.id, site.id, sunday_after(now)
    client = app.test_client()
    client.post(f"/link/{link}")
    return client, *found


def sunday_after(now: datetime) -> date:
    """Return the second Sunday after an instant, a day without usual shifts."""
    return now.date() + timedelta(days=14 - now.isoweekday() % 7)


def opened(client: FlaskClient, address: str) -> None:
    """Open a page."""
    answer = client.get(address)
    if answer.status_code != 200:  # noqa: PLR2004 - OK
        raise RuntimeError(f"{address} answered {answer.status_code}")


def edited(client: FlaskClient, address: str, site_id: int, turn: int) -> None:
    """Put a person on duty, or change the shift of the turn before."""
    page = client.get(address).get_data(as_text=True)
    state = re.findall(r'name="cell" value="([^"]*)"', page)[-1]
    known = re.search(r"(\d+):(\d+)", state)
    form = {"begins": "08:00", "ends": f"{12 + turn % 6}:00", "cell": state}
    form |= {"start_site_id": str(site_id), "end_site_id": str(site_id)}
    form |= {"seen": known[2]} if known else {}
    where = f"{address}/shifts/{known[1]}" if known else f"{address}/shifts"
    began = time.process_time()
    answer = client.post(where, data=form)
    EDITS.append(time.process_time() - began)
    if answer.status_code != 303:  # noqa: PLR2004 - See Other
        raise RuntimeError(f"{where} answered {answer.status_code}")


EDITS: list[float] = []
"""Seconds of the edits alone, without the page that is read before."""


def tell(name: str, rounds: int, run: Callable[[int], None]) -> None:
    """Measure and print the median and the longest time, in milliseconds."""
    run(0)
    EDITS.clear()
    took = []
    for turn in range(1, rounds + 1):
        began = time.process_time()
        run(turn)
        took.append(time.process_time() - began)
    milliseconds = sorted(1000 * each for each in (EDITS or took))
    print(
        f"{name}: median {statistics.median(milliseconds):.0f} ms, longest {milliseconds[-1]:.0f}"
    )


if __name__ == "__main__":
    main()

"""A coordinator's morning: requests imported, planned, moved, published, disrupted, closed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from collector.banks.actions import found_bank
from collector.clock import SystemClock
from collector.csv_rows import write_rows
from collector.db import db, reading, transaction
from collector.demo.play import said_of
from collector.donors.models import Donor
from collector.people.actions import add_person, make_link
from collector.people.models import Role
from collector.pickups.models import Pickup
from collector.pickups.states import OVER
from collector.rounds.events.intake import accept_events
from collector.rounds.models import Round
from collector.rounds.queries import day_plan
from collector.service_day import ServiceDay
from tests.browser.browsers import enter
from tests.browser.served import served
from tests.builders import add_donor, add_pickup, add_shift, add_site

pytestmark = [pytest.mark.browser, pytest.mark.processes]

REQUESTS = int(os.environ.get("MILKROUND_TEST_REQUESTS", "60"))
"""By hand and before a release: 200, which takes a quiet machine some minutes."""
COLLECTORS, MOVES = 14, 10
HOURS = time(9), time(19)
PATIENCE = 240_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """A bank with a clock at ten in the morning, at any time of the test."""

    app: Flask
    address: str
    day: date
    id: int
    claire: int
    folder: Path

    def link(self) -> str:
        with self.app.app_context(), transaction() as session:
            now = SystemClock().now()
            token = make_link(session, now=now, bank_id=self.id, person_id=self.claire)
        return f"{self.address}/link/{token}#go"

    def of_day(self, part: str = "") -> str:
        return f"{self.address}/board/days/{self.day}{part}"


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_port: int) -> Iterator[Bank]:
    with served(tmp_path, monkeypatch, first_port, partial(furnish, tmp_path)) as furnished:
        yield furnished


def test_a_coordinators_morning(browser: Browser, bank: Bank) -> None:
    _, board = enter(browser, bank.link())
    board.set_default_timeout(PATIENCE)
    import_requests(board, bank)
    plan(board, bank)
    for number in range(MOVES):
        move(board, bank, number)
    publish(board, bank)

    board.goto(bank.of_day("/dispatch"))
    expect(board.get_by_text("News arrives by itself.")).to_be_visible()
    drive(bank, until=SystemClock().now())
    expect(board.locator(".dispatch-figures dd").first).not_to_have_text(re.compile(r"^0 "))

    upset(board, bank, "A collector is ill")
    urgent(board, bank)
    upset(board, bank, "An urgent visit")

    drive(bank, until=None)
    board.goto(bank.of_day("/close"))
    expect(board.get_by_text("Everything agrees")).to_be_visible()
    with bank.app.app_context(), reading() as session:
        states = session.scalars(select(Pickup.state).where(Pickup.bank_id == bank.id)).all()
    assert len(states) == REQUESTS + 1
    assert sum(state in OVER for state in states) >= REQUESTS * 0.9


def import_requests(board: Page, bank: Bank) -> None:
    board.goto(f"{bank.address}/board/inbox/imports")
    board.get_by_text("Requests for a visit").first.click()
    board.get_by_label("The file").set_input_files(bank.folder / "requests.csv")
    board.get_by_role("button", name="Check the file").click()
    board.get_by_role("button", name=re.compile("^Import")).click()
    board.goto(f"{bank.address}/board/inbox")
    expect(board.locator(".request")).to_have_count(REQUESTS)
    board.get_by_text("All without a flag").click()
    board.get_by_role("button", name="Accept the chosen ones").click()
    expect(board.get_by_text(f"{REQUESTS} requests accepted.")).to_be_visible()


def plan(board: Page, bank: Bank) -> None:
    board.goto(bank.of_day())
    board.get_by_label("Time to think").select_option("2")
    board.get_by_role("button", name="Optimise").click()
    expect(board.locator("li.stop.is-planned").first).to_be_visible(timeout=PATIENCE)


def move(board: Page, bank: Bank, number: int) -> None:
    """Move the first stop of a round to third place, if the milk of the others allows it."""
    button = board.get_by_role("button", name=re.compile("^Move it"))
    for first, place in moves(bank, number):
        board.goto(bank.of_day(f"/moves?pickup={first}&place={place}"))
        if button.count():
            break
        expect(board.get_by_text("no reason makes up for it").first).to_be_visible()
    reason = board.get_by_label("Why all the same?")
    if reason.count():
        reason.fill("she agreed on the phone")
    button.click()
    board.wait_for_url(lambda url: "/moves" not in url)


def moves(bank: Bank, number: int) -> list[tuple[int, str]]:
    """Return such a move of every round, another round's first each time."""
    with bank.app.app_context(), reading() as session:
        found = day_plan(session, bank_id=bank.id, day=bank.day)
        assert found is not None
        full = [round_ for round_ in found.rounds if len(round_.stops) > 3]
        turned = full[number % len(full) :] + full[: number % len(full)]
        return [(round_.stops[0].pickup_id, f"{round_.id}:2") for round_ in turned]


def publish(board: Page, bank: Bank) -> None:
    board.goto(bank.of_day("/publications"))
    board.get_by_role("button", name="Publish").click()
    expect(board.get_by_text("published, revision 1")).to_be_visible()


def upset(board: Page, bank: Bank, what: str) -> None:
    """Report a disruption and accept the first proposal."""
    board.goto(bank.of_day("/dispatch"))
    board.locator("summary", has_text=what).click()
    board.get_by_role("button", name="Show what can be done").locator("visible=true").click()
    board.get_by_role("button", name="Do this and publish").first.click()
    expect(board.get_by_text(re.compile(r"Revision \d is published\."))).to_be_visible()


def urgent(board: Page, bank: Bank) -> None:
    """Add an urgent request: a donor's freezer has failed, and she gives everything today."""
    with bank.app.app_context(), transaction() as session:
        donor = add_donor(session, bank.id, first_name="Urgent", signed_by_id=bank.claire)
        donor.baby_born_on = bank.day - timedelta(days=60)
        add_pickup(
            session,
            donor,
            oldest_on=bank.day - timedelta(days=20),
            windows=((bank.day, *HOURS),),
        )
    board.reload()


def drive(bank: Bank, *, until: datetime | None) -> None:
    """Send every phone's events up to an instant; None: to the end of its round."""
    with bank.app.app_context():
        with reading() as session:
            found = day_plan(session, bank_id=bank.id, day=bank.day)
        for round_ in found.rounds if found else ():
            published = round_.published
            if published and published["departs_at"] and published["stops"]:
                drive_round(round_, published, until)
        db.session.remove()


def drive_round(round_: Round, published: dict[str, Any], until: datetime | None) -> None:
    over = {stop.pickup_id for stop in round_.stops if stop.pickup.state in OVER}
    for said in said_of(published):
        if until is not None and datetime.fromisoformat(said["device_at"]) > until:
            break
        if said["pickup"] in over or (said["kind"] == "started" and over):
            continue
        said["sequence"] += 1000 if until is None else 0
        with transaction() as session:
            accept_events(
                session,
                now=SystemClock().now(),
                bank_id=round_.bank_id,
                person_id=round_.shift.collector_id,
                round_id=round_.id,
                sent=[said],
            )


def furnish(folder: Path, app: Flask, address: str) -> Bank:
    now = SystemClock().now()
    with transaction() as session:
        bank = found_bank(
            session,
            now=now,
            slug="morning",
            name="Morning bank",
            town="Pessac",
            time_zone=where_it_is_ten(now),
        )
        day = ServiceDay.of(now, bank.zone).day

        def person(name: str, role: Role) -> Any:  # noqa: ANN401
            email = f"{name.lower()}@bank.example"
            return add_person(
                session, bank_id=bank.id, name=name, email=email, roles=[role], language="en"
            )

        claire = person("Claire", Role.COORDINATOR)
        site = add_site(session, bank.id, latitude=44.8, longitude=-0.6)
        for number in range(COLLECTORS):
            collector = person(f"Collector{number:02}", Role.COLLECTOR)
            add_shift(session, collector, site, day=day, begins=HOURS[0], ends=HOURS[1])
        donors = [
            add_donor(
                session,
                bank.id,
                first_name=f"Donor{number:03}",
                email=f"donor{number}@home.example",
                latitude=44.8 + (number * 37 % 101 - 50) / 1000,
                longitude=-0.6 + (number * 61 % 103 - 51) / 1000,
                signed_by_id=claire.id,
                serology_until=day + timedelta(days=60),
            )
            for number in range(REQUESTS)
        ]
        for donor in donors:
            donor.baby_born_on = day - timedelta(days=60)
        (folder / "requests.csv").write_bytes(file_of(donors, day))
        return Bank(app=app, address=address, day=day, id=bank.id, claire=claire.id, folder=folder)


def file_of(donors: list[Donor], day: date) -> bytes:
    columns = ("email", "bottles", "volume_ml", "oldest_on", "day", "opens", "closes")
    rows = [
        {
            "email": donor.email,
            "bottles": 5,
            "volume_ml": 900,
            "oldest_on": day - timedelta(days=20),
            "day": day,
            "opens": f"{HOURS[0]:%H:%M}",
            "closes": f"{HOURS[1]:%H:%M}",
        }
        for donor in donors
    ]
    return write_rows(columns, rows)


def where_it_is_ten(now: datetime) -> str:
    """Return the name of a zone with clocks at ten, or eleven on one side of the date line."""
    hour = now.astimezone(UTC).hour
    east = max(-12, 10 - hour)
    # The database of time zones counts these westwards.
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"

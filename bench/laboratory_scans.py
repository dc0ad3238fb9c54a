"""How fast the laboratory answers after ten years: ``python -m bench.laboratory_scans``.

A bank of its own with 1.2 million containers on the loopback address, a real server of two
workers, and searches of the planner beside it. A scanner's acts are real: a bottle is found, put
into another place, counted. The goals: a scan within 150 ms at the 99th percentile, the map of the
freezers within 300 ms.
"""

import argparse
import http.client
import os
import re
import statistics
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import psycopg
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.days import day
from bench.laboratory_years import DONORS, YearsBank, write_years
from bench.pages import LOOPBACK, searched
from collector.banks.actions import found_bank
from collector.banks.models import Bank
from collector.clock import SystemClock
from collector.config import settings_from
from collector.db import db, reading, transaction
from collector.installation import application
from collector.laboratory.heating.actions import write_device
from collector.laboratory.heating.models import CurveProfileName
from collector.laboratory.pooling.models import Bottle
from collector.laboratory.units.models import StoragePlace, StorageStay, StorageUnit, StorageZone
from collector.people.actions import add_person, begin_session
from collector.people.models import Person, Role, Surface
from collector.processes import Processes, free_port
from routing.formats.native import write_problem
from tests.builders import add_donor, add_site

POSTGRESQL = "postgresql+psycopg://postgres@127.0.0.1:5432/"
MAINTENANCE = "postgresql://postgres@127.0.0.1:5432/postgres"
DATABASE = "milkround_bench_scans"
SLUG, LEA = "years", "lea@years.example"
SCANS = ("find a bottle", "put it away", "count it")
PAGES = {
    "map": "/laboratory/storage",
    "place": "/laboratory/storage/places/{place}",
    "quarantine": "/laboratory/quarantine",
    "pools": "/laboratory/pools",
    "reception": "/laboratory/reception",
    "stock": "/laboratory/storage/stock",
    "release board": "/laboratory/release",
}


def main() -> None:
    """Write the years, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--containers", type=int, default=1_200_000)
    parser.add_argument("--rounds", type=int, default=100, help="how often each act is done")
    parser.add_argument("--solves", type=int, default=2, help="plans searched meanwhile")
    parser.add_argument("--postgresql", action="store_true", help="a database of the local server")
    parser.add_argument("--home", type=Path, help="a folder that keeps the years for the next run")
    options = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = options.home or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port(LOOPBACK, 8490)
        os.environ["MILKROUND_HOME"] = str(folder)
        os.environ["PUBLIC_URL"] = f"http://{LOOPBACK}:{port}"
        os.environ.pop("DATABASE_URL", None)
        if options.postgresql:
            if options.home is None or not _has_database():
                _new_database()
            os.environ["DATABASE_URL"] = POSTGRESQL + DATABASE
        app = application(settings_from(os.environ))
        began = time.perf_counter()
        bench = prepared(app, options.containers)
        print(f"ready after {time.perf_counter() - began:.0f} s")
        with Processes() as processes:
            processes.start(["serve", "--port", str(port)], log=Path(folder) / "log")
            processes.wait_for_port(LOOPBACK, port)
            solves = [searched(write_problem(day(80, 4, seed=n))) for n in range(options.solves)]
            try:
                tell(measured(port, bench, options.rounds))
            finally:
                for solve in solves:
                    solve.kill()
                    solve.wait()


class Bench:
    """The way in, and the bottles and places of the acts."""

    def __init__(self, cookie: str, bottles: list[str], places: list[StoragePlace]) -> None:
        self.cookie, self.bottles, self.places = cookie, bottles, places


def prepared(app: Flask, containers: int) -> Bench:
    """Write the years of a bank unless they are there, and return a technician's way in."""
    clock = SystemClock()
    with app.test_request_context():
        with reading() as session:
            is_written = session.scalar(select(Bank.id).where(Bank.slug == SLUG)) is not None
        if not is_written:
            with transaction() as session:
                years = years_bank(session, clock.now())
                write_years(session, years, containers=containers, now=clock.now())
            analyse()
        with reading() as session:
            bottles, places = _waiting(session)
        with transaction() as session:
            lea = session.scalars(select(Person).where(Person.email == LEA)).one()
            cookie = begin_session(
                session,
                now=clock.now(),
                bank_id=lea.bank_id,
                person_id=lea.id,
                surface=Surface.DESK,
                proved_at=clock.now(),
            )
        db.engine.dispose()
    return Bench(cookie, bottles, places)


def years_bank(session: Session, now: datetime) -> YearsBank:
    """Found the bank to which the years belong, with its technician, pasteuriser and donors."""
    bank = found_bank(session, now=now, slug=SLUG, name="Years", town="Pessac")
    lea = add_person(
        session,
        bank_id=bank.id,
        name="Lea",
        email=LEA,
        roles=[Role.LABORATORY],
        language="en",
    )
    device = write_device(
        session,
        now=now,
        bank_id=bank.id,
        person_id=lea.id,
        serial="S-1",
        name="Pasteuriser",
        profile=CurveProfileName.LONG_UTC,
        qualified_until=date(2036, 1, 1),
        calibrated_until=date(2036, 1, 1),
    )
    return YearsBank(
        bank_id=bank.id,
        site_id=add_site(session, bank.id).id,
        person_id=lea.id,
        device_id=device.id,
        donors=[add_donor(session, bank.id, first_name=f"D{n}").id for n in range(DONORS)],
    )


def measured(port: int, bench: Bench, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of every act and page."""
    client = Client(port, bench.cookie)
    times: dict[str, list[float]] = {name: [] for name in (*SCANS, *PAGES)}
    first, second = bench.places[:2]
    counted = client.post(f"/laboratory/storage/places/{second.id}/counts")
    for number, bottle in zip(range(rounds + 2), bench.bottles, strict=False):
        place = (first, second)[number % 2]
        acts = {
            "find a bottle": "/laboratory/storage/scans",
            "put it away": f"/laboratory/storage/places/{place.id}/scans",
            "count it": f"{counted}/scans",
        }
        for name, url in acts.items():
            took = client.timed(lambda url=url, bottle=bottle: client.scan(url, bottle))
            if number > 1:  # each worker reads its templates once
                times[name].append(took)
        for name, url in PAGES.items():
            if number % 4 and number > 1:
                continue
            path = url.format(place=place.id)
            took = client.timed(lambda path=path: client.get(path))
            if number > 1:
                times[name].append(took)
    return times


class Client:
    """A browser of the desk, as far as cookies and forms go."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookies = port, {"milkround_desk": cookie}
        page = self.get("/laboratory/storage")
        token = re.search(rb'name="csrf_token" value="([^"]+)"', page)
        if token is None:
            raise RuntimeError("the page has no form")
        self.token = token[1].decode()

    def get(self, path: str) -> bytes:
        """Return a page."""
        return self._ask("GET", path, None)[1]

    def post(self, path: str) -> str:
        """Send an empty form, and return the page that it leads to."""
        return self._ask("POST", path, {"csrf_token": self.token})[0]

    def scan(self, path: str, label: str) -> None:
        """Scan a label, and read the page that follows."""
        there, _ = self._ask("POST", path, {"csrf_token": self.token, "label": label})
        if there:
            self.get(there)

    def timed(self, act: object) -> float:
        """Return how many milliseconds an act took."""
        began = time.perf_counter()
        act()  # type: ignore[operator]
        return 1000 * (time.perf_counter() - began)

    def _ask(self, method: str, path: str, form: dict[str, str] | None) -> tuple[str, bytes]:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=120)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://{LOOPBACK}:{self.port}{path}"
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        if answer.status not in {http.client.OK, http.client.SEE_OTHER}:
            raise RuntimeError(f"{path}: {answer.status} {answer.headers.get('Location')}")
        return (answer.headers.get("Location") or ""), content


def tell(times: dict[str, list[float]]) -> None:
    """Print the median and the 99th percentile of each act and page."""
    load = os.getloadavg()[0]
    print(f"{datetime.now(UTC):%F %R} UTC, load {load:.1f} on {os.cpu_count()} cores, ms")
    print(f"{'act or page':<14} {'times':>6} {'median':>8} {'p99':>8}")
    for name, found in times.items():
        ordered = sorted(found)
        late = ordered[max(0, -(-99 * len(ordered) // 100) - 1)]
        middle = statistics.median(found)
        print(f"{name:<14} {len(found):>6} {middle:>8.0f} {late:>8.0f}")


def _waiting(session: Session) -> tuple[list[str], list[StoragePlace]]:
    """Return heated bottles that wait in storage, and the places of their zone."""
    bottles = session.scalars(
        select(Bottle.number)
        .join(StorageStay, StorageStay.bottle_id == Bottle.id)
        .join(StoragePlace, StoragePlace.id == StorageStay.place_id)
        .join(StorageUnit, StorageUnit.id == StoragePlace.unit_id)
        .where(StorageStay.ended_at.is_(None), StorageUnit.zone == StorageZone.HEATED)
        .order_by(Bottle.id.desc())
    )
    places = session.scalars(
        select(StoragePlace)
        .join(StorageUnit, StorageUnit.id == StoragePlace.unit_id)
        .where(StorageUnit.zone == StorageZone.HEATED)
        .order_by(StoragePlace.id)
    )
    return list(bottles), list(places)


def analyse() -> None:
    """Let the database count its rows, as it does by itself in ten years."""
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _has_database() -> bool:
    with psycopg.connect(MAINTENANCE) as to:
        found = to.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        return found.fetchone() is not None


def _new_database() -> None:
    with psycopg.connect(MAINTENANCE, autocommit=True) as to:
        with suppress(psycopg.errors.InvalidCatalogName):
            to.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        to.execute(f"CREATE DATABASE {DATABASE}")


if __name__ == "__main__":
    main()

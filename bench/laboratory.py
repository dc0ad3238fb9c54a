"""How fast the laboratory's board and curves are: ``python -m bench.laboratory``.

A bank of its own in a new SQLite database, or in the empty PostgreSQL database of ``--database``:
200 lots of 25 containers and 40 bottles that wait for release. Goals: the release board and its
signature within 500 ms, a curve of 8 probes by 3 hours of one reading a second within 3 s, one
scan of a bottle within 150 ms. The chain of a bottle and of a donor have no goal yet.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bench.laboratory_bank import LaboratoryBank
from collector.clock import SystemClock
from collector.custody.models import Container
from collector.db import db, reading, transaction
from collector.donors.models import Donor
from collector.installation import application
from collector.laboratory.heating.judgement import CurveSituation, HeatLimits, judge
from collector.laboratory.heating.models import CurveProfileName
from collector.laboratory.heating.profiles import read_curve
from collector.laboratory.holding.actions import open_hold
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Bottle, Lot, LotState
from collector.laboratory.release.leaving import bottle_to_leave
from tests.conftest import settings_of
from tests.town import sign_in

PROBES, SECONDS = 8, 3 * 3600


def main() -> None:
    """Prepare a laboratory, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", help="address of an empty PostgreSQL database")
    parser.add_argument("--lots", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10, help="how often each is measured")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        address = options.database or f"sqlite:///{folder}/milkround.sqlite3"
        app = application(settings_of(address, Path(folder)))
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context(), transaction() as session:
            bank = LaboratoryBank(session, SystemClock().now(), lots=options.lots)
        rose = sign_in(app, bank=bank.bank, person=bank.rose)
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; median and longest, ms")
        measure_board(rose, options.rounds)
        measure_scans(app, bank, options.rounds)
        measure_chain(app, bank, rose, options.rounds)
        measure_curve(Path(folder) / "curve.csv", options.rounds)


def measure_board(client: FlaskClient, rounds: int) -> None:
    """Open the board, then release every green lot by one signature."""

    def look() -> str:
        answer = client.get("/laboratory/release")
        if answer.status_code != 200:  # noqa: PLR2004 - the page
            raise RuntimeError(answer.status)
        return answer.get_data(as_text=True)

    page = look()
    tell("release board", timed(look, rounds))
    lots = [text.partition('"')[0] for text in page.split('name="lots" value="')[1:]]
    began = time.perf_counter(), time.process_time()
    answer = client.post("/laboratory/release", data={"lots": lots})
    if answer.status_code != 303:  # noqa: PLR2004 - a redirect
        raise RuntimeError(answer.status)
    tell(f"signature on {len(lots)} lots", [since(began)])


def measure_scans(app: Flask, bank: LaboratoryBank, rounds: int) -> None:
    """Scan bottles while 40 donors are held."""
    with app.app_context():
        with transaction() as session:
            lots = session.scalars(select(Lot).where(Lot.bank_id == bank.bank)).all()
            for lot in lots[:40]:
                open_hold(
                    session,
                    **bank.told,
                    subject=HoldSubject.POOL,
                    subject_id=lot.pool_id,
                    reason="Bench",
                )
        with reading() as session:
            free = session.scalars(
                select(Bottle.number)
                .join(Lot, Lot.id == Bottle.lot_id)
                .where(Lot.state == LotState.RELEASED)
                .order_by(Bottle.id.desc())
                .limit(rounds)
            ).all()
            told = {"bank_id": bank.bank, "today": bank.day}
            labels = iter(free)
            tell(
                "scan of a bottle, 40 holds",
                timed(lambda: bottle_to_leave(session, **told, text=next(labels)), len(free)),
            )
        db.engine.dispose()


def measure_chain(app: Flask, bank: LaboratoryBank, client: FlaskClient, rounds: int) -> None:
    """Open the chain of a bottle, and of the donor with the most containers."""
    with app.app_context():
        with reading() as session:
            bottle = session.scalars(
                select(Bottle.number).where(Bottle.bank_id == bank.bank).order_by(Bottle.id)
            ).first()
            donor = session.scalars(
                select(Donor.number)
                .join(Container, Container.donor_id == Donor.id)
                .where(Donor.bank_id == bank.bank)
                .group_by(Donor.id)
                .order_by(func.count().desc())
            ).first()
        db.engine.dispose()
    for name, number in (("bottle", bottle), ("donor", donor)):
        address = f"/laboratory/chain/{number}"

        def look(address: str = address) -> None:
            answer = client.get(address)
            if answer.status_code != 200:  # noqa: PLR2004 - the page
                raise RuntimeError(answer.status)

        tell(f"chain of a {name}, the whole page", timed(look, rounds))


def measure_curve(path: Path, rounds: int) -> None:
    """Read and judge a curve of 86,400 values."""
    begin = SystemClock().now().replace(microsecond=0)
    lines = ["time,probe,celsius"]
    for second in range(SECONDS):
        at = (begin + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S")
        celsius = 63.0 if 1800 <= second < 5400 else 8.0  # noqa: PLR2004 - an hour hot
        lines += [f"{at},P{probe},{celsius}" for probe in range(PROBES)]
    path.write_text("\n".join(lines))
    content = path.read_bytes()
    limits = HeatLimits(
        celsius=Decimal("62.5"),
        plateau=timedelta(minutes=30),
        most_celsius=Decimal("64.0"),
        warm=timedelta(minutes=60),
        cool_to_celsius=10,
        cooling=timedelta(minutes=30),
        gap=timedelta(seconds=120),
    )

    def read() -> None:
        zone = ZoneInfo("Europe/Paris")
        curve = read_curve(content, profile=CurveProfileName.LONG_UTC, zone=zone)
        judge(
            CurveSituation(
                curve=curve,
                limits=limits,
                began_at=begin,
                ended_at=begin + timedelta(seconds=SECONDS),
                day=begin.date(),
                serial="",
                qualified_until=begin.date(),
                calibrated_until=begin.date(),
                is_new=True,
            )
        )

    tell(f"curve of {PROBES * SECONDS:,} values", timed(read, min(rounds, 3)))


def timed(act: Callable[[], object], rounds: int) -> list[tuple[float, float]]:
    """Return wall and CPU milliseconds of each round."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter(), time.process_time()
        act()
        found.append(since(began))
    return found


def since(began: tuple[float, float]) -> tuple[float, float]:
    """Return wall and CPU milliseconds since a begin."""
    wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    return 1000 * wall, 1000 * cpu


def tell(what: str, times: list[tuple[float, float]]) -> None:
    """Say the wall and CPU time of a question."""
    wall, cpu = [each[0] for each in times], [each[1] for each in times]
    print(
        f"{what:<30} wall {statistics.median(wall):>6.0f} {max(wall):>6.0f}"
        f"   CPU {statistics.median(cpu):>6.0f} {max(cpu):>6.0f}"
    )


if __name__ == "__main__":
    main()

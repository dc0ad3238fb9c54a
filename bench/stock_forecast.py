"""How far the stock forecast misses, and how long it takes: ``python -m bench.stock_forecast``.

A generated bank lives 500 days: donors begin, give every two to four weeks and end; newborns are
admitted and go home; August and the end of the year bring less milk. From day 200 on a forecast is
made every week with the days before alone, and compared with the 56 days that came: the milk
collected, the milk given, the stock. The peer repeats the mean of the last week. ``--years``
measures the forecast of a bank with ten years of milk in the database instead.
"""

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.laboratory_scans import analyse, years_bank
from bench.laboratory_years import YearsBank, write_years
from collector.clock import SystemClock
from collector.db import db, reading, transaction
from collector.installation import application
from collector.laboratory.holding.models import LotDecision
from collector.laboratory.pooling.models import Lot, LotState, MilkPool
from collector.laboratory.stock.queries import ReceivedVisit
from collector.pickups.models import MilkLine
from collector.planning.stock.demand import expected_demand
from collector.planning.stock.habits import expected_collections, past_weeks
from collector.planning.stock.projection import (
    HORIZON,
    PastDays,
    StockSituation,
    band,
    project,
    resample,
)
from collector.planning.stock.queries import load_stock_forecast
from tests.conftest import settings_of

BEGIN = date(2025, 1, 1)
DAYS, FIRST_ORIGIN, EVERY = 500, 200, 7
LAG, PASS_SHARE = 12, 0.85
TEN_DAYS = timedelta(days=10)
FIRST_STOCK_ML = 150_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedBank:
    """A history: visits, ml given by day, and the donors who give on each day."""

    visits: Sequence[ReceivedVisit]
    demand: Sequence[float]
    giving: Sequence[frozenset[int]]

    def collected(self) -> Sequence[float]:
        """Return the ml collected by day."""
        found = [0.0] * DAYS
        for each in self.visits:
            found[(each.day - BEGIN).days] += each.volume_ml
        return found


def generate(seed: int) -> GeneratedBank:
    """Generate the history of a bank with about forty donors and twenty newborns at a time."""
    dice = Random(seed)  # noqa: S311 - a generated history
    visits, giving = [], [set[int]() for _ in range(DAYS)]
    donor, begins = 0, -150.0
    while begins < DAYS:
        donor += 1
        begins += dice.expovariate(1 / 3)
        ends, rhythm = begins + dice.expovariate(1 / 120), dice.uniform(14, 28)
        usual, day = dice.lognormvariate(7.5, 0.4), begins + dice.uniform(7, 21)
        while day < min(ends, DAYS):
            if day >= 0:
                ml = round(usual * _season(int(day)) * dice.uniform(0.7, 1.3))
                visits.append(ReceivedVisit(donor, BEGIN + timedelta(days=int(day)), ml))
            day += max(5.0, dice.gauss(rhythm, 3))
        for each in range(max(0, int(begins)), min(DAYS, int(ends))):
            giving[each].add(donor)
    return GeneratedBank(
        visits=sorted(visits, key=lambda each: each.day),
        demand=_demand(dice),
        giving=[frozenset(each) for each in giving],
    )


def _season(day: int) -> float:
    month = (BEGIN + timedelta(days=day)).month
    return 0.75 if month in {8, 12} else 1.0


def _demand(dice: Random) -> list[float]:
    """Return the ml given by day: each newborn takes more from day to day, then goes home."""
    found = [0.0] * DAYS
    admitted = -60.0
    while admitted < DAYS:
        admitted += dice.expovariate(1 / 2.2)
        stay = min(70, max(3, round(dice.gammavariate(2, 12))))
        weight = dice.uniform(0.7, 1.7)
        for number in range(stay):
            day = int(admitted) + number
            if 0 <= day < DAYS:
                found[day] += 150 * weight * min(1.0, (number + 1) / 10)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Mean absolute errors of one way to foretell, over all origins."""

    collected: list[float]
    given: list[float]
    stock: dict[int, list[float]]


def backtest(bank: GeneratedBank) -> tuple[Missed, Missed, list[float]]:
    """Return the errors of the forecast and of the peer, and the share of days inside the band."""
    ours, peer = (Missed(collected=[], given=[], stock={14: [], 28: [], 56: []}) for _ in range(2))
    inside = []
    collected = bank.collected()
    for origin in range(FIRST_ORIGIN, DAYS - HORIZON, EVERY):
        foretold, past = _foretold(bank, origin)
        came = {day: collected[origin + day] for day in range(1, HORIZON + 1)}
        gave = [bank.demand[origin + day] for day in range(1, HORIZON + 1)]
        actual = _level(foretold, came, gave)
        low, high = band(resample(foretold, past))
        inside.append(float(((actual >= low) & (actual <= high))[1:].mean()))
        for missed, situation in ((ours, foretold), (peer, _naive(bank, origin, foretold))):
            missed.collected.extend(
                abs(sum(came[d] - situation.collected[d] for d in range(w + 1, w + 8)))
                for w in range(0, HORIZON, 7)
            )
            missed.given.extend(
                abs(sum(gave[d - 1] - situation.demand[d] for d in range(w + 1, w + 8)))
                for w in range(0, HORIZON, 7)
            )
            levels = project(situation).levels[0]
            for day, found in missed.stock.items():
                found.append(abs(float(levels[day] - actual[day])))
    return ours, peer, inside


def _foretold(bank: GeneratedBank, origin: int) -> tuple[StockSituation, PastDays]:
    today = BEGIN + timedelta(days=origin)
    visits = [each for each in bank.visits if 0 < (today - each.day).days <= 180]  # noqa: PLR2004
    by_day = {BEGIN + timedelta(days=day): round(bank.demand[day]) for day in range(origin)}
    demand = expected_demand(by_day, today=today, prescribed_ml=0, policy_ml=0)
    situation = StockSituation(
        stock={HORIZON + 100: FIRST_STOCK_ML},
        collected=expected_collections(
            visits, (), today=today, known_days=180, giving=bank.giving[origin]
        ),
        pass_share=PASS_SHARE,
        lag=LAG,
        demand=demand.by_day,
    )
    weeks = past_weeks(visits, today=today, known_days=180)
    return situation, PastDays(demands=demand.past, weeks=weeks)


def _naive(bank: GeneratedBank, origin: int, other: StockSituation) -> StockSituation:
    """Return the situation whose days are all like the mean of the last week."""
    collected = bank.collected()[origin - 7 : origin]
    mean = sum(collected) / 7
    return replace(
        other,
        collected=dict.fromkeys(range(1, HORIZON + 1), mean),
        demand=dict.fromkeys(range(1, HORIZON + 1), sum(bank.demand[origin - 7 : origin]) / 7),
    )


def _level(
    foretold: StockSituation, came: dict[int, float], gave: list[float]
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the stock that came: a plain sum, which shares no code with the projection."""
    found, stock = [foretold.stock_ml], foretold.stock_ml
    for day in range(1, HORIZON + 1):
        stock = max(0.0, stock + PASS_SHARE * came.get(day - LAG, 0.0) - gave[day - 1])
        found.append(stock)
    return np.asarray(found)


def measure_years(containers: int, rounds: int) -> None:
    """Say how long the forecast of a bank with ten years of milk takes."""
    with TemporaryDirectory() as folder:
        app = application(settings_of(f"sqlite:///{folder}/milkround.sqlite3", Path(folder)))
        with app.app_context():
            now = SystemClock().now()
            with transaction() as session:
                bank = years_bank(session, now)
                write_years(session, bank, containers=containers, now=now)
                _decide(session, bank)
            analyse()
            wall, cpu = [], []
            for _ in range(rounds):
                began = time.perf_counter(), time.process_time()
                with reading() as session:
                    load_stock_forecast(
                        session, now=now, bank_id=bank.bank_id, line=MilkLine.DONATED
                    )
                wall.append(time.perf_counter() - began[0])
                cpu.append(time.process_time() - began[1])
            db.engine.dispose()
    print(f"{containers:,} containers, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"forecast: wall {statistics.median(wall):.2f} s, CPU {statistics.median(cpu):.2f} s")


def _decide(session: Session, bank: YearsBank) -> None:
    """Write the decisions on the released lots, ten days after their pools were closed."""
    lots = session.execute(
        select(Lot.id, MilkPool.closed_at)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(Lot.state == LotState.RELEASED)
    ).all()
    common = {"bank_id": bank.bank_id, "person_id": bank.person_id, "reason": ""}
    common |= {"checks": [], "rules": {}, "second_id": None}
    session.execute(
        insert(LotDecision),
        [
            {**common, "lot_id": key, "verdict": "released", "decided_at": at + TEN_DAYS}
            for key, at in lots
        ],
    )


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", action="store_true")
    parser.add_argument("--containers", type=int, default=1_200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=100, help="the first seed")
    options = parser.parse_args()
    if options.years:
        measure_years(options.containers, options.rounds)
        return
    found = [
        backtest(generate(seed)) for seed in range(options.first, options.first + options.seeds)
    ]
    print("mean absolute error, in litres          forecast   last week's mean")
    for name in ("collected", "given"):
        ours, peer = (
            [value for each in found for value in getattr(each[place], name)] for place in (0, 1)
        )
        _tell(f"{name} in a week", ours, peer)
    for day in (14, 28, 56):
        ours, peer = (
            [value for each in found for value in each[place].stock[day]] for place in (0, 1)
        )
        _tell(f"stock after {day} days", ours, peer)
    inside = [value for each in found for value in each[2]]
    print(f"days inside the band of 8 in 10: {100 * statistics.mean(inside):.0f} in 100")


def _tell(what: str, ours: Sequence[float], peer: Sequence[float]) -> None:
    one, other = (statistics.mean(values) / 1000 for values in (ours, peer))
    print(f"{what:<38} {one:>9.1f} {other:>18.1f}")


if __name__ == "__main__":
    main()

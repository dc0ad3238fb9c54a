"""Driven rounds with planted traffic and slow doors, as the truth that learned times are held to.

    python -m bench.planted_rounds porto

Free-flow times of the roads of a sample, or of the law without one. The planted factors are
invented: traffic by hour as a town has it, slower main roads, one slow sector, every eighth door
slow.
`MILKROUND_BENCH_DATA` names the folder that has `osm/`.
"""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import exp, log1p, sqrt
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final
from zoneinfo import ZoneInfo

from collector.planning.learning.choice import ChosenTimes, choose_times
from collector.planning.learning.model import learn_times
from collector.planning.learning.traces import Halt, Trace
from collector.roads.learned import HourClass, hour_class
from collector.roads.models import LearnedKind
from collector.roads.travel import RoadTravel
from routing.travel.road_tags import CLASSES

ZONE: Final = ZoneInfo("Europe/Paris")
FIRST: Final = date(2026, 8, 31)
DAYS, ROUNDS, STOPS = 90, 4, 11
HOURS: Final = {HourClass.MORNING: 1.45, HourClass.DAY: 1.2, HourClass.EVENING: 1.5}
SLOW_SECTOR, SECTOR = "001", 1.2
ROADS: Final = {"primary": 1.15, "motorway": 0.95}
SLOW_DOOR, OTHER_DOOR, EVERY = 1.6, 0.95, 8
LEG, DAY, DOOR = 0.15, 0.08, 0.35
"""Spreads, as those with which a bank begins."""
MINUTES: Final = 12
DONORS: Final = 240

Place = tuple[float, float]


def planted_rounds(travel: RoadTravel, doors: Sequence[Place], *, days: int = DAYS) -> list[Trace]:
    """Return driven rounds of `days` weekdays between doors, the same in each run."""
    dice, found, day = Random("planted"), [], FIRST  # noqa: S311 - a story, no secret
    for _ in range(days):
        found += [_round(travel, doors, day, team, dice) for team in range(ROUNDS)]
        day += timedelta(days=3 if day.isoweekday() == 5 else 1)  # noqa: PLR2004 - Friday
    return found


def _round(travel: RoadTravel, doors: Sequence[Place], day: date, team: int, dice: Random) -> Trace:
    visited = dice.sample(range(len(doors)), STOPS)
    line = [doors[team], *(doors[each] for each in visited)]
    free_flow = travel.between(line).seconds
    now = departed = datetime(day.year, day.month, day.day, 8, tzinfo=ZONE).astimezone(UTC)
    traffic, halts = _factor(dice, DAY), []
    for row, door in enumerate(visited):
        base, classes = float(free_flow[row][row + 1]), travel.class_seconds(*line[row : row + 2])
        sector = f"{door % 4:03d}"
        hour = HOURS.get(hour_class(now.astimezone(ZONE)), 1.0)
        pace = traffic * hour * (SECTOR if sector == SLOW_SECTOR else 1.0) * _road(classes)
        arrived = now + timedelta(seconds=base * pace * _factor(dice, LEG))
        slow = SLOW_DOOR if door % EVERY == 0 else OTHER_DOOR
        now = arrived + timedelta(minutes=MINUTES * slow * _factor(dice, DOOR))
        halts.append(
            Halt(
                base=max(base, 1.0),
                classes=classes,
                sector=sector,
                leg_teaches=base > 0,
                door_teaches=True,
                opens=departed,
                arrived=arrived,
                left=now,
                minutes=60.0 * MINUTES,
                purposes="collection",
                donor_id=door + 1,
                collector_id=team + 1,
            )
        )
    return Trace(day=day, departed=departed, zone=ZONE, halts=tuple(halts))


def _road(classes: Sequence[float]) -> float:
    whole = sum(classes)
    if not whole:
        return 1.0
    pairs = zip(CLASSES, classes, strict=True)
    return sum(seconds * ROADS.get(name, 1.0) for name, seconds in pairs) / whole


def _factor(dice: Random, spread: float) -> float:
    variance = log1p(spread**2)
    return exp(dice.gauss(-variance / 2, sqrt(variance)))


def main(sample: str = "") -> None:
    """Print planted and learned factors, and the errors."""
    with TemporaryDirectory() as folder:
        travel, doors = _roads(sample, Path(folder)) if sample else law_and_doors()
        rounds = planted_rounds(travel, doors)
    begun = process_time()
    chosen: ChosenTimes = choose_times(rounds)
    spent, model = process_time() - begun, learn_times(rounds)
    print(f"{len(rounds)} rounds, {model.legs} legs, learned in {spent:.2f} CPU s")
    print(f"  in use: {', '.join(sorted(chosen.used))}")
    planted = {(LearnedKind.HOUR, key): value for key, value in HOURS.items()}
    planted |= {(LearnedKind.ROAD, key): value for key, value in ROADS.items()}
    planted |= {(LearnedKind.SECTOR, SLOW_SECTOR): SECTOR}
    for (kind, key), truth in planted.items():
        print(f"  {kind} {key:<10} planted {truth:.2f}, learned {model.factor(kind, key):.2f}")
    for name in ("arrival", "leg", "door"):
        without, with_it = getattr(chosen.before, name), getattr(chosen.after, name)
        print(
            f"  error of {name:<8} {without:6.0f} s -> {with_it:6.0f} s ({with_it / without:.2f})"
        )


def law_and_doors() -> tuple[RoadTravel, list[Place]]:
    """Return travel by the law between doors around a town, the same in each run."""
    dice = Random("doors")  # noqa: S311 - a story, no secret
    doors = [(44.8 + dice.gauss(0, 0.08), -0.6 + dice.gauss(0, 0.1)) for _ in range(DONORS)]
    return RoadTravel(), doors


def _roads(sample: str, folder: Path) -> tuple[RoadTravel, list[Place]]:
    from collector.roads.preparation import prepare  # noqa: PLC0415 - of the extra `roads`
    from routing.travel.region_roads import RegionRoads  # noqa: PLC0415
    from routing.travel.road_graph import read_graph  # noqa: PLC0415

    data = Path(os.environ.get("MILKROUND_BENCH_DATA", "../shared/data"))
    prepared = prepare(data / "osm" / f"{sample}.osm.pbf", folder)
    roads = RegionRoads(read_graph(prepared.folder / "roads.npz"))
    dice, doors = Random("doors"), list[Place]()  # noqa: S311 - a story, no secret
    nodes = len(roads.graph.latitude)
    while len(doors) < DONORS:
        node = dice.randrange(nodes)
        place = float(roads.graph.latitude[node]), float(roads.graph.longitude[node])
        doors += [place] if roads.snap(*place) else []
    return RoadTravel(roads=roads), doors


if __name__ == "__main__":
    main(*sys.argv[1:2])

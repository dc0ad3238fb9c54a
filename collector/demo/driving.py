"""A published round as it was driven: legs and doors drawn around the planned times.

The spreads are those with which a new bank begins. Traffic by hour, a slow sector and slow doors
are planted around them, so that the learned times can be compared with the truth. All are invented,
like the rest of the history. Their mean is about that of the plan, so that a first plan is neither
early nor late.
"""

from datetime import datetime, timedelta
from math import exp, log1p, sqrt
from random import Random
from zlib import crc32
from zoneinfo import ZoneInfo

from collector.banks.policies import SPREADS_AND_LEVELS, PolicyKey
from collector.demo.play import Snapshot
from collector.roads.learned import HourClass, hour_class, sector_of

HOURS = {HourClass.MORNING: 1.12, HourClass.DAY: 0.95, HourClass.EVENING: 1.05}
SECTORS = {"336": 1.1, "404": 0.94}
SLOW_DOOR, OTHER_DOOR = 1.6, 0.92
"""Planted factors: on driving by hour and by sector, on the minutes at every eighth door."""
EVERY = 8
SPREADS = {preset.key: int(preset.value) for preset in SPREADS_AND_LEVELS}


def driven(round_: Snapshot, dice: Random) -> Snapshot:
    """Return the snapshot of a round with the times of a drawn day.

    A wait that is planned ends at its planned time, or at the arrival if that is later.
    """
    traffic = _factor(dice, PolicyKey.DAY_SPREAD_PERCENT)
    before = now = datetime.fromisoformat(round_["departs_at"])
    stops, zone = [], ZoneInfo(round_["time_zone"])
    for stop in round_["stops"]:
        planned = [
            datetime.fromisoformat(stop[f"{name}_at"]) for name in ("arrives", "begins", "ends")
        ]
        arrives, begins, ends = planned
        pace = traffic * planted_driving(now.astimezone(zone), stop["address"]["postcode"])
        now += (arrives - before) * pace * _factor(dice, PolicyKey.LEG_SPREAD_PERCENT)
        arrived = now
        begun = max(arrived, begins) if begins > arrives else arrived
        stays = (ends - begins) * planted_door(stop)
        now = begun + stays * _factor(dice, PolicyKey.DOOR_SPREAD_PERCENT)
        before = ends
        times = {"arrives_at": arrived, "begins_at": begun, "ends_at": now}
        stops.append(stop | {name: _iso(instant) for name, instant in times.items()})
    home = datetime.fromisoformat(round_["returns_at"])
    now += (home - before) * traffic * _factor(dice, PolicyKey.LEG_SPREAD_PERCENT)
    return round_ | {"stops": stops, "returns_at": _iso(now)}


def planted_driving(at: datetime, postcode: str) -> float:
    """Return the planted factor on driving that begins at a civil instant."""
    return HOURS.get(hour_class(at), 1.0) * SECTORS.get(sector_of(postcode), 1.0)


def planted_door(stop: Snapshot) -> float:
    """Return the planted factor on the minutes at a door: a flat on the fourth floor is slow."""
    door = f"{stop['address']['line']} {stop['address']['postcode']}"
    return SLOW_DOOR if crc32(door.encode()) % EVERY == 0 else OTHER_DOOR


def _factor(dice: Random, spread: PolicyKey) -> float:
    """Return a lognormal factor with mean 1 and this spread."""
    variance = log1p((SPREADS[spread] / 100) ** 2)
    return exp(dice.gauss(-variance / 2, sqrt(variance)))


def _iso(instant: datetime) -> str:
    return (instant - timedelta(microseconds=instant.microsecond)).isoformat()

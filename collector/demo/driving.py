"""A published round as it was driven: legs and doors drawn around the planned times.

The spreads are those with which a new bank begins; they are invented, like the rest of the history.
"""

from datetime import datetime, timedelta
from math import exp, log1p, sqrt
from random import Random

from collector.banks.policies import SPREADS_AND_LEVELS, PolicyKey
from collector.demo.play import Snapshot

SPREADS = {preset.key: int(preset.value) for preset in SPREADS_AND_LEVELS}


def driven(round_: Snapshot, dice: Random) -> Snapshot:
    """Return the snapshot of a round with the times of a drawn day.

    A wait that is planned ends at its planned time, or at the arrival if that is later.
    """
    traffic = _factor(dice, PolicyKey.DAY_SPREAD_PERCENT)
    before = now = datetime.fromisoformat(round_["departs_at"])
    stops = []
    for stop in round_["stops"]:
        planned = [
            datetime.fromisoformat(stop[f"{name}_at"]) for name in ("arrives", "begins", "ends")
        ]
        arrives, begins, ends = planned
        now += (arrives - before) * traffic * _factor(dice, PolicyKey.LEG_SPREAD_PERCENT)
        arrived = now
        begun = max(arrived, begins) if begins > arrives else arrived
        now = begun + (ends - begins) * _factor(dice, PolicyKey.DOOR_SPREAD_PERCENT)
        before = ends
        times = {"arrives_at": arrived, "begins_at": begun, "ends_at": now}
        stops.append(stop | {name: _iso(instant) for name, instant in times.items()})
    home = datetime.fromisoformat(round_["returns_at"])
    now += (home - before) * traffic * _factor(dice, PolicyKey.LEG_SPREAD_PERCENT)
    return round_ | {"stops": stops, "returns_at": _iso(now)}


def _factor(dice: Random, spread: PolicyKey) -> float:
    """Return a lognormal factor with mean 1 and this spread."""
    variance = log1p((SPREADS[spread] / 100) ** 2)
    return exp(dice.gauss(-variance / 2, sqrt(variance)))


def _iso(instant: datetime) -> str:
    return (instant - timedelta(microseconds=instant.microsecond)).isoformat()

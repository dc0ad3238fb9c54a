"""Rules of a road for a car, from the tags of OpenStreetMap.

Speeds without a `maxspeed` and the meaning of access tags are those of OSRM's car profile
(https://github.com/Project-OSRM/osrm-backend/blob/master/profiles/car.lua). They are free-flow
speeds: no traffic is in them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

KMH: Final = {
    "motorway": 90,
    "motorway_link": 45,
    "trunk": 85,
    "trunk_link": 40,
    "primary": 65,
    "primary_link": 30,
    "secondary": 55,
    "secondary_link": 25,
    "tertiary": 40,
    "tertiary_link": 20,
    "unclassified": 25,
    "residential": 25,
    "living_street": 10,
    "service": 15,
    "ferry": 5,
}
"""Speeds of the classes that a car may use, in km/h."""

CLASSES: Final = tuple(KMH)
WITHOUT_DOORS: Final = frozenset(
    CLASSES.index(name) for name in ("motorway", "motorway_link", "trunk_link", "ferry")
)
"""Classes at which no address lies."""

SHARE_OF_LIMIT: Final = 0.8
"""Driven speed as a share of `maxspeed`, as in OSRM's profile."""
LIMITS: Final = {"walk": 5.0, "none": 140.0, "fr:urban": 50.0, "fr:rural": 80.0}
KMH_PER_MPH: Final = 1.609344

CLOSED: Final = frozenset(
    {"no", "private", "agricultural", "forestry", "emergency", "psv", "customers", "delivery"}
)
OPEN: Final = frozenset(
    {"yes", "permissive", "designated", "destination", "motorcar", "motor_vehicle", "vehicle"}
)
ACCESS_KEYS: Final = ("motorcar", "motor_vehicle", "vehicle", "access")
"""Access tags, the most particular first."""

OPEN_BARRIERS: Final = frozenset(
    {"border_control", "cattle_grid", "entrance", "height_restrictor", "kerb", "lift_gate", "no"}
    | {"sally_port", "toll_booth"}
)
"""Barriers that a car passes unless an access tag forbids it."""
CAN_BE_SHUT: Final = frozenset({"gate", "lift_gate", "swing_gate"})

ONE_WAY: Final = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0}
ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})
SPEED: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(mph)?")
DURATION: Final = re.compile(r"(?:(\d+):)?(\d+):(\d\d)|(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadRules:
    """Rules of a road for a car.

    Attributes
    ----------
    kmh
        Free-flow speed.
    category
        Row in `CLASSES`.
    forward, backward
        Whether a car may drive in, and against, the direction of the line.
    minutes
        Length of a crossing with a timetable, in minutes; only of ferries.
    """

    kmh: float
    category: int
    forward: bool
    backward: bool
    minutes: float | None = None


def road_rules(tags: Mapping[str, str]) -> RoadRules | None:
    """Return the rules of a road; None if no car may use it."""
    ferry = tags.get("route") == "ferry"
    name = "ferry" if ferry else tags.get("highway", "")
    if name not in KMH or tags.get("area") == "yes" or tags.get("impassable") == "yes":
        return None
    if not _is_open(tags, otherwise=not ferry or "motor_vehicle" not in tags):
        return None
    one_way = _direction(tags, name)
    speed = _limit(tags.get("maxspeed", ""))
    return RoadRules(
        kmh=KMH[name] if speed is None or ferry else max(5.0, speed * SHARE_OF_LIMIT),
        category=CLASSES.index(name),
        forward=one_way >= 0,
        backward=one_way <= 0,
        minutes=_minutes(tags.get("duration", "")) if ferry else None,
    )


def blocks(tags: Mapping[str, str]) -> bool:
    """Return whether a barrier on a road stops a car."""
    barrier = tags.get("barrier")
    if barrier is None:
        return False
    if barrier in CAN_BE_SHUT and tags.get("locked") == "yes":
        return True
    # A gate without a word on access stands open as often as not: OSRM lets it pass, as we do.
    return not _is_open(tags, otherwise=barrier in OPEN_BARRIERS | CAN_BE_SHUT)


def _is_open(tags: Mapping[str, str], *, otherwise: bool) -> bool:
    for key in ACCESS_KEYS:
        if tags.get(key) in CLOSED:
            return False
        if tags.get(key) in OPEN:
            return True
    return otherwise


def _direction(tags: Mapping[str, str], name: str) -> int:
    """Return 1 for a road in the direction of its line only, -1 against it only, 0 for both."""
    for key in ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"):
        if (found := ONE_WAY.get(tags.get(key, ""))) is not None:
            return found
    return int(tags.get("junction") in ROUNDABOUTS or name in {"motorway", "motorway_link"})


def _limit(text: str) -> float | None:
    """Return a speed limit in km/h; None if there is none that can be read."""
    if text.lower() in LIMITS:
        return LIMITS[text.lower()]
    found = SPEED.match(text)
    if found is None:
        return None
    return float(found[1]) * (KMH_PER_MPH if found[2] else 1)


def _minutes(text: str) -> float | None:
    """Return a duration in minutes, from `MM`, `HH:MM` or `HH:MM:SS`."""
    found = DURATION.fullmatch(text)
    if found is None:
        return None
    if found[4]:
        return float(found[4])
    if found[1]:
        return 60 * float(found[1]) + float(found[2]) + float(found[3]) / 60
    return 60 * float(found[2]) + float(found[3])

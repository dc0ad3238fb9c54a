"""Roads, barriers and turn restrictions of an OpenStreetMap extract, read by osmium."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from routing.errors import RegionError
from routing.travel.road_tags import RoadRules, blocks, road_rules

if TYPE_CHECKING:
    import osmium

SIGNALS: Final = "traffic_signals"
WORLD: Final = (-180.0, -90.0, 180.0, 90.0)

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A turn restriction at one point: from a road, through a node, into a road.

    Attributes
    ----------
    only
        Whether every other turn is forbidden, instead of this one.
    """

    source: int
    via: int
    target: int
    only: bool


@dataclass(slots=True, kw_only=True)
class Extract:
    """The roads of an extract.

    Attributes
    ----------
    roads
        Rules per road.
    ids
        OpenStreetMap's number per road.
    starts
        First point of each road in `nodes`.
    nodes, latitude, longitude
        OpenStreetMap's number and position per point.
    blocked, signals
        Numbers of the nodes with a barrier that stops a car, and with traffic lights.
    cut
        Points of roads without a position, because the extract ends before them.
    """

    roads: list[RoadRules] = field(default_factory=list)
    ids: array[int] = field(default_factory=lambda: array("q"))
    starts: array[int] = field(default_factory=lambda: array("q", [0]))
    nodes: array[int] = field(default_factory=lambda: array("q"))
    latitude: array[float] = field(default_factory=lambda: array("d"))
    longitude: array[float] = field(default_factory=lambda: array("d"))
    blocked: set[int] = field(default_factory=set)
    signals: set[int] = field(default_factory=set)
    restrictions: list[Restriction] = field(default_factory=list)
    cut: int = 0


def read_extract(file: Path, *, bounds: Bounds | None = None) -> Extract:
    """Read the roads of an extract.

    Parameters
    ----------
    bounds
        West, south, east and north in degrees; points beyond them are left out.

    Raises
    ------
    RegionError
        The file is no extract, ends too early, or has no road.
    """
    import osmium  # noqa: PLC0415 - of the extra `roads`

    found = Extract()
    try:
        with file.open("rb"):
            pass
        wanted = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
        objects = (
            osmium.FileProcessor(file, wanted)
            .with_locations()
            .with_filter(osmium.filter.KeyFilter("highway", "route", "barrier", "restriction"))
        )
        for each in objects:
            _add(found, each, bounds or WORLD)
    except FileNotFoundError:
        raise RegionError(f"{file} is missing") from None
    except (RuntimeError, OSError, ValueError) as broken:
        raise RegionError(f"{file.name} cannot be read as an OpenStreetMap extract") from broken
    if not found.roads:
        raise RegionError(f"{file.name} has no road for a car")
    return found


def _add(found: Extract, each: object, bounds: Bounds) -> None:
    import osmium  # noqa: PLC0415 - of the extra `roads`

    if isinstance(each, osmium.osm.Node):
        tags = dict(each.tags)
        if blocks(tags):
            found.blocked.add(each.id)
        if tags.get("highway") == SIGNALS:
            found.signals.add(each.id)
    elif isinstance(each, osmium.osm.Way):
        rules = road_rules(dict(each.tags))
        if rules is not None:
            _add_road(found, each, rules, bounds)
    elif isinstance(each, osmium.osm.Relation):
        found.restrictions.extend(_restrictions(each))


def _add_road(found: Extract, way: osmium.osm.Way, rules: RoadRules, bounds: Bounds) -> None:
    """Add a road, in pieces where the extract leaves points out."""
    run: list[tuple[int, float, float]] = []
    for node in way.nodes:
        if node.location.valid() and _within(node.lat, node.lon, bounds):
            run.append((node.ref, node.lat, node.lon))
        else:
            found.cut += 1
            _add_run(found, run, way.id, rules)
            run = []
    _add_run(found, run, way.id, rules)


def _within(latitude: float, longitude: float, bounds: Bounds) -> bool:
    west, south, east, north = bounds
    return west <= longitude <= east and south <= latitude <= north


def _add_run(
    found: Extract, run: list[tuple[int, float, float]], number: int, rules: RoadRules
) -> None:
    if len(run) < 2:  # noqa: PLR2004 - a line has two ends
        return
    for ref, latitude, longitude in run:
        found.nodes.append(ref)
        found.latitude.append(latitude)
        found.longitude.append(longitude)
    found.roads.append(rules)
    found.ids.append(number)
    found.starts.append(len(found.nodes))


def _restrictions(relation: osmium.osm.Relation) -> list[Restriction]:
    """Return the restrictions of a relation, but none that leads through a road."""
    tags = dict(relation.tags)
    kind = tags.get("restriction:motorcar", tags.get("restriction", ""))
    excepted = tags.get("except", "").replace(" ", "").split(";")
    if not kind.startswith(("no_", "only_")) or {"motorcar", "motor_vehicle"} & set(excepted):
        return []
    parts: dict[str, list[int]] = {"from": [], "via": [], "to": []}
    for member in relation.members:
        wanted = "n" if member.role == "via" else "w"
        if member.role in parts and member.type == wanted:
            parts[member.role].append(member.ref)
    if len(parts["via"]) != 1:
        return []
    return [
        Restriction(source=source, via=parts["via"][0], target=target, only=kind.startswith("only"))
        for source in parts["from"]
        for target in parts["to"]
    ]

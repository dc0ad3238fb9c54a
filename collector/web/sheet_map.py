"""Map of the run sheet: larger roads, the round along them, its stops; black on white."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Any, Final

from collector.roads.travel import Position, RoadTravel
from collector.rounds.emptyings import places_between

WIDTH: Final = 720.0
HIGHEST: Final = 400.0
MARGIN: Final = 14.0
LEAST_SPAN: Final = 0.005
"""Degrees of a drawing at least: half a kilometre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDisc:
    """A stop, or the beginning or end of the round, under its text."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMap:
    """The shapes of the map, each line as the points of an SVG polyline."""

    width: float
    height: float
    streets: tuple[str, ...]
    legs: tuple[tuple[str, bool], ...]
    """Each leg with whether it is estimated."""
    stops: tuple[SheetDisc, ...]
    sites: tuple[SheetDisc, ...]
    towns: tuple[SheetDisc, ...]
    attribution: str


class SheetScale:
    """North is up, and a kilometre has one length in both directions."""

    def __init__(self, points: Sequence[Position]) -> None:
        latitudes, longitudes = zip(*points, strict=True)
        self.north, self.west = max(latitudes), min(longitudes)
        self.shrink = cos(radians(self.north))
        across = max((max(longitudes) - self.west) * self.shrink, LEAST_SPAN)
        down = max(self.north - min(latitudes), LEAST_SPAN)
        self.by = min((WIDTH - 2 * MARGIN) / across, (HIGHEST - 2 * MARGIN) / down)
        self.width = round(across * self.by + 2 * MARGIN, 1)
        self.height = round(down * self.by + 2 * MARGIN, 1)
        edge = MARGIN / self.by
        self.bounds = (
            self.west - edge / self.shrink,
            self.north - down - edge,
            self.west + (across + edge) / self.shrink,
            self.north + edge,
        )

    def at(self, point: Position) -> tuple[float, float]:
        """Return the place of a position on the drawing."""
        x = MARGIN + (point[1] - self.west) * self.shrink * self.by
        return round(x, 1), round(MARGIN + (self.north - point[0]) * self.by, 1)

    def line(self, points: Iterable[Position]) -> str:
        """Return positions as the points of a polyline."""
        return " ".join(f"{x},{y}" for x, y in map(self.at, points))


def sheet_map(published: Mapping[str, Any], roads: RoadTravel) -> SheetMap | None:
    """Return the map of a published round; None if fewer than two places are known."""
    stops = [
        (number, stop)
        for number, stop in enumerate(published["stops"], 1)
        if stop["address"]["latitude"] is not None
    ]
    ends = [_at(published[name]) for name in ("start", "end")]
    freezers = [_at(each) for each in published.get("emptyings", ())]
    if not stops:
        return None
    between = [_at(each) for each in places_between(published) if each["latitude"] is not None]
    places = [ends[0], *between, ends[1]]
    lines = [roads.line(*leg) for leg in pairwise(places)]
    scale = SheetScale([*places, *(point for line in lines if line for point in line)])
    legs = [
        (scale.line((here, *(line or ()), there)), line is None)
        for line, (here, there) in zip(lines, pairwise(places), strict=True)
    ]
    return SheetMap(
        width=scale.width,
        height=scale.height,
        streets=tuple(scale.line(each) for each in roads.larger_roads(scale.bounds)),
        legs=tuple(legs),
        stops=tuple(_disc(scale, _at(stop["address"]), str(number)) for number, stop in stops),
        sites=tuple(_disc(scale, site, "") for site in dict.fromkeys([*ends, *freezers])),
        towns=_towns(scale, [stop for _, stop in stops]),
        attribution=roads.attribution,
    )


def _towns(scale: SheetScale, stops: Sequence[Mapping[str, Any]]) -> tuple[SheetDisc, ...]:
    """Return the name of each town over its northernmost stop."""
    found: dict[str, Position] = {}
    for stop in stops:
        town, at = stop["address"]["town"], _at(stop["address"])
        if town and (town not in found or at > found[town]):
            found[town] = at
    return tuple(_disc(scale, at, town) for town, at in found.items())


def _disc(scale: SheetScale, at: Position, text: str) -> SheetDisc:
    x, y = scale.at(at)
    return SheetDisc(x=x, y=y, text=text)


def _at(place: Mapping[str, Any]) -> Position:
    return place["latitude"], place["longitude"]

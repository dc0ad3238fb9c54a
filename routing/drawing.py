"""Picture of a plan as SVG: a map of its tours and a timeline of its shifts."""

from collections.abc import Iterator, Sequence
from html import escape
from math import cos, radians
from typing import Any, Final

from routing.problem import Place, Problem

# The module `plan` imports this one for `Plan.draw`: values of a plan are untyped here.
Value = Any

COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#5b2a86")
"""Colours of tours in turn, distinct to colour-blind eyes (Okabe and Ito, two darkened)."""

WIDTH: Final = 720
MAP_HEIGHT: Final = 420
ROW: Final = 34
MARGIN: Final = 24
NAMES: Final = 110
"""Sizes in pixels; the last is the width of the names beside the timeline."""

HOUR: Final = 3_600


def drawn(problem: Problem, plan: Value) -> str:
    """Return the picture of a plan.

    The map is left out if there is no visit, or if a place of the plan has no position. Each mark
    has a title with its visit and its times, counted from the problem's epoch.
    """
    marks: list[str] = []
    height = MARGIN
    places = _places(problem, plan)
    if places and all(place.latitude is not None for place in places):
        marks.extend(_map(problem, plan))
        height += MAP_HEIGHT
    marks.extend(_timeline(problem, plan, height))
    height += ROW * len(plan.tours) + 2 * MARGIN
    body = "\n".join(marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" font-family="sans-serif" font-size="11" role="img">\n'
        f"<title>{len(plan.tours)} tours, {len(plan.unassigned)} visits unassigned</title>\n"
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _places(problem: Problem, plan: Value) -> list[Place]:
    """Return the places of the plan: ends of its tours, and places of all visits."""
    ends = {name for tour in plan.tours for name in (tour.start, tour.end)}
    return [problem.place(name) for name in {*ends, *(visit.place for visit in problem.visits)}]


class _Scale:
    """Projection of positions to the map, with the same scale in both directions."""

    def __init__(self, places: Sequence[Place]) -> None:
        points = [(place.latitude or 0.0, place.longitude or 0.0) for place in places]
        south, north = min(one for one, _ in points), max(one for one, _ in points)
        west, east = min(one for _, one in points), max(one for _, one in points)
        self._narrow = cos(radians((south + north) / 2))
        width, height = (east - west) * self._narrow, north - south
        room = (WIDTH - 4 * MARGIN, MAP_HEIGHT - 2 * MARGIN)
        self._scale = min(room[0] / max(width, 1e-9), room[1] / max(height, 1e-9))
        self._west, self._north = west, north
        self._left = 2 * MARGIN + (room[0] - width * self._scale) / 2
        self._top = MARGIN + (room[1] - height * self._scale) / 2

    def at(self, place: Place) -> tuple[str, str]:
        """Return the horizontal and vertical pixel of a place."""
        east = ((place.longitude or 0.0) - self._west) * self._narrow
        south = self._north - (place.latitude or 0.0)
        return f"{self._left + east * self._scale:.1f}", f"{self._top + south * self._scale:.1f}"


def _map(problem: Problem, plan: Value) -> Iterator[str]:
    scale = _Scale(_places(problem, plan))
    places = {visit.id: problem.place(visit.place) for visit in problem.visits}
    for number, tour in enumerate(plan.tours):
        way = [problem.place(tour.start), *(places[name] for name in tour.visits)]
        points = " ".join(",".join(scale.at(place)) for place in [*way, problem.place(tour.end)])
        yield (
            f'<polyline points="{points}" fill="none" stroke="{_colour(number)}"'
            ' stroke-width="2" stroke-linejoin="round">'
            f"<title>{escape(tour.shift)}</title></polyline>"
        )
    for number, tour in enumerate(plan.tours):
        for position, stop in enumerate(tour.stops, start=1):
            x, y = scale.at(places[stop.visit])
            title = f"{position}. {stop.visit}, {_clock(stop.begin)}"
            yield _dot(x, y, _colour(number), title)
            yield (
                f'<text x="{float(x) + 8:.1f}" y="{float(y) + 4:.1f}" fill="#222">'
                f"{escape(_short(stop.visit))}</text>"
            )
        for name in {tour.start, tour.end}:
            x, y = scale.at(problem.place(name))
            yield (
                f'<rect x="{float(x) - 6:.1f}" y="{float(y) - 6:.1f}" width="12" height="12"'
                f' fill="#222"><title>{escape(name)}</title></rect>'
            )
    for entry in plan.unassigned:
        x, y = scale.at(places[entry.visit])
        yield _dot(x, y, "#fff", f"{entry.visit}, unassigned", edge="#222")


def _dot(x: str, y: str, colour: str, title: str, *, edge: str = "#fff") -> str:
    return (
        f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}" stroke="{edge}">'
        f"<title>{escape(title)}</title></circle>"
    )


def _timeline(problem: Problem, plan: Value, top: int) -> Iterator[str]:
    if not plan.tours:
        return
    first = min(tour.departure for tour in plan.tours) // HOUR * HOUR
    last = max(first + HOUR, *(tour.arrival for tour in plan.tours))
    pixels = (WIDTH - NAMES - MARGIN) / (last - first)
    bottom = top + ROW * len(plan.tours)
    step = HOUR * max(1, (last - first) // (12 * HOUR))
    for instant in range(first, last + 1, step):
        x = f"{NAMES + (instant - first) * pixels:.1f}"
        yield f'<line x1="{x}" y1="{top}" x2="{x}" y2="{bottom}" stroke="#ddd"/>'
        yield (
            f'<text x="{x}" y="{bottom + 16}" text-anchor="middle" fill="#444">'
            f"{_clock(instant)}</text>"
        )
    for number, tour in enumerate(plan.tours):
        y, colour = top + ROW * number + 6, _colour(number)
        shift = next(shift for shift in problem.shifts if shift.id == tour.shift)
        yield f'<text x="8" y="{y + 15}" fill="#222">{escape(_short(shift.id))}</text>'
        spans = [(tour.departure, tour.arrival, 9, 4, colour, f"{shift.id}, on the road")]
        spans += [(stop.begin, stop.end, 0, 22, colour, stop.visit) for stop in tour.stops]
        spans += [(halt.begin, halt.end, 0, 22, "#222", halt.place) for halt in tour.unloadings]
        spans += [(rest.begin, rest.end, 4, 14, "#999", rest.name) for rest in tour.breaks]
        for begin, end, down, height, fill, title in spans:
            x, width = NAMES + (begin - first) * pixels, max(1.5, (end - begin) * pixels)
            words = escape(f"{title}, {_clock(begin)} to {_clock(end)}")
            yield (
                f'<rect x="{x:.1f}" y="{y + down}" width="{width:.1f}" height="{height}"'
                f' fill="{fill}"><title>{words}</title></rect>'
            )


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _short(name: str) -> str:
    """Return a name that fits beside the timeline."""
    most = 15
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _clock(seconds: int) -> str:
    """Return an instant as hours and minutes since the problem's epoch."""
    return f"{seconds // HOUR}:{seconds % HOUR // 60:02d}"

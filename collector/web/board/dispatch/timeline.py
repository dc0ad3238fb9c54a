"""The timeline of a day on the road, in per cent of its width: past, expected, late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.planning.dispatch.eta import StopEta
from collector.web.board.dispatch.view_model import DispatchView, RoundDispatch
from collector.web.board.timeline_scale import TimelineScale, hour_marks, whole_hours


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchBar:
    """A stretch of a row.

    Attributes
    ----------
    kind
        `drive`, `wait`, `service`, `failed`, or `late`: from the promise to the arrival.
    """

    kind: str
    left: float
    width: float
    past: bool
    pickup_id: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchLane:
    """The row of one round."""

    seen: RoundDispatch
    bars: tuple[DispatchBar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchTimeline:
    """All rows over one stretch of hours, and the place of the present."""

    rows: tuple[DispatchLane, ...]
    hours: tuple[tuple[float, datetime], ...]
    now: float | None


def build_timeline(view: DispatchView) -> DispatchTimeline | None:
    """Return the timeline of a dispatch; None without a driven round."""
    driven = [each for each in view.rounds if each.course and each.doors]
    courses = [each.course for each in driven if each.course]
    if not courses:
        return None
    scale = whole_hours(
        min(each.departs_at for each in courses), max(each.returns_at for each in courses)
    )
    draw = _Drawing(scale, view.now)
    return DispatchTimeline(
        rows=tuple(DispatchLane(seen=each, bars=tuple(_bars(each, draw))) for each in driven),
        hours=hour_marks(scale),
        now=scale.at_if_shown(view.now),
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    scale: TimelineScale[datetime]
    now: datetime

    def bar(self, kind: str, since: datetime, until: datetime, **of: int | None) -> DispatchBar:
        left, width = self.scale.bar(since, until)
        return DispatchBar(kind=kind, left=left, width=width, past=until <= self.now, **of)


def _bars(view: RoundDispatch, draw: _Drawing) -> Iterator[DispatchBar]:
    if view.course is None:
        return
    left = view.course.departs_at
    emptyings = list(view.course.emptyings)
    for place, door in enumerate(view.course.doors):
        while emptyings and emptyings[0].after <= place:
            emptying = emptyings.pop(0)
            yield from _drive(draw, left, emptying.arrives_at)
            yield draw.bar("emptying", emptying.begins_at, emptying.ends_at)
            left = emptying.ends_at
        of = {"pickup_id": door.pickup_id, "number": door.number}
        yield from _drive(draw, left, door.arrives_at)
        if door.begins_at > door.arrives_at:
            yield draw.bar("wait", door.arrives_at, door.begins_at, **of)
        yield draw.bar(_kind(door), door.begins_at, door.ends_at, **of)
        if not door.past and door.late_by > timedelta():
            yield draw.bar("late", door.promise.closes, door.begins_at, **of)
        left = door.ends_at
    yield from _drive(draw, left, view.course.returns_at)


def _drive(draw: _Drawing, since: datetime, until: datetime) -> Iterator[DispatchBar]:
    """Yield a drive; one under way is split at the present."""
    if since < draw.now < until:
        yield draw.bar("drive", since, draw.now)
        since = draw.now
    yield draw.bar("drive", since, until)


def _kind(door: StopEta) -> str:
    return "failed" if door.past and not door.collected else "service"

"""The timeline of a day in per cent of its width: driving, waiting, service, tightest clocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.rounds.models import PlannedEmptying, RoundStop
from collector.web.board.day.view_model import DayView, RoundView, StopView
from collector.web.board.timeline_scale import TimelineScale, hour_marks, whole_hours


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBar:
    """A stretch of a row: its kind, left end and width, in per cent."""

    kind: str
    left: float
    width: float
    pickup_id: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBar:
    """The tightest clock: from the end of a service to its limit; the freezer must be earlier."""

    left: float
    used: float
    whole: float
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLane:
    """The row of one collector."""

    seen: RoundView
    bars: tuple[DayBar, ...]
    clock: ClockBar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All rows over one stretch of hours, and the place of the present."""

    rows: tuple[DayLane, ...]
    hours: tuple[tuple[float, datetime], ...]
    now: float | None


def build_timeline(view: DayView, *, now: datetime) -> Timeline | None:
    """Return the timeline of a day; None without a driven round."""
    driven = [
        round_view for round_view in view.rounds if round_view.round.departs_at and round_view.stops
    ]
    if not driven:
        return None
    scale = whole_hours(
        min(round_view.round.departs_at for round_view in driven if round_view.round.departs_at),
        max(round_view.round.returns_at for round_view in driven if round_view.round.returns_at),
    )
    return Timeline(
        rows=tuple(
            DayLane(
                seen=round_view,
                bars=tuple(_bars(round_view, scale)),
                clock=_clock(round_view, scale),
            )
            for round_view in driven
        ),
        hours=hour_marks(scale),
        now=scale.at_if_shown(now),
    )


def _bars(round_view: RoundView, scale: TimelineScale[datetime]) -> Iterator[DayBar]:
    def bar(kind: str, since: datetime, until: datetime, **of: int | None) -> DayBar:
        left, width = scale.bar(since, until)
        return DayBar(kind=kind, left=left, width=width, **of)

    left = round_view.round.departs_at
    halts: list[StopView | PlannedEmptying] = [*round_view.stops, *round_view.round.emptyings]
    for halt in sorted(halts, key=_begin):
        row, of = _row(halt)
        if left is not None:
            yield bar("drive", left, row.arrives_at)
        if row.begins_at > row.arrives_at:
            yield bar("wait", row.arrives_at, row.begins_at, **of)
        kind = "service" if isinstance(halt, StopView) else "emptying"
        yield bar(kind, row.begins_at, row.ends_at, **of)
        left = row.ends_at
    if left is not None and round_view.round.returns_at is not None:
        yield bar("drive", left, round_view.round.returns_at)


def _row(halt: StopView | PlannedEmptying) -> tuple[RoundStop | PlannedEmptying, dict[str, int]]:
    """Return the row of a halt, and the fields of its bars."""
    if isinstance(halt, StopView):
        return halt.stop, {"pickup_id": halt.pickup.id, "number": halt.number}
    return halt, {}


def _begin(halt: StopView | PlannedEmptying) -> datetime:
    return _row(halt)[0].begins_at


def _clock(round_view: RoundView, scale: TimelineScale[datetime]) -> ClockBar | None:
    tightest = round_view.tightest
    back = round_view.received_at(tightest.stop) if tightest else None
    if tightest is None or tightest.margin is None or back is None:
        return None
    since = tightest.stop.ends_at
    left, used = scale.bar(since, back)
    _, whole = scale.bar(since, back + max(tightest.margin, timedelta()))
    return ClockBar(left=left, used=used, whole=whole, tone=round_view.tone)

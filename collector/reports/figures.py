"""Figures of a period: planned against actual, litres, distance, waiting, failures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from math import ceil
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.custody.models import DoorRecord
from collector.custody.queries import records_at
from collector.pickups.models import MilkLine, Pickup, PickupState
from collector.rounds.models import DayPlan, EventKind, Round, RoundEvent, RoundStop

MOST_DAYS = 400
DONE = frozenset({PickupState.COLLECTED, PickupState.PARTLY_COLLECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """One day.

    Attributes
    ----------
    declared_bottles, declared_ml
        Of the visits with a pick-up record of donated milk.
    bottles, volume_ml
        Donated: milk for the donor's own child is no gift.
    own_child_ml
        Millilitres fetched for donors' own children.
    planned_metres, planned_seconds
        As in the last publication.
    driven_metres, worked_seconds
        As reported by phones; only of rounds with such a report.
    told_metres, told_seconds
        As planned for the reported rounds alone, for comparison with the actual figures.
    """

    day: date
    rounds: int = 0
    visits: int = 0
    done: int = 0
    failed: int = 0
    declared_bottles: int = 0
    bottles: int = 0
    declared_ml: int = 0
    volume_ml: int = 0
    own_child_ml: int = 0
    planned_metres: int = 0
    driven_metres: int = 0
    told_metres: int = 0
    planned_seconds: int = 0
    worked_seconds: int = 0
    told_seconds: int = 0
    cost_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReport:
    """A period of days, its sums and the donors' waiting time.

    Attributes
    ----------
    waited
        Days from request to visit: median and ninth decile.
    reasons
        Failed visits by reason, the most frequent first.
    """

    first: date
    last: date
    days: tuple[DayFigures, ...]
    waited: tuple[int, int] | None
    reasons: tuple[tuple[str, int], ...]
    co2_grams_per_km: int

    def sum(self, name: str) -> int:
        """Return the sum of a figure over all days."""
        return sum(int(getattr(day, name)) for day in self.days)

    @property
    def metres(self) -> int:
        """The distance in metres: as reported by phones, else as planned."""
        return self.sum("planned_metres") - self.sum("told_metres") + self.sum("driven_metres")

    @property
    def fetched_ml(self) -> int:
        """The millilitres of both lines: rounds drive for each of them."""
        return self.sum("volume_ml") + self.sum("own_child_ml")

    @property
    def km_per_litre(self) -> float | None:
        """The kilometres per litre fetched."""
        volume = self.fetched_ml
        return self.metres / volume if volume else None

    @property
    def cents_per_litre(self) -> int | None:
        """The collection cost per litre fetched."""
        volume = self.fetched_ml
        return round(1000 * self.sum("cost_cents") / volume) if volume else None

    @property
    def co2_kilograms(self) -> float:
        """The CO2 of the distance, by the bank's policy."""
        return self.metres * self.co2_grams_per_km / 1_000_000


class _Driven(NamedTuple):
    round: Round
    day: date
    stops: list[tuple[int, Pickup]]


def report(session: Session, *, bank_id: int, first: date, last: date) -> PeriodReport:
    """Compute the figures from one day to another, both included."""
    driven = _driven(session, bank_id, first, last)
    pickups = [pickup for each in driven for _, pickup in each.stops]
    records = records_at(session, bank_id=bank_id, pickups=[pickup.id for pickup in pickups])
    worked = _worked(session, [each.round.id for each in driven])
    by_day: dict[date, list[DayFigures]] = {}
    for each in driven:
        by_day.setdefault(each.day, []).append(_figures(each, records, worked))
    waits = [
        (records[pickup.id].device_at - pickup.asked_at).days
        for pickup in pickups
        if pickup.id in records
    ]
    failures = Counter(
        pickup.failure or "other" for pickup in pickups if pickup.state is PickupState.FAILED
    )
    return PeriodReport(
        first=first,
        last=last,
        days=tuple(_added(day, found) for day, found in sorted(by_day.items())),
        waited=(rank(waits, 0.5), rank(waits, 0.9)) if waits else None,
        reasons=tuple(failures.most_common()),
        co2_grams_per_km=policies_of(session, bank_id)[PolicyKey.CO2_GRAMS_PER_KM],
    )


def rank(values: Sequence[int], share: float) -> int:
    """Return a quantile by the nearest-rank method."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def _driven(session: Session, bank_id: int, first: date, last: date) -> list[_Driven]:
    rows = session.execute(
        select(Round, DayPlan.day)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(
            Round.bank_id == bank_id,
            Round.revision > 0,
            DayPlan.day >= first,
            DayPlan.day <= last,
        )
        .order_by(DayPlan.day, Round.letter)
    ).all()
    stops: dict[int, list[tuple[int, Pickup]]] = {}
    for round_id, pickup in session.execute(
        select(RoundStop.round_id, Pickup)
        .join(Pickup, Pickup.id == RoundStop.pickup_id)
        .where(RoundStop.round_id.in_([round_.id for round_, _ in rows]))
        .order_by(RoundStop.round_id, RoundStop.position)
    ):
        stops.setdefault(round_id, []).append((pickup.id, pickup))
    return [_Driven(round_, day, stops[round_.id]) for round_, day in rows if round_.id in stops]


def _worked(session: Session, rounds: list[int]) -> dict[int, int]:
    """Return the duration of each round by its phone, from departure to the last hand-over."""
    rows = session.execute(
        select(RoundEvent.round_id, RoundEvent.kind, RoundEvent.device_at).where(
            RoundEvent.round_id.in_(rounds),
            RoundEvent.kind.in_((EventKind.STARTED, EventKind.HANDED_OVER)),
        )
    )
    left: dict[int, datetime] = {}
    back: dict[int, datetime] = {}
    for key, kind, at in rows:
        if kind is EventKind.STARTED:
            left[key] = min(at, left.get(key, at))
        else:
            back[key] = max(at, back.get(key, at))
    return {
        key: int((back[key] - at).total_seconds())
        for key, at in left.items()
        if key in back and back[key] > at
    }


def _figures(
    each: _Driven, records: Mapping[int, DoorRecord], worked: Mapping[int, int]
) -> DayFigures:
    pickups = [pickup for _, pickup in each.stops]
    recorded = [pickup for pickup in pickups if pickup.id in records]
    over = [pickup for pickup in recorded if pickup.line is not MilkLine.OWN_CHILD]
    own = [records[pickup.id] for pickup in recorded if pickup.line is MilkLine.OWN_CHILD]
    found = [records[pickup.id] for pickup in over]
    round_, seconds = each.round, worked.get(each.round.id)
    planned = _planned_seconds(round_)
    return DayFigures(
        day=each.day,
        rounds=1,
        visits=len(pickups),
        done=sum(pickup.state in DONE for pickup in pickups),
        failed=sum(pickup.state is PickupState.FAILED for pickup in pickups),
        declared_bottles=sum(pickup.bottles for pickup in over),
        bottles=sum(record.bottles for record in found),
        declared_ml=sum(pickup.volume_ml for pickup in over),
        volume_ml=sum(record.volume_ml for record in found),
        own_child_ml=sum(record.volume_ml for record in own),
        planned_metres=round_.metres,
        driven_metres=round_.driven_metres or 0,
        told_metres=round_.metres if round_.driven_metres is not None else 0,
        planned_seconds=planned,
        worked_seconds=seconds or 0,
        told_seconds=planned if seconds is not None else 0,
        cost_cents=round_.cost_cents,
    )


def _planned_seconds(round_: Round) -> int:
    if round_.departs_at is None or round_.returns_at is None:
        return 0
    return int((round_.returns_at - round_.departs_at).total_seconds())


def _added(day: date, found: list[DayFigures]) -> DayFigures:
    names = [part.name for part in fields(DayFigures) if part.name != "day"]
    return DayFigures(
        day=day, **{name: sum(getattr(each, name) for each in found) for name in names}
    )

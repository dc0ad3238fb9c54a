"""Choice of bottles for orders: deterministic, first to expire first out, a reason for each.

Nothing here reads the database: orders and bottles are values.
"""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from collector.dispensary.allocation.models import ChoiceReason
from collector.dispensary.orders.models import NeedClass, WaitReason

SOON_DAYS = 30
"""Bottles that expire in fewer days go first: Milkround's own value, not verified."""
SPARE_DAYS = 2
"""Days that a bottle must last beyond the day of need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBottle:
    """A bottle that may leave and is kept for no order.

    Attributes
    ----------
    child_of_id
        The donor for whose own child alone the milk is; None for donated milk.
    """

    bottle_id: int
    number: str
    volume_ml: int
    expires_on: date
    pool_id: int
    child_of_id: int | None
    dairy_free: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNeed:
    """An order with the millilitres that no bottle serves yet.

    Attributes
    ----------
    mother_id
        The donor whose milk for her own child is this child's; None without one.
    pools
        Pools of which the child had milk before.
    is_served
        Whether the level of the stock, or an override, serves it with donated milk.
    """

    order_id: int
    missing_ml: int
    need_class: NeedClass
    needed_on: date
    asked_at: datetime
    mother_id: int | None
    dairy_free: bool
    pools: AbstractSet[int]
    is_served: bool
    is_prescribed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleChoice:
    """A bottle chosen for an order, with the reason."""

    order_id: int
    bottle: FreeBottle
    reason: ChoiceReason
    passed_over: int
    """Bottles that expire earlier and were left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationPlan:
    """The chosen bottles, and the reason of each order that is not served in full."""

    choices: Sequence[BottleChoice]
    waits: dict[int, WaitReason]


def plan_allocation(
    needs: Collection[OpenNeed], bottles: Collection[FreeBottle], *, today: date
) -> AllocationPlan:
    """Return the bottles of each order: by class, then by day of need, then by time of asking."""
    left = {bottle.bottle_id: bottle for bottle in bottles}
    choices, waits = list[BottleChoice](), dict[int, WaitReason]()
    for need in sorted(needs, key=_serving_order):
        missing = need.missing_ml
        for choice in _choices(need, left, today):
            del left[choice.bottle.bottle_id]
            choices.append(choice)
            missing -= choice.bottle.volume_ml
        if missing > 0:
            waits[need.order_id] = _reason_to_wait(need)
    return AllocationPlan(choices=choices, waits=waits)


def fits(need: OpenNeed, bottle: FreeBottle) -> bool:
    """Return whether a bottle may serve a need: its line, its needs, its last day."""
    if not need.is_prescribed:
        return False
    lasts = bottle.expires_on >= need.needed_on + timedelta(days=SPARE_DAYS)
    right_line = (
        bottle.child_of_id == need.mother_id if bottle.child_of_id is not None else need.is_served
    )
    return lasts and right_line and (bottle.dairy_free or not need.dairy_free)


def _choices(need: OpenNeed, left: dict[int, FreeBottle], today: date) -> Iterator[BottleChoice]:
    fitting = [bottle for bottle in left.values() if fits(need, bottle)]
    missing = need.missing_ml
    while missing > 0 and fitting:
        best = min(fitting, key=lambda bottle: _rank(need, bottle, missing, today))
        fitting.remove(best)
        yield BottleChoice(
            order_id=need.order_id,
            bottle=best,
            reason=_reason(need, best, fitting, today),
            passed_over=sum(bottle.expires_on < best.expires_on for bottle in fitting),
        )
        missing -= best.volume_ml


def _serving_order(need: OpenNeed) -> tuple[str, date, datetime, int]:
    return need.need_class.value, need.needed_on, need.asked_at, need.order_id


def _rank(
    need: OpenNeed, bottle: FreeBottle, missing: int, today: date
) -> tuple[bool, date, bool, date, int, str]:
    """Return the rank of a bottle; the least one goes first."""
    soon = _expires_soon(bottle, today)
    return (
        bottle.child_of_id is None,
        bottle.expires_on if soon else date.max,
        bottle.pool_id not in need.pools,
        bottle.expires_on,
        abs(bottle.volume_ml - missing),
        bottle.number,
    )


def _reason(
    need: OpenNeed, best: FreeBottle, others: Sequence[FreeBottle], today: date
) -> ChoiceReason:
    if best.child_of_id is not None:
        return ChoiceReason.OWN_CHILD
    if _expires_soon(best, today):
        return ChoiceReason.EXPIRES_SOON
    if best.pool_id in need.pools:
        return ChoiceReason.SAME_POOL
    same_day = [bottle for bottle in others if bottle.expires_on == best.expires_on]
    is_other_size = any(bottle.volume_ml != best.volume_ml for bottle in same_day)
    return ChoiceReason.SIZE if is_other_size else ChoiceReason.FIRST_EXPIRY


def _expires_soon(bottle: FreeBottle, today: date) -> bool:
    return (bottle.expires_on - today).days < SOON_DAYS


def _reason_to_wait(need: OpenNeed) -> WaitReason:
    if not need.is_prescribed:
        return WaitReason.PRESCRIPTION
    return WaitReason.NO_MILK if need.is_served else WaitReason.SHORTAGE

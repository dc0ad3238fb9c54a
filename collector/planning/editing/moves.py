"""Moving visits by hand: to another round, another place, the tray, or over several rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from collector.errors import NotFound, Refused
from collector.planning.editing.assignment import Arrangement
from collector.planning.editing.commit import ComputedEdit
from collector.planning.editing.what_if import DayChange, Desk, Preview, told
from collector.planning.models import EditKind
from collector.planning.problem.build import gather
from collector.planning.problem.searches import legal_places
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan_at_version
from routing.analysis.insertion import Insertion, inserted, orders_with
from routing.check.judge import check_tour
from routing.plan import Plan, Tour
from routing.schedule import best_effort, retimed

TRAY, SPREAD = "tray", "spread"
MOST_AT_ONCE = 200
"""As many visits as one act may move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPosition:
    """Where visits go: a round, at a place in it or wherever is best; the tray; other rounds.

    Written `12:3`, `12`, `tray` and `spread`.
    """

    kind: str = ""
    round_id: int | None = None
    position: int | None = None

    @classmethod
    def read(cls, text: str) -> "TargetPosition":
        """Read a place as a page writes it.

        Raises
        ------
        NotFound
            It names nothing.
        """
        if text in {TRAY, SPREAD}:
            return cls(kind=text)
        round_id, colon, position = text.partition(":")
        return cls(round_id=_number(round_id), position=_number(position) if colon else None)

    def __str__(self) -> str:
        if self.round_id is None:
            return self.kind
        return str(self.round_id) if self.position is None else f"{self.round_id}:{self.position}"


def price(
    session: Session, plan: DayPlan, *, pickups: Sequence[int], place: TargetPosition
) -> tuple[DayChange, Preview]:
    """Return what moving these visits there would do; nothing is written.

    Raises
    ------
    NotFound, Refused
        As `move`, except for the rules that `breaks` names.
    """
    desk = Desk(gather(session, plan), _known(pickups))
    change = desk.change(arrangement(desk, pickups, place))
    return change, told(change)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A place that visits may go to, and what that would do.

    Attributes
    ----------
    placed
        How many of them are in a round then.
    refusal
        Why nothing can be done there at all.
    """

    place: TargetPosition
    preview: Preview | None
    change: DayChange | None
    placed: int = 0
    refusal: Refused | None = None


def choices(desk: Desk, pickups: Sequence[int]) -> list[Choice]:
    """Return every round that has not left, the other rounds together, and the tray, priced."""
    places = [TargetPosition(round_id=key) for key in desk.shifts]
    if len(pickups) > 1 and len(desk.shifts) > 1:
        places.append(TargetPosition.read(SPREAD))
    if desk.was.placed.intersection(pickups):
        places.append(TargetPosition.read(TRAY))
    return [_choice(desk, pickups, place) for place in places]


def _choice(desk: Desk, pickups: Sequence[int], place: TargetPosition) -> Choice:
    try:
        change = desk.change(arrangement(desk, pickups, place))
    except Refused as refused:
        return Choice(place=place, preview=None, change=None, refusal=refused)
    placed = len(change.becomes.placed.intersection(pickups))
    return Choice(place=place, preview=told(change), change=change, placed=placed)


def compute_move(
    session: Session,
    *,
    bank_id: int,
    day: date,
    version: int,
    pickups: Sequence[int],
    place: TargetPosition,
) -> ComputedEdit:
    """Compute the edit that moves visits; `commit.write` writes it.

    A pin goes with its stop. Stops whose requests were cancelled or changed meanwhile leave the
    rounds that are timed anew.

    Raises
    ------
    NotFound
        A pick-up or the round is not of this bank and day.
    Conflict
        The day is another version by now: `changed_meanwhile` (`version`, `revision`).
    Refused
        `nothing_moves`; `round_has_started`; `visit_may_not_be_served` (`reason`, see `Aside`).
    """
    plan = day_plan_at_version(session, bank_id=bank_id, day=day, version=version)
    desk = Desk(gather(session, plan), _known(pickups))
    change = desk.change(arrangement(desk, pickups, place))
    if change.becomes.orders == change.was.orders:
        raise Refused("nothing_moves")
    return ComputedEdit.of(desk, change.becomes, _kind(place))


def arrangement(desk: Desk, pickups: Sequence[int], place: TargetPosition) -> Arrangement:
    """Return the day with these visits where they are to go."""
    if place.kind == TRAY:
        return desk.was.without(pickups)
    if place.kind == SPREAD:
        holders = {desk.was.round_of(key) for key in pickups}
        return _best(desk, pickups, {key for key in desk.shifts if key not in holders})
    if place.round_id not in desk.was.orders:
        raise NotFound("not_found", kind="rounds")
    if place.position is not None:
        return desk.was.moved(pickups, place.round_id, place.position)
    if place.round_id not in desk.shifts:
        raise Refused("round_has_started")
    found = _best(desk, pickups, {place.round_id})
    return _forced(desk, found, pickups, place.round_id)


def _best(desk: Desk, pickups: Sequence[int], rounds: set[int]) -> Arrangement:
    """Put visits one by one where they add least, the one that has fewest ways first.

    What fits nowhere legally is in no round afterwards.
    """
    allowed = {desk.shifts[key] for key in rounds}
    plan = retimed(desk.problem, _orders(desk, desk.was.without(pickups)))
    waiting = [str(key) for key in pickups if desk.problem.visit(str(key)) is not None]
    while waiting:
        ways = {name: _ways(desk, plan, name, allowed) for name in waiting}
        able = [name for name in waiting if ways[name]]
        if not able:
            break
        name = max(able, key=lambda name: _regret(ways[name]))
        plan = inserted(desk.problem, plan, ways[name][0])
        waiting.remove(name)
    return _with_pins(desk, desk.arranged(plan.orders))


def _ways(desk: Desk, plan: Plan, name: str, allowed: set[str]) -> list[Insertion]:
    """The best place on each shift, the cheapest first."""
    best: dict[str, Insertion] = {}
    for place in legal_places(desk.problem, plan, name):
        if place.shift in allowed:
            best.setdefault(place.shift, place)
    return list(best.values())


def _regret(ways: Sequence[Insertion]) -> tuple[int, int]:
    """How much is lost where the best place is taken by another; the only place comes first."""
    if len(ways) == 1:
        return 1, -ways[0].shares
    return 0, ways[1].shares - ways[0].shares


def _forced(desk: Desk, found: Arrangement, pickups: Sequence[int], round_id: int) -> Arrangement:
    """Put what fits nowhere legally where it breaks least: a coordinator may have a reason."""
    shift = desk.problem.shifts[desk.problem.shift_row(desk.shifts[round_id])]
    for key in pickups:
        visit = desk.problem.visit(str(key))
        if key in found.placed or visit is None:
            continue
        order = found.orders.get(round_id, ())
        base = _tour(desk, shift.id, order)
        tries = [
            best_effort(desk.problem, shift, each)
            for each in orders_with(desk.problem, base, visit)
        ]
        sizes = [
            (len(broken), sum(each.by for each in broken))
            for broken in (check_tour(desk.problem, tour) for tour in tries)
        ]
        at = min(range(len(tries)), key=sizes.__getitem__)
        longer = (*order[:at], key, *order[at:])
        found = replace(found, orders={**found.orders, round_id: longer})
    return _with_pins(desk, found)


def _tour(desk: Desk, shift: str, order: Sequence[int]) -> Tour | None:
    plan = retimed(desk.problem, {shift: [str(key) for key in order]} if order else {})
    return plan.tour(shift)


def _orders(desk: Desk, found: Arrangement) -> Mapping[str, list[str]]:
    return {
        shift: [str(key) for key in found.orders.get(round_id, ())]
        for round_id, shift in desk.shifts.items()
    }


def _with_pins(desk: Desk, found: Arrangement) -> Arrangement:
    return replace(found, pinned=desk.was.pinned & found.placed)


def _known(pickups: Sequence[int]) -> Sequence[int]:
    if not pickups:
        raise Refused("nothing_moves")
    return pickups


def _kind(place: TargetPosition) -> EditKind:
    return EditKind.SPREAD if place.kind == SPREAD else EditKind.MOVED


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < len("2147483648")):
        raise NotFound("not_found")
    return int(text)

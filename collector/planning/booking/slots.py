"""Slots for a donor: where a visit fits into the days as planned, and what each place would cost.

Nothing here writes but `turn_page`. What is reckoned with:

- the rounds that may still change, as the rows have them, drafts and promises alike;
- requests with a promised slot that no round has yet, and slots held for other donors: each is put
  in at its cheapest place first, and where one of them finds none, nobody else is promised anything
  on that day;
- requests without a promise are not: they may go to another day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from collector.banks.queries import policies_of
from collector.db import is_duplicate
from collector.donors.models import Donor
from collector.donors.queries import whole_file
from collector.errors import Conflict
from collector.pickups.models import Enquiry, Pickup, PickupState, PickupWindow
from collector.pickups.purposes import purposes_for
from collector.planning.models import SlotBook
from collector.planning.problem.build import DayFacts, can_be_timed, gather, problem_of
from collector.rounds.models import DayPlan, Round, RoundState
from collector.rounds.promises import Promise, promise
from collector.rounds.queries import day_plan
from collector.service_day import ServiceDay
from collector.shifts.queries import shifts_on
from routing.analysis.insertion import Insertion, inserted, insertions
from routing.plan import Plan
from routing.problem import Problem
from routing.schedule import retimed

MOST_SLOTS = 6
MOST_A_DAY = 2
DAYS_LOOKED_AT = 5
ROUNDS_LOOKED_AT = 4
NOON = time(13)
NEAR_METRES = 5_000
HERS = -1
"""The key of the visit that is being asked for: no row has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a visit would fetch, and from whom.

    Attributes
    ----------
    donor
        With her whole file loaded.
    """

    donor: Donor
    bottles: int
    volume_ml: int
    oldest_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A window that can be promised, and what it adds to the plan.

    Attributes
    ----------
    near
        A collector passes within five kilometres of detour as it is.
    """

    day: date
    opens: time
    closes: time
    cents: int
    metres: int
    near: bool


@dataclass(frozen=True, slots=True)
class SlotBasis:
    """What a slot was reckoned from: another page or version, and it must be reckoned again."""

    page: int
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedDay:
    """A day as a problem, with everything promised in it put in."""

    facts: DayFacts
    problem: Problem
    plan: Plan
    is_whole: bool
    """Whether everything promised found a place."""


def slots(
    session: Session, *, now: datetime, bank_id: int, wanted: Wanted, days: Sequence[date]
) -> list[Slot]:
    """Return up to six places for a visit on the first of these days, what adds least first.

    Only the rounds that pass nearest to her are tried: the price of one more detour grows with
    the distance, and the answer has to be there within a second.
    """
    if wanted.donor.address.position is None:
        return []
    found: list[Slot] = []
    for day in days[:DAYS_LOOKED_AT]:
        halves = [
            _pickup(session, wanted, day=day, opens=opens, closes=closes, key=HERS - index)
            for index, (opens, closes) in enumerate(_halves(session, bank_id, day))
        ]
        posed = _posed(
            session, now=now, bank_id=bank_id, day=day, hers=halves, most=ROUNDS_LOOKED_AT
        )
        if posed is not None and posed.is_whole:
            found.extend(_priced(posed, half) for half in halves if _places(posed, half))
    return _chosen(found)


def still_fits(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    wanted: Wanted,
    day: date,
    opens: time,
    closes: time,
) -> bool:
    """Whether a slot can be promised now, every round tried."""
    hers = _pickup(session, wanted, day=day, opens=opens, closes=closes, key=HERS)
    posed = _posed(session, now=now, bank_id=bank_id, day=day, hers=[hers], most=None)
    return posed is not None and posed.is_whole and bool(_places(posed, hers))


def seen(session: Session, *, bank_id: int, day: date) -> SlotBasis:
    """Return what a slot of a day is reckoned from; read it first, reckon afterwards."""
    page = session.scalar(
        select(SlotBook.page).where(SlotBook.bank_id == bank_id, SlotBook.day == day)
    )
    return SlotBasis(page or 0, _version(session, bank_id, day))


def turn_page(session: Session, *, bank_id: int, day: date, seen: SlotBasis) -> None:
    """Take the right to promise something on a day, if nothing moved since it was looked at.

    Raises
    ------
    Conflict
        Another donor was promised something meanwhile, or the plan moved: `slots_moved`.
    """
    _open_book(session, bank_id=bank_id, day=day)
    turned = session.execute(
        update(SlotBook)
        .where(SlotBook.bank_id == bank_id, SlotBook.day == day, SlotBook.page == seen.page)
        .values(page=SlotBook.page + 1)
        .returning(SlotBook.id)
    )
    if turned.scalar() is None or _version(session, bank_id, day) != seen.version:
        raise Conflict("slots_moved")


def _version(session: Session, bank_id: int, day: date) -> int | None:
    return session.scalar(
        select(DayPlan.version).where(DayPlan.bank_id == bank_id, DayPlan.day == day)
    )


def _open_book(session: Session, *, bank_id: int, day: date) -> None:
    known = select(SlotBook.id).where(SlotBook.bank_id == bank_id, SlotBook.day == day)
    if session.scalar(known) is not None:
        return
    try:
        with session.begin_nested():
            session.add(SlotBook(bank_id=bank_id, day=day, page=0))
    except IntegrityError as error:
        # Somebody opened the same book a moment ago; theirs is as good.
        if not is_duplicate(error):
            raise


def _halves(session: Session, bank_id: int, day: date) -> list[tuple[time, time]]:
    """Return the morning and the afternoon in which anybody drives."""
    shifts = shifts_on(session, bank_id=bank_id, day=day)
    if not shifts:
        return []
    begins, ends = min(shift.begins for shift in shifts), max(shift.ends for shift in shifts)
    if begins < NOON < ends:
        return [(begins, NOON), (NOON, ends)]
    return [(begins, ends)] if begins < ends else []


def _posed(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    day: date,
    hers: Sequence[Pickup],
    most: int | None,
) -> PricedDay | None:
    """Make the problem of a day; None where nobody drives who may still be asked to."""
    plan = day_plan(session, bank_id=bank_id, day=day)
    plan = plan or DayPlan(bank_id=bank_id, day=day, revision=0, edits=0, rounds=[])
    facts = gather(session, plan)
    rounds = [*facts.rounds, *_unopened(session, plan)]
    if most is not None and hers:
        rounds = _nearest(rounds, hers[0].donor, most)
    facts = replace(facts, rounds=tuple(rounds))
    if not rounds or not hers:
        return None
    placed = [facts.pickups[stop.pickup_id] for stop in facts.stops]
    promised = [
        *_promised(facts, {pickup.id for pickup in placed}),
        *_held(session, now=now, bank_id=bank_id, day=day, but=hers[0].donor),
    ]
    timed = [pickup for pickup in (*placed, *promised) if can_be_timed(pickup, facts.service_day)]
    problem = problem_of(facts, [*timed, *hers])
    base = retimed(problem, facts.orders(problem))
    return _with_promises(facts, problem, base, promised)


def _with_promises(
    facts: DayFacts, problem: Problem, base: Plan, promised: Iterable[Pickup]
) -> PricedDay:
    is_whole = True
    for pickup in promised:
        place = next(iter(insertions(problem, base, str(pickup.id))), None)
        if place is None:
            is_whole = False
        else:
            base = inserted(problem, base, place)
    return PricedDay(facts=facts, problem=problem, plan=base, is_whole=is_whole)


def _unopened(session: Session, plan: DayPlan) -> Iterator[Round]:
    """Yield a round for each shift that has none yet; none of them is ever written."""
    known = {round_.shift_id for round_ in plan.rounds}
    for shift in shifts_on(session, bank_id=plan.bank_id, day=plan.day):
        if shift.id not in known:
            yield Round(
                id=-shift.id,
                bank_id=plan.bank_id,
                shift=shift,
                shift_id=shift.id,
                letter="",
                state=RoundState.DRAFT,
                stops=[],
            )


def _promised(facts: DayFacts, placed: set[int]) -> list[Pickup]:
    """Return the requests that were promised a slot of this day and are in no round yet."""
    return [
        pickup
        for pickup in facts.pickups.values()
        if pickup.promised_at is not None
        and pickup.id not in placed
        and pickup.state is PickupState.ACCEPTED
        and can_be_timed(pickup, facts.service_day)
    ]


def _held(session: Session, *, now: datetime, bank_id: int, day: date, but: Donor) -> list[Pickup]:
    """Return the slots that are held for others, as visits."""
    rows = session.execute(
        select(Enquiry, Donor)
        .join(Donor, Donor.id == Enquiry.donor_id)
        .options(*whole_file())
        .where(
            Enquiry.bank_id == bank_id,
            Enquiry.day == day,
            Enquiry.held_until > now,
            Enquiry.donor_id != but.id,
        )
        .order_by(Enquiry.id)
    )
    return [
        _pickup(
            session,
            Wanted(
                donor=donor,
                bottles=held.bottles,
                volume_ml=held.volume_ml,
                oldest_on=held.oldest_on,
            ),
            day=day,
            opens=held.opens or time.min,
            closes=held.closes or time.max,
            key=HERS - 10 - held.id,
        )
        for held, donor in rows
    ]


def _pickup(
    session: Session, wanted: Wanted, *, day: date, opens: time, closes: time, key: int
) -> Pickup:
    """Return a request that nobody wrote down, as the planner would see it."""
    donor = wanted.donor
    purposes = purposes_for(donor, days=(day,), policies=policies_of(session, donor.bank_id))
    return Pickup(
        id=key,
        bank_id=donor.bank_id,
        donor_id=donor.id,
        donor=donor,
        state=PickupState.ACCEPTED,
        purposes=[purpose.value for purpose in purposes],
        bottles=wanted.bottles,
        volume_ml=wanted.volume_ml,
        oldest_on=wanted.oldest_on,
        freezer_nearly_full=False,
        windows=[PickupWindow(bank_id=donor.bank_id, day=day, opens=opens, closes=closes)],
        holds=[],
    )


def _nearest(rounds: list[Round], donor: Donor, most: int) -> list[Round]:
    position = donor.address.position
    if position is None:
        return rounds[:most]
    here = (position.latitude, position.longitude)
    return sorted(rounds, key=lambda round_: (_apart(round_, here), round_.shift_id))[:most]


def _apart(round_: Round, here: tuple[float, float]) -> float:
    """Return how far a round passes from a place, in squared degrees: good enough to choose by."""
    sites = [round_.shift.start_site, round_.shift.end_site]
    doors = [stop.pickup.donor.address.position for stop in round_.stops]
    points = [(site.latitude, site.longitude) for site in sites]
    points += [(door.latitude, door.longitude) for door in doors if door is not None]
    return min((here[0] - point[0]) ** 2 + (here[1] - point[1]) ** 2 for point in points)


def _places(posed: PricedDay, hers: Pickup) -> tuple[Insertion, ...]:
    return insertions(posed.problem, posed.plan, str(hers.id))


def _priced(posed: PricedDay, half: Pickup) -> Slot:
    """Return the slot around the cheapest place of a half of a day."""
    best = _places(posed, half)[0]
    service_day = posed.facts.service_day
    tour = best.tour(posed.problem)
    begins = next(stop.begin for stop in tour.stops if stop.visit == str(half.id))
    around = promise(service_day, service_day.at(begins), half.windows)
    before = posed.plan.tour(best.shift)
    metres = tour.metres - (before.metres if before else 0)
    opens, closes = _walls(service_day, around)
    return Slot(
        day=service_day.day,
        opens=opens,
        closes=closes,
        cents=int(best.price),
        metres=metres,
        near=before is not None and metres <= NEAR_METRES,
    )


def _walls(service_day: ServiceDay, around: Promise) -> tuple[time, time]:
    opens, closes = (service_day.wall(instant) for instant in (around.opens, around.closes))
    return opens.time(), closes.time()


def _chosen(found: Iterable[Slot]) -> list[Slot]:
    """Return the cheapest, at most two of one day, so that there is something to choose."""
    kept: list[Slot] = []
    for slot in sorted(found, key=lambda slot: (slot.cents, slot.day, slot.opens)):
        if sum(other.day == slot.day for other in kept) < MOST_A_DAY:
            kept.append(slot)
    return kept[:MOST_SLOTS]

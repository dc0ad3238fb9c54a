"""Slots for a donor: places of a visit in the days as planned, and their prices.

Only `turn_page` writes. The problem of a day has:

- the rounds that may be changed, as the rows have them, drafts and promises alike;
- requests with a promised slot that are in no round, and slots held for other donors: each is
  inserted at its cheapest place first. If one of them has no place, no slot of that day is offered;
- no requests without a promise: they may go to another day.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank, policies_of
from collector.db import is_duplicate
from collector.donors.models import Donor
from collector.donors.queries import donor_options
from collector.errors import Conflict
from collector.pickups.drafts import PickupDraft, draft_of, write_draft
from collector.pickups.models import Enquiry, Pickup, PickupState, PickupWindow
from collector.pickups.purposes import fetches_milk, purposes_for
from collector.pickups.queries import get_pickup
from collector.places.models import Address
from collector.planning.booking.slot_prices import (
    PromisedDay,
    Slot,
    legal_places_of,
    priced_slot,
)
from collector.planning.models import SlotBook
from collector.planning.problem.build import DayFacts, build_problem, can_be_timed, load_facts
from collector.planning.problem.searches import legal_places
from collector.rounds.models import DayPlan, Round, RoundState
from collector.rounds.queries import PromisedVisit, day_plan, promised_visit, version_of
from collector.service_day import ServiceDay
from collector.shifts.queries import duties_on
from routing.analysis.insertion import inserted
from routing.plan import Plan
from routing.problem import Problem
from routing.schedule import retimed

DAYS_LOOKED_AT = 5
ROUNDS_LOOKED_AT = 4
NOON = time(13)
REQUESTED_KEY = -1
"""Key of the requested visit, which has no row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedVisit:
    """A donor and the draft of her request.

    Attributes
    ----------
    donor
        With all rows of her file loaded.
    moves_id
        The agreed visit that moves: its present place is free for the new one.
    """

    donor: Donor
    draft: PickupDraft
    moves_id: int | None = None


@dataclass(frozen=True, slots=True)
class SlotBasis:
    """Page of the slot book and version of the plan from which a slot was computed."""

    page: int
    version: int | None


def find_slots(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    requested: RequestedVisit,
    days: Sequence[date],
) -> list[Slot]:
    """Return the slots on the first five of these days, two a day at most, in order of time.

    Only the rounds that pass nearest to her are tried, since the response must take less than a
    second. The present hours of a moving visit are no slot.
    """
    found: list[Slot] = []
    present = _present_hours(session, requested)
    for day in days[:DAYS_LOOKED_AT]:
        if requested.donor.address_on(day).position is None:
            continue
        halves = [
            _pickup(
                session, requested, day=day, opens=opens, closes=closes, key=REQUESTED_KEY - index
            )
            for index, (opens, closes) in enumerate(_halves(session, bank_id, day))
        ]
        priced = _day_with_promises(
            session,
            now=now,
            bank_id=bank_id,
            day=day,
            candidates=halves,
            most=ROUNDS_LOOKED_AT,
            moves_id=requested.moves_id,
        )
        if priced is not None and priced.is_whole:
            found.extend(slot for half in halves if (slot := priced_slot(priced, half)))
    others = (slot for slot in found if (slot.day, slot.opens, slot.closes) not in present)
    return sorted(others, key=lambda slot: (slot.day, slot.opens))


def _present_hours(session: Session, requested: RequestedVisit) -> set[tuple[date, time, time]]:
    """Return the hours at which an agreed visit is expected before its move."""
    if requested.moves_id is None:
        return set()
    bank_id = requested.donor.bank_id
    pickup = get_pickup(session, bank_id, requested.moves_id)
    hours = {(window.day, window.opens, window.closes) for window in pickup.windows}
    visit = promised_visit(session, pickup)
    if visit is not None:
        service_day = ServiceDay(visit.day, get_bank(session, bank_id).zone)
        hours.add((visit.day, *_walls(service_day, visit)))
    return hours


def still_fits(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    requested: RequestedVisit,
    day: date,
    opens: time,
    closes: time,
) -> bool:
    """Return whether a slot can be promised now, with every round tried."""
    candidate = _pickup(session, requested, day=day, opens=opens, closes=closes, key=REQUESTED_KEY)
    priced = _day_with_promises(
        session,
        now=now,
        bank_id=bank_id,
        day=day,
        candidates=[candidate],
        most=None,
        moves_id=requested.moves_id,
    )
    return priced is not None and priced.is_whole and bool(legal_places_of(priced, candidate))


def slot_basis(session: Session, *, bank_id: int, day: date) -> SlotBasis:
    """Return the basis of a day's slots; read it before they are computed."""
    page = session.scalar(
        select(SlotBook.page).where(SlotBook.bank_id == bank_id, SlotBook.day == day)
    )
    return SlotBasis(page or 0, version_of(session, bank_id=bank_id, day=day))


def turn_page(session: Session, *, bank_id: int, day: date, basis: SlotBasis) -> None:
    """Turn the page of a day's slot book: the right to promise a slot computed from this basis.

    Raises
    ------
    Conflict
        Another donor got a promise since, or the plan was edited: `slots_moved`.
    """
    _open_book(session, bank_id=bank_id, day=day)
    turned = session.execute(
        update(SlotBook)
        .where(SlotBook.bank_id == bank_id, SlotBook.day == day, SlotBook.page == basis.page)
        .values(page=SlotBook.page + 1)
        .returning(SlotBook.id)
    )
    if turned.scalar() is None or version_of(session, bank_id=bank_id, day=day) != basis.version:
        raise Conflict("slots_moved")


def _open_book(session: Session, *, bank_id: int, day: date) -> None:
    known = select(SlotBook.id).where(SlotBook.bank_id == bank_id, SlotBook.day == day)
    if session.scalar(known) is not None:
        return
    try:
        with session.begin_nested():
            session.add(SlotBook(bank_id=bank_id, day=day, page=0))
    except IntegrityError as error:
        # Another transaction has created the same book since: that one serves as well.
        if not is_duplicate(error):
            raise


def _halves(session: Session, bank_id: int, day: date) -> list[tuple[time, time]]:
    """Return the morning and the afternoon of the day's hours on duty."""
    duties = duties_on(session, bank_id=bank_id, day=day)
    if not duties:
        return []
    zone = get_bank(session, bank_id).zone
    begins = min(duty.begins for duty in duties).astimezone(zone).time()
    ends = max(duty.ends for duty in duties).astimezone(zone).time()
    if begins < NOON < ends:
        return [(begins, NOON), (NOON, ends)]
    return [(begins, ends)] if begins < ends else []


def _day_with_promises(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    day: date,
    candidates: Sequence[Pickup],
    most: int | None,
    moves_id: int | None,
) -> PromisedDay | None:
    """Return the problem of a day; None without a changeable round."""
    plan = day_plan(session, bank_id=bank_id, day=day)
    plan = plan or DayPlan(bank_id=bank_id, day=day, revision=0, edits=0, rounds=[])
    facts = load_facts(session, plan)
    rounds = [*facts.rounds_on_duty, *_unopened(session, plan)]
    if most is not None and candidates:
        rounds = _nearest(rounds, candidates[0].donor.address_on(day), most, day)
    facts = replace(facts, rounds=tuple(rounds))
    if not rounds or not candidates:
        return None
    stops = (facts.pickups[stop.pickup_id] for stop in facts.stops)
    # A moved visit keeps its former stop until the day is planned anew.
    placed = [
        each for each in stops if each.state is not PickupState.ACCEPTED and each.id != moves_id
    ]
    promised = [
        *_promised(facts, {pickup.id for pickup in placed} | {moves_id}),
        *_held(session, now=now, bank_id=bank_id, day=day, but=candidates[0].donor),
    ]
    timed = [pickup for pickup in (*placed, *promised) if can_be_timed(pickup, facts.service_day)]
    problem = build_problem(facts, [*timed, *candidates])
    base = retimed(problem, facts.orders(problem))
    return _with_promises(facts, problem, base, promised)


def _with_promises(
    facts: DayFacts, problem: Problem, base: Plan, promised: Iterable[Pickup]
) -> PromisedDay:
    is_whole = True
    for pickup in promised:
        place = next(iter(legal_places(problem, base, str(pickup.id))), None)
        if place is None:
            is_whole = False
        else:
            base = inserted(problem, base, place)
    return PromisedDay(facts=facts, problem=problem, plan=base, is_whole=is_whole)


def _unopened(session: Session, plan: DayPlan) -> Iterator[Round]:
    """Yield a round for each shift on duty that has none yet; none of them is written."""
    known = {round_.shift_id for round_ in plan.rounds}
    for shift in (duty.shift for duty in duties_on(session, bank_id=plan.bank_id, day=plan.day)):
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


def _promised(facts: DayFacts, placed: Collection[int | None]) -> list[Pickup]:
    """Return the requests with a promised slot of this day that are in no round yet."""
    return [
        pickup
        for pickup in facts.pickups.values()
        if pickup.promised_at is not None
        and pickup.id not in placed
        and pickup.state is PickupState.ACCEPTED
        and can_be_timed(pickup, facts.service_day)
    ]


def _held(session: Session, *, now: datetime, bank_id: int, day: date, but: Donor) -> list[Pickup]:
    """Return the slots held for other donors, as visits."""
    rows = session.execute(
        select(Enquiry, Donor)
        .join(Donor, Donor.id == Enquiry.donor_id)
        .options(*donor_options())
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
            RequestedVisit(donor=donor, draft=draft_of(held)),
            day=day,
            opens=held.opens or time.min,
            closes=held.closes or time.max,
            key=REQUESTED_KEY - 10 - held.id,
        )
        for held, donor in rows
    ]


def _pickup(
    session: Session, requested: RequestedVisit, *, day: date, opens: time, closes: time, key: int
) -> Pickup:
    """Return a request without a row, as the planner would see it."""
    donor = requested.donor
    policies, kept = policies_of(session, donor.bank_id), requested.draft.purposes
    fetches = fetches_milk(requested.draft)
    purposes = purposes_for(donor, days=(day,), policies=policies, kept=kept, fetches=fetches)
    pickup = Pickup(
        id=key,
        bank_id=donor.bank_id,
        donor_id=donor.id,
        donor=donor,
        state=PickupState.ACCEPTED,
        windows=[PickupWindow(bank_id=donor.bank_id, day=day, opens=opens, closes=closes)],
        holds=[],
    )
    write_draft(pickup, replace(requested.draft, purposes=purposes))
    return pickup


def _nearest(rounds: list[Round], address: Address, most: int, day: date) -> list[Round]:
    position = address.position
    if position is None:
        return rounds[:most]
    here = (position.latitude, position.longitude)
    return sorted(rounds, key=lambda round_: (_apart(round_, here, day), round_.shift_id))[:most]


def _apart(round_: Round, here: tuple[float, float], day: date) -> float:
    """Return the distance of a round from a point, in squared degrees: good enough to rank."""
    sites = [round_.shift.start_site, round_.shift.end_site]
    doors = [stop.pickup.donor.address_on(day).position for stop in round_.stops]
    points = [(site.latitude, site.longitude) for site in sites]
    points += [(door.latitude, door.longitude) for door in doors if door is not None]
    return min((here[0] - point[0]) ** 2 + (here[1] - point[1]) ** 2 for point in points)


def _walls(service_day: ServiceDay, around: PromisedVisit) -> tuple[time, time]:
    opens, closes = (service_day.wall(instant) for instant in (around.opens, around.closes))
    return opens.time(), closes.time()

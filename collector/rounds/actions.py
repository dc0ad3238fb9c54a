"""Opening a day, publishing a revision."""

from datetime import date, datetime
from itertools import count
from string import ascii_uppercase
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import Bank
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.db import is_duplicate
from collector.errors import Conflict, NotFound, Refused
from collector.notices.actions import enqueue, notify
from collector.pickups.models import Pickup, PickupState
from collector.rounds import publication
from collector.rounds.models import (
    DayPlan,
    Publication,
    Round,
    RoundState,
    Unplanned,
)
from collector.rounds.promises import Promise
from collector.rounds.publication import Changes, RoundChange
from collector.rounds.queries import OF_A_PICKUP, day_plan
from collector.shifts.queries import shifts_on

LONGEST_WHY = 200
"""As much of a reason as a collector reads on a phone."""


def open_day(session: Session, *, bank_id: int, day: date) -> DayPlan:
    """Return the plan of a day, with a round, empty or not, for each of its shifts.

    Letters follow the order in which shifts begin; a shift that joins later takes the next one,
    so that a letter once said stays true.
    """
    plan = _found_or_made(session, bank_id=bank_id, day=day)
    known = list(session.scalars(select(Round).where(Round.day_plan_id == plan.id)))
    served, letters = {row.shift_id for row in known}, {row.letter for row in known}
    for shift in shifts_on(session, bank_id=bank_id, day=day):
        if shift.id not in served:
            letter = next(each for each in map(_letter, count()) if each not in letters)
            letters.add(letter)
            session.add(_empty_round(plan, shift.id, letter))
    session.flush()
    opened = day_plan(session, bank_id=bank_id, day=day)
    if opened is None:
        raise NotFound("not_found", kind="day_plans")
    return opened


def edit_day(session: Session, *, bank_id: int, day: date, version: int) -> DayPlan:
    """Return the plan of a day to somebody who looked at `version` of it and means to change it.

    The row is held until the transaction ends, and its version rises: of two who looked at the
    same version one goes on, the other is told.

    Raises
    ------
    NotFound
        The day has no plan yet.
    Conflict
        It is another version by now: `changed_meanwhile`, with `version` and `revision`.
    """
    held = session.scalar(
        select(DayPlan)
        .where(DayPlan.bank_id == bank_id, DayPlan.day == day)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if held is None:
        raise NotFound("not_found", kind="day_plans")
    if held.version != version:
        raise Conflict("changed_meanwhile", version=held.version, revision=held.revision)
    held.edits += 1
    session.flush()
    loaded = day_plan(session, bank_id=bank_id, day=day)
    return loaded or held


def publish(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    day: date,
    version: int,
    person_id: int,
    why: str = "",
) -> Publication:
    """Publish the draft of a day as its next revision.

    1. Whoever looked at an older version is told (`Conflict`).
    2. Requests that their donors cancelled or changed meanwhile leave their rounds.
    3. Rounds whose content changed are frozen and take the new revision; the others keep theirs.
    4. Donors whose promise is new, another or withdrawn, and collectors, are owed a notice.

    Raises
    ------
    NotFound
        The day has no plan yet.
    Conflict
        The day is another version by now.
    Refused
        Nothing changed since the last revision: `nothing_to_publish`.
    """
    plan = edit_day(session, bank_id=bank_id, day=day, version=version)
    bank = get_bank(session, bank_id)
    found = pending(session, plan, bank)
    if not found:
        raise Refused("nothing_to_publish", revision=plan.revision)
    plan.revision += 1
    _let_go(session, plan, found)
    for change in found.rounds:
        _freeze(change, plan.revision, why.strip()[:LONGEST_WHY])
    _promise_all(plan)
    _owe_notices(session, now=now, bank=bank, plan=plan, found=found)
    published = _kept(session, now=now, plan=plan, found=found, person_id=person_id)
    session.flush()
    return published


def pending(session: Session, plan: DayPlan, bank: Bank) -> Changes:
    """Return what a publication of this draft would change, and for whom."""
    warmest = policies_of(session, bank.id)[PolicyKey.FREEZER_WARMEST_CELSIUS]
    return publication.changes(plan, bank=bank, freezer_warmest_celsius=warmest)


def _found_or_made(session: Session, *, bank_id: int, day: date) -> DayPlan:
    wanted = select(DayPlan).where(DayPlan.bank_id == bank_id, DayPlan.day == day)
    found = session.scalar(wanted.with_for_update())
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.add(DayPlan(bank_id=bank_id, day=day, revision=0, edits=0))
    except IntegrityError as error:
        # Somebody opened the same day a moment ago; theirs is as good.
        if not is_duplicate(error):
            raise
    return session.scalars(wanted.with_for_update()).one()


def _letter(number: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    ahead, last = divmod(number, len(ascii_uppercase))
    return (_letter(ahead - 1) if ahead else "") + ascii_uppercase[last]


def _empty_round(plan: DayPlan, shift_id: int, letter: str) -> Round:
    return Round(
        bank_id=plan.bank_id,
        day_plan_id=plan.id,
        shift_id=shift_id,
        letter=letter,
        state=RoundState.DRAFT,
        revision=0,
        departs_at=None,
        returns_at=None,
        metres=0,
        driving_seconds=0,
        cost_cents=0,
        published=None,
    )


def _let_go(session: Session, plan: DayPlan, found: Changes) -> None:
    """Take out the stops that nobody waits for any more; a changed request goes to the tray."""
    rounds = {round_.id: round_ for round_ in plan.rounds}
    for stop in found.gone:
        rounds[stop.round_id].stops.remove(stop)
        if stop.pickup.state in {PickupState.ASKED, PickupState.ACCEPTED}:
            plan.unplanned.append(
                Unplanned(
                    bank_id=plan.bank_id,
                    pickup_id=stop.pickup_id,
                    reason="request_changed",
                    details={},
                )
            )
    session.flush()


def _freeze(change: RoundChange, revision: int, why: str) -> None:
    change.round.published = change.snapshot | {"revision": revision, "why": why}
    change.round.revision = revision
    if change.round.state is RoundState.DRAFT:
        change.round.state = RoundState.PUBLISHED


def _promise_all(plan: DayPlan) -> None:
    """Note that planned visits are promised; what a phone has told since stays as it is."""
    for round_ in plan.rounds:
        for stop in round_.stops:
            if stop.pickup.state is PickupState.PLANNED:
                stop.pickup.state = PickupState.PUBLISHED


def _owe_notices(
    session: Session, *, now: datetime, bank: Bank, plan: DayPlan, found: Changes
) -> None:
    pickups = _pickups(session, bank.id, {*found.promised, *found.withdrawn})
    for key, given in found.promised.items():
        _owe_promise(
            session,
            now=now,
            bank=bank,
            plan=plan,
            pickup=pickups[key],
            given=given,
            before=found.before.get(key),
        )
    for key in found.withdrawn:
        if pickups[key].state is not PickupState.CANCELLED:
            _owe_withdrawal(session, now=now, plan=plan, pickup=pickups[key])
    for change in found.rounds:
        _owe_round(session, now=now, plan=plan, change=change)


def _owe_promise(
    session: Session,
    *,
    now: datetime,
    bank: Bank,
    plan: DayPlan,
    pickup: Pickup,
    given: Promise,
    before: Promise | None,
) -> None:
    """Owe a donor the hours in which somebody comes, and which they replace.

    The revision is part of what makes it once: after a promise was changed and changed back, she
    is told a third time, since the last thing she heard is no longer true.
    """
    notify(
        session,
        now=now,
        bank_id=bank.id,
        once=f"visit_promised pickup:{pickup.id} {given.opens:%FT%RZ} revision:{plan.revision}",
        recipient=f"donor:{pickup.donor_id}",
        email=pickup.donor.email,
        phone=pickup.donor.phone,
        template="visit_promised",
        language=pickup.donor.language,
        pickup=pickup.id,
        day=plan.day.isoformat(),
        **_hours(bank, given),
        **(
            {f"{name}_before": text for name, text in _hours(bank, before).items()}
            if before
            else {}
        ),
    )


def _hours(bank: Bank, given: Promise) -> dict[str, str]:
    """Return a promise as the bank's wall clock shows it."""
    opens, closes = given.opens.astimezone(bank.zone), given.closes.astimezone(bank.zone)
    return {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}


def _owe_withdrawal(session: Session, *, now: datetime, plan: DayPlan, pickup: Pickup) -> None:
    notify(
        session,
        now=now,
        bank_id=plan.bank_id,
        once=f"visit_withdrawn pickup:{pickup.id} revision:{plan.revision}",
        recipient=f"donor:{pickup.donor_id}",
        email=pickup.donor.email,
        phone=pickup.donor.phone,
        template="visit_withdrawn",
        language=pickup.donor.language,
        day=plan.day.isoformat(),
    )


def _owe_round(session: Session, *, now: datetime, plan: DayPlan, change: RoundChange) -> None:
    collector = change.round.shift.collector
    enqueue(
        session,
        now=now,
        bank_id=plan.bank_id,
        once=f"round_published round:{change.round.id} revision:{plan.revision}",
        recipient=f"person:{collector.id}",
        to=collector.email,
        template="round_published",
        language=collector.language,
        day=plan.day.isoformat(),
        letter=change.round.letter,
        revision=plan.revision,
        stops=len(change.snapshot["stops"]),
    )


def _pickups(session: Session, bank_id: int, keys: set[int]) -> dict[int, Pickup]:
    rows = session.scalars(
        select(Pickup).where(Pickup.bank_id == bank_id, Pickup.id.in_(keys)).options(*OF_A_PICKUP)
    )
    return {row.id: row for row in rows}


def _kept(
    session: Session, *, now: datetime, plan: DayPlan, found: Changes, person_id: int
) -> Publication:
    published = Publication(
        bank_id=plan.bank_id,
        day_plan_id=plan.id,
        revision=plan.revision,
        published_by_id=person_id,
        published_at=now,
        changes=_told_by(plan, found),
    )
    session.add(published)
    record(
        session,
        now=now,
        bank_id=plan.bank_id,
        actor=f"person:{person_id}",
        action="day published",
        subject=f"day_plan:{plan.id}",
        day=plan.day.isoformat(),
        revision=plan.revision,
        rounds=[change.round.letter for change in found.rounds],
    )
    return published


def _told_by(plan: DayPlan, found: Changes) -> dict[str, Any]:
    """Return what a revision changed, and the rounds that it left everybody with."""
    return {
        "rounds": [
            {
                "round": change.round.id,
                "letter": change.round.letter,
                "first": change.first,
                "added": list(change.added),
                "removed": list(change.removed),
                "retimed": list(change.retimed),
            }
            for change in found.rounds
        ],
        "orders": {
            str(round_.id): [stop["pickup"] for stop in round_.published["stops"]]
            for round_ in plan.rounds
            if round_.published
        },
        "promised": sorted(found.promised),
        "withdrawn": list(found.withdrawn),
    }

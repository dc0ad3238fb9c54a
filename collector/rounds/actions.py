"""Writing of the day's plan: opening a day, editing it, publishing a revision."""

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
from collector.donors.contact import notify_donor
from collector.errors import Conflict, NotFound, Refused
from collector.notices.actions import enqueue
from collector.pickups.models import Pickup, PickupState
from collector.rounds import publication
from collector.rounds.models import (
    DayPlan,
    Publication,
    Round,
    RoundState,
    RoundStop,
    Unplanned,
)
from collector.rounds.promises import Promise
from collector.rounds.publication import Changes, RoundChange
from collector.rounds.queries import OF_A_PICKUP, day_plan
from collector.shifts.queries import shifts_on

LONGEST_WHY = 200
"""Longest reason of a publication, in characters, that a phone shows."""


def open_day(session: Session, *, bank_id: int, day: date) -> DayPlan:
    """Return the plan of a day, with a round, empty or not, for each of its shifts.

    Letters follow the order in which shifts begin; a shift that joins later takes the next free
    letter, so that a published letter stays true.
    """
    plan = _find_or_add(session, bank_id=bank_id, day=day)
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
    """Return the plan of a day, locked, to change the `version` that the editor has read.

    The row is locked until the transaction ends, and its version rises: of two edits of the same
    version, the second is refused.

    Raises
    ------
    NotFound
        The day has no plan yet.
    Conflict
        The day has another version by now: `changed_meanwhile`, with `version` and `revision`.
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

    1. An edit of an older version is refused (`Conflict`).
    2. Requests that their donors cancelled or changed meanwhile leave their rounds.
    3. Rounds with changed content are frozen and take the new revision; the others keep theirs.
    4. A notice is queued for each donor with a new, changed or withdrawn promise, and for each
       collector with a changed round.

    Raises
    ------
    NotFound
        The day has no plan yet.
    Conflict
        The day has another version by now.
    Refused
        Nothing changed since the last revision: `nothing_to_publish`.
    """
    plan = edit_day(session, bank_id=bank_id, day=day, version=version)
    bank = get_bank(session, bank_id)
    changes = pending_changes(session, plan, bank)
    if not changes:
        raise Refused("nothing_to_publish", revision=plan.revision)
    plan.revision += 1
    _remove_gone_stops(session, plan, changes)
    for change in changes.rounds:
        freeze(change, plan.revision, why.strip()[:LONGEST_WHY])
    _set_published(plan)
    _queue_notices(session, now=now, bank=bank, plan=plan, changes=changes)
    published = add_publication(
        session, now=now, plan=plan, changes=changes, actor=f"person:{person_id}"
    )
    published.published_by_id = person_id
    session.flush()
    return published


def pending_changes(session: Session, plan: DayPlan, bank: Bank) -> Changes:
    """Return the changes of a publication of this draft."""
    warmest = policies_of(session, bank.id)[PolicyKey.FREEZER_WARMEST_CELSIUS]
    return publication.compare(plan, bank=bank, freezer_warmest_celsius=warmest)


def _find_or_add(session: Session, *, bank_id: int, day: date) -> DayPlan:
    own = select(DayPlan).where(DayPlan.bank_id == bank_id, DayPlan.day == day).with_for_update()
    plan = session.scalar(own)
    if plan is not None:
        return plan
    try:
        with session.begin_nested():
            session.add(DayPlan(bank_id=bank_id, day=day, revision=0, edits=0))
    except IntegrityError as error:
        # Another transaction opened the same day a moment ago.
        if not is_duplicate(error):
            raise
    return session.scalars(own).one()


def _letter(number: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    rest, last = divmod(number, len(ascii_uppercase))
    return (_letter(rest - 1) if rest else "") + ascii_uppercase[last]


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


def _remove_gone_stops(session: Session, plan: DayPlan, changes: Changes) -> None:
    """Remove the stops of cancelled or changed requests; a changed request goes to the tray."""
    rounds = {round_.id: round_ for round_ in plan.rounds}
    for stop in changes.gone:
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


def freeze(change: RoundChange, revision: int, why: str) -> None:
    """Give a round its new snapshot and revision."""
    change.round.published = change.snapshot | {"revision": revision, "why": why}
    change.round.revision = revision
    if change.round.state is RoundState.DRAFT:
        change.round.state = RoundState.PUBLISHED


def _set_published(plan: DayPlan) -> None:
    """Set planned visits to `published`; a state that a phone has set stays as it is."""
    for round_ in plan.rounds:
        for stop in round_.stops:
            if stop.pickup.state is PickupState.PLANNED:
                stop.pickup.state = PickupState.PUBLISHED


def _queue_notices(
    session: Session, *, now: datetime, bank: Bank, plan: DayPlan, changes: Changes
) -> None:
    pickups = _pickups(session, bank.id, {*changes.promised, *changes.withdrawn})
    for key, given in changes.promised.items():
        _queue_promise(
            session,
            now=now,
            bank=bank,
            plan=plan,
            pickup=pickups[key],
            given=given,
            before=changes.before.get(key),
        )
    for key in changes.withdrawn:
        if pickups[key].state is not PickupState.CANCELLED:
            _queue_withdrawal(session, now=now, plan=plan, pickup=pickups[key])
    for change in changes.rounds:
        queue_round(session, now=now, plan=plan, change=change)


def _queue_promise(
    session: Session,
    *,
    now: datetime,
    bank: Bank,
    plan: DayPlan,
    pickup: Pickup,
    given: Promise,
    before: Promise | None,
) -> None:
    """Queue the notice of a promise to a donor, with the former hours if there were any.

    The revision is a part of the notice's identity: after a change and a change back, the donor
    receives a third notice, since the second is no longer true.
    """
    notify_donor(
        session,
        pickup.donor,
        now=now,
        once=f"visit_promised pickup:{pickup.id} {given.opens:%FT%RZ} revision:{plan.revision}",
        template="visit_promised",
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
    """Return a promise by the bank's wall clock."""
    opens, closes = given.opens.astimezone(bank.zone), given.closes.astimezone(bank.zone)
    return {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}


def _queue_withdrawal(session: Session, *, now: datetime, plan: DayPlan, pickup: Pickup) -> None:
    notify_donor(
        session,
        pickup.donor,
        now=now,
        once=f"visit_withdrawn pickup:{pickup.id} revision:{plan.revision}",
        template="visit_withdrawn",
        day=plan.day.isoformat(),
    )


def queue_round(session: Session, *, now: datetime, plan: DayPlan, change: RoundChange) -> None:
    """Queue the notice of a changed round to its collector."""
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


def add_publication(
    session: Session, *, now: datetime, plan: DayPlan, changes: Changes, actor: str
) -> Publication:
    """Add the row of a revision, with its audit entry."""
    published = Publication(
        bank_id=plan.bank_id,
        day_plan_id=plan.id,
        revision=plan.revision,
        published_by_id=None,
        published_at=now,
        changes=_changes_json(plan, changes),
    )
    session.add(published)
    record(
        session,
        now=now,
        bank_id=plan.bank_id,
        actor=actor,
        action="day published",
        subject=f"day_plan:{plan.id}",
        day=plan.day.isoformat(),
        revision=plan.revision,
        rounds=[change.round.letter for change in changes.rounds],
    )
    return published


def _changes_json(plan: DayPlan, changes: Changes) -> dict[str, Any]:
    """Return the changes of a revision, and every round's order after it, as its row stores."""
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
            for change in changes.rounds
        ],
        "orders": {
            str(round_.id): [stop["pickup"] for stop in round_.published["stops"]]
            for round_ in plan.rounds
            if round_.published
        },
        "promised": sorted(changes.promised),
        "withdrawn": list(changes.withdrawn),
    }


def drop_draft_round(session: Session, *, bank_id: int, shift_id: int) -> None:
    """Delete the round of a shift that left the roster, if it is empty and was never published.

    The last round of a day stays: the problem of a day has a shift.
    """
    row = session.scalar(
        select(Round).where(
            Round.bank_id == bank_id,
            Round.shift_id == shift_id,
            Round.state == RoundState.DRAFT,
            Round.revision == 0,
            ~select(RoundStop.id).where(RoundStop.round_id == Round.id).exists(),
        )
    )
    if row is None:
        return
    others = select(Round.id).where(Round.day_plan_id == row.day_plan_id, Round.id != row.id)
    if session.scalar(others.limit(1)) is not None:
        session.delete(row)
        session.flush()

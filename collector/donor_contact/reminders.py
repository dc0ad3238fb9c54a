"""Reminders by the clock: the evening before a visit, the near arrival, the receipt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.banks.queries import get_bank
from collector.custody.models import DoorRecord
from collector.donor_contact.eta_window import EtaWindow, eta_windows
from collector.donors.contact import notify_donor
from collector.notices.queries import known_notices, notices_of_kind
from collector.pickups.models import Pickup, PickupState
from collector.rounds.models import DayPlan, Round, RoundState
from collector.rounds.promises import Promise
from collector.rounds.publication import promises_in
from collector.service_day import ServiceDay

EVENING = time(17)
"""Earliest wall-clock time of the reminder for the next day."""
UNDOABLE_FOR = timedelta(minutes=15)
"""Age of a record from which an undo is unlikely."""
RECENT = timedelta(days=1)
"""Age of a record up to which its receipt is sent."""
CORRECTED_FROM = timedelta(minutes=15)
"""Least shift of an arrival that is worth a corrected reminder."""
MOST_CORRECTIONS = 2
"""Corrected reminders of one visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A message about one visit that the clock makes due.

    Attributes
    ----------
    once
        The message's identity; it is queued once.
    """

    pickup_id: int
    template: str
    once: str
    figures: Mapping[str, object] = field(default_factory=dict)


def rounds_tomorrow(session: Session, *, bank_id: int, now: datetime) -> list[int]:
    """Return the published rounds of the next day, from the evening on."""
    today = ServiceDay.of(now, get_bank(session, bank_id).zone)
    if today.wall(now).time() < EVENING:
        return []
    rounds = (
        select(Round.id)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(
            DayPlan.bank_id == bank_id,
            DayPlan.day == today.day + timedelta(days=1),
            Round.revision > 0,
        )
    )
    return list(session.scalars(rounds.order_by(Round.id)))


def rounds_on_the_road(session: Session, *, bank_id: int) -> list[int]:
    """Return the started rounds of a bank."""
    started = select(Round.id).where(Round.bank_id == bank_id, Round.state == RoundState.STARTED)
    return list(session.scalars(started.order_by(Round.id)))


def evening_reminders(session: Session, *, round_id: int, now: datetime) -> list[Reminder]:
    """Return the reminders to the donors of a round of the next day."""
    round_ = session.get_one(Round, round_id)
    zone = get_bank(session, round_.bank_id).zone
    tomorrow = ServiceDay.of(now, zone).day + timedelta(days=1)
    promises = promises_in([round_])
    pickups = {each.id: each for each in _pickups(session, promises)}
    found = [
        Reminder(
            pickup_id=key,
            template="visit_tomorrow",
            once=f"visit_tomorrow pickup:{key}",
            figures={"pickup": key, "day": tomorrow.isoformat(), **_hours(given, zone)},
        )
        for key, given in promises.items()
        if pickups[key].state is PickupState.PUBLISHED and pickups[key].answer is None
    ]
    return _unsent(session, round_.bank_id, found)


def near_reminders(session: Session, *, round_id: int, now: datetime) -> list[Reminder]:
    """Return the reminders to the next donors of a round on the road.

    An arrival outside the promised window is left to the coordinator. If the arrival moves by a
    quarter of an hour or more after a reminder, the corrected one follows.
    """
    round_ = session.get_one(Round, round_id)
    zone = get_bank(session, round_.bank_id).zone
    promises = promises_in([round_])
    found = []
    for near in eta_windows(session, round_):
        promised = promises.get(near.pickup_id)
        if promised is None or near.closes < now or not _is_kept(promised, near):
            continue
        figures = {"pickup": near.pickup_id, "day": (round_.published or {})["day"]}
        once = _once_near(session, round_.bank_id, near, zone)
        if once is not None:
            found.append(
                Reminder(
                    pickup_id=near.pickup_id,
                    template="visit_near",
                    once=once,
                    figures={**figures, **_hours(near, zone)},
                )
            )
    return _unsent(session, round_.bank_id, found)


def receipts(session: Session, *, bank_id: int, now: datetime) -> list[Reminder]:
    """Return the receipts of records that are too old for an undo by the collector."""
    records = session.scalars(
        select(DoorRecord.pickup_id)
        .where(
            DoorRecord.bank_id == bank_id,
            DoorRecord.withdrawn_at.is_(None),
            DoorRecord.bottles > 0,
            DoorRecord.recorded_at.between(now - RECENT, now - UNDOABLE_FOR),
        )
        .distinct()
        .order_by(DoorRecord.pickup_id)
    )
    found = [
        Reminder(
            pickup_id=key,
            template="receipt",
            once=f"receipt pickup:{key}",
            figures={"pickup": key},
        )
        for key in records
    ]
    return _unsent(session, bank_id, found)


def queue_reminders(session: Session, reminders: Iterable[Reminder], *, now: datetime) -> None:
    """Queue reminders, each once."""
    for each in reminders:
        (pickup,) = _pickups(session, [each.pickup_id])
        notify_donor(
            session,
            pickup.donor,
            now=now,
            once=each.once,
            template=each.template,
            **each.figures,
        )


def _is_kept(promised: Promise, near: EtaWindow) -> bool:
    """Return whether the middle of an arrival window lies in the promised one."""
    return promised.holds(near.opens + (near.closes - near.opens) / 2)


def _once_near(session: Session, bank_id: int, near: EtaWindow, zone: ZoneInfo) -> str | None:
    """Return the identity of a visit's next near reminder; None if the last one still holds."""
    first = f"visit_near pickup:{near.pickup_id}"
    sent = notices_of_kind(session, bank_id=bank_id, once=first)
    if not sent:
        return first
    last = time.fromisoformat(str(sent[-1].figures["opens"]))
    opens = near.opens.astimezone(zone)
    moved = abs(opens - opens.replace(hour=last.hour, minute=last.minute))
    count = len({notice.once.partition(" push:")[0] for notice in sent})
    if moved < CORRECTED_FROM or count > MOST_CORRECTIONS:
        return None
    return f"{first} corrected:{count}"


def _hours(window: Promise | EtaWindow, zone: ZoneInfo) -> dict[str, object]:
    opens, closes = window.opens.astimezone(zone), window.closes.astimezone(zone)
    return {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}


def _pickups(session: Session, keys: Iterable[int]) -> list[Pickup]:
    rows = select(Pickup).where(Pickup.id.in_(list(keys))).options(joinedload(Pickup.donor))
    return list(session.scalars(rows))


def _unsent(session: Session, bank_id: int, reminders: list[Reminder]) -> list[Reminder]:
    """Return the reminders not queued yet."""
    known = known_notices(session, bank_id=bank_id, once=[each.once for each in reminders])
    return [each for each in reminders if each.once not in known]

"""Reminders by the clock: the evening before a visit, the near arrival, the receipt."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.banks.models import Bank
from collector.custody.models import DoorRecord
from collector.donor_contact.eta_window import eta_windows
from collector.donors.models import Donor
from collector.notices.actions import notify
from collector.pickups.giving import giving_of
from collector.pickups.models import Pickup, PickupState
from collector.rounds.models import DayPlan, Round, RoundState
from collector.rounds.publication import promises_in
from collector.service_day import ServiceDay

EVENING = time(17)
"""Earliest wall-clock time of the reminder for the next day."""
UNDOABLE_FOR = timedelta(minutes=15)
"""Age of a record from which an undo is unlikely."""
RECENT = timedelta(days=1)
"""Age of a record up to which its receipt is sent."""


def queue_reminders(session: Session, *, now: datetime) -> None:
    """Queue the reminders that are due, each once; a bereaved donor receives none."""
    for bank in session.scalars(select(Bank).order_by(Bank.id)):
        today = ServiceDay.of(now, bank.zone)
        if today.wall(now).time() >= EVENING:
            _queue_evening_before(session, bank, today, now=now)
        _queue_near(session, bank, now=now)
        _queue_receipts(session, bank, now=now)


def _queue_evening_before(
    session: Session, bank: Bank, today: ServiceDay, *, now: datetime
) -> None:
    tomorrow = today.day + timedelta(days=1)
    rounds = session.scalars(
        select(Round)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(DayPlan.bank_id == bank.id, DayPlan.day == tomorrow, Round.revision > 0)
    )
    for key, given in promises_in(list(rounds)).items():
        pickup = _with_donor(session, key)
        if pickup.state is PickupState.PUBLISHED and pickup.answer is None:
            _queue(
                session,
                pickup,
                now=now,
                template="visit_tomorrow",
                pickup=pickup.id,
                day=tomorrow.isoformat(),
                opens=f"{given.opens.astimezone(bank.zone):%H:%M}",
                closes=f"{given.closes.astimezone(bank.zone):%H:%M}",
            )


def _queue_near(session: Session, bank: Bank, *, now: datetime) -> None:
    started = select(Round).where(Round.bank_id == bank.id, Round.state == RoundState.STARTED)
    for round_ in session.scalars(started):
        for near in eta_windows(session, round_):
            if near.closes < now:
                continue
            _queue(
                session,
                _with_donor(session, near.pickup_id),
                now=now,
                template="visit_near",
                pickup=near.pickup_id,
                day=(round_.published or {})["day"],
                opens=f"{near.opens.astimezone(bank.zone):%H:%M}",
                closes=f"{near.closes.astimezone(bank.zone):%H:%M}",
            )


def _queue_receipts(session: Session, bank: Bank, *, now: datetime) -> None:
    """Queue the receipts of records that are too old for an undo by the collector."""
    records = session.scalars(
        select(DoorRecord.pickup_id).where(
            DoorRecord.bank_id == bank.id,
            DoorRecord.withdrawn_at.is_(None),
            DoorRecord.bottles > 0,
            DoorRecord.recorded_at.between(now - RECENT, now - UNDOABLE_FOR),
        )
    )
    for key in sorted(set(records)):
        _queue(session, _with_donor(session, key), now=now, template="receipt")


def _with_donor(session: Session, key: int) -> Pickup:
    return session.scalars(
        select(Pickup).where(Pickup.id == key).options(joinedload(Pickup.donor))
    ).one()


def _queue(
    session: Session, visit: Pickup, /, *, now: datetime, template: str, **figures: object
) -> None:
    donor: Donor = visit.donor
    giving = giving_of(session, donor.id)
    if giving is not None and giving.bereaved_at is not None:
        return
    notify(
        session,
        now=now,
        bank_id=visit.bank_id,
        once=f"{template} pickup:{visit.id}",
        recipient=f"donor:{donor.id}",
        email=donor.email,
        phone=donor.phone,
        template=template,
        language=donor.language,
        **figures,
    )

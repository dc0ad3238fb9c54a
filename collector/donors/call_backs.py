"""When a candidate is called back: half-days, so many calls in each, and what came of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.db import owned
from collector.donors.actions import note_act
from collector.donors.models import CallBack, CallBackState, Donor
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.service_day import ServiceDay

HALVES = {"morning": (time(9), time(12)), "afternoon": (time(14), time(17))}
"""The half-days in which a nurse calls, by the wall clock of the bank."""

DAYS_AHEAD = 10
SATURDAY = 5
LEAST_NOTICE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class HalfDay:
    """A day and its half, as it is offered."""

    day: date
    half: str

    @property
    def opens(self) -> time:
        """When the half-day begins."""
        return HALVES[self.half][0]

    @property
    def closes(self) -> time:
        """When the half-day ends."""
        return HALVES[self.half][1]


def half_days(
    *, now: datetime, zone: ZoneInfo, taken: Iterable[HalfDay], places: int
) -> list[HalfDay]:
    """Return the half-days that still have room, soonest first; weekends have none."""
    today = ServiceDay.of(now, zone).day
    full = {half for half, count in Counter(taken).items() if count >= places}
    offered = [
        HalfDay(day=today + timedelta(days=ahead), half=half)
        for ahead in range(DAYS_AHEAD)
        for half in HALVES
    ]
    return [
        each
        for each in offered
        if each.day.weekday() < SATURDAY
        and each not in full
        and ServiceDay(each.day, zone).instant(each.opens) >= now + LEAST_NOTICE
    ]


def offered(session: Session, *, now: datetime, bank_id: int) -> list[HalfDay]:
    """Return the half-days a bank offers now."""
    bank = get_bank(session, bank_id)
    today = ServiceDay.of(now, bank.zone).day
    taken = session.execute(
        select(CallBack.day, CallBack.half).where(
            CallBack.bank_id == bank_id,
            CallBack.state == CallBackState.ASKED,
            CallBack.day >= today,
        )
    )
    return half_days(
        now=now,
        zone=bank.zone,
        taken=[HalfDay(day=day, half=half) for day, half in taken],
        places=policies_of(session, bank_id)[PolicyKey.CALLS_PER_HALF_DAY],
    )


def ask_call_back(
    session: Session, *, now: datetime, bank_id: int, donor_id: int, wanted: HalfDay
) -> CallBack:
    """Promise a call in a half-day; what she had chosen before is withdrawn.

    Raises
    ------
    Refused
        `half_day_full`: it has no room any more, or never was offered.
    """
    donor = get_donor(session, bank_id, donor_id)
    # Two candidates must not be promised the same last call: the bank's row is the queue.
    session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update())
    before = open_call_back(session, donor)
    if before is not None and (before.day, before.half) == (wanted.day, wanted.half):
        return before
    if wanted not in offered(session, now=now, bank_id=bank_id):
        raise Refused("half_day_full")
    if before is not None:
        before.state, before.settled_at = CallBackState.WITHDRAWN, now
    call = CallBack(
        bank_id=bank_id,
        donor_id=donor.id,
        day=wanted.day,
        half=wanted.half,
        state=CallBackState.ASKED,
        asked_at=now,
        settled_at=None,
        settled_by_id=None,
    )
    session.add(call)
    note_act(session, donor, now=now, actor=f"donor:{donor.id}", action="call asked for")
    return call


def settle_call_back(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    call_back_id: int,
    person_id: int,
    reached: bool,
) -> CallBack:
    """Note whether she was reached; settling it again corrects it."""
    call = owned(session, CallBack, bank_id, call_back_id)
    call.state = CallBackState.DONE if reached else CallBackState.MISSED
    call.settled_at, call.settled_by_id = now, person_id
    donor = get_donor(session, bank_id, call.donor_id)
    action = "called" if reached else "called in vain"
    note_act(session, donor, now=now, actor=f"person:{person_id}", action=action)
    return call


def open_call_back(session: Session, donor: Donor) -> CallBack | None:
    """Return the call she waits for."""
    return session.scalar(
        select(CallBack).where(
            CallBack.bank_id == donor.bank_id,
            CallBack.donor_id == donor.id,
            CallBack.state == CallBackState.ASKED,
        )
    )


def call_backs_of(session: Session, bank_id: int) -> dict[int, CallBack]:
    """Return the latest call of every donor who asked for one, by the donor's key."""
    latest = select(func.max(CallBack.id)).group_by(CallBack.donor_id)
    calls = session.scalars(
        select(CallBack).where(CallBack.bank_id == bank_id, CallBack.id.in_(latest))
    )
    return {call.donor_id: call for call in calls}

"""Call-backs of candidates: half-days with a limited number of calls, and their results."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of
from collector.db import owned
from collector.donors.actions import record_act
from collector.donors.contact import mark_phone_unreached
from collector.donors.models import CallBack, CallBackState, Donor
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.service_day import ServiceDay

HALVES = {"morning": (time(9), time(12)), "afternoon": (time(14), time(17))}
"""The half-days in which a nurse calls, by the bank's wall clock."""

DAYS_AHEAD = 10
SATURDAY = 5
LEAST_NOTICE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class HalfDay:
    """A half of a day, as it is offered for calls."""

    day: date
    half: str

    @property
    def opens(self) -> time:
        """The time at which the half-day begins."""
        return HALVES[self.half][0]

    @property
    def closes(self) -> time:
        """The time at which the half-day ends."""
        return HALVES[self.half][1]


def parse_half_day(text: str) -> HalfDay:
    """Return the half-day in a form, such as `2026-11-24/morning`.

    Raises
    ------
    Refused
        `half_day_full`: the text names none, so none that is offered.
    """
    day, _slash, half = text.partition("/")
    try:
        return HalfDay(day=date.fromisoformat(day), half=half)
    except ValueError:
        raise Refused("half_day_full") from None


def half_days(
    *, now: datetime, zone: ZoneInfo, taken: Iterable[HalfDay], places: int
) -> list[HalfDay]:
    """Return the half-days with a free call, soonest first; weekends have none."""
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
    """Return the half-days that a bank offers now."""
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


def request_call_back(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    donor_id: int,
    half_day: HalfDay,
    actor: str = "",
) -> CallBack:
    """Promise a call in a half-day; an earlier choice of the donor is withdrawn.

    Parameters
    ----------
    actor
        The member of the staff who noted it; the donor herself by default.

    Raises
    ------
    Refused
        `half_day_full`: it has no free call left, or it was never offered.
    """
    donor = get_donor(session, bank_id, donor_id)
    # Two candidates must not be promised the same last call, so the bank's row is locked.
    session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update())
    before = open_call_back(session, donor)
    if before is not None and (before.day, before.half) == (half_day.day, half_day.half):
        return before
    if half_day not in offered(session, now=now, bank_id=bank_id):
        raise Refused("half_day_full")
    if before is not None:
        before.state, before.settled_at = CallBackState.WITHDRAWN, now
    call = CallBack(
        bank_id=bank_id,
        donor_id=donor.id,
        day=half_day.day,
        half=half_day.half,
        state=CallBackState.ASKED,
        asked_at=now,
        settled_at=None,
        settled_by_id=None,
    )
    session.add(call)
    who = actor or f"donor:{donor.id}"
    record_act(session, donor, now=now, actor=who, action="call asked for")
    return call


def close_call_back(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    call_back_id: int,
    person_id: int,
    reached: bool,
) -> CallBack:
    """Record whether the donor was reached; a second record corrects the first."""
    call = owned(session, CallBack, bank_id, call_back_id)
    call.state = CallBackState.DONE if reached else CallBackState.MISSED
    call.settled_at, call.settled_by_id = now, person_id
    donor = get_donor(session, bank_id, call.donor_id)
    if reached:
        donor.phone_unreached_on = None
    else:
        mark_phone_unreached(session, donor, at=now)
    action = "called" if reached else "called in vain"
    record_act(session, donor, now=now, actor=f"person:{person_id}", action=action)
    return call


def withdraw_call_backs(session: Session, *, now: datetime, donor_id: int) -> None:
    """Withdraw the call for which a donor waits."""
    waiting = CallBack.donor_id == donor_id, CallBack.state == CallBackState.ASKED
    session.execute(
        update(CallBack).where(*waiting).values(state=CallBackState.WITHDRAWN, settled_at=now)
    )


def open_call_back(session: Session, donor: Donor) -> CallBack | None:
    """Return the call for which a donor waits, if any."""
    return session.scalar(
        select(CallBack).where(
            CallBack.bank_id == donor.bank_id,
            CallBack.donor_id == donor.id,
            CallBack.state == CallBackState.ASKED,
        )
    )


def call_backs_of(session: Session, bank_id: int) -> dict[int, CallBack]:
    """Return the latest call of each donor with one, by the donor's key."""
    latest = select(func.max(CallBack.id)).group_by(CallBack.donor_id)
    calls = session.scalars(
        select(CallBack).where(CallBack.bank_id == bank_id, CallBack.id.in_(latest))
    )
    return {call.donor_id: call for call in calls}

"""Questions of a phone: which rounds are mine, what was promised in one, what was said of it."""

from datetime import date, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from collector.errors import NotFound
from collector.rounds.models import DayPlan, Publication, Round, RoundEvent, RoundState
from collector.shifts.models import RosterShift

UNDER_WAY = (RoundState.STARTED, RoundState.RETURNED)


def followed_rounds(session: Session, *, bank_id: int, person_id: int, today: date) -> list[Round]:
    """Return a collector's published rounds of today and tomorrow, in the order they begin.

    Yesterday's stays while it is under way: midnight must not take a round from the phone of
    somebody who still has milk in the box.
    """
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    late = and_(DayPlan.day == yesterday, Round.state.in_(UNDER_WAY))
    found = session.scalars(
        select(Round)
        .join(RosterShift, RosterShift.id == Round.shift_id)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .where(
            Round.bank_id == bank_id,
            Round.revision > 0,
            RosterShift.collector_id == person_id,
            or_(DayPlan.day.in_((today, tomorrow)), late),
        )
        .order_by(DayPlan.day, RosterShift.begins, Round.id)
    )
    return [each for each in found if each.published is not None]


def followed_round(
    session: Session, *, bank_id: int, person_id: int, round_id: int, hold: bool = False
) -> Round:
    """Return one of a collector's own published rounds.

    Parameters
    ----------
    hold
        Hold it until the transaction ends. That puts the events of one round in a line: each sees
        all those taken before it.

    Raises
    ------
    NotFound
        There is none, it was never published, or it is somebody else's.
    """
    own = (
        select(Round)
        .join(RosterShift, RosterShift.id == Round.shift_id)
        .where(
            Round.id == round_id,
            Round.bank_id == bank_id,
            Round.revision > 0,
            RosterShift.collector_id == person_id,
        )
    )
    found = session.scalar(own.with_for_update(of=Round) if hold else own)
    if found is None or found.published is None:
        raise NotFound("not_found", kind="rounds")
    return found


def said_of(session: Session, *, bank_id: int, round_id: int) -> list[RoundEvent]:
    """Return everything that was taken from phones about a round, in their order."""
    return list(
        session.scalars(
            select(RoundEvent)
            .where(RoundEvent.bank_id == bank_id, RoundEvent.round_id == round_id)
            .order_by(RoundEvent.sequence, RoundEvent.device_at, RoundEvent.client_id)
        )
    )


def once_promised(session: Session, round_: Round, pickup_id: int) -> bool:
    """Whether a visit was in a round once, or its phones have spoken of it before."""
    spoken_of = select(RoundEvent.id).where(
        RoundEvent.round_id == round_.id, RoundEvent.pickup_id == pickup_id
    )
    if session.scalar(spoken_of.limit(1)) is not None:
        return True
    changes = session.scalars(
        select(Publication.changes).where(Publication.day_plan_id == round_.day_plan_id)
    )
    return any(
        change["round"] == round_.id and pickup_id in change["added"]
        for published in changes
        for change in published["rounds"]
    )

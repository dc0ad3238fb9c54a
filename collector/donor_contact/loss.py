"""The loss of a donor's child: visits cancelled at once, messages withheld, a call by the bank.

Nothing cancelled by a loss comes back by itself. A report that was a mistake is taken back by the
donor for ten minutes, and by the staff at any time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.donor_contact.coordinators import notify_coordinators
from collector.donors.call_backs import withdraw_call_backs
from collector.donors.models import Donor
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.notices.models import Notice
from collector.pickups.actions import set_state
from collector.pickups.giving import calls_to_make, end_loss, giving_of, is_bereaved, start_loss
from collector.pickups.models import Enquiry, Giving, Pickup, PickupState
from collector.pickups.queries import requests_of_donor
from collector.pickups.states import OPEN
from collector.rounds.events.queries import ON_THE_ROAD
from collector.rounds.models import Round
from collector.rounds.withdrawals import withdraw_visit
from collector.service_day import ServiceDay

TAKEN_BACK_FOR = timedelta(minutes=10)
"""Time after the report in which the donor may take it back herself."""
ASKED_FOR = frozenset({"sign_in", "code"})
"""Messages that a donor requests at that moment; they are never withheld."""
CANCELLED = OPEN | {PickupState.EN_ROUTE}
"""States that a loss ends. At the door, the collector and the donor speak with each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """The consequences of a reported loss.

    Attributes
    ----------
    visits
        The cancelled visits.
    unseen
        Rounds that were under way and whose collectors have not confirmed the change yet.
    until
        The last instant at which the donor takes the report back herself.
    """

    giving: Giving
    visits: list[Pickup]
    unseen: list[Round]
    until: datetime


def is_silenced(session: Session, notice: Notice) -> bool:
    """Return whether a message must not leave, because its recipient lost her child."""
    kind, _colon, key = notice.recipient.partition(":")
    return kind == "donor" and notice.template not in ASKED_FOR and is_bereaved(session, int(key))


def loss_of(session: Session, *, bank_id: int, donor_id: int) -> Loss | None:
    """Return the reported loss of a donor, or None."""
    giving = giving_of(session, donor_id)
    if giving is None or giving.bereaved_at is None:
        return None
    keys = {each["pickup"] for each in giving.called_off}
    seen_at = {each["round"]: each["revision"] or 0 for each in giving.called_off}
    begun = session.scalars(select(Round).where(Round.id.in_(seen_at)).order_by(Round.id))
    requests = requests_of_donor(session, bank_id, donor_id)
    return Loss(
        giving=giving,
        visits=sorted(
            (pickup for pickup in requests if pickup.id in keys),
            key=lambda pickup: pickup.windows[0].day,
        ),
        unseen=[each for each in begun if each.acknowledged < seen_at[each.id]],
        until=giving.bereaved_at + TAKEN_BACK_FOR,
    )


def losses_to_call(session: Session, *, bank_id: int) -> list[tuple[Loss, Donor]]:
    """Return the reported losses of donors without a call yet, the longest wait first."""
    found = []
    for giving in calls_to_make(session, bank_id):
        loss = loss_of(session, bank_id=bank_id, donor_id=giving.donor_id)
        if loss is not None:
            found.append((loss, get_donor(session, bank_id, giving.donor_id)))
    return found


def report_loss(
    session: Session, *, now: datetime, bank_id: int, donor_id: int, actor: str
) -> Giving:
    """Record that a donor's child has died; a second report changes nothing.

    1. Every visit that is not over is cancelled; a published round loses its stop at once.
    2. A held slot and a call-back are given up.
    3. Each coordinator is notified that the donor waits for a call.
    """
    giving = giving_of(session, donor_id)
    if giving is not None and giving.bereaved_at is not None:
        return giving
    giving = start_loss(session, now=now, bank_id=bank_id, donor_id=donor_id, actor=actor)
    giving.called_off = [
        _call_off(session, pickup, now=now, actor=actor)
        for pickup in requests_of_donor(session, bank_id, donor_id)
        if pickup.state in CANCELLED
    ]
    session.execute(delete(Enquiry).where(Enquiry.donor_id == donor_id))
    withdraw_call_backs(session, now=now, donor_id=donor_id)
    notify_coordinators(
        session,
        get_donor(session, bank_id, donor_id),
        now=now,
        happened_at=giving.bereaved_at or now,
        template="call_wanted",
        under_way=any(each["round"] for each in giving.called_off),
    )
    session.flush()
    return giving


def take_back_loss(
    session: Session, *, now: datetime, bank_id: int, donor_id: int, actor: str
) -> None:
    """Take a report back; cancelled visits with a day ahead wait for an answer again.

    Raises
    ------
    Refused
        `take_back_too_late`: ten minutes have passed, and the actor is the donor.
    """
    loss = loss_of(session, bank_id=bank_id, donor_id=donor_id)
    if loss is None:
        return
    if actor.startswith("donor:") and now > loss.until:
        raise Refused("take_back_too_late")
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    end_loss(session, loss.giving, now=now, actor=actor)
    for pickup in loss.visits:
        is_ahead = any(window.day >= today for window in pickup.windows)
        if pickup.state is PickupState.CANCELLED and is_ahead:
            pickup.promised_at = pickup.answer = pickup.answered_at = None
            set_state(
                session,
                now=now,
                bank_id=bank_id,
                pickup_id=pickup.id,
                actor=actor,
                to=PickupState.ASKED,
            )


def _call_off(session: Session, pickup: Pickup, *, now: datetime, actor: str) -> dict[str, Any]:
    """Cancel one visit, and return it with its round if the round was under way."""
    changed = [
        withdraw_visit(
            session, now=now, bank_id=pickup.bank_id, day=day, pickup_id=pickup.id, actor=actor
        )
        for day in sorted({window.day for window in pickup.windows})
    ]
    set_state(
        session,
        now=now,
        bank_id=pickup.bank_id,
        pickup_id=pickup.id,
        actor=actor,
        to=PickupState.CANCELLED,
    )
    begun = next((each for each in changed if each is not None and each.state in ON_THE_ROAD), None)
    return {
        "pickup": pickup.id,
        "round": begun.id if begun else None,
        "revision": begun.revision if begun else None,
    }

"""Separation of two files that were merged by mistake.

The rows of the merged file go back to it. Rows added after the merge stay with the remaining file,
and so does a visit that went on since, because it happened at that donor's door.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collector.donors.actions import record_act, reopen
from collector.donors.contact import SECOND_CONTACT
from collector.donors.models import (
    CallBack,
    Donor,
    DonorState,
    FileChange,
    Screening,
    Serology,
    Stay,
    WhySuspended,
)
from collector.donors.queries import get_donor
from collector.errors import NotFound, Refused
from collector.material.models import Loan, MaterialMovement
from collector.notices.models import Notice
from collector.pickups.giving import giving_of
from collector.pickups.models import Giving, Pickup
from collector.places.models import Position, PositionSource
from collector.privacy.merge import ADDRESS, GIVING, POSITION
from collector.privacy.queries import as_json, sealed_identity


def part_files(
    session: Session, *, now: datetime, bank_id: int, number: str, actor: str, reason: str
) -> Donor:
    """Give a merged file its rows back, and return it; its donor signs in anew.

    Raises
    ------
    NotFound
        No file with this number was merged into another.
    Refused
        `reason_missing`; `part_later_first`: the remaining file was itself merged since.
    """
    if not reason.strip():
        raise Refused("reason_missing")
    sealed = sealed_identity(session, bank_id=bank_id, number=number)
    gone = get_donor(session, bank_id, sealed.donor_id)
    if gone.joined_into_id is None:
        raise NotFound("not_found", kind="sealed_identities")
    kept = get_donor(session, bank_id, gone.joined_into_id)
    if kept.joined_into_id is not None:
        raise Refused("part_later_first", number=kept.number)
    _give_back_identity(session, kept, gone, sealed.identity)
    _give_back_rows(session, kept, gone, sealed.identity)
    _give_back_giving(session, kept, gone, sealed.identity["giving"])
    gone.joined_into_id = gone.erased_at = None
    reopen(session, gone, now=now, actor=actor, to=DonorState(sealed.identity["state"]))
    session.delete(sealed)
    for donor, other in ((gone, kept), (kept, gone)):
        record_act(
            session,
            donor,
            now=now,
            actor=actor,
            action="files parted",
            reason=reason.strip(),
            other=other.number,
        )
    return gone


EMPTY = {"family_name": "", "discreet": False, **dict.fromkeys(SECOND_CONTACT, "")}
"""Values of emptied columns; the others become NULL."""


def _give_back_identity(
    session: Session, kept: Donor, gone: Donor, identity: dict[str, Any]
) -> None:
    born, until = identity["baby_born_on"], identity["suspended_until"]
    because = identity["suspended_because"]
    hers = identity | {"baby_born_on": born and date.fromisoformat(born)}
    for name in ("first_name", "family_name", "email", "phone", "baby_born_on"):
        setattr(gone, name, hers[name])
    for name in SECOND_CONTACT:
        # Files that were merged before 0.2 have none.
        setattr(gone, name, hers.get(name, ""))
    for name in hers["filled"]:
        # A value corrected since belongs to the remaining file.
        if getattr(kept, name) == hers[name]:
            setattr(kept, name, EMPTY.get(name))
    gone.suspended_until = until and date.fromisoformat(until)
    gone.suspended_because = because and WhySuspended(because)
    for name in ADDRESS:
        setattr(gone.address, name, identity["address"][name])
    if identity["position"]:
        position = {name: identity["position"][name] for name in POSITION}
        position["set_at"] = datetime.fromisoformat(position["set_at"])
        position["source"] = PositionSource(position["source"])
        session.add(Position(bank_id=gone.bank_id, address_id=gone.address_id, **position))


def _give_back_rows(session: Session, kept: Donor, gone: Donor, held: dict[str, Any]) -> None:
    moved = (
        (Serology, "serologies"),
        (CallBack, "call_backs"),
        (Screening, "screenings"),
        (FileChange, "changes"),
        (Stay, "stays"),
        (Loan, "loans"),
        (MaterialMovement, "material"),
    )
    for row, table in moved:
        theirs = row.donor_id == kept.id, row.id.in_(held.get(table, ()))
        session.execute(update(row).where(*theirs).values(donor_id=gone.id))
    for pickup in session.scalars(
        select(Pickup).where(Pickup.donor_id == kept.id, Pickup.id.in_(map(int, held["pickups"])))
    ):
        if pickup.state == held["pickups"][str(pickup.id)]:
            pickup.donor_id = gone.id
    session.execute(
        update(Notice)
        .where(Notice.id.in_(held["notices"]), Notice.recipient == f"donor:{kept.id}")
        .values(recipient=f"donor:{gone.id}")
    )
    session.flush()
    for donor in (kept, gone):
        session.expire(donor, ["serologies", "stays"])


def _give_back_giving(
    session: Session, kept: Donor, gone: Donor, said: dict[str, Any] | None
) -> None:
    """Give back pauses and the last gift; a loss belongs to the merged file."""
    if said is None:
        return
    stayed = giving_of(session, kept.id)
    if stayed is not None and as_json(stayed, *GIVING) == said:
        stayed.donor_id = gone.id
        return
    if stayed is not None and as_json(stayed, "bereaved_at")["bereaved_at"] == said["bereaved_at"]:
        stayed.bereaved_at = stayed.called_at = stayed.called_by_id = None
        stayed.called_off = []
    session.add(Giving(bank_id=gone.bank_id, donor_id=gone.id, **_read(said)))


def _read(said: dict[str, Any]) -> dict[str, Any]:
    """Return JSON values of a row as its column types."""
    days = {name: said[name] and date.fromisoformat(said[name]) for name in GIVING[:2]}
    instants = {name: said[name] and datetime.fromisoformat(said[name]) for name in GIVING[4:6]}
    return said | days | instants

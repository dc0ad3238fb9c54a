"""Merge of two files of one donor.

The remaining file keeps its number, its contact and the professionals' decisions. The rows of the
other file move over; its number stays and leads to the remaining file. Its identity and the list of
moved rows are sealed: quality alone separates the two again (`collector.privacy.separation`).

A file with collected milk is never merged away, because its number is on bottles.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from collector.donors.actions import record_act
from collector.donors.contact import SECOND_CONTACT
from collector.donors.models import (
    CallBack,
    Donor,
    DonorState,
    FileChange,
    Screening,
    SealedIdentity,
    Serology,
    Stay,
    WhySuspended,
)
from collector.donors.queries import get_donor
from collector.donors.stays import move_stays
from collector.errors import Refused
from collector.material.models import Loan, MaterialMovement
from collector.notices.models import Notice
from collector.pickups.enquiries import enquiry_of
from collector.pickups.giving import giving_of
from collector.pickups.models import Pickup, PickupState
from collector.pickups.queries import requests_of_donor
from collector.pickups.states import OVER
from collector.privacy.actions import close_doors, end_file, has_given, leave_number_only
from collector.privacy.queries import as_json

FILLED = ("email", "phone", "baby_born_on", "family_name", "discreet")
"""Columns that the remaining file takes over where its own are empty."""
ADDRESS = ("line", "postcode", "town", "access_notes")
POSITION = ("latitude", "longitude", "source", "provider", "score", "set_at")
GIVING = (
    *("paused_from", "paused_until", "tapering", "last_gift"),
    *("bereaved_at", "called_at", "called_by_id", "called_off"),
)


def join_files(
    session: Session, *, now: datetime, bank_id: int, actor: str, kept_id: int, gone_id: int
) -> Donor:
    """Merge one file into another, and return the remaining one.

    Raises
    ------
    Refused
        `join_itself`; `join_given`: milk was collected under the number that would go;
        `join_open_visit`: a visit of it is promised or under way; `join_decided`: a professional
        excluded or suspended her in it; `already_erased`.
    """
    kept, gone = get_donor(session, bank_id, kept_id), get_donor(session, bank_id, gone_id)
    _refuse(session, kept, gone)
    _seal(session, kept, gone, now=now)
    for name in _filled(kept, gone):
        setattr(kept, name, getattr(gone, name))
    _move(session, kept, gone)
    close_doors(session, gone)
    end_file(session, gone, now=now, actor=actor)
    leave_number_only(session, gone)
    gone.joined_into_id, gone.erased_at = kept.id, now
    record_act(session, gone, now=now, actor=actor, action="file joined away", into=kept.number)
    record_act(session, kept, now=now, actor=actor, action="file joined", number=gone.number)
    session.flush()
    return kept


def _refuse(session: Session, kept: Donor, gone: Donor) -> None:
    if kept.id == gone.id:
        raise Refused("join_itself")
    if kept.erased_at or gone.erased_at:
        raise Refused("already_erased")
    if has_given(session, gone):
        raise Refused("join_given")
    if gone.state is DonorState.EXCLUDED or _suspended_by_somebody(gone):
        raise Refused("join_decided")
    visits = requests_of_donor(session, gone.bank_id, gone.id)
    if any(visit.state not in OVER | {PickupState.ASKED} for visit in visits):
        raise Refused("join_open_visit")


def _suspended_by_somebody(donor: Donor) -> bool:
    because = donor.suspended_because
    return donor.state is DonorState.SUSPENDED and because is not WhySuspended.SEROLOGY_LAPSED


def _seal(session: Session, kept: Donor, gone: Donor, *, now: datetime) -> None:
    """Seal the identity of the merged file, and the keys of its rows."""
    giving = giving_of(session, gone.id)
    hers = {
        "serologies": select(Serology.id).where(Serology.donor_id == gone.id),
        "call_backs": select(CallBack.id).where(CallBack.donor_id == gone.id),
        "screenings": select(Screening.id).where(Screening.donor_id == gone.id),
        "changes": select(FileChange.id).where(FileChange.donor_id == gone.id),
        "loans": select(Loan.id).where(Loan.donor_id == gone.id),
        "material": select(MaterialMovement.id).where(MaterialMovement.donor_id == gone.id),
        "stays": select(Stay.id).where(Stay.donor_id == gone.id),
        "notices": select(Notice.id).where(*_owed(gone)),
    }
    identity = as_json(
        gone,
        *("first_name", *FILLED, *SECOND_CONTACT),
        *("state", "suspended_because", "suspended_until"),
    )
    identity |= {
        "address": as_json(gone.address, *ADDRESS),
        "position": as_json(gone.address.position, *POSITION) if gone.address.position else None,
        "giving": as_json(giving, *GIVING) if giving else None,
        "filled": _filled(kept, gone),
        "pickups": {
            str(each.id): each.state for each in requests_of_donor(session, gone.bank_id, gone.id)
        },
        **{table: list(session.scalars(rows)) for table, rows in hers.items()},
    }
    session.add(
        SealedIdentity(
            bank_id=gone.bank_id,
            donor_id=gone.id,
            number=gone.number,
            identity=identity,
            sealed_at=now,
        )
    )


def _filled(kept: Donor, gone: Donor) -> list[str]:
    """Return the columns that the remaining file takes over, of a second contact all or none."""
    filled = [name for name in FILLED if getattr(gone, name) and not getattr(kept, name)]
    second = gone.second_name and not kept.second_name
    return [*filled, *SECOND_CONTACT] if second else filled


def _owed(donor: Donor) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Notice.bank_id == donor.bank_id, Notice.recipient == f"donor:{donor.id}"


def _move(session: Session, kept: Donor, gone: Donor) -> None:
    for row in (Pickup, Serology, CallBack, FileChange, Loan, MaterialMovement):
        session.execute(update(row).where(row.donor_id == gone.id).values(donor_id=kept.id))
    answered = select(Screening.questionnaire_id).where(Screening.donor_id == kept.id)
    # Answers to one question version are unique per file; a second set stays with its file, and is
    # shown and erased with the rest.
    session.execute(
        update(Screening)
        .where(Screening.donor_id == gone.id, Screening.questionnaire_id.not_in(answered))
        .values(donor_id=kept.id)
    )
    session.execute(update(Notice).where(*_owed(gone)).values(recipient=f"donor:{kept.id}"))
    _move_plans(session, kept, gone)
    move_stays(session, of=gone, to=kept)
    session.expire(kept, ["serologies"])
    session.expire(gone, ["serologies"])


def _move_plans(session: Session, kept: Donor, gone: Donor) -> None:
    """Take over pauses and the last gift; the loss of a child outweighs all else."""
    theirs, hers = giving_of(session, gone.id), giving_of(session, kept.id)
    if theirs is not None and hers is None:
        theirs.donor_id = kept.id
    elif theirs is not None and hers is not None:
        if theirs.bereaved_at and not hers.bereaved_at:
            hers.bereaved_at, hers.called_at = theirs.bereaved_at, theirs.called_at
            hers.called_by_id, hers.called_off = theirs.called_by_id, theirs.called_off
        session.delete(theirs)
    enquiry = enquiry_of(session, gone.id)
    if enquiry is not None:
        session.delete(enquiry)
    session.flush()

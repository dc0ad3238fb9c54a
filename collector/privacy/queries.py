"""Queries of a donor's personal data: export, seals, merged files."""

import base64
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from collector.audit.queries import history_of
from collector.custody.models import Container, DoorPhoto, DoorRecord
from collector.donors.models import CallBack, Decision, Donor, FileChange, SealedIdentity, Stay
from collector.donors.queries import get_donor
from collector.donors.screening import screening_of
from collector.errors import NotFound
from collector.laboratory.holds.models import LaboratoryHold
from collector.laboratory.holds.standing import of_donor_or_containers
from collector.laboratory.pooling.models import Lot, LotState, PoolInput
from collector.laboratory.reception.models import Intake
from collector.material.models import MaterialMovement
from collector.material.queries import loans_of
from collector.notices.models import Notice, PushSubscription
from collector.notices.queries import chosen_channel
from collector.pickups.enquiries import enquiry_of
from collector.pickups.giving import giving_of
from collector.pickups.models import Correction, Pickup
from collector.pickups.queries import requests_of_donor
from collector.rounds.models import RoundEvent


def copy_of(session: Session, *, bank_id: int, donor_id: int) -> dict[str, Any]:
    """Return a donor's data as JSON values: file, answers, visits, bottles, messages."""
    donor = get_donor(session, bank_id, donor_id)
    return {
        "donor": _person(donor),
        "address": _address(donor),
        "stays": [_stay(each) for each in donor.stays],
        "blood_tests": [
            as_json(each, "drawn_on", "outcome", "valid_until") for each in donor.serologies
        ],
        "answers": _answers(session, donor),
        "steps": [
            as_json(each, "at", "state", "because", "until", "note")
            for each in _rows(session, Decision, donor)
        ],
        "calls": [
            as_json(each, "day", "half", "state", "asked_at")
            for each in _rows(session, CallBack, donor)
        ],
        "changes": [
            as_json(each, "at", "field", "before", "after")
            for each in _rows(session, FileChange, donor)
        ],
        **_plans(session, donor),
        "visits": [
            _visit(session, pickup) for pickup in requests_of_donor(session, bank_id, donor_id)
        ],
        **_material(session, donor),
        "stopped_milk": _stopped_milk(session, donor),
        "messages": [
            as_json(each, "owed_at", "sent_at", "to", "template", "subject", "body")
            for each in messages_of(session, donor)
        ],
        "acts": [
            as_json(each, "at", "action")
            for each in history_of(session, bank_id=bank_id, subject=f"donor:{donor.id}")
        ],
    }


def _material(session: Session, donor: Donor) -> dict[str, Any]:
    return {
        "loans": [
            as_json(each, "out_on", "due_on", "returned_on", "lost_on")
            | as_json(each.device, "serial", "name")
            for each in loans_of(session, bank_id=donor.bank_id, donor_id=donor.id)
        ],
        "material": [
            as_json(each, "made_at", "kind", "item", "quantity")
            for each in _rows(session, MaterialMovement, donor)
        ],
    }


def _stay(stay: Stay) -> dict[str, Any]:
    return (
        as_json(stay, "first_day", "last_day")
        | {"place": stay.place.name if stay.place else None}
        | as_json(stay.address, "line", "postcode", "town", "access_notes")
    )


def _stopped_milk(session: Session, donor: Donor) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(LaboratoryHold)
        .where(of_donor_or_containers(donor.id, _bottles_of(donor.id)))
        .order_by(LaboratoryHold.id)
    )
    return [as_json(each, "opened_at", "reason", "lifted_at") for each in rows]


def _bottles_of(donor_id: int) -> Select[int]:
    return select(Container.id).where(Container.donor_id == donor_id)


def photos_of(session: Session, pickup: Pickup) -> list[DoorPhoto]:
    """Return the pictures that collectors took at a visit, as long as they are stored."""
    names = [
        name
        for payload in session.scalars(
            select(RoundEvent.payload).where(RoundEvent.pickup_id == pickup.id)
        )
        if (name := payload.get("photo"))
    ]
    hers = DoorPhoto.bank_id == pickup.bank_id, DoorPhoto.client_id.in_(names)
    return list(session.scalars(select(DoorPhoto).where(*hers).order_by(DoorPhoto.id)))


def messages_of(session: Session, donor: Donor) -> list[Notice]:
    """Return the waiting and sent messages of a donor."""
    hers = Notice.bank_id == donor.bank_id, Notice.recipient == f"donor:{donor.id}"
    return list(session.scalars(select(Notice).where(*hers).order_by(Notice.id)))


def erasure_requests(session: Session, bank_id: int) -> list[Donor]:
    """Return the donors with an open request for erasure, the oldest first."""
    requested = select(Donor).where(
        Donor.bank_id == bank_id,
        Donor.erasure_asked_at.is_not(None),
        Donor.erased_at.is_(None),
    )
    return list(session.scalars(requested.order_by(Donor.erasure_asked_at)))


def sealed_identity(session: Session, *, bank_id: int, number: str) -> SealedIdentity:
    """Return the seal behind the number of an erased or merged file.

    Raises
    ------
    NotFound
        Nothing is sealed under this number.
    """
    sealed = session.scalar(
        select(SealedIdentity).where(
            SealedIdentity.bank_id == bank_id, SealedIdentity.number == number
        )
    )
    if sealed is None:
        raise NotFound("not_found", kind="sealed_identities")
    return sealed


def _person(donor: Donor) -> dict[str, Any]:
    return as_json(
        donor,
        "number",
        "first_name",
        "family_name",
        "email",
        "phone",
        "language",
        "discreet",
        "state",
        "suspended_until",
        "suspended_because",
        "baby_born_on",
        "second_name",
        "second_tie",
        "second_phone",
        "interview_signed_on",
        "consent_version",
        "consented_on",
        "registered_at",
    )


def _address(donor: Donor) -> dict[str, Any]:
    address = donor.address
    found = as_json(address, "line", "postcode", "town", "access_notes")
    if address.position:
        found |= as_json(address.position, "latitude", "longitude", "source")
    return found


def _answers(session: Session, donor: Donor) -> dict[str, Any] | None:
    screening = screening_of(session, donor)
    if screening is None:
        return None
    return {
        "edition": screening.questionnaire.edition,
        "questions": screening.questionnaire.questions,
        "answers": screening.answers,
        "sent_at": _said(screening.submitted_at),
    }


def _plans(session: Session, donor: Donor) -> dict[str, Any]:
    """Return the donor's pauses, last gift and contact preferences."""
    return {
        "weeks_to_come": _if_any(
            giving_of(session, donor.id),
            "paused_from",
            "paused_until",
            "tapering",
            "last_gift",
            "bereaved_at",
            "called_at",
        ),
        "about_to_ask": _if_any(
            enquiry_of(session, donor.id),
            "written_at",
            "bottles",
            "volume_ml",
            "oldest_on",
            "empties_wanted",
            "kit_wanted",
            "health",
        ),
        "messages_come_by": _said(
            chosen_channel(session, bank_id=donor.bank_id, recipient=f"donor:{donor.id}")
        ),
        "browsers_told": [
            as_json(each, "endpoint", "made_at") for each in _browsers_of(session, donor)
        ],
    }


def _visit(session: Session, pickup: Pickup) -> dict[str, Any]:
    records = session.scalars(select(DoorRecord).where(DoorRecord.pickup_id == pickup.id))
    bottles = session.scalars(
        select(Container)
        .options(selectinload(Container.history))
        .where(Container.pickup_id == pickup.id)
    )
    return {
        **as_json(
            pickup,
            "asked_at",
            "cancelled_at",
            "state",
            "purposes",
            "bottles",
            "volume_ml",
            "oldest_on",
            "note",
        ),
        "milk_line": pickup.line.value,
        "windows": [as_json(each, "day", "opens", "closes") for each in pickup.windows],
        "health_questions": [
            as_json(each, "reason", "opened_at", "cleared_at", "note") for each in pickup.holds
        ],
        "at_the_door": [
            as_json(each, "recorded_at", "bottles", "volume_ml", "freezer_celsius", "note")
            for each in records
        ],
        "corrections": [
            as_json(each, "made_at", "bottles", "volume_ml", "words", "settled_at")
            for each in session.scalars(
                select(Correction).where(Correction.pickup_id == pickup.id).order_by(Correction.id)
            )
        ],
        "photos": [_photo(each) for each in photos_of(session, pickup)],
        "bottles_numbers": [
            {**as_json(each, "number", "state"), "taken_over": _intakes(session, each)}
            for each in bottles
        ],
    }


def _intakes(session: Session, container: Container) -> list[dict[str, Any]]:
    """Return the fate of a container in the laboratory; its pool names other donors' milk."""
    standing = select(Intake).where(
        Intake.container_id == container.id, Intake.withdrawn_at.is_(None)
    )
    return [
        as_json(each, "taken_at", "volume_ml", "expressed_first", "expressed_last", "state")
        | {"why_refused": each.refused_because.value if each.refused_because else None}
        | {"lots": [state.value for state in _lot_states(session, each)]}
        for each in session.scalars(standing)
    ]


def _lot_states(session: Session, intake: Intake) -> Sequence[LotState]:
    return session.scalars(
        select(Lot.state)
        .join(PoolInput, PoolInput.pool_id == Lot.pool_id)
        .where(PoolInput.intake_id == intake.id, PoolInput.withdrawn_at.is_(None))
    ).all()


def _photo(photo: DoorPhoto) -> dict[str, Any]:
    return as_json(photo, "client_id", "received_at") | {
        "jpeg": base64.b64encode(photo.jpeg).decode()
    }


def _rows(
    session: Session, row: type[Decision | CallBack | FileChange | MaterialMovement], donor: Donor
) -> list[Any]:
    return list(session.scalars(select(row).where(row.donor_id == donor.id).order_by(row.id)))


def _browsers_of(session: Session, donor: Donor) -> list[PushSubscription]:
    hers = PushSubscription.recipient == f"donor:{donor.id}"
    return list(session.scalars(select(PushSubscription).where(hers)))


def _if_any(row: object | None, *names: str) -> dict[str, Any] | None:
    return None if row is None else as_json(row, *names)


def as_json(row: object, *names: str) -> dict[str, Any]:
    """Return columns of a row as JSON values."""
    return {name: _said(getattr(row, name)) for name in names}


def _said(value: object) -> object:
    if isinstance(value, date | datetime) or hasattr(value, "isoformat"):
        return value.isoformat()
    return value

"""Writing of one imported row: a new file, or an update of a known one."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.donors.actions import (
    change_state,
    missing_papers,
    record_consent,
    record_serology,
    register,
    sign_interview,
)
from collector.donors.contact import ContactCorrection, correct_contact, place_donor
from collector.donors.models import Donor, DonorState, SerologyOutcome
from collector.donors.queries import get_donor
from collector.places.models import PositionSource
from collector.service_day import ServiceDay


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorEntry:
    """The values of one row."""

    file: dict[str, Any]
    signed_by_id: int | None
    signed_on: date | None
    consent_version: str
    consented_on: date | None
    drawn_on: date | None
    valid_until: date | None


def open_file(
    session: Session, entry: DonorEntry, *, now: datetime, bank_id: int, actor: str
) -> Donor:
    """Open the file of a new donor, with her papers."""
    donor = register(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        position_source=PositionSource.IMPORTED,
        **(entry.file | {"discreet": bool(entry.file["discreet"])}),
    )
    _write_papers(session, donor, entry, now=now, actor=actor)
    return donor


def update_file(
    session: Session, entry: DonorEntry, *, donor_id: int, now: datetime, bank_id: int, actor: str
) -> Donor:
    """Update the file of a known donor; an empty cell changes nothing.

    Raises
    ------
    Refused
        `contact_missing`: neither the row nor the file has a telephone or an e-mail address.
    """
    donor = get_donor(session, bank_id, donor_id)
    given, known = entry.file, ContactCorrection.of(donor)
    correct_contact(
        session,
        now=now,
        bank_id=bank_id,
        donor_id=donor_id,
        actor=actor,
        correction=replace(
            known,
            first_name=given["first_name"],
            family_name=given["family_name"],
            phone=given["phone"] or known.phone,
            email=given["email"] or known.email,
            line=given["line"],
            postcode=given["postcode"],
            town=given["town"],
            access_notes=given["access_notes"] or known.access_notes,
            baby_born_on=given["baby_born_on"] or known.baby_born_on,
            discreet=known.discreet if given["discreet"] is None else given["discreet"],
        ),
    )
    if given["latitude"] is not None:
        place_donor(
            session,
            now=now,
            bank_id=bank_id,
            donor_id=donor_id,
            actor=actor,
            latitude=given["latitude"],
            longitude=given["longitude"],
            source=PositionSource.IMPORTED,
        )
    _write_papers(session, donor, entry, now=now, actor=actor)
    return donor


def _write_papers(
    session: Session, donor: Donor, entry: DonorEntry, *, now: datetime, actor: str
) -> None:
    """Record the interview, the consent and the blood test that the file does not have yet."""
    about: dict[str, Any] = {
        "now": now,
        "bank_id": donor.bank_id,
        "donor_id": donor.id,
        "actor": actor,
    }
    signed_on, drawn_on = entry.signed_on, entry.drawn_on
    is_signed = signed_on == donor.interview_signed_on
    if entry.signed_by_id is not None and signed_on is not None and not is_signed:
        sign_interview(session, **about, person_id=entry.signed_by_id, on=signed_on)
    if entry.consent_version and entry.consent_version != donor.consent_version:
        on = entry.consented_on or ServiceDay.of(now, get_bank(session, donor.bank_id).zone).day
        record_consent(session, **about, version=entry.consent_version, on=on)
    if drawn_on is not None and drawn_on not in {test.drawn_on for test in donor.serologies}:
        outcome = SerologyOutcome.CLEAR if entry.valid_until else SerologyOutcome.PENDING
        record_serology(
            session,
            **about,
            drawn_on=drawn_on,
            outcome=outcome,
            valid_until=entry.valid_until,
        )
    waiting = donor.state is DonorState.AWAITING_SEROLOGY
    if waiting and not missing_papers(session, donor, now=now):
        change_state(session, **about, to=DonorState.ELIGIBLE)

"""Erasure of a donor, the seal of her identity, and its opening by quality alone.

A collected bottle stays traceable to a donor number for decades. The identity behind the number is
sealed, and opened only for a reason that the audit chain keeps. Without a collected bottle nothing
is kept.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.custody.models import (
    Container,
    ContainerState,
    Discrepancy,
    DoorPhoto,
    DoorRecord,
)
from collector.donors.actions import record_act, step
from collector.donors.models import (
    CallBack,
    Decision,
    Donor,
    DonorState,
    FileChange,
    Screening,
    SealedIdentity,
    SeparateFiles,
    Serology,
)
from collector.donors.queries import get_donor, joined_into
from collector.donors.states import TRANSITIONS
from collector.donors.stays import erase_stays
from collector.errors import Refused
from collector.laboratory.holds.models import LaboratoryHold
from collector.laboratory.holds.standing import of_donor_or_containers
from collector.laboratory.reception.models import Intake
from collector.notices.models import ChannelChoice, PushSubscription
from collector.people.models import ProofCode, SignInLink, WebSession
from collector.pickups.models import Correction, Enquiry, Giving, Pickup, PickupHold, VisitLink
from collector.pickups.queries import requests_of_donor
from collector.pickups.states import OVER
from collector.places.models import Address, Position
from collector.planning.models import ChanceForecast, PlanningRun
from collector.privacy.queries import messages_of, sealed_identity
from collector.privacy.retention import empty_problems_with
from collector.recall.personal import blank_reasons
from collector.roads.actions import forget_position
from collector.roads.learned import forget_learned
from collector.rounds.models import Incident, Round, RoundEvent, RoundStop

NEVER_TAKEN = (ContainerState.DECLARED, ContainerState.REFUSED_AT_DOOR)
DEPARTEMENT_DIGITS = 2
ERASED = ("first_name", "family_name", "phone", "note")
NOWHERE = {
    "line": "",
    "postcode": "",
    "town": "",
    "access_notes": "",
    "latitude": None,
    "longitude": None,
}


def ask_erasure(session: Session, *, now: datetime, bank_id: int, donor_id: int) -> Donor:
    """Record a donor's request for erasure; erase at once if no milk of hers was ever collected."""
    donor = get_donor(session, bank_id, donor_id)
    if donor.erasure_asked_at is None:
        donor.erasure_asked_at = now
        record_act(session, donor, now=now, actor=f"donor:{donor.id}", action="erasure asked for")
    if not has_given(session, donor) and not _open_visits(session, donor):
        erase(session, now=now, bank_id=bank_id, donor_id=donor_id, actor=f"donor:{donor.id}")
    return donor


def erase(
    session: Session, *, now: datetime, bank_id: int, donor_id: int, actor: str
) -> SealedIdentity | None:
    """Erase a donor except her number and the trace of her collected bottles.

    Raises
    ------
    Refused
        `donor_has_open_visit`: cancel it first; `already_erased`.
    """
    donor = get_donor(session, bank_id, donor_id)
    if donor.erased_at is not None:
        raise Refused("already_erased")
    if _open_visits(session, donor):
        raise Refused("donor_has_open_visit")
    given = has_given(session, donor)
    sealed = _seal(donor, now=now) if given else None
    if sealed is not None:
        session.add(sealed)
    end_file(session, donor, now=now, actor=actor)
    leave_number_only(session, donor)
    _erase_health(session, donor, keep_serology=given)
    _erase_visits(session, donor)
    _erase_messages(session, donor)
    donor.erased_at = now
    record_act(session, donor, now=now, actor=actor, action="donor erased", sealed=given)
    return sealed


def open_seal(
    session: Session, *, now: datetime, bank_id: int, number: str, actor: str, reason: str
) -> dict[str, Any]:
    """Return the identity behind a number, and record the reader and the reason in the audit chain.

    Raises
    ------
    NotFound
        Nothing is sealed under this number.
    Refused
        `reason_missing`.
    """
    if not reason.strip():
        raise Refused("reason_missing")
    sealed = sealed_identity(session, bank_id=bank_id, number=number)
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="identity re-linked",
        subject=f"donor:{sealed.donor_id}",
        reason=reason.strip(),
    )
    return dict(sealed.identity)


def has_given(session: Session, donor: Donor) -> bool:
    """Return whether a bottle of the donor was ever collected."""
    taken = select(Container.id).where(
        Container.donor_id == donor.id, Container.state.not_in(NEVER_TAKEN)
    )
    return session.scalar(taken.limit(1)) is not None


def _open_visits(session: Session, donor: Donor) -> bool:
    return any(
        pickup.state not in OVER for pickup in requests_of_donor(session, donor.bank_id, donor.id)
    )


def _seal(donor: Donor, *, now: datetime) -> SealedIdentity:
    return SealedIdentity(
        bank_id=donor.bank_id,
        donor_id=donor.id,
        number=donor.number,
        identity={
            "first_name": donor.first_name,
            "family_name": donor.family_name,
            "phone": donor.phone,
            "email": donor.email,
        },
        sealed_at=now,
    )


def end_file(session: Session, donor: Donor, *, now: datetime, actor: str) -> None:
    """Move a file to the state `ended`, if its state permits."""
    if DonorState.ENDED in TRANSITIONS[donor.state]:
        step(session, donor, now=now, actor=actor, to=DonorState.ENDED)


def leave_number_only(session: Session, donor: Donor) -> None:
    """Remove the donor's name, address and contact from her file."""
    donor.first_name = donor.family_name = ""
    donor.second_name = donor.second_tie = donor.second_phone = ""
    donor.once = None
    donor.email = donor.phone = donor.phone_unreached_on = donor.baby_born_on = None
    donor.suspended_because = donor.suspended_until = None
    address = donor.address
    _forget_position(session, address)
    address.line = address.town = address.access_notes = ""
    address.postcode = address.postcode[:DEPARTEMENT_DIGITS]
    forget_learned(session, donor_id=donor.id)
    erase_stays(session, donor)
    close_doors(session, donor)
    pairs = (SeparateFiles.first_id == donor.id) | (SeparateFiles.second_id == donor.id)
    session.execute(delete(SeparateFiles).where(pairs))
    session.execute(delete(ChannelChoice).where(ChannelChoice.recipient == f"donor:{donor.id}"))


def _forget_position(session: Session, address: Address) -> None:
    """Delete the position of an address, its point on the roads and its legs."""
    position = session.scalar(select(Position).where(Position.address_id == address.id))
    if position is not None:
        forget_position(session, latitude=position.latitude, longitude=position.longitude)
    session.execute(delete(Position).where(Position.address_id == address.id))


def close_doors(session: Session, donor: Donor) -> None:
    """Revoke every session, link and subscription of the donor."""
    hers = select(WebSession.id).where(WebSession.donor_id == donor.id)
    session.execute(delete(ProofCode).where(ProofCode.session_id.in_(hers)))
    for row in (WebSession, SignInLink):
        session.execute(delete(row).where(row.donor_id == donor.id))
    session.execute(
        delete(PushSubscription).where(PushSubscription.recipient == f"donor:{donor.id}")
    )


def _erase_health(session: Session, donor: Donor, *, keep_serology: bool) -> None:
    for row in (Screening, CallBack, Enquiry, Giving, FileChange):
        session.execute(delete(row).where(row.donor_id == donor.id))
    joined = joined_into(session, donor.id)
    session.execute(delete(Screening).where(Screening.donor_id.in_(joined)))
    session.execute(delete(SealedIdentity).where(SealedIdentity.donor_id.in_(joined)))
    if not keep_serology:
        session.execute(delete(Serology).where(Serology.donor_id == donor.id))
    session.execute(
        update(Decision).where(Decision.donor_id == donor.id).values(because=None, note="")
    )


def _erase_visits(session: Session, donor: Donor) -> None:
    """Remove name, address and notes of the donor from visits, rounds and planning runs."""
    hers = list(session.scalars(select(Pickup.id).where(Pickup.donor_id == donor.id)))
    for row in (PickupHold, VisitLink):
        session.execute(delete(row).where(row.pickup_id.in_(hers)))
    session.execute(update(Correction).where(Correction.pickup_id.in_(hers)).values(words=""))
    session.execute(update(Pickup).where(Pickup.id.in_(hers)).values(note=""))
    session.execute(update(DoorRecord).where(DoorRecord.pickup_id.in_(hers)).values(note=""))
    session.execute(
        update(Incident).where(Incident.pickup_id.in_(hers)).values(note="", decision_note="")
    )
    _erase_bench_notes(session, donor.id, hers)
    session.execute(
        update(ChanceForecast).where(ChanceForecast.pickup_id.in_(hers)).values(pickup_id=None)
    )
    events = list(session.scalars(select(RoundEvent).where(RoundEvent.pickup_id.in_(hers))))
    photos = [event.payload["photo"] for event in events if event.payload.get("photo")]
    session.execute(
        delete(DoorPhoto).where(DoorPhoto.bank_id == donor.bank_id, DoorPhoto.client_id.in_(photos))
    )
    for event in events:
        if event.payload.get("note"):
            event.payload = {**event.payload, "note": ""}
    _erase_plans(session, hers)
    empty_problems_with(session, bank_id=donor.bank_id, pickups=hers)


def _erase_plans(session: Session, pickups: list[int]) -> None:
    """Take visits out of published rounds, and empty the planning runs of their days."""
    plans = set(
        session.scalars(
            select(Round.day_plan_id)
            .join(RoundStop)
            .where(RoundStop.pickup_id.in_(pickups))
            .distinct()
        )
    )
    for round_ in session.scalars(select(Round).where(Round.published.is_not(None))):
        if round_.published and _visits(round_.published, pickups):
            plans.add(round_.day_plan_id)
            round_.published = _without(round_.published, pickups)
            left = round_.left_untold.items()
            round_.left_untold = {key: value for key, value in left if int(key) not in pickups}
    ended = PlanningRun.day_plan_id.in_(plans), PlanningRun.kept_at.is_not(None)
    session.execute(
        update(PlanningRun).where(*ended).values(problem={}, start={}, plan=None, levels=None)
    )


def _erase_bench_notes(session: Session, donor_id: int, pickups: list[int]) -> None:
    """Blank the notes of the laboratory on a donor's bottles; figures and fates stay."""
    bottles = select(Container.id).where(Container.pickup_id.in_(pickups))
    for row in (Intake, Discrepancy):
        session.execute(update(row).where(row.container_id.in_(bottles)).values(note=""))
    erased = update(LaboratoryHold).values(reason="", lift_reason="")
    session.execute(erased.where(of_donor_or_containers(donor_id, bottles)))
    blank_reasons(session, donor_id=donor_id, containers=bottles, pickups=pickups)


def _visits(published: dict[str, Any], pickups: list[int]) -> bool:
    return any(stop["pickup"] in pickups for stop in published.get("stops", ()))


def _without(published: dict[str, Any], pickups: list[int]) -> dict[str, Any]:
    stops = [
        {**stop, **dict.fromkeys(ERASED, ""), "address": NOWHERE}
        if stop["pickup"] in pickups
        else stop
        for stop in published["stops"]
    ]
    return {**published, "stops": stops}


def _erase_messages(session: Session, donor: Donor) -> None:
    for notice in messages_of(session, donor):
        notice.to, notice.figures, notice.subject, notice.body = "", {}, None, None

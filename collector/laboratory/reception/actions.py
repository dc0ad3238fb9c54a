"""Writing of the reception: intakes accepted, refused and undone; missing containers."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import Site
from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.custody.actions import give_back, receive_unannounced, take_over
from collector.custody.discrepancies import report_missing
from collector.custody.labels import read_label
from collector.custody.models import Container, RefusalReason
from collector.db import owned
from collector.donors.models import Donor
from collector.donors.numbers import compact_number
from collector.donors.queries import donor_by_number
from collector.errors import Refused
from collector.field_parsers import FieldMistake
from collector.laboratory.destructions.queries import item_of
from collector.laboratory.reception.drafts import IntakeDraft, millilitres
from collector.laboratory.reception.models import (
    BenchScan,
    Intake,
    IntakeRefusal,
    IntakeState,
    ScanTask,
)
from collector.laboratory.reception.queries import bank_sites, reception_site
from collector.laboratory.reception.validation import accepting_mistakes, refusing_mistakes
from collector.laboratory.units.models import MoveReason
from collector.laboratory.units.stays import StoredThing, leave_storage
from collector.pickups.models import MilkLine
from collector.pickups.queries import last_collected

LONGEST_SCAN = 80
"""Characters kept of a refused scan."""
UNDO_WITHIN = timedelta(minutes=10)
"""Time during which the technician may undo an intake; the page offers it for ten seconds."""


def accept_container(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    container_id: int,
    draft: IntakeDraft,
) -> Intake:
    """Take over a container into quarantine.

    Raises
    ------
    NotFound
        The bank has no such container.
    Refused
        The container is not at the bank's reception (`reception_site`), or the first of
        `accepting_mistakes`.
    """
    container = owned(session, Container, bank_id, container_id)
    site = reception_site(session, container)
    return _accept(session, now, person_id, container, site, draft)


def accept_unannounced(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    label: str,
    donor_number: str,
    draft: IntakeDraft,
) -> Intake:
    """Take over a bottle that no phone named, from a known donor's last collected visit.

    Raises
    ------
    Conflict
        `container_known`: the bank has a container of this number.
    Refused
        `label_not_safe`; `donor_unknown`; `donor_never_visited`; `no_bank_site`; the first of
        `accepting_mistakes`.
    """
    donor = donor_by_number(session, bank_id, compact_number(donor_number))
    if donor is None:
        raise Refused("donor_unknown")
    pickup = last_collected(session, bank_id=bank_id, donor_id=donor.id)
    if pickup is None:
        raise Refused("donor_never_visited")
    sites = bank_sites(session, bank_id)
    if not sites:
        raise Refused("no_bank_site")
    container = receive_unannounced(
        session, now=now, pickup=pickup, number=read_label(label), site_id=sites[0].id
    )
    return _accept(session, now, person_id, container, sites[0], draft)


def refuse_container(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    container_id: int,
    reason: IntakeRefusal,
    draft: IntakeDraft,
) -> Intake:
    """Refuse a container at the reception, with its volume and the reason.

    Raises
    ------
    NotFound
        The bank has no such container.
    Refused
        The container is not at the bank's reception (`reception_site`), or the first of
        `refusing_mistakes`.
    """
    container = owned(session, Container, bank_id, container_id)
    site = reception_site(session, container)
    _refuse(refusing_mistakes(session, now=now, container=container, draft=draft, reason=reason))
    told = reason.value if reason.value in set(RefusalReason) else RefusalReason.OTHER.value
    take_over(
        session,
        now=now,
        container=container,
        site_id=site.id,
        refused_because=RefusalReason(told),
    )
    intake = _intake(session, now, person_id, container, site, draft)
    intake.state, intake.refused_because = IntakeState.REFUSED, reason
    return _keep(session, intake, "intake refused", reason=reason.value)


def undo_intake(
    session: Session, *, now: datetime, bank_id: int, person_id: int, intake_id: int
) -> Intake:
    """Undo an intake; the container waits at the reception again.

    Raises
    ------
    NotFound
        The bank has no such intake.
    Refused
        `intake_moved_on`: another person took it over, it was undone, thawed or put on a list of
        things to destroy already, or more than `UNDO_WITHIN` has passed; `discrepancy_stands`.
    """
    intake = owned(session, Intake, bank_id, intake_id)
    ours = intake.taken_by_id == person_id and now - intake.taken_at <= UNDO_WITHIN
    moved_on = intake.state not in {IntakeState.QUARANTINE, IntakeState.REFUSED}
    moved_on = moved_on or item_of(session, intake_id=intake.id) is not None
    if not ours or moved_on or intake.withdrawn_at is not None:
        raise Refused("intake_moved_on")
    container = owned(session, Container, bank_id, intake.container_id)
    give_back(session, now=now, container=container, site_id=intake.site_id)
    intake.withdrawn_at = now
    leave_storage(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        things=[StoredThing(intake_id=intake.id)],
        reason=MoveReason.TAKEN_OUT,
    )
    return _keep(session, intake, "intake undone")


def miss_container(
    session: Session, *, now: datetime, bank_id: int, person_id: int, container_id: int
) -> None:
    """Report a container that was handed over and is not on the bench.

    Raises
    ------
    NotFound
        The bank has no such container.
    Refused
        The container is not expected at the reception (`reception_site`); `discrepancy_stands`.
    """
    container = owned(session, Container, bank_id, container_id)
    reception_site(session, container)
    report_missing(session, now=now, container=container)
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="container missing",
        subject=f"container:{container.id}",
    )


def keep_refused_scan(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    task: ScanTask,
    text: str,
    code: str,
) -> None:
    """Keep a scan that was refused, for the list of the day."""
    session.add(
        BenchScan(
            bank_id=bank_id,
            task=task,
            text=text[:LONGEST_SCAN],
            refused=code,
            person_id=person_id,
            at=now,
        )
    )


def _accept(
    session: Session,
    now: datetime,
    person_id: int,
    container: Container,
    site: Site,
    draft: IntakeDraft,
) -> Intake:
    _refuse(accepting_mistakes(session, now=now, container=container, draft=draft))
    take_over(session, now=now, container=container, site_id=site.id)
    intake = _intake(session, now, person_id, container, site, draft)
    born_on = session.get_one(Donor, container.donor_id).baby_born_on
    intake.days_after_birth = _days_after_birth(draft.expressed_first, born_on)
    return _keep(session, intake, "intake accepted")


def _refuse(mistakes: Iterable[FieldMistake]) -> None:
    for mistake in mistakes:
        raise Refused(mistake.code, **mistake.figures)


def _days_after_birth(expressed: date | None, born_on: date | None) -> int | None:
    return (expressed - born_on).days if expressed and born_on else None


def _intake(
    session: Session,
    now: datetime,
    person_id: int,
    container: Container,
    site: Site,
    draft: IntakeDraft,
) -> Intake:
    tare = policies_of(session, container.bank_id)[PolicyKey.BOTTLE_TARE_GRAMS]
    own_child = container.line is MilkLine.OWN_CHILD
    intake = Intake(
        bank_id=container.bank_id,
        container_id=container.id,
        site_id=site.id,
        line=container.line,
        child_of_id=container.donor_id if own_child else None,
        volume_ml=millilitres(draft, tare_grams=tare),
        measured=draft.measure,
        expressed_first=draft.expressed_first,
        expressed_last=draft.expressed_last,
        days_after_birth=None,
        preterm=draft.preterm,
        dairy_free=draft.dairy_free,
        state=IntakeState.QUARANTINE,
        refused_because=None,
        note=draft.note.strip(),
        taken_by_id=person_id,
        taken_at=now,
        withdrawn_at=None,
    )
    session.add(intake)
    return intake


def _keep(session: Session, intake: Intake, action: str, **details: object) -> Intake:
    session.flush()
    record(
        session,
        now=intake.withdrawn_at or intake.taken_at,
        bank_id=intake.bank_id,
        actor=f"person:{intake.taken_by_id}",
        action=action,
        subject=f"container:{intake.container_id}",
        volume_ml=intake.volume_ml,
        **details,
    )
    return intake

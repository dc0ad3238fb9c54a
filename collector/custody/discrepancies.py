"""Discrepancies: phones and laboratory differ on a container; quality closes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.custody.models import Container, ContainerState, Discrepancy
from collector.db import owned
from collector.errors import Refused

LONGEST_CLOSING_NOTE = 2000
"""Longest note with which a discrepancy is closed, in characters."""


@dataclass(frozen=True, slots=True)
class PhoneClaim:
    """State and visit of a container by the events of the phones."""

    container: Container
    state: ContainerState
    pickup_id: int

    @property
    def agrees(self) -> bool:
        """Whether the phones handed this container over from the visit that the label names."""
        return self.state is ContainerState.RECEIVED and self.pickup_id == self.container.pickup_id

    def is_told_by(self, discrepancy: Discrepancy) -> bool:
        """Return whether a discrepancy tells the same."""
        return (discrepancy.says, discrepancy.says_pickup_id) == (self.state, self.pickup_id)


def compare_claims(session: Session, *, now: datetime, claims: Sequence[PhoneClaim]) -> None:
    """Compare the phones' claims with containers that the laboratory owns.

    A claim that differs opens one discrepancy. If the claim changes, the former one is withdrawn.
    One that quality closed is not opened again by the same claim.
    """
    if not claims:
        return
    latest = _latest(session, [claim.container for claim in claims])
    for claim in claims:
        standing = latest.get(claim.container.id)
        if standing is not None and claim.is_told_by(standing) and not claim.agrees:
            continue
        if standing is not None and standing.closed_at is None:
            standing.withdrawn_at = now
        if not claim.agrees:
            open_discrepancy(session, now=now, claim=claim)


def open_discrepancy(session: Session, *, now: datetime, claim: PhoneClaim) -> Discrepancy:
    """Open a discrepancy on a container that the laboratory holds."""
    return _open(session, now, claim, claim.container.state)


def report_missing(session: Session, *, now: datetime, container: Container) -> Discrepancy:
    """Open a discrepancy on a container that was handed over and is not on the bench.

    Raises
    ------
    Refused
        `discrepancy_stands` (`number`): it is reported already.
    """
    if open_discrepancies(session, [container]):
        raise Refused("discrepancy_stands", number=container.number)
    return _open(session, now, PhoneClaim(container, container.state, container.pickup_id), None)


def withdraw_missing(session: Session, *, now: datetime, container: Container) -> None:
    """Withdraw the report of a missing container, which has been found."""
    for each in open_discrepancies(session, [container]):
        if each.held is None:
            each.withdrawn_at = now


def open_discrepancies(session: Session, containers: Iterable[Container]) -> list[Discrepancy]:
    """Return the discrepancies on these containers that are neither withdrawn nor closed."""
    return list(
        session.scalars(
            select(Discrepancy).where(
                Discrepancy.container_id.in_([each.id for each in containers]),
                Discrepancy.withdrawn_at.is_(None),
                Discrepancy.closed_at.is_(None),
            )
        )
    )


def differing_containers(session: Session, *, bank_id: int) -> Sequence[int]:
    """Return the keys of the containers of a bank with an open discrepancy."""
    return session.scalars(
        select(Discrepancy.container_id).where(
            Discrepancy.bank_id == bank_id,
            Discrepancy.withdrawn_at.is_(None),
            Discrepancy.closed_at.is_(None),
        )
    ).all()


def close_discrepancy(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    discrepancy_id: int,
    person_id: int,
    note: str,
) -> Discrepancy:
    """Close a discrepancy with its explanation; the containers stay as they are.

    Raises
    ------
    NotFound
        The bank has no such discrepancy.
    Refused
        `reason_missing`; `text_too_long` (`most`); `discrepancy_closed`.
    """
    found = owned(session, Discrepancy, bank_id, discrepancy_id)
    if found.closed_at is not None or found.withdrawn_at is not None:
        raise Refused("discrepancy_closed")
    if not note.strip():
        raise Refused("reason_missing")
    if len(note) > LONGEST_CLOSING_NOTE:
        raise Refused("text_too_long", most=LONGEST_CLOSING_NOTE)
    found.closed_at, found.closed_by_id, found.note = now, person_id, note.strip()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="discrepancy closed",
        subject=f"container:{found.container_id}",
        says=found.says.value,
        held=found.held.value if found.held else None,
    )
    return found


def _open(
    session: Session, now: datetime, claim: PhoneClaim, held: ContainerState | None
) -> Discrepancy:
    found = Discrepancy(
        bank_id=claim.container.bank_id,
        container_id=claim.container.id,
        says=claim.state,
        says_pickup_id=claim.pickup_id,
        held=held,
        opened_at=now,
        withdrawn_at=None,
        closed_at=None,
        closed_by_id=None,
        note="",
    )
    session.add(found)
    session.flush()
    return found


def _latest(session: Session, containers: Sequence[Container]) -> dict[int, Discrepancy]:
    """Return the latest discrepancy of each container that was not withdrawn, by container."""
    rows = session.scalars(
        select(Discrepancy)
        .where(
            Discrepancy.container_id.in_([each.id for each in containers]),
            Discrepancy.withdrawn_at.is_(None),
        )
        .order_by(Discrepancy.id)
    )
    return {row.container_id: row for row in rows}

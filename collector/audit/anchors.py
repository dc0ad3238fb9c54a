"""Daily signed heads of the audit chains, and the search for a chain computed anew."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Result, select
from sqlalchemy.orm import Session

from collector.audit.actions import GENESIS
from collector.audit.models import AuditAnchor, AuditEntry, AuditHead
from collector.audit.signing import HeadSigner, SignedHead

HEAD = re.compile(
    r"milkround (?P<bank>\S+) (?P<number>\d+) (?P<day>\d{4}-\d\d-\d\d) (?P<sequence>\d+)"
    r" (?P<digest>[0-9a-f]{64}) (?P<signature>\S+)"
)


class AnchorTrouble(StrEnum):
    """The reason why a signed head and the chain disagree."""

    RECOMPUTED = "recomputed"
    """The entry of that number has another digest now, or is gone."""
    FORGED = "forged"
    """The signature is not of this installation's key."""
    MISSING = "missing"
    """A signed head was removed."""


@dataclass(frozen=True, slots=True)
class AnchorFault:
    """The first signed head that disagrees with the chain."""

    number: int
    trouble: AnchorTrouble


def anchor_is_due(session: Session, *, bank_id: int, day: date) -> bool:
    """Return whether a bank's chain has entries and no signed head of this day."""
    head = session.scalar(select(AuditHead.id).where(AuditHead.bank_id == bank_id))
    signed = select(AuditAnchor.id).where(AuditAnchor.bank_id == bank_id, AuditAnchor.day >= day)
    return head is not None and session.scalar(signed.limit(1)) is None


def sign_head(
    session: Session, signer: HeadSigner, *, now: datetime, bank_id: int, bank: str, day: date
) -> AuditAnchor:
    """Sign the present head of a bank's chain, once a day."""
    head = session.scalars(
        select(AuditHead).where(AuditHead.bank_id == bank_id).with_for_update()
    ).one()
    last = latest_anchor(session, bank_id=bank_id)
    signed = SignedHead(
        bank=bank,
        number=last.number + 1 if last else 1,
        day=day,
        sequence=head.sequence,
        digest=head.digest,
    )
    anchor = AuditAnchor(
        bank_id=bank_id,
        number=signed.number,
        day=day,
        sequence=head.sequence,
        digest=head.digest,
        signature=signer.sign(signed),
        signed_at=now,
    )
    session.add(anchor)
    session.flush()
    return anchor


def latest_anchor(session: Session, *, bank_id: int) -> AuditAnchor | None:
    """Return the last signed head of a bank."""
    anchors = select(AuditAnchor).where(AuditAnchor.bank_id == bank_id)
    return session.scalar(anchors.order_by(AuditAnchor.number.desc()).limit(1))


def line_of(anchor: AuditAnchor, bank: str) -> str:
    """Return a signed head as one line, for e-mail and paper."""
    return f"{_signed(anchor, bank).text} {anchor.signature}"


def first_anchor_fault(
    session: Session, signer: HeadSigner, *, bank_id: int, bank: str
) -> AnchorFault | None:
    """Return the first signed head that disagrees with the chain, or None."""
    for expected, (anchor, digest) in enumerate(_anchors(session, bank_id), start=1):
        if anchor.number != expected:
            return AnchorFault(expected, AnchorTrouble.MISSING)
        if not signer.has_signed(_signed(anchor, bank), anchor.signature):
            return AnchorFault(expected, AnchorTrouble.FORGED)
        if (digest or GENESIS) != anchor.digest:
            return AnchorFault(expected, AnchorTrouble.RECOMPUTED)
    return None


def fault_of_line(
    session: Session, signer: HeadSigner, *, bank_id: int, bank: str, line: str
) -> AnchorTrouble | None:
    """Compare a signed head, kept on paper or in a mailbox, with the present chain.

    Raises
    ------
    ValueError
        The text is no signed head of this bank.
    """
    read = HEAD.fullmatch(" ".join(line.split()))
    if read is None or read["bank"] != bank:
        raise ValueError(line)
    head = SignedHead(
        bank=bank,
        number=int(read["number"]),
        day=date.fromisoformat(read["day"]),
        sequence=int(read["sequence"]),
        digest=read["digest"],
    )
    if not signer.has_signed(head, read["signature"]):
        return AnchorTrouble.FORGED
    kept = session.scalar(
        select(AuditEntry.digest).where(
            AuditEntry.bank_id == bank_id, AuditEntry.sequence == head.sequence
        )
    )
    return None if (kept or GENESIS) == head.digest else AnchorTrouble.RECOMPUTED


def _anchors(session: Session, bank_id: int) -> Iterator[tuple[AuditAnchor, str | None]]:
    """Return the signed heads with the present digests of their entries, the oldest first."""
    same = (AuditEntry.bank_id == AuditAnchor.bank_id) & (
        AuditEntry.sequence == AuditAnchor.sequence
    )
    found: Result[AuditAnchor, str | None] = session.execute(
        select(AuditAnchor, AuditEntry.digest)
        .outerjoin(AuditEntry, same)
        .where(AuditAnchor.bank_id == bank_id)
        .order_by(AuditAnchor.number)
    )
    yield from found


def _signed(anchor: AuditAnchor, bank: str) -> SignedHead:
    return SignedHead(
        bank=bank,
        number=anchor.number,
        day=anchor.day,
        sequence=anchor.sequence,
        digest=anchor.digest,
    )

"""Register of erasures, and their repetition after the restore of an older backup.

A backup holds each donor who was erased after it. Beside each backup lies a register, encrypted to
the same keys: bank, donor number and instant of every erasure. A restore erases these donors again.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pyrage import x25519
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.donors.models import Donor
from collector.errors import Refused
from collector.maintenance.compaction import rewrite_pages
from collector.maintenance.databases import is_empty, unpooled
from collector.maintenance.encryption import decrypt, encrypt_and_prove
from collector.maintenance.errors import BackupError
from collector.pickups.actions import cancel
from collector.pickups.queries import requests_of_donor
from collector.pickups.states import OVER
from collector.privacy.actions import erase

NAME = "erasures-{:%Y%m%dT%H%M%SZ}.age"
PATTERN = "erasures-*.age"
ACTOR = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """An erased donor."""

    bank: str
    number: str
    erased_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """The outcome of erasures that were repeated.

    Attributes
    ----------
    left
        The numbers of donors whose visit is under way: an administrator erases them.
    """

    erased: int
    left: list[str]


def erasures_in(url: str) -> set[Erasure]:
    """Return the erasures of a database; none of an absent, an older or a damaged one."""
    engine = unpooled(url)
    rows = select(Bank.slug, Donor.number, Donor.erased_at).join(Bank, Bank.id == Donor.bank_id)
    try:
        if is_empty(url):
            return set()
        with engine.connect() as connection:
            found = connection.execute(rows.where(Donor.erased_at.is_not(None))).all()
    except DBAPIError:
        return set()
    return {
        Erasure(bank=bank, number=number, erased_at=at)
        for bank, number, at in found
        if at is not None
    }


def write_register(
    url: str, folder: Path, scratch: Path, recipients: Sequence[str], *, now: datetime
) -> Path:
    """Write the register of a database beside its backup, encrypted to the same keys."""
    plain = scratch / "erasures.json"
    entries = sorted(erasures_in(url), key=lambda entry: (entry.erased_at, entry.number))
    plain.write_text(
        json.dumps([[entry.bank, entry.number, entry.erased_at.isoformat()] for entry in entries]),
        "utf-8",
    )
    target = folder / NAME.format(now.astimezone(UTC))
    encrypt_and_prove(plain, target, recipients)
    plain.unlink()
    return target


def read_registers(
    folder: Path, scratch: Path, identities: Sequence[x25519.Identity]
) -> set[Erasure]:
    """Return the erasures of every register of a folder.

    Raises
    ------
    BackupError
        A register is damaged, or is encrypted to other keys.
    """
    found = set[Erasure]()
    for file in sorted(folder.glob(PATTERN)):
        plain = scratch / "erasures.json"
        decrypt(file, plain, identities)
        for bank, number, at in json.loads(plain.read_text("utf-8")):
            found.add(Erasure(bank=bank, number=number, erased_at=datetime.fromisoformat(at)))
        plain.unlink()
    return found


def repeat_erasures(url: str, erasures: Iterable[Erasure], *, now: datetime) -> Repeated:
    """Erase donors of a database again, and rewrite its pages.

    An open visit is cancelled first. The audit chain gets an entry for each donor.

    Raises
    ------
    BackupError
        The pages could not be rewritten: another process uses the database.
    """
    engine = unpooled(url)
    done, left = 0, list[str]()
    for entry in sorted(erasures, key=lambda each: (each.bank, each.number)):
        with Session(engine) as session:
            donor = session.scalar(
                select(Donor)
                .join(Bank, Bank.id == Donor.bank_id)
                .where(
                    Bank.slug == entry.bank,
                    Donor.number == entry.number,
                    Donor.erased_at.is_(None),
                )
            )
            if donor is None:
                continue
            try:
                _erase(session, donor, now=now)
            except Refused:
                session.rollback()
                left.append(entry.number)
            else:
                session.commit()
                done += 1
    if done:
        _rewrite(engine)
    return Repeated(erased=done, left=left)


def _erase(session: Session, donor: Donor, *, now: datetime) -> None:
    bank_id = donor.bank_id
    for pickup in requests_of_donor(session, bank_id, donor.id):
        if pickup.state not in OVER:
            cancel(session, now=now, bank_id=bank_id, pickup_id=pickup.id, actor=ACTOR)
    erase(session, now=now, bank_id=bank_id, donor_id=donor.id, actor=ACTOR)


def _rewrite(engine: Engine) -> None:
    if not rewrite_pages(engine):
        raise BackupError(
            "The donors are erased again, but others use the database: run `milkround compact`."
        )

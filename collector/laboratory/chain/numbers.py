"""Numbers of things in the chain of milk: the thing that a scanned or typed number names."""

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from collector.custody.models import Container
from collector.donors.models import Donor
from collector.errors import NotFound, Refused
from collector.laboratory.heating.models import Cycle
from collector.laboratory.labels.numbers import is_bottle_number, read_bottle_number
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool, PoolInput
from collector.laboratory.reception.models import Intake
from collector.laboratory.sampling.actions import read_sample_number
from collector.laboratory.sampling.models import LabSample
from collector.laboratory.sampling.queries import is_sample_number

CYCLE = re.compile(r"CYCLE[ -](\d{1,9})")
"""The form of a cycle's number: `CYCLE-12`."""


class ChainSubject(StrEnum):
    """The kinds of things with a number in the chain."""

    CONTAINER = "container"
    POOL = "pool"
    BOTTLE = "bottle"
    SAMPLE = "sample"
    CYCLE = "cycle"
    DONOR = "donor"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedThing:
    """The thing that a number names, with the number in its stored form."""

    subject: ChainSubject
    key: int
    number: str


def thing_numbered(session: Session, *, bank_id: int, text: str) -> NumberedThing:
    """Return the thing of a bank that a number names.

    A number that several kinds of things bear is a container's first, then a pool's.
    The number of a merged file leads to the file into which it was merged.

    Raises
    ------
    Refused
        `label_missing`; `scan_mistyped` (`number`).
    NotFound
        `number_unknown` (`number`).
    """
    typed = text.strip()
    number = typed.upper()
    if not number:
        raise Refused("label_missing")
    for subject, statement in _statements(bank_id, typed, number).items():
        row = session.execute(statement).first()
        if row is not None:
            return NumberedThing(subject=subject, key=row[0], number=str(row[1]))
    # A mistyped label says so, rather than to be unknown.
    if is_bottle_number(number):
        read_bottle_number(number)
    if is_sample_number(number):
        read_sample_number(number)
    cycle = CYCLE.fullmatch(number)
    key = cycle and session.scalar(
        select(Cycle.id).where(Cycle.bank_id == bank_id, Cycle.id == int(cycle[1]))
    )
    if key:
        return NumberedThing(subject=ChainSubject.CYCLE, key=key, number=cycle_number(key))
    return _donor(session, bank_id, number)


def cycle_number(key: int) -> str:
    """Return the number under which the chain of a cycle is found."""
    return f"CYCLE-{key}"


def pools_with(thing: NumberedThing) -> Select[int]:
    """Return the statement of the keys of the pools that a thing is part of."""
    statements = {
        ChainSubject.POOL: select(MilkPool.id).where(MilkPool.id == thing.key),
        ChainSubject.BOTTLE: select(Lot.pool_id)
        .join(Bottle, Bottle.lot_id == Lot.id)
        .where(Bottle.id == thing.key),
        ChainSubject.SAMPLE: select(Lot.pool_id)
        .join(LabSample, LabSample.lot_id == Lot.id)
        .where(LabSample.id == thing.key),
        ChainSubject.CYCLE: select(Lot.pool_id).where(Lot.cycle_id == thing.key),
        ChainSubject.CONTAINER: _pools_of(Container.id, thing.key),
        ChainSubject.DONOR: _pools_of(Container.donor_id, thing.key),
    }
    return statements[thing.subject]


def _statements(bank_id: int, typed: str, number: str) -> dict[ChainSubject, Select[int, str]]:
    """Return the statement of each kind of number that stands in a row, in the order of search."""
    return {
        ChainSubject.CONTAINER: select(Container.id, Container.number)
        .where(Container.bank_id == bank_id, Container.number.in_((typed, number)))
        .order_by(Container.number != typed)
        .limit(1),
        ChainSubject.POOL: select(MilkPool.id, MilkPool.number).where(
            MilkPool.bank_id == bank_id, MilkPool.number == number
        ),
        ChainSubject.BOTTLE: select(Bottle.id, Bottle.number).where(
            Bottle.bank_id == bank_id, Bottle.number == number
        ),
        ChainSubject.SAMPLE: select(LabSample.id, LabSample.number).where(
            LabSample.bank_id == bank_id, LabSample.number == number
        ),
    }


def _donor(session: Session, bank_id: int, number: str) -> NumberedThing:
    donors = select(Donor.id, Donor.number, Donor.joined_into_id).where(Donor.bank_id == bank_id)
    row = session.execute(donors.where(Donor.number == number)).one_or_none()
    while row is not None and row.joined_into_id is not None:
        row = session.execute(donors.where(Donor.id == row.joined_into_id)).one()
    if row is None:
        raise NotFound("number_unknown", number=number)
    return NumberedThing(subject=ChainSubject.DONOR, key=row.id, number=row.number)


def _pools_of(column: InstrumentedAttribute[int], key: int) -> Select[int]:
    return (
        select(PoolInput.pool_id)
        .join(Intake, Intake.id == PoolInput.intake_id)
        .join(Container, Container.id == Intake.container_id)
        .where(PoolInput.withdrawn_at.is_(None), Intake.withdrawn_at.is_(None), column == key)
    )

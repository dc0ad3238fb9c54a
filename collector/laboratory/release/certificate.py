"""The certificate of a release: the decision as it was taken, with its milk and its bottles."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import owned
from collector.errors import NotFound
from collector.laboratory.heating.judgement import Colour
from collector.laboratory.heating.models import Cycle, LabDevice
from collector.laboratory.holding.models import LotDecision, LotVerdict
from collector.laboratory.pooling.models import Bottle, Lot, LotState, MilkPool
from collector.laboratory.reception.queries import donor_numbers
from collector.laboratory.release.checks import LotCheck, LotCheckKey
from collector.laboratory.release.facts import LotInput, inputs_by_pool
from collector.people.queries import names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LotCertificate:
    """A released lot with the decision that released it."""

    lot: Lot
    pool: MilkPool
    decision: LotDecision
    checks: Sequence[LotCheck]
    """The checks of the signature, as they were kept."""
    inputs: Sequence[LotInput]
    donors: dict[int, str]
    """The numbers of the donors by key."""
    bottles: Sequence[Bottle]
    cycle: Cycle | None
    device: LabDevice | None
    names: dict[int, str]

    @property
    def volume_ml(self) -> int:
        """The volume of its bottles, in millilitres."""
        return sum(each.volume_ml for each in self.bottles)


def certificate_of(session: Session, *, bank_id: int, lot_id: int) -> LotCertificate:
    """Return the certificate of a released lot.

    Raises
    ------
    NotFound
        The bank has no such lot; `lot_not_certified` (`pool`): it is not released now.
    """
    lot = owned(session, Lot, bank_id, lot_id)
    pool = session.get_one(MilkPool, lot.pool_id)
    decision = session.scalars(
        select(LotDecision)
        .where(LotDecision.lot_id == lot_id, LotDecision.verdict == LotVerdict.RELEASED)
        .order_by(LotDecision.id.desc())
        .limit(1)
    ).one_or_none()
    if lot.state is not LotState.RELEASED or decision is None:
        raise NotFound("lot_not_certified", pool=pool.number)
    inputs = inputs_by_pool(session, [lot.pool_id]).get(lot.pool_id, [])
    cycle = session.get(Cycle, lot.cycle_id) if lot.cycle_id else None
    people = {decision.person_id, decision.second_id, cycle.operator_id if cycle else None}
    return LotCertificate(
        lot=lot,
        pool=pool,
        decision=decision,
        checks=[_kept(row) for row in decision.checks],
        inputs=inputs,
        donors=donor_numbers(session, {each.donor_id for each in inputs}),
        bottles=session.scalars(
            select(Bottle).where(Bottle.lot_id == lot_id).order_by(Bottle.number)
        ).all(),
        cycle=cycle,
        device=session.get(LabDevice, cycle.device_id) if cycle else None,
        names=names_of(session, {key for key in people if key is not None}),
    )


def _kept(row: dict[str, object]) -> LotCheck:
    """Return a check of a decision as it was kept."""
    figures = row["figures"]
    if not isinstance(figures, dict):
        raise TypeError("the figures of a kept check are a mapping")
    return LotCheck(
        key=LotCheckKey(str(row["key"])),
        colour=Colour(str(row["colour"])),
        finding=str(row["finding"]),
        figures=figures,
        is_awaited=bool(row["is_awaited"]),
    )

"""Queries of release: the board, and one lot with its checks and decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from collector.custody.discrepancies import differing_containers
from collector.custody.models import Excursion
from collector.db import owned
from collector.laboratory.heating.judgement import Colour
from collector.laboratory.heating.models import Cycle, CycleState
from collector.laboratory.holding.models import LotDecision
from collector.laboratory.pooling.models import Lot, LotState, MilkPool, PoolState
from collector.laboratory.release.actions import (
    UNDECIDED,
    may_sign,
    rows_of,
    waiting_proposal,
)
from collector.laboratory.release.checks import (
    LotCheck,
    colour_of,
    digest_of_checks,
    judge_lot,
)
from collector.laboratory.release.facts import LotFacts, facts_of
from collector.laboratory.release.models import ReleaseProposal

MOST_LOTS = 500
"""Most lots on the board, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLot:
    """A lot that waits for its release, with its checks."""

    facts: LotFacts
    checks: Sequence[LotCheck]
    colour: Colour
    digest: str
    may_sign: bool
    """Whether the reader may sign: neither pooled nor heated it, or the rule is off."""

    @property
    def awaits(self) -> bool:
        """Whether it is red only because something is still to come."""
        return self.colour is Colour.RED and all(
            check.is_awaited for check in self.checks if check.colour is Colour.RED
        )

    @property
    def open_checks(self) -> list[LotCheck]:
        """The checks that are not green, worst first.

        The check of the samples names the results that are awaited.
        """
        found = [
            check
            for check in self.checks
            if check.colour is not Colour.GREEN and check.finding != "results_awaited"
        ]
        return sorted(found, key=lambda check: (check.colour is Colour.AMBER, check.is_awaited))


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPage:
    """A lot with everything that its page shows."""

    lot: BoardLot
    decisions: Sequence[LotDecision]
    proposal: ReleaseProposal | None

    @property
    def is_open(self) -> bool:
        """Whether it may still be decided on."""
        return self.lot.facts.lot.state in UNDECIDED


def release_board(
    session: Session, *, now: datetime, bank_id: int, person_id: int
) -> list[BoardLot]:
    """Return the undecided lots of closed pools: green, amber, waiting, failed; oldest first."""
    lots = session.scalars(
        select(Lot)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(
            Lot.bank_id == bank_id,
            Lot.state.in_(UNDECIDED),
            MilkPool.state == PoolState.CLOSED,
        )
        .order_by(Lot.id)
        .limit(MOST_LOTS)
    ).all()
    found = [
        _judged(facts, person_id)
        for facts in facts_of(session, now=now, bank_id=bank_id, lots=lots)
    ]
    order = {Colour.GREEN: 0, Colour.AMBER: 1, Colour.RED: 2}
    return sorted(found, key=lambda lot: (order[lot.colour], not lot.awaits, lot.facts.lot.id))


def lot_page(
    session: Session, *, now: datetime, bank_id: int, person_id: int, lot_id: int
) -> LotPage:
    """Return a lot of a bank with its checks as of now.

    Raises
    ------
    NotFound
        The bank has no such lot.
    """
    lot = owned(session, Lot, bank_id, lot_id)
    (facts,) = facts_of(session, now=now, bank_id=bank_id, lots=[lot])
    decisions = session.scalars(
        select(LotDecision).where(LotDecision.lot_id == lot_id).order_by(LotDecision.id.desc())
    ).all()
    return LotPage(
        lot=_judged(facts, person_id),
        decisions=decisions,
        proposal=waiting_proposal(session, lot_id),
    )


def decided_lots(session: Session, bank_id: int, *, most: int = 30) -> list[tuple[Lot, MilkPool]]:
    """Return the lots that were decided on last, with their pools."""
    rows = session.execute(
        select(Lot, MilkPool)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(Lot.bank_id == bank_id, Lot.state.in_((LotState.RELEASED, LotState.REJECTED)))
        .order_by(Lot.id.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def _judged(facts: LotFacts, person_id: int) -> BoardLot:
    checks = judge_lot(facts)
    return BoardLot(
        facts=facts,
        checks=checks,
        colour=colour_of(checks),
        digest=digest_of_checks(rows_of(checks)),
        may_sign=may_sign(facts, person_id),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestions:
    """Counts of what quality has to decide on beside the holds."""

    discrepancies: int
    excursions: int
    withdrawn: int
    """Lots that were withdrawn after their release, and not decided on again."""
    failed_cycles: int
    """Cycles whose curve failed and whose lots are not rejected yet."""


def open_questions(session: Session, bank_id: int) -> OpenQuestions:
    """Return the counts of what stands open in the laboratory."""

    def count(*conditions: ColumnElement[bool], of: InstrumentedAttribute[int]) -> int:
        return session.scalar(select(func.count(distinct(of))).where(*conditions)) or 0

    return OpenQuestions(
        discrepancies=len(differing_containers(session, bank_id=bank_id)),
        excursions=count(
            Excursion.bank_id == bank_id,
            Excursion.withdrawn_at.is_(None),
            Excursion.decision.is_(None),
            of=Excursion.id,
        ),
        withdrawn=count(Lot.bank_id == bank_id, Lot.state == LotState.WITHDRAWN, of=Lot.id),
        failed_cycles=count(
            Cycle.bank_id == bank_id,
            Cycle.state == CycleState.CURVE_FAILED,
            Lot.cycle_id == Cycle.id,
            Lot.state.in_(UNDECIDED),
            of=Cycle.id,
        ),
    )

"""Stock as the actions write it: 2,000 bottles of Dora in 51 pools, and one lot of Elise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from collector.custody.models import Container
from collector.laboratory.labels.numbers import bottle_number
from collector.laboratory.pooling.models import (
    Bottle,
    Lot,
    LotState,
    MilkPool,
    PoolInput,
    PoolState,
)
from collector.laboratory.pooling.numbering import next_pool_number
from collector.laboratory.reception.models import Intake, IntakeState
from tests.pool_bench import NOW

if TYPE_CHECKING:
    from tests.release_bench import ReleaseBench

POOLS, BOTTLES = 51, 2000


class StockOf2000:
    """Released lots of one container each; `label` is a bottle of Dora's milk."""

    bottle_ml = 120

    def __init__(self, lea: ReleaseBench) -> None:
        self.lea = lea
        numbers = lea.take_over(dora=POOLS, elise=1)
        counts = [BOTTLES // POOLS + (place < BOTTLES % POOLS) for place in range(POOLS)]
        labels = [
            self.lot(number, count) for number, count in zip(numbers["dora"], counts, strict=True)
        ]
        self.others = 7
        self.label, self.other_label = labels[0], self.lot(numbers["elise"][0], self.others)

    def lot(self, number: str, count: int) -> str:
        """Write a released lot of one container, and return a label of it."""
        lea = self.lea
        bank, person = lea.bench.town.bank, lea.bench.lea
        pool: Any = MilkPool(
            bank_id=bank,
            number=next_pool_number(lea.session, bank_id=bank, today=NOW.date()),
            line="donated",
            state=PoolState.CLOSED,
            made_by_id=person,
            made_at=NOW,
            closed_by_id=person,
            closed_at=NOW,
            sampled_ml=0,
            discarded_ml=0,
            loss_reason="",
        )
        lea.session.add(pool)
        lea.session.flush()
        intake = lea.session.scalars(
            select(Intake)
            .join(Container, Container.id == Intake.container_id)
            .where(Container.number == number)
        ).one()
        intake.state = IntakeState.POOLED
        lot = Lot(
            bank_id=bank,
            pool_id=pool.id,
            expires_on=NOW.date(),
            state=LotState.RELEASED,
        )
        lea.session.add_all(
            [
                lot,
                PoolInput(
                    bank_id=bank,
                    pool_id=pool.id,
                    intake_id=intake.id,
                    added_by_id=person,
                    added_at=NOW,
                    withdrawn_at=None,
                ),
            ]
        )
        lea.session.flush()
        rows, division = [], 0
        while len(rows) < count:
            division += 1
            label = bottle_number(pool.number, division)
            if label is not None:
                rows.append(
                    {
                        "bank_id": bank,
                        "number": label,
                        "lot_id": lot.id,
                        "volume_ml": self.bottle_ml,
                        "filled_at": NOW,
                        "scanned_back_at": NOW,
                    }
                )
        lea.session.execute(insert(Bottle), rows)
        return str(rows[0]["number"])

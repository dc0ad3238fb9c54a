"""The bench of recalls: Dora's milk in every form, from her home to a released bottle."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.custody.models import Container
from collector.db import UtcInstant
from collector.laboratory.pooling.models import Lot
from collector.laboratory.units.models import StorageUnit, StorageZone
from collector.recall.actions import freeze_scope, open_recall
from collector.recall.models import Recall, RecallItem, RecallSubject
from collector.recall.walk import Origin
from tests.laboratory_bench import Bench
from tests.release_bench import LATER, ReleaseBench


class RecallBench(ReleaseBench):
    """Six bottles of Dora's: one released, one unheated, one in an open pool, three raw."""

    def __init__(self, bench: Bench, session: Session) -> None:
        super().__init__(bench, session)
        self.dora = bench.town.dora

    def pour(self) -> None:
        """Pour six containers of 200 ml: a released lot, an unheated one, and an open pool."""
        numbers = self.take_over(dora=6)["dora"]
        self.raw = numbers[3:]
        self.released, self.unheated = (self.lot_of(each) for each in numbers[:2])
        self.heat(self.released)
        self.label(self.released)
        self.read(self.released)
        self.release(self.released)
        self.thaw([numbers[2]])
        self.open_pool = self.pool()
        self.add(self.open_pool, numbers[2])

    def lot_of(self, number: str) -> int:
        """Make a closed pool of one container in two bottles of 90 ml; 20 ml are sampled."""
        self.thaw([number])
        pool = self.pool()
        self.add(pool, number)
        for label in self.fill(pool, 2, 90):
            self.scan(pool, label)
        self.close(pool, sampled_ml=20)
        lot = self.contents(pool).lot
        assert lot is not None
        return lot.id

    def recall(
        self,
        subject: RecallSubject,
        key: int | None,
        *,
        by: int | None = None,
        mock: bool = False,
        **origin: Any,  # noqa: ANN401
    ) -> Recall:
        """Open a recall, and freeze its scope."""
        told = self.by(by or self.quentin)
        found = open_recall(
            self.session,
            **told,
            origin=Origin(subject=subject, subject_id=key, **origin),
            reason="Bacillus cereus in a sample",
            mock=mock,
        )
        return freeze_scope(self.session, **told, recall_id=found.id)

    def items(self, recall: Recall) -> list[RecallItem]:
        found = select(RecallItem).where(RecallItem.recall_id == recall.id)
        return list(self.session.scalars(found.order_by(RecallItem.form, RecallItem.number)))

    def forms(self, recall: Recall) -> dict[str, int]:
        """Return the count of lines by form and whereabouts."""
        found: dict[str, int] = {}
        for each in self.items(recall):
            key = f"{each.form.value} {each.whereabouts.value}"
            found[key] = found.get(key, 0) + 1
        return found

    def container(self, number: str) -> Container:
        found = select(Container).where(Container.number == number)
        return self.session.scalars(found).one()

    def pool_of(self, lot: int) -> int:
        return self.session.get_one(Lot, lot).pool_id

    def unit(self, name: str = "Freezer 1") -> StorageUnit:
        found: Any = StorageUnit(
            bank_id=self.bench.town.bank,
            site_id=self.bench.town.site,
            name=name,
            kind="freezer",
            zone=StorageZone.RELEASED,
            warmest_celsius=None,
        )
        self.session.add(found)
        self.session.flush()
        unit: StorageUnit = found
        return unit


def fill_row(session: Session, row: type[Any], **values: Any) -> Any:  # noqa: ANN401
    """Write a row whose other columns have the dullest value of their kind."""
    for column in row.__table__.columns:
        if column.primary_key or column.name in values or column.nullable or column.default:
            continue
        values[column.name] = _dull(column)
    found = row(**values)
    session.add(found)
    session.flush()
    return found


def _dull(column: Any) -> Any:  # noqa: ANN401
    choices = getattr(column.type, "enum_class", None)
    if choices is not None:
        return next(iter(choices))
    if isinstance(column.type, UtcInstant):
        return LATER
    return {str: "", int: 0, bool: False, date: LATER.date()}.get(column.type.python_type, {})

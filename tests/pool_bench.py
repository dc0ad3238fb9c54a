"""The bench of pools: Lea empties, fills, scans and closes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.models import Policy
from collector.laboratory.pooling.actions import (
    begin_thaw,
    close_pool,
    empty_into_pool,
    make_pool,
)
from collector.laboratory.pooling.filling import fill_bottles, scan_back
from collector.laboratory.pooling.models import MilkPool, PoolInput
from collector.laboratory.pooling.queries import PoolContents, pool_contents
from collector.pickups.models import MilkLine
from tests.laboratory_bench import Bench, bottles
from tests.phone_round import FIRST_ARRIVAL, collected

NOW = FIRST_ARRIVAL + timedelta(hours=3)


class PoolBench:
    """Lea at her pool, with the milk of Dora and Elise taken over."""

    def __init__(self, bench: Bench, session: Session) -> None:
        self.bench, self.session = bench, session
        self.collections: list[dict[str, Any]] = []
        self.told: dict[str, Any] = {
            "now": NOW,
            "bank_id": bench.town.bank,
            "person_id": bench.lea,
        }

    def policy(self, key: str, value: int | str) -> None:
        row = self.session.scalars(
            select(Policy).where(Policy.bank_id == self.bench.town.bank, Policy.key == key)
        ).one()
        row.value = str(value)

    def take_over(self, **counts: int) -> dict[str, list[str]]:
        """Collect and take over bottles of 200 ml; return their numbers by donor."""
        pickups = {"dora": self.bench.dora, "elise": self.bench.elise}
        for sequence, (name, count) in enumerate(counts.items(), start=1):
            given = {"bottles": count, "volume_ml": 200 * count}
            self.collections.append(collected(pickups[name], sequence=sequence, **given))
            self.bench.send(self.session, self.collections[-1])
        self.bench.send(self.session, self.bench.hand_over(9))
        numbers: dict[str, list[str]] = {}
        for container in bottles(self.session):
            self.bench.accept(self.session, container)
            name = "dora" if container.pickup_id == self.bench.dora else "elise"
            numbers.setdefault(name, []).append(container.number)
        return numbers

    def thaw(self, numbers: list[str], *, at: datetime = NOW) -> None:
        for number in numbers:
            begin_thaw(self.session, **self.told | {"now": at}, number=number)

    def pool(self, line: MilkLine = MilkLine.DONATED) -> int:
        return make_pool(self.session, **self.told, line=line).id

    def add(self, pool_id: int, number: str, *, at: datetime = NOW) -> PoolInput:
        told = self.told | {"now": at}
        return empty_into_pool(self.session, **told, pool_id=pool_id, number=number)

    def fill(self, pool_id: int, count: int, volume_ml: int, *, before: int = 0) -> list[str]:
        filled = fill_bottles(
            self.session,
            **self.told,
            pool_id=pool_id,
            count=count,
            volume_ml=volume_ml,
            filled_before=before,
        )
        return [each.number for each in filled]

    def scan(self, pool_id: int, text: str) -> bool:
        return scan_back(
            self.session, now=NOW, bank_id=self.bench.town.bank, pool_id=pool_id, text=text
        )[1]

    def close(self, pool_id: int, *, sampled_ml: int, reason: str = "") -> MilkPool:
        return close_pool(
            self.session,
            **self.told,
            pool_id=pool_id,
            sampled_ml=sampled_ml,
            discarded_ml=0,
            loss_reason=reason,
        )

    def contents(self, pool_id: int) -> PoolContents:
        return pool_contents(self.session, bank_id=self.bench.town.bank, pool_id=pool_id)

"""The ledger: whatever phones and technicians do, the volumes add up to what was scanned in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.app import create_app
from collector.custody.models import Container, ContainerState, CustodyEntry
from collector.db import db
from collector.errors import MilkroundError
from collector.laboratory.pooling.models import Bottle, MilkPool, PoolInput, PoolState
from collector.laboratory.pooling.queries import pool_contents
from collector.laboratory.reception.actions import undo_intake
from collector.laboratory.reception.models import Intake, IntakeRefusal, IntakeState
from tests.collector.laboratory.pooling.test_pools import PoolBench
from tests.conftest import SetClock, settings_of
from tests.laboratory_bench import bottles, open_bench
from tests.phone_round import FIRST_ARRIVAL, collected
from tests.town import MORNING, Town

STANDING = (
    IntakeState.QUARANTINE,
    IntakeState.THAWING,
    IntakeState.POOLED,
    IntakeState.DESTROYED,
)


@pytest.fixture(scope="module")
def town_copy(built_town: tuple[Path, Town]) -> Callable[[], tuple[Path, Town]]:
    """Return a function that copies the town's database into a folder of its own."""

    def copy() -> tuple[Path, Town]:
        home = Path(tempfile.mkdtemp())
        shutil.copy(built_town[0], home / "town.sqlite3")
        return home, built_town[1]

    return copy


class Ledger(RuleBasedStateMachine):
    """A phone and a technician, who act in any order."""

    copy: ClassVar[Callable[[], tuple[Path, Town]]]

    @initialize()
    def begin(self) -> None:
        self.home, town = type(self).copy()
        url = f"sqlite:///{self.home / 'town.sqlite3'}"
        app = create_app(settings_of(url, self.home), clock=SetClock(MORNING))
        self.opened = open_bench(app, town)
        bench = self.opened.__enter__()
        self.session: Session = db.session()
        self.lea = PoolBench(bench, self.session)
        self.sequence, self.collected = 0, []
        self.scanned_in = 0
        self.owned: dict[str, tuple[ContainerState, int]] = {}
        self.pools: list[int] = []
        self.collect(bottles=3, elise=False)
        self.hand_over()

    def teardown(self) -> None:
        if hasattr(self, "opened"):
            self.session.close()
            db.engine.dispose()
            self.opened.__exit__(None, None, None)
            shutil.rmtree(self.home)

    def next(self) -> int:
        self.sequence += 1
        return self.sequence

    @rule(bottles=st.integers(1, 3), elise=st.booleans())
    def collect(self, bottles: int, *, elise: bool) -> None:
        bench = self.lea.bench
        pickup = bench.elise if elise else bench.dora
        event = collected(pickup, sequence=self.next(), bottles=bottles, volume_ml=200 * bottles)
        bench.send(self.session, event)
        self.collected.append(event)

    @rule()
    def hand_over(self) -> None:
        self.lea.bench.send(self.session, self.lea.bench.hand_over(self.next()))

    @precondition(lambda self: self.collected)
    @rule(which=st.integers(0, 50))
    def undo_on_the_phone(self, which: int) -> None:
        event = self.collected[which % len(self.collected)]
        undone = self.lea.bench.undo(event, sequence=self.next())
        self.lea.bench.send(self.session, undone)

    @rule(which=st.integers(0, 50), volume_ml=st.integers(1, 400), refuse=st.booleans())
    def take_over(self, which: int, volume_ml: int, *, refuse: bool) -> None:
        found = bottles(self.session)
        if not found:
            return
        container = found[which % len(found)]
        try:
            if refuse:
                self.lea.bench.refuse(self.session, container, IntakeRefusal.DAMAGED)
                return
            self.lea.bench.accept(self.session, container, grams=None, volume_ml=volume_ml)
            self.scanned_in += volume_ml
        except MilkroundError:
            return
        finally:
            self.remember(container)

    @rule(which=st.integers(0, 50))
    def undo_the_intake(self, which: int) -> None:
        intakes = list(self.session.scalars(select(Intake).order_by(Intake.id)))
        if not intakes:
            return
        intake = intakes[which % len(intakes)]
        was_accepted = intake.refused_because is None
        told = self.lea.told | {"now": FIRST_ARRIVAL}
        try:
            undo_intake(self.session, **told, intake_id=intake.id)
        except MilkroundError:
            return
        self.scanned_in -= intake.volume_ml if was_accepted else 0
        self.owned.pop(self.session.get_one(Container, intake.container_id).number)

    @rule(which=st.integers(0, 50))
    def thaw(self, which: int) -> None:
        self.attempt(lambda: self.lea.thaw([self.number(which)]))

    @rule()
    def open_pool(self) -> None:
        self.pools.append(self.lea.pool())

    @precondition(lambda self: self.pools)
    @rule(which=st.integers(0, 50), pool=st.integers(0, 50))
    def empty(self, which: int, pool: int) -> None:
        self.attempt(lambda: self.lea.add(self.pool(pool), self.number(which)))

    @precondition(lambda self: self.pools)
    @rule(pool=st.integers(0, 50), count=st.integers(1, 4), volume_ml=st.integers(1, 120))
    def fill(self, pool: int, count: int, volume_ml: int) -> None:
        key = self.pool(pool)
        before = len(self.lea.contents(key).bottles)
        self.attempt(lambda: self.lea.fill(key, count, volume_ml, before=before))

    @precondition(lambda self: self.pools)
    @rule(pool=st.integers(0, 50), sampled_ml=st.integers(0, 50))
    def close(self, pool: int, sampled_ml: int) -> None:
        key = self.pool(pool)
        for bottle in self.lea.contents(key).bottles:
            self.lea.scan(key, bottle.number)
        self.attempt(lambda: self.lea.close(key, sampled_ml=sampled_ml, reason="Any reason"))

    def attempt(self, act: Callable[[], Any]) -> None:
        try:
            act()
        except MilkroundError:
            return

    def number(self, which: int) -> str:
        found = bottles(self.session)
        return found[which % len(found)].number if found else "MR-404"

    def pool(self, which: int) -> int:
        return self.pools[which % len(self.pools)]

    def remember(self, container: Container) -> None:
        if container.taken_over_at is not None:
            entries = self.entries(container)
            self.owned.setdefault(container.number, (container.state, entries))

    def entries(self, container: Container) -> int:
        own = CustodyEntry.container_id == container.id
        return self.session.scalar(select(func.count(CustodyEntry.id)).where(own)) or 0

    @invariant()
    def what_was_scanned_in_is_accounted_for(self) -> None:
        if not hasattr(self, "session"):
            return
        accepted = self.total(Intake.state.in_(STANDING))
        assert accepted == self.scanned_in
        waiting = self.total(Intake.state != IntakeState.POOLED, Intake.refused_because.is_(None))
        pooled = self.session.scalar(
            select(func.sum(Intake.volume_ml))
            .join(PoolInput, PoolInput.intake_id == Intake.id)
            .where(PoolInput.withdrawn_at.is_(None))
        )
        assert waiting + (pooled or 0) == self.scanned_in
        out = 0
        for key in self.pools:
            balance = self.lea.contents(key).balance
            out += balance.filled_ml + balance.sampled_ml + balance.discarded_ml
            out += balance.lost_ml
        assert out == (pooled or 0)

    @invariant()
    def no_phone_moves_what_the_laboratory_owns(self) -> None:
        if not hasattr(self, "session"):
            return
        for container in bottles(self.session):
            if container.number in self.owned:
                found = container.state, self.entries(container)
                assert found == self.owned[container.number]

    @invariant()
    def a_closed_pool_has_every_bottle_scanned_back(self) -> None:
        if not hasattr(self, "session"):
            return
        closed = self.session.scalars(select(MilkPool).where(MilkPool.state == PoolState.CLOSED))
        for pool in closed:
            found = pool_contents(self.session, bank_id=pool.bank_id, pool_id=pool.id)
            assert found.bottles
            assert found.unscanned == []
        numbers = list(self.session.scalars(select(Bottle.number)))
        assert len(numbers) == len(set(numbers))

    def total(self, *conditions: Any) -> int:  # noqa: ANN401
        self.session.flush()
        volume = select(func.sum(Intake.volume_ml)).where(
            Intake.withdrawn_at.is_(None), *conditions
        )
        return self.session.scalar(volume) or 0


def test_the_ledger_adds_up_in_any_order_of_acts(
    town_copy: Callable[[], tuple[Path, Town]],
) -> None:
    Ledger.copy = staticmethod(town_copy)
    case = Ledger.TestCase
    case.settings = settings(
        max_examples=25,
        stateful_step_count=20,
        deadline=timedelta(minutes=5),
        suppress_health_check=list(HealthCheck),
    )
    case().runTest()

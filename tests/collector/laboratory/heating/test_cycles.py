"""Cycles: loading, start, stop, and the curve that decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from collector.db import reading
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.heating.actions import (
    abandon_cycle,
    begin_cycle,
    end_cycle,
    keep_curve,
    load_cycle,
    write_device,
)
from collector.laboratory.heating.models import CurveProfileName, Cycle, CycleState
from collector.laboratory.heating.queries import cycle_contents, kept_file, lots_to_heat
from collector.laboratory.pooling.filling import fill_bottles
from tests.collector.laboratory.heating.test_curves import COLD, HOT, written
from tests.laboratory_bench import open_bench
from tests.pool_bench import NOW, PoolBench
from tests.town import Town

pytestmark = pytest.mark.twin


class CycleBench(PoolBench):
    """Lea at her pasteuriser."""

    def device(self, **changes: Any) -> int:  # noqa: ANN401
        usual = {
            "serial": "S-1",
            "name": "Pasteuriser 1",
            "profile": CurveProfileName.LONG_UTC,
            "qualified_until": date(2026, 12, 31),
            "calibrated_until": date(2026, 12, 31),
        }
        return write_device(self.session, **self.told, **(usual | changes)).id

    def lots(self, count: int) -> list[int]:
        """Make closed pools of one bottle each; return the keys of their lots."""
        return [self.lot_of(number) for number in self.take_over(dora=count)["dora"]]

    def lot_of(self, number: str) -> int:
        """Make a closed pool of one container in one bottle; return the key of its lot."""
        self.thaw([number])
        pool = self.pool()
        self.add(pool, number)
        for label in self.fill(pool, 1, 200):
            self.scan(pool, label)
        self.close(pool, sampled_ml=0)
        lot = self.contents(pool).lot
        assert lot is not None
        return lot.id

    def load(self, device: int, *lots: int) -> Cycle:
        return load_cycle(self.session, **self.told, device_id=device, lots=lots)

    def begin(self, cycle: Cycle) -> Cycle:
        return begin_cycle(self.session, **self.told, cycle_id=cycle.id)

    def end(self, cycle: Cycle, *, minutes: int = 32) -> Cycle:
        told = self.told | {"now": NOW + timedelta(minutes=minutes)}
        return end_cycle(self.session, **told, cycle_id=cycle.id)

    def keep(self, cycle: Cycle, content: bytes) -> None:
        keep_curve(self.session, **self.told, cycle_id=cycle.id, content=content)


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[CycleBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield CycleBench(bench, session)


def test_a_cycle_with_a_good_curve(lea: CycleBench) -> None:
    (lot,) = lea.lots(1)
    assert [each.lot.id for each in lots_to_heat(lea.session, lea.bench.town.bank)] == [lot]
    cycle = lea.load(lea.device(), lot)
    assert lots_to_heat(lea.session, lea.bench.town.bank) == []
    assert lea.begin(cycle).began_at == NOW
    lea.end(cycle)
    lea.keep(cycle, written([*HOT, *COLD], start=NOW))
    assert cycle.state is CycleState.CURVE_OK
    contents = cycle_contents(lea.session, bank_id=lea.bench.town.bank, cycle_id=cycle.id)
    assert [each.lot.id for each in contents.lots] == [lot]
    assert contents.curve is not None
    assert len(contents.curve.checks) == 8
    assert kept_file(lea.session, contents.curve).first == NOW
    with pytest.raises(Refused, match="cycle_state"):
        lea.keep(cycle, written(HOT, start=NOW))


def test_a_short_plateau_fails_the_cycle(lea: CycleBench) -> None:
    (lot,) = lea.lots(1)
    cycle = lea.load(lea.device(), lot)
    lea.begin(cycle)
    lea.end(cycle)
    lea.keep(cycle, written([*HOT[:30], 61.0, *COLD], start=NOW))
    assert cycle.state is CycleState.CURVE_FAILED


def test_scenario_4_the_same_file_for_another_cycle_is_refused(lea: CycleBench) -> None:
    first, second = lea.lots(2)
    device, content = lea.device(), written([*HOT, *COLD], start=NOW)
    for lot in (first, second):
        cycle = lea.load(device, lot)
        lea.begin(cycle)
        lea.end(cycle)
        if lot == first:
            lea.keep(cycle, content)
    with pytest.raises(Conflict, match="curve_known"):
        lea.keep(cycle, content)
    assert cycle.state is CycleState.ENDED


def test_one_device_runs_one_cycle_and_a_lot_is_heated_once(lea: CycleBench) -> None:
    first, second = lea.lots(2)
    device = lea.device()
    with pytest.raises(Refused, match="cycle_without_lots"):
        lea.load(device)
    running, waiting = lea.load(device, first), lea.load(device, second)
    with pytest.raises(Refused, match="lot_not_to_be_heated"):
        lea.load(device, first)
    lea.begin(running)
    with pytest.raises(Refused, match="device_runs"):
        lea.begin(waiting)
    with pytest.raises(Refused, match="cycle_state"):
        lea.end(waiting)
    abandon_cycle(lea.session, **lea.told, cycle_id=waiting.id)
    assert [each.lot.id for each in lots_to_heat(lea.session, lea.bench.town.bank)] == [second]
    with pytest.raises(Refused, match="cycle_state"):
        abandon_cycle(lea.session, **lea.told, cycle_id=running.id)


def test_an_open_pool_is_not_heated(lea: CycleBench) -> None:
    (number,) = lea.take_over(dora=1)["dora"]
    lea.thaw([number])
    pool = lea.pool()
    lea.add(pool, number)
    fill_bottles(lea.session, **lea.told, pool_id=pool, count=1, volume_ml=200, filled_before=0)
    lot = lea.contents(pool).lot
    assert lot is not None
    with pytest.raises(Refused, match="lot_not_to_be_heated"):
        lea.load(lea.device(), lot.id)


def test_a_device_whose_qualification_ended_does_not_start(lea: CycleBench) -> None:
    (lot,) = lea.lots(1)
    device = lea.device(qualified_until=date(2026, 11, 23))
    cycle = lea.load(device, lot)
    with pytest.raises(Refused, match="device_not_qualified"):
        lea.begin(cycle)
    assert lea.device(qualified_until=date(2026, 11, 24)) == device
    assert lea.begin(cycle).state is CycleState.RUNNING


def test_another_banks_device_and_cycle_do_not_exist(lea: CycleBench) -> None:
    (lot,) = lea.lots(1)
    device = lea.device()
    cycle = lea.load(device, lot)
    lea.told["bank_id"] = lea.bench.town.other_bank
    for act in (lambda: lea.begin(cycle), lambda: lea.load(device, lot)):
        with pytest.raises(NotFound):
            act()

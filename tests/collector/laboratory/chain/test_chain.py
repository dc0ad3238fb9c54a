"""The chain: every number leads to the same containers and bottles, forward and back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from collector.db import db, reading
from collector.donors.models import Donor
from collector.errors import NotFound, Refused
from collector.laboratory.chain.numbers import ChainSubject, cycle_number, thing_numbered
from collector.laboratory.chain.queries import MilkChain, bottles_from, milk_chain
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.actions import take_out_of_pool
from collector.laboratory.pooling.models import Bottle, Lot, LotState, MilkPool, PoolInput
from collector.laboratory.sampling.models import SampleStage
from collector.laboratory.sampling.results import supersede_result
from collector.laboratory.sampling.spellings import parse_result
from collector.laboratory.units.models import MoveReason, StorageZone, UnitExcursion
from tests.collector.laboratory.storage.storage_bench import StorageBench
from tests.collector.laboratory.test_ledger import Ledger
from tests.laboratory_bench import bottles, open_bench
from tests.pool_bench import NOW
from tests.release_bench import ReleaseBench
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def lab(app: Flask, town: Town) -> Iterator[ReleaseBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield ReleaseBench(bench, session)


def chain(lab: ReleaseBench, text: str, *, bank: int | None = None) -> MilkChain:
    lab.session.flush()
    return milk_chain(lab.session, bank_id=bank or lab.bench.town.bank, text=text)


def numbers(found: MilkChain) -> tuple[set[str], set[str], set[str]]:
    """Return the containers, the pools and the bottles of a chain."""
    return (
        {each.custody.container.number for each in found.containers},
        {each.pool.number for each in found.pools},
        {bottle.number for bottle in found.bottles},
    )


def mixed_lot(lab: ReleaseBench) -> tuple[int, set[str], str]:
    """Make a heated lot of Dora's two bottles and one of Elise's; one more of Elise's waits."""
    lab.policy("pool_most_donors", 2)
    taken = lab.take_over(dora=2, elise=2)
    poured = [*taken["dora"], taken["elise"][0]]
    lab.thaw(poured)
    pool = lab.pool()
    for number in poured:
        lab.add(pool, number)
    for label in lab.fill(pool, 3, 200):
        lab.scan(pool, label)
    lab.close(pool, sampled_ml=0)
    lot = lab.contents(pool).lot
    assert lot is not None
    return lot.id, set(poured), taken["elise"][1]


def test_every_number_of_a_pool_leads_to_all_of_it(lab: ReleaseBench) -> None:
    lot, poured, alone = mixed_lot(lab)
    cycle = lab.heat(lot)
    sample = lab.sample(lot, SampleStage.PRE)
    pool = lab.session.get_one(MilkPool, lab.session.get_one(Lot, lot).pool_id).number
    filled = set(lab.labels_of(lot))
    for text in (pool, pool.lower(), sample.number, cycle_number(cycle), f"cycle {cycle}", *filled):
        assert numbers(chain(lab, text)) == (poured, {pool}, filled), text
    for text in poured:
        found = chain(lab, text)
        assert numbers(found) == ({text}, {pool}, filled)
        told = bottles_from(lab.session, container_id=found.thing.key)
        assert (told.pool_number, told.lot_state) == (pool, LotState.WAITING)
        assert set(told.numbers) == filled
    assert numbers(chain(lab, alone)) == ({alone}, set(), set())
    elise = lab.session.get_one(Donor, lab.bench.town.elise)
    hers = poured - set(chain_of_donor(lab, lab.bench.town.dora))
    assert numbers(chain(lab, elise.number)) == (hers | {alone}, {pool}, filled)


def chain_of_donor(lab: ReleaseBench, key: int) -> set[str]:
    return numbers(chain(lab, lab.session.get_one(Donor, key).number))[0]


def test_each_step_names_its_person_and_what_is_missing_is_none(lab: ReleaseBench) -> None:
    lot, poured, alone = mixed_lot(lab)
    (link,) = chain(lab, lab.labels_of(lot)[0]).pools
    assert (link.cycle, link.curve, list(link.samples), list(link.decisions)) == (
        None,
        None,
        [],
        [],
    )
    lab.ready(lot)
    lab.release(lot)
    hold = lab.hold(HoldSubject.DONOR, lab.bench.town.dora)
    found = chain(lab, lab.labels_of(lot)[0])
    (link,) = found.pools
    assert link.curve is not None
    assert [each.sample.stage for each in link.samples] == [SampleStage.PRE, SampleStage.POST]
    assert all(outcome == "passed" for each in link.samples for _, outcome in each.outcomes)
    (decision,) = link.decisions
    assert found.names[decision.person_id] == "Rose"
    assert found.all_holds == [hold]
    added = [each.added for each in found.containers if each.added]
    assert {found.names[each.added_by_id] for each in added} == {"Lea"}
    assert len(added) == len(poured)
    (waiting,) = chain(lab, alone).containers
    assert waiting.intake is not None
    assert (waiting.added, waiting.pool) == (None, None)


def test_a_superseded_result_stays_in_the_chain_and_is_not_judged(lab: ReleaseBench) -> None:
    (lot,) = lab.lots(1)
    lab.heat(lot)
    sample = lab.sample(lot, SampleStage.POST)
    (row,) = lab.enter(sample, "20")
    told = lab.by(lab.leo)
    figure = parse_result("<10")
    supersede_result(lab.session, **told, result_id=row.id, figure=figure, reason="Read again")
    (link,) = chain(lab, sample.number).pools[0].samples
    assert [bool(each.superseded_at) for each in link.results] == [True, False]
    assert [outcome for _, outcome in link.outcomes] == ["passed"]


def test_an_input_that_was_taken_out_leads_nowhere(lab: ReleaseBench) -> None:
    (number,) = lab.take_over(dora=1)["dora"]
    lab.thaw([number])
    pool = lab.pool()
    added = lab.add(pool, number)
    assert [each.pool.id for each in chain(lab, number).pools] == [pool]
    take_out_of_pool(lab.session, **lab.told, input_id=added.id)
    assert numbers(chain(lab, number)) == ({number}, set(), set())
    assert chain(lab, lab.session.get_one(MilkPool, pool).number).containers == []


def test_a_thing_leads_to_its_places_and_to_what_was_too_warm_there(app: Flask, town: Town) -> None:
    with open_bench(app, town) as bench, reading() as session:
        lea = StorageBench(bench, session)
        raw = lea.at(StorageZone.RAW)
        first, second = lea.take_over(dora=2)["dora"]
        lea.put(raw, first)
        lea.thaw([first])
        warm = UnitExcursion(
            bank_id=town.bank,
            unit_id=raw.unit_id,
            began_at=NOW - timedelta(minutes=5),
            ended_at=NOW,
            warmest=-12,
            limit_celsius=-18,
            excursion_id=None,
        )
        later = NOW + timedelta(minutes=1)
        session.add_all(
            (warm, UnitExcursion(**columns(warm) | {"began_at": later, "ended_at": None}))
        )
        session.flush()
        found = milk_chain(session, bank_id=town.bank, text=first)
        (stay,) = found.places_of(found.containers[0])
        assert (stay.stay.place.code, stay.excursions) == (raw.code, [warm])
        assert stay.ended is not None
        assert stay.ended.reason is MoveReason.THAWED
        assert {found.names[each.moved_by_id] for each in (stay.began, stay.ended)} == {"Lea"}
        nowhere = milk_chain(session, bank_id=town.bank, text=second)
        assert nowhere.places_of(nowhere.containers[0]) == []


def columns(row: UnitExcursion) -> dict[str, object]:
    return {
        name: getattr(row, name)
        for name in ("bank_id", "unit_id", "warmest", "limit_celsius", "excursion_id")
    }


def test_a_wrong_number_is_told_from_an_unknown_one(lab: ReleaseBench) -> None:
    (lot,) = lab.lots(1)
    (label,) = lab.labels_of(lot)
    wrong = label[:-1] + ("A" if label[-1] != "A" else "B")
    for text, error, code in (
        (wrong, Refused, "scan_mistyped"),
        (" ", Refused, "label_missing"),
        ("MR-404", NotFound, "number_unknown"),
        ("CYCLE-99", NotFound, "number_unknown"),
    ):
        with pytest.raises(error) as refused:
            chain(lab, text)
        assert refused.value.code == code


def test_another_bank_finds_nothing_of_it(lab: ReleaseBench) -> None:
    (lot,) = lab.lots(1)
    cycle = lab.heat(lot)
    lab.read(lot)
    sample = lab.sample_of(lot, SampleStage.PRE).number
    pool = lab.session.get_one(MilkPool, lab.session.get_one(Lot, lot).pool_id).number
    dora = lab.session.get_one(Donor, lab.bench.town.dora).number
    container = bottles(lab.session)[0].number
    for text in (pool, sample, cycle_number(cycle), dora, container, *lab.labels_of(lot)):
        with pytest.raises(NotFound):
            chain(lab, text, bank=lab.bench.town.other_bank)


def test_a_merged_file_leads_to_the_file_that_was_kept(lab: ReleaseBench) -> None:
    town = lab.bench.town
    first, second, kept = (
        lab.session.get_one(Donor, key) for key in (town.fanny, town.elise, town.dora)
    )
    first.joined_into_id, second.joined_into_id = second.id, kept.id
    lab.session.flush()
    found = thing_numbered(lab.session, bank_id=town.bank, text=first.number)
    assert (found.subject, found.key, found.number) == (ChainSubject.DONOR, kept.id, kept.number)


def test_the_count_of_statements_does_not_depend_on_the_count_of_lots(lab: ReleaseBench) -> None:
    lots = lab.lots(4)
    lab.ready(*lots)
    lab.session.flush()
    one = statements(lab, lab.labels_of(lots[0])[0])
    many = statements(lab, lab.session.get_one(Donor, lab.bench.town.dora).number)
    # The number of a donor is looked for after four other kinds of numbers, a bottle's third.
    # A statement for each kind of step, the materials among them, whatever the count of lots.
    # One of them reads the destructions with their witnesses.
    assert (one, many) == (27, 29)


def statements(lab: ReleaseBench, text: str) -> int:
    """Count the statements of a chain whose rows are not loaded yet."""
    lab.session.expunge_all()
    sent: list[str] = []

    def note(*given: object) -> None:
        sent.append(str(given[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        chain(lab, text)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


class BothWays(Ledger):
    """The ledger of phones and technicians; at its end, the chains of every number."""

    pairs: ClassVar[int] = 0

    @initialize()
    def begin(self) -> None:
        super().begin()
        self.lea.policy("pool_most_donors", 2)
        self.bring(which=0, count=2, pool=0)

    @rule(which=st.integers(0, 50), count=st.integers(1, 3), pool=st.integers(0, 50))
    def bring(self, which: int, count: int, pool: int) -> None:
        """Bring some containers as far towards a pool as the rules allow."""
        if not self.pools:
            self.open_pool()
        for place in range(which, which + count):
            self.take_over(which=place, volume_ml=200, refuse=False)
            self.thaw(which=place)
            self.empty(which=place, pool=pool)

    @precondition(lambda self: self.pools)
    @rule(which=st.integers(0, 50))
    def take_out(self, which: int) -> None:
        inputs = self.session.scalars(select(PoolInput).order_by(PoolInput.id)).all()
        if inputs:
            chosen = inputs[which % len(inputs)]
            told = self.lea.told
            self.attempt(lambda: take_out_of_pool(self.session, **told, input_id=chosen.id))

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.compare()
        super().teardown()

    def compare(self) -> None:
        """Check that the ways forward and back agree, and that both are the ledger's."""
        bank = self.lea.bench.town.bank
        poured = {
            (each.intake.container.number, bottle.number)
            for key in self.pools
            for each in self.lea.contents(key).inputs
            for bottle in self.lea.contents(key).bottles
        }
        forward = {
            (container.number, bottle.number)
            for container in bottles(self.session)
            for bottle in found(self.session, bank, container.number).bottles
        }
        back = {
            (link.custody.container.number, label)
            for label in self.session.scalars(select(Bottle.number))
            for link in found(self.session, bank, label).containers
        }
        type(self).pairs += len(forward)
        assert forward == back == poured


def found(session: Session, bank_id: int, text: str) -> MilkChain:
    return milk_chain(session, bank_id=bank_id, text=text)


@pytest.fixture(scope="module")
def town_copy(built_town: tuple[Path, Town]) -> Callable[[], tuple[Path, Town]]:
    """Return a function that copies the town's database into a folder of its own."""

    def copy() -> tuple[Path, Town]:
        home = Path(tempfile.mkdtemp())
        shutil.copy(built_town[0], home / "town.sqlite3")
        return home, built_town[1]

    return copy


def test_forward_and_back_agree_after_any_order_of_acts(
    town_copy: Callable[[], tuple[Path, Town]],
) -> None:
    BothWays.copy = staticmethod(town_copy)
    BothWays.pairs = 0
    case = BothWays.TestCase
    case.settings = settings(
        max_examples=15,
        stateful_step_count=30,
        deadline=timedelta(minutes=5),
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        derandomize=True,
        database=None,
    )
    case().runTest()
    assert BothWays.pairs > 0

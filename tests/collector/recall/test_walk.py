"""The walk of a recall: forward from every subject, and back to the donors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from collector.db import reading
from collector.donors.models import Donor
from collector.laboratory.heating.models import Cycle, LabDevice
from collector.laboratory.pooling.materials import close_material, open_material
from collector.laboratory.pooling.models import Bottle, Lot, MaterialKind
from collector.laboratory.units.models import StoragePlace, StorageZone
from collector.laboratory.units.stays import MoveReason, StoredThing, move
from collector.recall.models import RecallSubject
from collector.recall.origins import label_of_origin, origins_named
from collector.recall.scope import read_scope
from collector.recall.walk import Origin, donors_behind, files_of, forward
from tests.collector.laboratory.pooling.test_pools import NOW
from tests.laboratory_bench import LAST_EXPRESSED, open_bench
from tests.recall_bench import RecallBench
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[RecallBench]:
    with open_bench(app, town) as bench, reading() as session:
        found = RecallBench(bench, session)
        found.pour()
        session.flush()
        yield found


def lines(lea: RecallBench, subject: RecallSubject, key: int | None, **origin: object) -> list[str]:
    """Return the scope as words: form, whereabouts, millilitres."""
    reach = forward(
        lea.session,
        bank_id=lea.bench.town.bank,
        origin=Origin(subject=subject, subject_id=key, **origin),  # type: ignore[arg-type]
    )
    return [
        f"{each.form} {each.whereabouts} {each.volume_ml}"
        for each in read_scope(lea.session, reach=reach)
    ]


BOTTLES_OF_TWO_LOTS = ["bottle in_laboratory 90"] * 4
REST = "pool used_up 20"
ALL_OF_DORA = [
    *BOTTLES_OF_TWO_LOTS,
    *["container in_laboratory 200"] * 3,
    *sorted([REST, REST, "pool in_laboratory 200"]),
]


def test_a_donor_reaches_her_milk_in_every_form(lea: RecallBench) -> None:
    found = lines(lea, RecallSubject.DONOR, lea.dora)
    assert sorted(found) == sorted(ALL_OF_DORA)
    # Six containers of 200 ml: every millilitre is in the scope once.
    assert sum(int(line.rsplit(" ", 1)[1]) for line in found) == 6 * 200


def test_a_donor_since_a_day_reaches_milk_expressed_on_that_day(lea: RecallBench) -> None:
    assert lines(lea, RecallSubject.DONOR, lea.dora, since=LAST_EXPRESSED) == lines(
        lea, RecallSubject.DONOR, lea.dora
    )
    after = LAST_EXPRESSED + timedelta(days=1)
    assert lines(lea, RecallSubject.DONOR, lea.dora, since=after) == []


def test_a_file_merged_into_hers_leads_to_her_milk(lea: RecallBench) -> None:
    town = lea.bench.town
    fanny = lea.session.get_one(Donor, town.fanny)
    fanny.joined_into_id = town.dora
    lea.session.flush()
    whole = lines(lea, RecallSubject.DONOR, town.dora)
    assert lines(lea, RecallSubject.DONOR, town.fanny) == whole
    assert files_of(lea.session, bank_id=town.bank, donor_id=town.fanny) == [town.dora, town.fanny]
    # Fanny's visit, which was not merged away, is milk at a home.
    assert "visit at_home" in whole[-1]


@pytest.mark.parametrize("subject", [RecallSubject.VISIT, RecallSubject.DAY, RecallSubject.BOX])
def test_a_visit_its_box_and_its_day_reach_all_six(
    lea: RecallBench, subject: RecallSubject
) -> None:
    container = lea.container(lea.raw[0])
    container.box = ""
    lea.session.flush()
    origins = {
        each.subject: each
        for each in origins_named(lea.session, bank_id=lea.bench.town.bank, text=container.number)
    }
    if subject is RecallSubject.BOX:
        for number in lea.raw:
            lea.container(number).box = "B-7"
        lea.session.flush()
        found = lines(lea, subject, lea.bench.round_id, box="B-7")
        assert found == ["container in_laboratory 200"] * 3
        return
    reach = forward(lea.session, bank_id=lea.bench.town.bank, origin=origins[subject])
    assert len(reach.containers) == 6
    assert len(reach.pools) == 3


@pytest.mark.parametrize(
    "subject", [RecallSubject.LOT, RecallSubject.CYCLE, RecallSubject.DEVICE, RecallSubject.BOTTLE]
)
def test_a_lot_its_cycle_its_device_and_its_bottle_reach_its_bottles(
    lea: RecallBench, subject: RecallSubject
) -> None:
    lot = lea.session.get_one(Lot, lea.released)
    cycle = lea.session.get_one(Cycle, lot.cycle_id)
    bottle = lea.session.scalars(select(Bottle.id).where(Bottle.lot_id == lot.id)).first()
    key = {
        RecallSubject.LOT: lot.id,
        RecallSubject.CYCLE: cycle.id,
        RecallSubject.DEVICE: cycle.device_id,
        RecallSubject.BOTTLE: bottle,
    }[subject]
    found = lines(lea, subject, key)
    assert found == [*["bottle in_laboratory 90"] * 2, REST]
    if subject is RecallSubject.DEVICE:
        after = {"since": NOW.date() + timedelta(days=1)}
        assert lines(lea, subject, key, **after) == []
        before = {"until": NOW.date() - timedelta(days=1)}
        assert lines(lea, subject, key, **before) == []


def test_a_container_reaches_its_pool_and_itself_while_it_is_raw(lea: RecallBench) -> None:
    raw = lea.container(lea.raw[0])
    assert lines(lea, RecallSubject.CONTAINER, raw.id) == ["container in_laboratory 200"]
    assert lines(lea, RecallSubject.POOL, lea.open_pool) == ["pool in_laboratory 200"]


def test_a_unit_reaches_what_stood_there_in_the_time(lea: RecallBench) -> None:
    unit = lea.unit()
    place = StoragePlace(
        bank_id=unit.bank_id,
        unit_id=unit.id,
        shelf="A",
        name="1",
        code="PA1",
        capacity_bottles=50,
    )
    lea.session.add(place)
    lea.session.flush()
    bottle = lea.session.scalars(select(Bottle.id).where(Bottle.lot_id == lea.released)).first()
    told = {**lea.told, "to": place, "reason": MoveReason.PUT_AWAY}
    move(lea.session, **told, things=[StoredThing(bottle_id=bottle)])
    during = {"since": NOW.date(), "until": NOW.date()}
    assert unit.zone is StorageZone.RELEASED
    assert lines(lea, RecallSubject.UNIT, unit.id, **during) == ["bottle in_store 90"]
    before = {"since": NOW.date() - timedelta(days=2), "until": NOW.date() - timedelta(days=1)}
    assert lines(lea, RecallSubject.UNIT, unit.id, **before) == []


def test_a_makers_lot_reaches_the_pools_made_while_it_was_open(lea: RecallBench) -> None:
    told = {**lea.told, "now": NOW - timedelta(days=3), "expires_on": None}
    used = open_material(lea.session, **told, kind=MaterialKind.CAP, makers_lot="C-77")
    found = lines(lea, RecallSubject.MATERIAL, used.id)
    assert sorted(found) == sorted([*BOTTLES_OF_TWO_LOTS, REST, REST, "pool in_laboratory 200"])
    assert lines(lea, RecallSubject.MATERIAL, used.id, until=NOW.date() - timedelta(1)) == []
    close_material(lea.session, **lea.told | {"now": NOW - timedelta(1)}, material_id=used.id)
    assert lines(lea, RecallSubject.MATERIAL, used.id) == []


def test_a_pool_leads_back_to_its_donor(lea: RecallBench) -> None:
    bank = lea.bench.town.bank
    pools = [lea.pool_of(lea.released)]
    assert donors_behind(lea.session, bank_id=bank, pools=pools) == {lea.dora}


def test_a_number_names_everything_around_it(lea: RecallBench) -> None:
    bank = lea.bench.town.bank
    (label, _other) = lea.labels_of(lea.released)
    named = [each.subject for each in origins_named(lea.session, bank_id=bank, text=label)]
    assert named == [RecallSubject.LOT, RecallSubject.CYCLE, RecallSubject.DONOR]
    device = lea.session.scalars(select(LabDevice)).one()
    (origin,) = origins_named(lea.session, bank_id=bank, text=device.serial)
    assert label_of_origin(lea.session, origin=origin) == "Pasteuriser 1"
    container = origins_named(lea.session, bank_id=bank, text=lea.raw[0])
    assert [each.subject for each in container] == [
        RecallSubject.CONTAINER,
        RecallSubject.VISIT,
        RecallSubject.DONOR,
        RecallSubject.DAY,
    ]

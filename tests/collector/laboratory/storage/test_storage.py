"""Storage: zones, places, moves, counts with their differences, the map."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from collector.audit.models import AuditEntry
from collector.db import reading
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.labels.numbers import bottle_number, pool_number
from collector.laboratory.reception.models import IntakeRefusal
from collector.laboratory.storage.actions import take_out
from collector.laboratory.storage.codes import is_place_code, place_code, read_place_code
from collector.laboratory.storage.counts import (
    begin_count,
    close_count,
    count_thing,
    counts_of,
    difference_of,
)
from collector.laboratory.storage.equipment import import_places, write_place
from collector.laboratory.storage.queries import (
    contents_of,
    missing_things,
    place_labelled,
    storage_map,
    whereabouts,
)
from collector.laboratory.storage.things import scanned_thing
from collector.laboratory.units.models import (
    MoveReason,
    StorageMove,
    StoragePlace,
    StorageStay,
    StorageZone,
    UnitKind,
)
from tests.collector.laboratory.heating.test_curves import COLD, HOT, written
from tests.collector.laboratory.pooling.test_pools import NOW
from tests.collector.laboratory.storage.storage_bench import StorageBench
from tests.laboratory_bench import bottles, open_bench
from tests.phone_round import collected
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[StorageBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield StorageBench(bench, session)


def last_reason(lea: StorageBench) -> MoveReason:
    return lea.session.scalars(select(StorageMove).order_by(StorageMove.id.desc())).first().reason  # type: ignore[union-attr]


def test_raw_milk_never_stands_with_heated_milk(lea: StorageBench) -> None:
    raw, heated, back = (
        lea.at(zone) for zone in (StorageZone.RAW, StorageZone.HEATED, StorageZone.BACK)
    )
    released = lea.at(StorageZone.RELEASED)
    (number,) = lea.take_over(dora=1)["dora"]
    with pytest.raises(Refused, match="belongs_to_raw"):
        lea.put(heated, number)
    assert lea.put(raw, number) == 1
    assert lea.put(raw, number) == 0
    assert lea.put(back, number) == 1
    with pytest.raises(Refused, match="belongs_to"):
        lea.put(released, number)


def test_a_bottle_goes_from_the_raw_zone_through_the_pasteuriser_to_the_heated_zone(
    lea: StorageBench,
) -> None:
    raw, heated, released = (
        lea.at(zone) for zone in (StorageZone.RAW, StorageZone.HEATED, StorageZone.RELEASED)
    )
    (lot,) = lea.pooled(2)
    numbers = lea.numbers(lot)
    lea.put(raw, *numbers)
    with pytest.raises(Refused, match="belongs_to"):
        lea.put(heated, numbers[0])
    cycle = lea.load(lea.device(), lot)
    lea.begin(cycle)
    assert last_reason(lea) is MoveReason.HEATED
    assert contents_of(lea.session, place_id=raw.id) == []
    lea.end(cycle)
    lea.keep(cycle, written([*HOT, *COLD], start=NOW))
    assert lea.put(heated, *numbers) == 2
    for place in (raw, released):
        with pytest.raises(Refused, match="belongs_to"):
            lea.put(place, numbers[0])


def test_a_thaw_takes_the_bottle_out_of_its_place(lea: StorageBench) -> None:
    raw = lea.at(StorageZone.RAW)
    first, second = lea.take_over(dora=2)["dora"]
    lea.put(raw, first, second)
    lea.thaw([first])
    assert last_reason(lea) is MoveReason.THAWED
    assert [each.number for each in contents_of(lea.session, place_id=raw.id)] == [second]
    thawing = lea.place(lea.unit(StorageZone.RAW, name="Thaw", warmest_celsius=4))
    lea.put(thawing, first)
    lea.add(lea.pool(), first)
    assert last_reason(lea) is MoveReason.POOLED
    with pytest.raises(Refused, match="zone_of_pooled"):
        lea.put(raw, first)


def test_refused_milk_is_set_aside_only(lea: StorageBench) -> None:
    raw, back = lea.at(StorageZone.RAW), lea.at(StorageZone.BACK)
    lea.bench.send(lea.session, collected(lea.bench.dora, bottles=1, volume_ml=200))
    lea.bench.send(lea.session, lea.bench.hand_over(2))
    (container,) = bottles(lea.session)
    lea.bench.refuse(lea.session, container, IntakeRefusal.DAMAGED)
    with pytest.raises(Refused, match="belongs_to"):
        lea.put(raw, container.number)
    assert lea.put(back, container.number) == 1


def test_a_full_place_takes_nothing_more_and_a_move_is_one_entry(lea: StorageBench) -> None:
    raw = lea.at(StorageZone.RAW, capacity=2)
    numbers = lea.take_over(dora=3)["dora"]
    before = lea.session.scalar(select(func.count(AuditEntry.id))) or 0
    assert lea.put(raw, *numbers[:2]) == 2
    assert lea.session.scalar(select(func.count(AuditEntry.id))) == before + 1
    with pytest.raises(Refused, match="place_full"):
        lea.put(raw, numbers[2])
    (fill,) = storage_map(lea.session, bank_id=lea.bench.town.bank)
    assert (fill.things, fill.capacity, fill.volume_ml) == (2, 2, 400)
    assert fill.places[0].is_nearly_full


def test_the_map_follows_the_way_of_the_milk(lea: StorageBench) -> None:
    for zone in reversed(StorageZone):
        lea.unit(zone)
    units = storage_map(lea.session, bank_id=lea.bench.town.bank)
    assert [each.unit.zone for each in units] == ["raw", "heated", "released", "back"]


def test_a_thing_taken_out_needs_a_reason(lea: StorageBench) -> None:
    raw = lea.at(StorageZone.RAW)
    (number,) = lea.take_over(dora=1)["dora"]
    told = lea.told | {"label": number}
    with pytest.raises(Refused, match="not_in_storage"):
        take_out(lea.session, **told, note="Broken")
    lea.put(raw, number)
    with pytest.raises(Refused, match="reason_missing"):
        take_out(lea.session, **told, note=" ")
    found = take_out(lea.session, **told, note="Broken")
    stay = whereabouts(lea.session, found)
    assert stay is not None
    assert (stay.place.code, stay.ended_at) == (raw.code, NOW)
    pool = pool_number("M0001", 2026, 99)
    assert pool is not None
    unknown = bottle_number(pool, 1)
    assert unknown is not None
    with pytest.raises(NotFound, match="bottle_unknown"):
        scanned_thing(lea.session, bank_id=lea.bench.town.bank, label=unknown)


def test_a_count_finds_what_is_missing_and_what_is_strange(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    here, there = lea.place(unit), lea.place(unit, name="2")
    first, lost, strange = lea.take_over(dora=3)["dora"]
    lea.put(here, first, lost)
    lea.put(there, strange)
    told = lea.told | {"place_id": here.id}
    count = begin_count(lea.session, **told)
    assert begin_count(lea.session, **told).id == count.id
    scan = {"now": NOW, "bank_id": lea.bench.town.bank, "count_id": count.id}
    assert count_thing(lea.session, **scan, label=first)[1]
    assert not count_thing(lea.session, **scan, label=first)[1]
    assert count_thing(lea.session, **scan, label=strange)[1]
    difference = difference_of(lea.session, count)
    assert [len(each) for each in (difference.found, difference.missing, difference.strangers)] == [
        1,
        1,
        1,
    ]
    closing = lea.told | {"count_id": count.id}
    with pytest.raises(Conflict, match="changed_meanwhile"):
        close_count(lea.session, **closing, missing_seen=0)
    close_count(lea.session, **closing, missing_seen=1)
    with pytest.raises(Refused, match="count_closed"):
        close_count(lea.session, **closing, missing_seen=1)
    assert [(c.expected, c.missing, c.strangers) for c in counts_of(lea.session, here)] == [
        (2, 1, 1)
    ]
    standing = {each.number for each in contents_of(lea.session, place_id=here.id)}
    assert standing == {first, strange}
    (missing,) = missing_things(lea.session, bank_id=lea.bench.town.bank)
    assert (missing.number, missing.volume_ml) == (lost, 200)
    lea.put(there, lost)
    assert missing_things(lea.session, bank_id=lea.bench.town.bank) == []


def test_a_thing_is_in_one_place_at_a_time(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    here, there = lea.place(unit), lea.place(unit, name="2")
    (number,) = lea.take_over(dora=1)["dora"]
    for place, minutes in ((here, 0), (there, 5), (here, 9)):
        lea.put(place, number, at=NOW + timedelta(minutes=minutes))
    stays = lea.session.scalars(select(StorageStay).order_by(StorageStay.id)).all()
    assert [each.place_id for each in stays] == [here.id, there.id, here.id]
    ends = [each.ended_at for each in stays]
    assert ends == [each.began_at for each in stays[1:]] + [None]


def test_places_come_from_a_file_all_or_none(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    told = lea.told | {"unit_id": unit.id}
    rows = "Étagère;Emplacement;Biberons\r\nA;1;40\r\nA;2;40\r\nB;1;20\r\n"
    found = import_places(lea.session, **told, content=rows.encode())
    assert len({each.code for each in found}) == 3
    import_places(lea.session, **told, content=rows.replace("40", "50").encode())
    places = lea.session.scalars(select(StoragePlace).order_by(StoragePlace.id)).all()
    assert [each.capacity_bottles for each in places] == [50, 50, 20]
    assert place_labelled(lea.session, bank_id=unit.bank_id, code=places[0].code) is places[0]
    with pytest.raises(Refused, match="place_line_wrong") as refused:
        import_places(lea.session, **told, content=(rows + "C;1;none\r\n").encode())
    assert refused.value.figures == {"line": 5}
    with pytest.raises(Refused, match="capacity_out_of_bounds"):
        write_place(lea.session, **told, shelf="A", name="9", capacity_bottles=0)
    with pytest.raises(NotFound, match="place_unknown"):
        place_labelled(lea.session, bank_id=unit.bank_id, code="P/99999-9")


def test_a_unit_with_milk_keeps_its_zone(lea: StorageBench) -> None:
    place = lea.at(StorageZone.RAW)
    name = place.unit.name
    assert lea.unit(StorageZone.BACK, name=name).id == place.unit_id
    assert lea.unit(StorageZone.RAW, name=name).zone is StorageZone.RAW
    lea.put(place, *lea.take_over(dora=1)["dora"])
    with pytest.raises(Refused, match="unit_zone_taken"):
        lea.unit(StorageZone.BACK, name=name)
    with pytest.raises(Refused, match="unit_limit_missing"):
        lea.unit(StorageZone.RAW, name="Cold", kind=UnitKind.REFRIGERATOR)
    with pytest.raises(Refused, match="celsius_out_of_bounds"):
        lea.unit(StorageZone.RAW, name="Hot", warmest_celsius=60)


@given(st.integers(1, 999_999_999), st.integers(0, 8), st.integers(1, 9))
def test_a_mistyped_code_of_a_place_is_found(number: int, at: int, by: int) -> None:
    code = place_code(number)
    assert read_place_code(f" {code.lower()} ") == code
    digits = [place for place, sign in enumerate(code) if sign.isdigit()]
    place = digits[at % len(digits)]
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert is_place_code(wrong)
    with pytest.raises(Refused, match="scan_mistyped"):
        read_place_code(wrong)


def test_a_count_leaves_what_was_moved_or_emptied_after_its_scan(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    here, there = lea.place(unit), lea.place(unit, name="2")
    stays, moved, emptied = lea.take_over(dora=3)["dora"]
    lea.put(there, moved)
    count = begin_count(lea.session, **lea.told, place_id=here.id)
    scan = {"now": NOW, "bank_id": lea.bench.town.bank, "count_id": count.id}
    for label in (stays, moved, emptied):
        count_thing(lea.session, **scan, label=label)
    # One was taken to the bench after its scan, and another one into a pool.
    told = lea.told | {"now": NOW + timedelta(minutes=1)}
    take_out(lea.session, **told, label=moved, note="To the bench")
    lea.thaw([emptied])
    lea.add(lea.pool(), emptied)
    difference = difference_of(lea.session, count)
    assert (len(difference.strangers), len(difference.missing)) == (1, 0)
    close_count(lea.session, **told, count_id=count.id, missing_seen=0)
    assert {each.number for each in contents_of(lea.session, place_id=here.id)} == {stays}

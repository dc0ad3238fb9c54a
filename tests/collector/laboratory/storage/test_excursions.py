"""Excursions of freezers: scenario 10, late readings, two probes, the decision of two people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from collector.custody.excursions import assess, decide
from collector.custody.models import ExcursionDecision
from collector.custody.queries import causes_of, containers_in_excursions
from collector.db import reading
from collector.errors import NotFound, Refused
from collector.laboratory.heating.models import CurveProfileName
from collector.laboratory.heating.profiles import ProbeReading
from collector.laboratory.probes.alarms import acknowledge, alarms_of
from collector.laboratory.probes.readings import import_readings, post_readings
from collector.laboratory.probes.series import by_day, packed, readings_of
from collector.laboratory.probes.spells import united, warm_spells
from collector.laboratory.probes.watch import has_due_alarms, raise_due_alarms
from collector.laboratory.reception.quarantine import IntakeBlock, quarantine_of
from collector.laboratory.storage.equipment import retire_probe, write_probe
from collector.laboratory.units.models import (
    AlarmKind,
    ProbeDay,
    StorageAlarm,
    StorageZone,
    UnitProbe,
)
from collector.laboratory.units.warm_milk import exposed_milk, warm_bottles
from tests.collector.laboratory.storage.storage_bench import MINUTE, TEN, StorageBench
from tests.laboratory_bench import open_bench
from tests.pool_bench import NOW
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[StorageBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield StorageBench(bench, session)


def test_scenario_10_a_door_opened_for_twenty_minutes_blocks_nothing(lea: StorageBench) -> None:
    place = lea.at(StorageZone.HEATED)
    lea.put(place, *lea.heated(120))
    key = lea.probe(place.unit)
    lea.post(key, -20.0, *[-17.5] * 20, -20.0)
    (excursion,) = lea.excursions()
    assert excursion.ended_at is not None
    assert excursion.ended_at - excursion.began_at == timedelta(minutes=20)
    assert (excursion.warmest, excursion.limit_celsius) == (-17.5, -18)
    assert excursion.excursion_id is None
    assert alarms_of(lea.session, bank_id=lea.bench.town.bank) == []
    stored = lea.session.scalars(select(ProbeDay)).one()
    assert (stored.count, stored.least, stored.most) == (22, -20.0, -17.5)
    assert warm_bottles(lea.session, exposed_milk(lea.session, excursion).bottles) == set()
    assert len(exposed_milk(lea.session, excursion).bottles) == 120


def test_scenario_10_everything_that_stood_there_is_blocked_wherever_it_is(
    lea: StorageBench,
) -> None:
    place, elsewhere = lea.at(StorageZone.HEATED), lea.at(StorageZone.BACK)
    numbers = lea.heated(120)
    lea.put(place, *numbers)
    key = lea.probe(place.unit)
    lea.post(key, *[-12.0] * 11)
    # -12 is not warmer than the limit that blocks at once, and thirty minutes have not passed.
    assert lea.excursions()[0].excursion_id is None
    assert lea.put(elsewhere, *numbers[:5], at=TEN + 10 * MINUTE) == 5
    lea.post(key, *[-12.0] * 19, start=TEN + 11 * MINUTE)
    assert alarms_of(lea.session, bank_id=lea.bench.town.bank) == []
    lea.post(key, *[-12.0] * 15, -20.0, start=TEN + 30 * MINUTE)
    (excursion,) = lea.excursions()
    assert excursion.began_at == TEN
    assert excursion.ended_at == TEN + 45 * MINUTE
    (alarm,) = alarms_of(lea.session, bank_id=lea.bench.town.bank)
    assert (alarm.kind, alarm.due_at, alarm.over_at) == (
        AlarmKind.WARM,
        TEN + 30 * MINUTE,
        TEN + 45 * MINUTE,
    )
    exposed = exposed_milk(lea.session, excursion)
    assert len(exposed.bottles) == 120
    assert warm_bottles(lea.session, exposed.bottles) == exposed.bottles
    assert excursion.excursion_id is not None
    told = {"now": TEN + 60 * MINUTE, "bank_id": lea.bench.town.bank}
    about = told | {"excursion_id": excursion.excursion_id}
    assess(lea.session, **about, person_id=lea.bench.lea, assessment="Compressor stopped")
    with pytest.raises(Refused, match="two_people_needed"):
        decide(lea.session, **about, person_id=lea.bench.lea, decision=ExcursionDecision.KEEP)
    assert len(warm_bottles(lea.session, exposed.bottles)) == 120
    decide(lea.session, **about, person_id=lea.bench.nora, decision=ExcursionDecision.KEEP)
    assert warm_bottles(lea.session, exposed.bottles) == set()


def test_scenario_10_silence_is_an_alarm_after_thirty_minutes(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    lea.post(lea.probe(unit), -20.0)
    told = {"bank_id": lea.bench.town.bank}
    assert not has_due_alarms(lea.session, now=TEN + 30 * MINUTE, **told)
    assert has_due_alarms(lea.session, now=TEN + 31 * MINUTE, **told)
    for _twice in range(2):
        raise_due_alarms(lea.session, now=TEN + 31 * MINUTE, **told)
    (alarm,) = alarms_of(lea.session, **told)
    assert (alarm.kind, alarm.began_at, alarm.over_at) == (AlarmKind.SILENCE, TEN, None)
    assert not has_due_alarms(lea.session, now=TEN + 40 * MINUTE, **told)


def test_a_reading_ends_the_silence_and_a_comment_acknowledges_it(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    key = lea.probe(unit)
    lea.post(key, -20.0)
    bank = lea.bench.town.bank
    raise_due_alarms(lea.session, now=TEN + 31 * MINUTE, bank_id=bank)
    lea.post(key, -20.0, start=TEN + 50 * MINUTE)
    (alarm,) = alarms_of(lea.session, bank_id=bank)
    assert alarm.over_at == TEN + 50 * MINUTE
    about = lea.told | {"alarm_id": alarm.id}
    with pytest.raises(Refused, match="comment_missing"):
        acknowledge(lea.session, **about, comment=" ")
    acknowledge(lea.session, **about, comment="The logger's battery was changed")
    with pytest.raises(Refused, match="alarm_acknowledged"):
        acknowledge(lea.session, **about, comment="Once more")


def test_a_warm_freezer_alarms_even_if_no_further_reading_comes(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    lea.post(lea.probe(unit), -15.0)
    told = {"now": TEN + 30 * MINUTE, "bank_id": lea.bench.town.bank}
    assert has_due_alarms(lea.session, **told)
    raise_due_alarms(lea.session, **told)
    kinds = [each.kind for each in alarms_of(lea.session, bank_id=lea.bench.town.bank)]
    assert kinds == [AlarmKind.WARM]
    assert lea.excursions()[0].excursion_id is not None


def test_warmer_than_the_second_limit_blocks_at_once(lea: StorageBench) -> None:
    place = lea.at(StorageZone.HEATED)
    lea.put(place, *lea.heated(3))
    lea.post(lea.probe(place.unit), -11.9, -20.0)
    (excursion,) = lea.excursions()
    assert excursion.excursion_id is not None
    assert len(warm_bottles(lea.session, exposed_milk(lea.session, excursion).bottles)) == 3
    assert lea.session.scalar(select(StorageAlarm.id)) is None


def test_a_refrigerator_has_a_limit_of_its_own_and_blocks_by_time(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW, name="Thaw", warmest_celsius=4)
    key = lea.probe(unit)
    lea.post(key, *[5.0] * 29, 3.0)
    assert lea.excursions()[0].excursion_id is None
    lea.post(key, *[5.0] * 31, start=TEN + 60 * MINUTE)
    assert lea.excursions()[1].excursion_id is not None


def test_containers_of_a_warm_freezer_are_blocked_in_quarantine_and_no_others(
    lea: StorageBench,
) -> None:
    place = lea.at(StorageZone.RAW)
    inside, outside = lea.take_over(dora=2)["dora"]
    lea.put(place, inside)
    lea.post(lea.probe(place.unit), -5.0)
    bank, today = lea.bench.town.bank, NOW.date()
    (donor,) = quarantine_of(lea.session, bank_id=bank, today=today)
    blocks = {line.intake.container.number: line.blocks for line in donor.lines}
    assert blocks == {inside: (IntakeBlock.EXCURSION,), outside: ()}
    assert containers_in_excursions(lea.session, bank_id=bank) == set()
    (row,) = lea.excursions()
    excursion = row.excursion
    assert excursion is not None
    cause = causes_of(lea.session, [excursion])[excursion.id]
    assert (cause.record, cause.reading, cause.containers) == (None, None, ())


def test_late_readings_lengthen_an_excursion_and_none_shortens_it(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    key = lea.probe(unit)
    lea.post(key, *[-15.0] * 5, -20.0, start=TEN)
    lea.post(key, *[-15.0] * 3, start=TEN - 3 * MINUTE)
    (excursion,) = lea.excursions()
    assert (excursion.began_at, excursion.ended_at) == (TEN - 3 * MINUTE, TEN + 5 * MINUTE)
    told = {"now": TEN + 20 * MINUTE, "key": key}
    post_readings(lea.session, **told, readings=[ProbeReading(TEN + timedelta(seconds=90), -20.0)])
    assert [(each.began_at, each.ended_at) for each in lea.excursions()] == [
        (TEN - 3 * MINUTE, TEN + 5 * MINUTE)
    ]
    # The same instant with a warmer value: the warmer one stays.
    post_readings(lea.session, **told, readings=[ProbeReading(TEN, -14.0)])
    post_readings(lea.session, **told, readings=[ProbeReading(TEN, -25.0)])
    assert lea.excursions()[0].warmest == -14.0


def test_a_decided_excursion_stays_as_it_was_decided(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    key = lea.probe(unit)
    lea.post(key, -5.0, -20.0)
    (first,) = lea.excursions()
    about = {
        "now": TEN + 5 * MINUTE,
        "bank_id": lea.bench.town.bank,
        "excursion_id": first.excursion_id,
    }
    assess(lea.session, **about, person_id=lea.bench.lea, assessment="Door")
    decide(lea.session, **about, person_id=lea.bench.nora, decision=ExcursionDecision.KEEP)
    lea.post(key, -20.0, -20.0, start=TEN + 10 * MINUTE)
    assert len(lea.excursions()) == 1
    lea.post(key, *[-5.0] * 10, start=TEN - 10 * MINUTE)
    earlier, decided = lea.excursions()
    assert decided.id == first.id
    assert decided.began_at == TEN
    assert (earlier.began_at, earlier.ended_at) == (TEN - 10 * MINUTE, TEN + MINUTE)
    assert earlier.excursion is not None
    assert earlier.excursion.decision is None


def test_two_probes_of_a_unit_make_one_excursion(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    top, bottom = lea.probe(unit, "top"), lea.probe(unit, "bottom")
    lea.post(top, -15.0, -15.0, -15.0, -20.0)
    lea.post(bottom, -20.0, -20.0, -14.0, -14.0, -14.0, -20.0)
    (excursion,) = lea.excursions()
    assert (excursion.began_at, excursion.ended_at) == (TEN, TEN + 5 * MINUTE)
    assert excursion.warmest == -14.0
    with pytest.raises(Refused, match="too_many_probes"):
        lea.probe(unit, "third")
    other = lea.unit(StorageZone.HEATED)
    assert lea.probe(other, "top") != top


def test_a_retired_probe_opens_nothing_any_more(lea: StorageBench) -> None:
    unit = lea.unit(StorageZone.RAW)
    key = lea.probe(unit)
    lea.post(key, -15.0)
    probe = lea.session.scalars(select(UnitProbe)).one()
    told = lea.told | {"now": TEN + 3 * MINUTE}
    retire_probe(lea.session, **told, probe_id=probe.id)
    assert lea.excursions()[0].ended_at == TEN + 3 * MINUTE
    with pytest.raises(NotFound, match="probe_unknown"):
        lea.post(key, -20.0)
    with pytest.raises(Refused, match="probe_retired"):
        retire_probe(lea.session, **told, probe_id=probe.id)


def test_readings_are_refused_from_the_future_and_without_a_key(lea: StorageBench) -> None:
    key = lea.probe(lea.unit(StorageZone.RAW))
    for instant, celsius, code in (
        (TEN + timedelta(minutes=11), -20.0, "reading_in_future"),
        (TEN, 400.0, "reading_not_read"),
    ):
        with pytest.raises(Refused, match=code):
            post_readings(lea.session, now=TEN, key=key, readings=[ProbeReading(instant, celsius)])
    with pytest.raises(Refused, match="readings_missing"):
        post_readings(lea.session, now=TEN, key=key, readings=[])
    with pytest.raises(NotFound, match="probe_unknown"):
        post_readings(lea.session, now=TEN, key="", readings=[ProbeReading(TEN, -20.0)])


def test_a_file_is_imported_once_and_for_the_probes_of_its_unit(lea: StorageBench) -> None:
    unit, other = lea.unit(StorageZone.RAW), lea.unit(StorageZone.HEATED)
    write_probe(lea.session, **lea.told, unit_id=unit.id, name="top", posts=False)
    lines = ["time;probe;celsius", *(f"2026-11-25T09:{n:02};top;-15,5" for n in range(40))]
    content = "\n".join([*lines, "2026-11-25T09:40;top;-20"]).encode()
    given = lea.told | {"now": TEN, "profile": CurveProfileName.LONG_UTC}
    found = import_readings(lea.session, **given, unit_id=unit.id, content=content)
    assert found.readings == 41
    again = import_readings(lea.session, **given, unit_id=unit.id, content=content)
    assert again.id == found.id
    (excursion,) = lea.excursions()
    assert excursion.began_at == TEN - 60 * MINUTE
    assert excursion.excursion_id is not None
    with pytest.raises(Refused, match="file_of_another_unit"):
        import_readings(lea.session, **given, unit_id=other.id, content=content)
    with pytest.raises(Refused, match="probe_not_of_unit"):
        import_readings(lea.session, **given, unit_id=other.id, content=content + b"\n")
    with pytest.raises(Refused, match="curve_empty"):
        import_readings(lea.session, **given, unit_id=unit.id, content=b"time;probe;celsius")
    # The silence of a probe without a key is not watched: its readings come by files.
    assert not has_due_alarms(lea.session, now=TEN + timedelta(days=9), bank_id=unit.bank_id)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(-3000, 500)), min_size=1))
def test_packing_keeps_every_reading_to_a_hundredth(values: list[tuple[int, int]]) -> None:
    readings = [ProbeReading(TEN + timedelta(seconds=s), h / 100) for s, h in dict(values).items()]
    kept = [
        each
        for day, series in by_day(readings).items()
        for each in readings_of(day, packed(series))
    ]
    assert kept == sorted(readings, key=lambda each: each.at)


@given(st.lists(st.lists(st.integers(-25, -10), max_size=40), min_size=1, max_size=3))
def test_a_unit_is_warm_exactly_while_one_of_its_probes_is(series: list[list[int]]) -> None:
    probes = [
        [ProbeReading(TEN + n * MINUTE, float(celsius)) for n, celsius in enumerate(each)]
        for each in series
    ]
    spells = united([each for one in probes for each in warm_spells(one, limit=-18)])
    for before, after in pairwise(spells):
        assert before.ended_at is not None
        assert before.ended_at < after.began_at
    for readings in probes:
        for each in readings:
            if each.celsius > -18:
                assert any(spell.meets(each.at, each.at) for spell in spells)

"""Quarantine: the days that a blood test covers, and the other reasons that block milk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from collector.custody.excursions import assess, decide
from collector.custody.models import Excursion, ExcursionDecision
from collector.db import reading
from collector.donors.models import (
    Decision,
    DonorState,
    Serology,
    SerologyOutcome,
    WhySuspended,
)
from collector.laboratory.reception.quarantine import (
    IntakeBlock,
    QuarantineDonor,
    QuarantineLine,
    quarantine_of,
    quarantine_page,
)
from collector.laboratory.reception.serology_cover import SerologyCover, serology_cover
from collector.pickups.models import MilkLine, Pickup
from tests.laboratory_bench import FIRST_EXPRESSED, Bench, bottles, open_bench
from tests.phone_round import FIRST_ARRIVAL, collected
from tests.town import Town

CLEAR, PENDING, BAD = (
    SerologyOutcome.CLEAR,
    SerologyOutcome.PENDING,
    SerologyOutcome.NOT_CLEAR,
)
DRAWN = date(2026, 6, 1)
TODAY = FIRST_ARRIVAL.date()


def sample(drawn_on: date, outcome: SerologyOutcome = CLEAR) -> Serology:
    until = drawn_on + timedelta(days=90) if outcome is CLEAR else None
    return Serology(id=1, drawn_on=drawn_on, outcome=outcome, valid_until=until)


def step(on: date, state: DonorState, because: WhySuspended | None = None) -> Decision:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return Decision(at=at, state=state, because=because)


def cover(*samples: Serology, steps: tuple[Decision, ...] = ()) -> SerologyCover:
    return serology_cover(samples, steps, lookback_days=90)


def test_a_clear_sample_covers_the_days_before_it_and_its_validity() -> None:
    around = {-91: False, -90: True, 0: True, 90: True, 91: False}
    found = cover(sample(DRAWN))
    assert {days: found.covers(DRAWN + timedelta(days=days)) for days in around} == around


def test_a_pending_sample_covers_nothing() -> None:
    assert not cover(sample(DRAWN, PENDING)).covers(DRAWN)
    assert not cover().covers(DRAWN)


def test_every_day_of_a_bottle_must_be_covered() -> None:
    found = cover(sample(DRAWN))
    last = DRAWN + timedelta(days=90)
    assert found.covers_all(DRAWN, last)
    assert not found.covers_all(DRAWN, last + timedelta(days=1))


def test_a_sample_that_is_not_clear_uncovers_the_days_after_the_last_clear_one() -> None:
    found = cover(sample(DRAWN), sample(DRAWN + timedelta(days=60), BAD))
    assert found.covers(DRAWN)
    assert not found.covers(DRAWN + timedelta(days=1))
    assert not cover(sample(DRAWN, BAD), sample(DRAWN + timedelta(days=1))).covers(DRAWN)


def test_a_professional_closes_the_case_by_suspending_and_opening_the_file_again() -> None:
    bad = DRAWN + timedelta(days=60)
    samples = sample(DRAWN), sample(bad, BAD)
    opened = step(DRAWN, DonorState.ELIGIBLE)
    suspended = step(bad, DonorState.SUSPENDED, WhySuspended.SEROLOGY_NOT_CLEAR)
    again = step(bad + timedelta(days=9), DonorState.ELIGIBLE)
    day = DRAWN + timedelta(days=1)
    assert not cover(*samples, steps=(opened,)).covers(day)
    assert not cover(*samples, steps=(opened, suspended)).covers(day)
    assert cover(*samples, steps=(opened, suspended, again)).covers(day)
    later = sample(bad + timedelta(days=20), BAD)
    assert not cover(*samples, later, steps=(opened, suspended, again)).covers(bad)


@pytest.fixture
def bench(app: Flask, town: Town) -> Iterator[Bench]:
    with open_bench(app, town) as opened:
        yield opened


def lines(bench: Bench, session, today: date = TODAY) -> list[QuarantineLine]:  # noqa: ANN001
    donors = quarantine_of(session, bank_id=bench.town.bank, today=today)
    return [line for donor in donors for line in donor.lines]


def test_milk_is_free_until_the_last_day_on_which_it_may_be_heated(bench: Bench) -> None:
    last = FIRST_EXPRESSED + timedelta(days=120)
    with reading() as session:
        bench.send(session, collected(bench.dora, bottles=1, volume_ml=200), bench.hand_over(2))
        bench.accept(session, bottles(session)[0])
        for today, blocks in ((TODAY, ()), (last, ()), (last + timedelta(days=1), ("too_old",))):
            (line,) = lines(bench, session, today)
            assert (line.blocks, line.heat_before) == (blocks, last)


def test_milk_without_a_blood_test_or_with_a_discrepancy_is_blocked(bench: Bench) -> None:
    first = collected(bench.dora, bottles=1, volume_ml=200)
    with reading() as session:
        bench.send(session, first, bench.hand_over(2))
        bench.accept(session, bottles(session)[0])
        bench.send(session, bench.undo(first, sequence=3))
        session.scalars(
            select(Serology).where(Serology.donor_id == bench.town.dora)
        ).one().outcome = PENDING
        (line,) = lines(bench, session)
        assert line.blocks == (IntakeBlock.SEROLOGY, IntakeBlock.DISCREPANCY)


def test_milk_of_an_excursion_is_blocked_until_two_people_keep_it(bench: Bench) -> None:
    warm = collected(bench.dora, bottles=1, volume_ml=200, freezer_celsius=-12)
    with reading() as session:
        bench.send(session, warm, bench.hand_over(2))
        bench.accept(session, bottles(session)[0])
        assert lines(bench, session)[0].blocks == (IntakeBlock.EXCURSION,)
        told = {"now": FIRST_ARRIVAL, "bank_id": bench.town.bank}
        excursion = session.scalars(select(Excursion)).one().id
        assess(session, **told, excursion_id=excursion, person_id=bench.nora, assessment="Short")
        keep = ExcursionDecision.KEEP
        decide(session, **told, excursion_id=excursion, person_id=bench.lea, decision=keep)
        session.flush()
        assert lines(bench, session)[0].blocks == ()


def test_the_milk_for_an_own_child_stands_apart(bench: Bench) -> None:
    with reading() as session:
        session.get_one(Pickup, bench.elise).line = MilkLine.OWN_CHILD
        for sequence, pickup in ((1, bench.dora), (2, bench.elise)):
            bench.send(session, collected(pickup, sequence=sequence, bottles=1, volume_ml=200))
        bench.send(session, bench.hand_over(3))
        for container in bottles(session):
            bench.accept(session, container)
        found = quarantine_of(session, bank_id=bench.town.bank, today=TODAY)
        assert [(each.own_child, each.volume_ml, each.free_ml) for each in found] == [
            (False, 200, 200),
            (True, 200, 200),
        ]
        assert found[1].lines[0].intake.child_of_id == bench.town.elise


def test_a_page_shows_two_hundred_bottles_and_the_sums_of_all(bench: Bench) -> None:
    with reading() as session:
        bench.send(session, collected(bench.dora, bottles=1, volume_ml=200), bench.hand_over(2))
        bench.accept(session, bottles(session)[0])
        (line,) = lines(bench, session)
        donors = [
            QuarantineDonor(donor_number=name, own_child=False, lines=[line] * count)
            for name, count in (("A", 150), ("B", 150), ("C", 150))
        ]
        for page, shown in (
            (1, [("A", 150), ("B", 50)]),
            (2, [("B", 100), ("C", 100)]),
            (3, [("C", 50)]),
            (4, [("C", 50)]),
            (0, [("A", 150), ("B", 50)]),
        ):
            found = quarantine_page(donors, page=page)
            assert [(donor.donor_number, len(part)) for donor, part in found.shown] == shown
            assert (found.pages, found.bottles) == (3, 450)
            assert {donor.volume_ml for donor, _ in found.shown} == {30_000}
        empty = quarantine_page([], page=1)
        assert (empty.shown, empty.pages) == ([], 1)

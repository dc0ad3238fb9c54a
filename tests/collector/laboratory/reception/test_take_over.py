"""Take-over: after it no event of a phone moves a container; a difference is a discrepancy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.models import SiteKind
from collector.custody.discrepancies import close_discrepancy, open_discrepancies
from collector.custody.models import (
    Container,
    ContainerKind,
    ContainerState,
    CustodyEntry,
    Discrepancy,
)
from collector.custody.numbers import number_of
from collector.db import reading
from collector.errors import Conflict, Refused
from collector.laboratory.reception.actions import accept_unannounced, miss_container, undo_intake
from collector.laboratory.reception.drafts import millilitres
from collector.laboratory.reception.models import Intake, IntakeRefusal, IntakeState
from collector.laboratory.reception.queries import expected_visits, waiting_elsewhere
from tests.builders import MORNING, add_site
from tests.laboratory_bench import Bench, bottles, draft, open_bench
from tests.phone_round import FIRST_ARRIVAL, collected
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def bench(app: Flask, town: Town) -> Iterator[Bench]:
    with open_bench(app, town) as opened:
        yield opened


def entries(session: Session) -> int:
    return session.scalar(select(func.count(CustodyEntry.id))) or 0


def standing(session: Session) -> Sequence[Discrepancy]:
    return open_discrepancies(session, bottles(session))


def test_scenario_1_no_late_event_of_the_phone_moves_milk_that_was_taken_over(
    bench: Bench,
) -> None:
    first = collected(bench.dora, sequence=1)
    with reading() as session:
        bench.send(session, first, bench.hand_over(2))
        *good, thawed = bottles(session)
        for container in good:
            bench.accept(session, container)
        bench.refuse(session, thawed, IntakeRefusal.THAWED)
        taken = session.execute(
            select(Intake.state, func.count(), func.sum(Intake.volume_ml)).group_by(Intake.state)
        ).all()
        assert {tuple(row) for row in taken} == {
            (IntakeState.QUARANTINE, 6, 1200),
            (IntakeState.REFUSED, 1, 200),
        }
        before = {each.number: each.state for each in bottles(session)}, entries(session)

        bench.send(session, bench.hand_over(3))
        assert standing(session) == []
        bench.send(session, bench.undo(first, sequence=4))
        after = {each.number: each.state for each in bottles(session)}, entries(session)
        assert after == before
        assert sorted(before[0].values()) == [ContainerState.RECEIVED] * 6 + [
            ContainerState.REFUSED_AT_RECEPTION
        ]
        found = standing(session)
        assert len(found) == 7
        assert {each.says for each in found} == {ContainerState.DECLARED}


def test_a_bottle_refused_at_reception_is_not_received_again_at_the_next_door(
    bench: Bench,
) -> None:
    with reading() as session:
        bench.send(session, collected(bench.dora, bottles=2, volume_ml=400), bench.hand_over(2))
        refused, _ = bottles(session)
        bench.refuse(session, refused, IntakeRefusal.DAMAGED)
        was = entries(session)
        bench.send(session, collected(bench.elise, sequence=3, bottles=1, volume_ml=200))
        bench.send(session, bench.hand_over(4))
        states = {each.number: each.state for each in bottles(session)}
        assert states[refused.number] is ContainerState.REFUSED_AT_RECEPTION
        # Elise's one bottle: declared, collected, in transit, received.
        assert entries(session) == was + 4
        assert standing(session) == []


def test_the_discrepancies_do_not_depend_on_the_order_of_the_late_events(bench: Bench) -> None:
    first = collected(bench.dora, sequence=1, bottles=1, volume_ml=200)
    late = [
        bench.undo(first, sequence=4),
        bench.hand_over(3),
        collected(bench.elise, sequence=5, bottles=1, volume_ml=200),
    ]
    outcomes = set()
    for order in permutations(late):
        with reading() as session:
            bench.send(session, first, bench.hand_over(2))
            (bottle,) = bottles(session)
            bench.accept(session, bottle)
            bench.send(session, *order)
            outcomes.add(
                tuple(
                    (each.container_id == bottle.id, each.says, each.held)
                    for each in standing(session)
                )
            )
    assert outcomes == {((True, ContainerState.DECLARED, ContainerState.RECEIVED),)}


def test_a_discrepancy_is_withdrawn_when_the_phone_agrees_again(bench: Bench) -> None:
    first = collected(bench.dora, sequence=1, bottles=1, volume_ml=200)
    undone = bench.undo(first, sequence=3)
    again = collected(bench.dora, sequence=4, bottles=1, volume_ml=210)
    with reading() as session:
        bench.send(session, first, bench.hand_over(2, number_of(bench.dora, 1)))
        (bottle,) = bottles(session)
        bench.accept(session, bottle)
        bench.send(session, undone)
        (open_one,) = standing(session)
        bench.send(session, again, bench.hand_over(5))
        assert standing(session) == []
        assert session.get_one(Discrepancy, open_one.id).withdrawn_at == MORNING


def test_quality_closes_a_discrepancy_with_a_note_and_the_same_claim_opens_no_other(
    bench: Bench,
) -> None:
    first = collected(bench.dora, sequence=1, bottles=1, volume_ml=200)
    with reading() as session:
        bench.send(session, first, bench.hand_over(2))
        (bottle,) = bottles(session)
        bench.accept(session, bottle)
        bench.send(session, bench.undo(first, sequence=3))
        (found,) = standing(session)

        def close(note: str) -> Discrepancy:
            return close_discrepancy(
                session,
                now=FIRST_ARRIVAL,
                bank_id=bench.town.bank,
                discrepancy_id=found.id,
                person_id=bench.nora,
                note=note,
            )

        with pytest.raises(Refused, match="reason_missing"):
            close("  ")
        assert close("Undone by mistake").closed_by_id == bench.nora
        with pytest.raises(Refused, match="discrepancy_closed"):
            close("once more")
        bench.send(session, bench.hand_over(4))
        assert standing(session) == []


def test_an_undo_gives_the_container_back_unless_the_phone_differs(bench: Bench) -> None:
    first = collected(bench.dora, sequence=1, bottles=2, volume_ml=400)
    with reading() as session:
        bench.send(session, first, bench.hand_over(2))
        good, bad = bottles(session)
        intake, refused = (
            bench.accept(session, good),
            bench.refuse(session, bad, IntakeRefusal.THAWED),
        )

        def undo(each: Intake, person: int = bench.lea) -> Intake:
            return undo_intake(
                session,
                now=FIRST_ARRIVAL,
                bank_id=bench.town.bank,
                person_id=person,
                intake_id=each.id,
            )

        with pytest.raises(Refused, match="intake_moved_on"):
            undo(intake, bench.nora)
        undo(refused)
        assert {each.state for each in bottles(session)} == {ContainerState.RECEIVED}
        (waiting,) = expected_visits(session, bank_id=bench.town.bank, now=MORNING)
        assert [each.number for each in waiting.containers] == [bad.number]
        bench.accept(session, bad)
        with pytest.raises(Refused, match="intake_moved_on"):
            undo(refused)
        bench.send(session, bench.undo(first, sequence=3))
        with pytest.raises(Refused, match="discrepancy_stands"):
            undo(intake)


def test_a_container_that_is_missing_is_a_discrepancy_until_it_is_found(bench: Bench) -> None:
    with reading() as session:
        bench.send(session, collected(bench.dora, bottles=1, volume_ml=200), bench.hand_over(2))
        (bottle,) = bottles(session)
        told = {"bank_id": bench.town.bank, "person_id": bench.lea, "container_id": bottle.id}
        miss_container(session, now=MORNING, **told)
        (found,) = standing(session)
        assert (found.says, found.held) == (ContainerState.RECEIVED, None)
        with pytest.raises(Refused, match="discrepancy_stands"):
            miss_container(session, now=MORNING, **told)
        bench.accept(session, bottle)
        assert standing(session) == []


def test_a_bottle_that_no_phone_named_enters_quarantine_with_a_discrepancy(bench: Bench) -> None:
    first = collected(bench.dora, sequence=1, bottles=1, volume_ml=200, containers=["MR-1"])
    with reading() as session:
        bench.send(session, first, bench.hand_over(2))
        (known,) = bottles(session)

        def unannounced(label: str, donor_number: str) -> Intake:
            return accept_unannounced(
                session,
                now=FIRST_ARRIVAL,
                bank_id=bench.town.bank,
                person_id=bench.lea,
                label=label,
                donor_number=donor_number,
                draft=draft(),
            )

        dora = donor_number_of(session, known)
        with pytest.raises(Conflict, match="container_known"):
            unannounced("mr-1", dora)
        with pytest.raises(Refused, match="donor_unknown"):
            unannounced("MR-2", "000")
        intake = unannounced("mr-2", dora)
        assert intake.state is IntakeState.QUARANTINE
        (found,) = standing(session)
        assert (found.says, found.held) == (ContainerState.DECLARED, ContainerState.RECEIVED)
        # The corrected record of the phone names both bottles: the two agree.
        both = {"bottles": 2, "volume_ml": 400, "containers": ["MR-1", "MR-2"]}
        bench.send(session, collected(bench.dora, sequence=3, **both), bench.hand_over(4))
        assert standing(session) == []


def donor_number_of(session: Session, container: Container) -> str:
    (visit,) = expected_visits(session, bank_id=container.bank_id, now=MORNING)
    return visit.donor_number


def test_a_container_elsewhere_has_a_named_reason(bench: Bench) -> None:
    with reading() as session:
        antenne = add_site(session, bench.town.bank, name="Antenne", kind=SiteKind.ANTENNE)
        tubes = [{"number": "T-1", "drawn_at": FIRST_ARRIVAL.isoformat()}]
        bench.send(
            session,
            collected(bench.dora, sequence=1, bottles=1, volume_ml=200, tubes=tubes),
            bench.hand_over(2, site=antenne.id),
            collected(bench.elise, sequence=3, bottles=1, volume_ml=200),
        )
        found = {each.number: each for each in bottles(session)}
        tube = next(each for each in found.values() if each.kind is ContainerKind.TUBE)
        reasons = {
            number_of(bench.dora, 1): "container_elsewhere",
            number_of(bench.elise, 1): "container_in_transit",
            tube.number: "container_is_tube",
        }
        for number, reason in reasons.items():
            with pytest.raises(Refused, match=reason):
                bench.accept(session, found[number])
        assert waiting_elsewhere(session, bank_id=bench.town.bank, now=MORNING) == {"Antenne": 1}
        assert expected_visits(session, bank_id=bench.town.bank, now=MORNING) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grams": None, "volume_ml": None}, "volume_missing"),
        ({"grams": 200, "volume_ml": 200}, "volume_and_weight"),
        ({"grams": 30}, "lighter_than_bottle"),
        ({"grams": None, "volume_ml": 0}, "volume_out_of_bounds"),
        ({"grams": None, "volume_ml": 1001}, "volume_out_of_bounds"),
        ({"expressed_first": None}, "expression_missing"),
        ({"expressed_last": date(2026, 11, 25)}, "day_in_future"),
        ({"expressed_first": date(2026, 7, 31)}, "expression_before_birth"),
        ({"expressed_last": date(2026, 11, 9)}, "expression_backwards"),
    ],
)
def test_a_measure_or_a_day_out_of_bounds_is_refused(
    bench: Bench, changes: dict[str, Any], code: str
) -> None:
    with reading() as session:
        bench.send(session, collected(bench.dora, bottles=1, volume_ml=200), bench.hand_over(2))
        (bottle,) = bottles(session)
        with pytest.raises(Refused, match=code):
            bench.accept(session, bottle, **changes)
        assert session.get_one(Container, bottle.id).taken_over_at is None


def test_the_largest_volume_and_the_day_of_the_reception_are_accepted(bench: Bench) -> None:
    today = FIRST_ARRIVAL.date()
    with reading() as session:
        bench.send(session, collected(bench.dora, bottles=1, volume_ml=200), bench.hand_over(2))
        (bottle,) = bottles(session)
        intake = bench.accept(
            session,
            bottle,
            grams=None,
            volume_ml=1000,
            expressed_first=date(2026, 8, 1),
            expressed_last=today,
        )
        assert (intake.volume_ml, intake.days_after_birth) == (1000, 0)


def test_a_weight_becomes_a_volume_by_the_density_of_milk() -> None:
    assert millilitres(draft(grams=236, volume_ml=None), tare_grams=30) == 200
    assert millilitres(draft(grams=31, volume_ml=None), tare_grams=30) == 1

"""Release by exception: scenario 6 up to the failing result that holds a lot of 40."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from collector.audit.models import AuditEntry
from collector.db import reading
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.holding.actions import ask_to_lift, lift_hold
from collector.laboratory.holding.models import LotDecision, LotVerdict
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.pooling.models import Lot, LotState
from collector.laboratory.release.actions import (
    propose_exception,
    reject_lot,
    sign_exception,
    withdraw_lot,
)
from collector.laboratory.release.leaving import bottle_to_leave
from collector.laboratory.release.queries import lot_page, release_board
from collector.laboratory.sampling.models import Analyte, SampleStage
from collector.laboratory.sampling.results import supersede_result
from collector.laboratory.sampling.spellings import parse_result
from tests.laboratory_bench import open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[ReleaseBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield ReleaseBench(bench, session)


def ten_lots(lea: ReleaseBench, lots: list[int] | None = None) -> tuple[list[int], list[int], int]:
    """Return seven green lots, two amber ones, whose cycle was too hot, and a red one."""
    lots = lots or lea.lots(10)
    green, amber, red = lots[:7], lots[7:9], lots[9]
    lea.heat(*green, red)
    lea.heat(*amber, serial="S-2", hottest=64.1)
    lea.label(*lots)
    lea.read(*green, *amber)
    lea.read(red, total="1000001")
    return green, amber, red


def propose(lea: ReleaseBench, lot: int, *, by: int, reason: str = "Short peak") -> None:
    told = lea.by(by) | {"lot_id": lot, "seen": lea.seen(lot)[lot]}
    propose_exception(lea.session, **told, reasons={"curve": reason})


def entries(lea: ReleaseBench, action: str) -> int:
    found = select(func.count(AuditEntry.id)).where(AuditEntry.action == action)
    return lea.session.scalar(found) or 0


def test_scenario_6_ten_lots(lea: ReleaseBench) -> None:
    green, amber, red = ten_lots(lea)
    board = release_board(lea.session, now=LATER, bank_id=lea.bench.town.bank, person_id=lea.rose)
    assert [lot.facts.lot.id for lot in board] == [*green, *amber, red]
    assert [lot.colour.value for lot in board] == [*["green"] * 7, *["amber"] * 2, "red"]
    lea.release(*green)
    assert entries(lea, "lot released") == 7
    assert {lea.session.get_one(Lot, lot).state for lot in green} == {LotState.RELEASED}
    decision = lea.session.scalars(select(LotDecision)).first()
    assert decision is not None
    assert decision.rules["raw_age_days"] == "120"
    assert decision.rules["editions"] == {"pre": 1, "post": 1}
    assert len(decision.checks) == 14

    propose(lea, amber[0], by=lea.rose)
    with pytest.raises(Refused, match="two_people_needed"):
        sign_exception(lea.session, **lea.by(lea.rose), lot_id=amber[0])
    with pytest.raises(Refused, match="quality_and_releaser_needed"):
        sign_exception(lea.session, **lea.by(lea.rita), lot_id=amber[0])
    sign_exception(lea.session, **lea.by(lea.quentin), lot_id=amber[0])
    assert lea.session.get_one(Lot, amber[0]).state is LotState.RELEASED
    assert entries(lea, "lot released with exception") == 1

    with pytest.raises(Refused, match="lot_red"):
        lea.release(red)
    with pytest.raises(Refused, match="lot_red"):
        propose(lea, red, by=lea.rose)
    with pytest.raises(Refused, match="lot_amber"):
        lea.release(amber[1])
    assert lea.session.get_one(Lot, red).state is LotState.WAITING


def test_scenario_6_a_failing_result_holds_a_released_lot_of_40(lea: ReleaseBench) -> None:
    lot = lea.lot_of_40()
    lea.ready(lot)
    lea.release(lot)
    labels = lea.labels_of(lot)
    assert len(labels) == 40
    told = {"bank_id": lea.bench.town.bank, "today": LATER.date()}
    for label in labels:
        bottle_to_leave(lea.session, **told, text=label)
    post = lea.sample_of(lot, SampleStage.POST)
    (row,) = lea.standing(post)
    supersede_result(
        lea.session,
        **lea.by(lea.leo),
        result_id=row.id,
        figure=parse_result("10"),
        reason="Grew on the second day",
    )
    hold = lea.session.scalars(select(LaboratoryHold)).one()
    assert (hold.subject, hold.subject_id, hold.lifted_at) == (HoldSubject.LOT, lot, None)
    assert hold.result_id is not None
    assert lea.session.get_one(Lot, lot).state is LotState.WITHDRAWN
    assert (entries(lea, "hold opened"), entries(lea, "lot withdrawn")) == (1, 1)
    for label in labels:
        with pytest.raises(Refused, match="bottle_held"):
            bottle_to_leave(lea.session, **told, text=label)


def test_a_mistyped_late_result_is_put_right_by_two(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    lea.ready(lot)
    lea.release(lot)
    post = lea.sample_of(lot, SampleStage.POST)
    by_leo = lea.by(lea.leo)
    for text in ("10", "<10"):
        (row,) = lea.standing(post)
        supersede_result(
            lea.session,
            **by_leo,
            result_id=row.id,
            figure=parse_result(text),
            reason="Read again",
        )
    lea.verify(lea.standing(post), by=lea.bench.lea)
    assert lea.colours(lot)["post_limits"] == "green"
    with pytest.raises(Refused, match="lot_red"):
        lea.release(lot)
    hold = lea.session.scalars(select(LaboratoryHold)).one()
    ask_to_lift(lea.session, **lea.by(lea.quentin), hold_id=hold.id, reason="Mistyped")
    lift_hold(lea.session, **lea.by(lea.rose), hold_id=hold.id)
    lea.release(lot)
    assert lea.session.get_one(Lot, lot).state is LotState.RELEASED


def test_a_result_that_arrives_before_the_signature_is_a_conflict(lea: ReleaseBench) -> None:
    one, other = lea.lots(2)
    lea.ready(one, other)
    seen = lea.seen(one, other)
    pre = lea.sample_of(other, SampleStage.PRE)
    row = next(each for each in lea.standing(pre) if each.analyte is Analyte.TOTAL)
    supersede_result(
        lea.session,
        **lea.by(lea.leo),
        result_id=row.id,
        figure=parse_result("2000000"),
        reason="Counted again",
    )
    with pytest.raises(Conflict, match="lot_changed"):
        lea.release_seen(seen)
    states = {lea.session.get_one(Lot, lot).state for lot in (one, other)}
    assert states == {LotState.WAITING}
    assert entries(lea, "lot released") == 0
    with pytest.raises(Refused, match="lots_missing"):
        lea.release_seen({})


def test_a_lot_is_decided_once(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    lea.ready(lot)
    seen = lea.seen(lot)
    lea.release_seen(seen)
    with pytest.raises(Conflict, match="lot_decided"):
        lea.release_seen(seen)
    told = lea.by(lea.quentin) | {"lot_id": lot}
    with pytest.raises(Conflict, match="lot_decided"):
        reject_lot(lea.session, **told, reason="Too late")
    with pytest.raises(Refused, match="reason_missing"):
        withdraw_lot(lea.session, **told, reason="")
    withdraw_lot(lea.session, **told, reason="Broken seal")
    assert lea.session.scalars(select(LaboratoryHold)).one().reason == "Broken seal"
    with pytest.raises(Conflict, match="lot_not_released"):
        withdraw_lot(lea.session, **told, reason="Again")
    reject_lot(lea.session, **told, reason="Broken seal")
    page = lot_page(
        lea.session, now=LATER, bank_id=lea.bench.town.bank, person_id=lea.rose, lot_id=lot
    )
    assert not page.is_open
    assert [each.verdict for each in page.decisions] == [
        LotVerdict.REJECTED,
        LotVerdict.WITHDRAWN,
        LotVerdict.RELEASED,
    ]


def test_the_person_who_pooled_does_not_release(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    lea.ready(lot)
    with pytest.raises(Refused, match="release_not_independent"):
        lea.release(lot, by=lea.bench.lea)
    lea.policy("release_independent", "off")
    lea.session.flush()
    lea.release(lot, by=lea.bench.lea)


def test_an_exception_needs_each_reason_and_the_same_checks(lea: ReleaseBench) -> None:
    _, (lot, _), _ = ten_lots(lea)
    with pytest.raises(NotFound):
        sign_exception(lea.session, **lea.by(lea.quentin), lot_id=lot)
    with pytest.raises(Refused, match="reason_missing"):
        propose(lea, lot, by=lea.rose, reason=" ")
    propose(lea, lot, by=lea.rose)
    lea.hold(HoldSubject.LOT, lot)
    with pytest.raises(Conflict, match="lot_changed"):
        sign_exception(lea.session, **lea.by(lea.quentin), lot_id=lot)
    assert lea.session.get_one(Lot, lot).state is LotState.WAITING


def test_the_database_knows_two_people(lea: ReleaseBench) -> None:
    _, (lot, _), _ = ten_lots(lea)
    propose(lea, lot, by=lea.quentin)
    sign_exception(lea.session, **lea.by(lea.rose), lot_id=lot)
    decision = lea.session.scalars(select(LotDecision)).one()
    assert (decision.person_id, decision.second_id) == (lea.quentin, lea.rose)
    assert decision.reason == "curve: Short peak"
    decision.second_id = decision.person_id
    with pytest.raises(IntegrityError, match="two_people"):
        lea.session.flush()


def test_a_lot_of_another_bank_is_not_found(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    lea.ready(lot)
    seen = lea.seen(lot)
    told = {"now": LATER, "bank_id": lea.bench.town.other_bank}
    with pytest.raises(NotFound):
        reject_lot(
            lea.session, **told, person_id=lea.bench.town.sophie, lot_id=lot, reason="A reason"
        )
    assert seen == lea.seen(lot)

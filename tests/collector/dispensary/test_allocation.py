"""Allocation: scenario 8 of the design, the serving order, own milk first, one winner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from collector.banks.models import Known
from collector.dispensary.allocation.actions import (
    cancel_order,
    free_order,
)
from collector.dispensary.allocation.models import ChoiceReason, ServingOverride
from collector.dispensary.allocation.overrides import agree_to_override, propose_override
from collector.dispensary.orders.cover import StockLevel, cover_of
from collector.dispensary.orders.models import WaitReason
from collector.errors import NotFound, Refused
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Bottle
from collector.pickups.models import MilkLine
from tests.dispensary_bench import TODAY, DispensaryBench, open_dispensary
from tests.release_bench import LATER
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def dana(app: Flask, town: Town) -> Iterator[DispensaryBench]:
    with open_dispensary(app, town) as bench:
        yield bench


def bottle_key(dana: DispensaryBench, number: str) -> int:
    return dana.session.scalars(select(Bottle.id).where(Bottle.number == number)).one()


@pytest.mark.parametrize("held", [0, 1])
def test_scenario_8_a_shortage(dana: DispensaryBench, held: int) -> None:
    p, q = dana.lot(10, 100, days=20), dana.lot(20, 100, days=90)
    children = {
        need: dana.child(need, ml=ml) for need, ml in {"a": 600, "b": 400, "c": 500}.items()
    }
    orders = {
        need: dana.order(child, ml)
        for (need, child), ml in zip(children.items(), (600, 400, 500), strict=True)
    }
    if held:
        dana.lab.hold(HoldSubject.BOTTLE, bottle_key(dana, p[0]))
    cover = cover_of(dana.session, bank_id=dana.bank, today=TODAY)
    assert (cover.stock_ml, cover.demand_ml) == (3000 - 100 * held, 1500)
    assert cover.days == pytest.approx(2.0, abs=0.1 * held)
    assert cover.level is StockLevel.CRITICAL

    dana.allocate()
    assert dana.kept(orders["a"]) == p[held : 6 + held]
    assert {orders[need].waits_because for need in "bc"} == {WaitReason.SHORTAGE}
    assert dana.kept(orders["b"]) == dana.kept(orders["c"]) == []

    told = dana.by(dana.dana) | {"order_id": orders["c"].id}
    with pytest.raises(Refused, match="reason_missing"):
        propose_override(dana.session, **told, note=" ")
    with pytest.raises(NotFound):
        agree_to_override(dana.session, **told, today=TODAY)
    propose_override(dana.session, **told, note="Necrosis of the bowel suspected")
    with pytest.raises(Refused, match="two_people_needed"):
        agree_to_override(dana.session, **told, today=TODAY)
    agree_to_override(dana.session, **(told | dana.by(dana.dirk)), today=TODAY)
    served = [*p[6 + held :], *q[: 1 + held]]
    assert dana.kept(orders["c"]) == served
    assert [label in p for label in served] == [True] * (4 - held) + [False] * (1 + held)

    before = {need: dana.kept(order) for need, order in orders.items()}
    dana.allocate()
    assert {need: dana.kept(order) for need, order in orders.items()} == before
    assert orders["b"].waits_because is WaitReason.SHORTAGE
    assert cover_of(dana.session, bank_id=dana.bank, today=TODAY) == cover


def test_the_database_refuses_an_override_by_one_person(dana: DispensaryBench) -> None:
    dana.lot(3, days=20)
    dana.child("a", ml=600)
    order = dana.order(dana.child("c", ml=500), 500)
    dana.allocate()
    propose_override(dana.session, **dana.by(dana.dana), order_id=order.id, note="A note")
    row = dana.session.scalars(select(ServingOverride)).one()
    row.agreed_by_id, row.agreed_at = row.asked_by_id, LATER
    with pytest.raises(IntegrityError, match="two_people"):
        dana.session.flush()


def test_own_milk_goes_to_its_child_alone_and_first_and_is_no_stock(dana: DispensaryBench) -> None:
    own = dana.lot(2, 100, days=90, line=MilkLine.OWN_CHILD)
    gift = dana.lot(9, 100, days=10, donor="elise")
    other, child = dana.child("a", ml=100), dana.child("c", ml=300)
    dana.tie(child, dana.lab.bench.town.dora)
    orders = dana.order(other, 300), dana.order(child, 300)
    cover = cover_of(dana.session, bank_id=dana.bank, today=TODAY)
    assert (cover.stock_ml, cover.level) == (900, StockLevel.CRITICAL)
    plan = dana.allocate()
    assert dana.kept(orders[0]) == gift[:3]
    assert dana.kept(orders[1]) == own, "own milk is served in a shortage too"
    reasons = {each.bottle.number: each.reason for each in plan.choices}
    assert {reasons[label] for label in own} == {ChoiceReason.OWN_CHILD}
    assert {reasons[label] for label in gift[:3]} == {ChoiceReason.EXPIRES_SOON}
    assert orders[1].waits_because is WaitReason.SHORTAGE


def test_the_class_then_the_day_then_the_asking_decide(dana: DispensaryBench) -> None:
    lot = dana.lot(40, 100)
    late = dana.order(dana.child("b", ml=1), 100, at=LATER + timedelta(minutes=5))
    early = dana.order(dana.child("b", ml=1), 100)
    tomorrow = dana.order(dana.child("b", ml=1), 100, on=TODAY + timedelta(days=1))
    first = dana.order(dana.child("a", ml=1), 200, at=LATER + timedelta(hours=1))
    dana.allocate()
    served = [*dana.kept(first), *dana.kept(early), *dana.kept(late), *dana.kept(tomorrow)]
    assert served == lot[:5]


def test_needs_days_and_sizes_of_a_bottle(dana: DispensaryBench) -> None:
    dana.lot(1, 100, days=1)
    dana.lot(1, 100, days=10, dairy_free=Known.NO)
    free = dana.lot(1, 60, days=100, dairy_free=Known.YES)
    picky = dana.order(dana.child("a", ml=1, dairy_free=True), 100)
    plan = dana.allocate()
    assert dana.kept(picky) == free
    assert [each.passed_over for each in plan.choices] == [0]
    assert picky.waits_because is WaitReason.NO_MILK
    for size in (100, 50):
        dana.lot(3, size, days=200, donor="elise")
    small = dana.order(dana.child("a", ml=1), 150)
    plan = dana.allocate()
    chosen = [each.bottle.volume_ml for each in plan.choices if each.order_id == small.id]
    assert chosen == [100, 50], "of one day the size nearest to the need"


def test_an_allocation_lapses_and_a_hold_ends_it(dana: DispensaryBench) -> None:
    label, other = dana.lot(2, 100)
    order = dana.order(dana.child("a", ml=1), 100)
    dana.allocate()
    assert dana.kept(order) == [label]
    dana.lab.hold(HoldSubject.BOTTLE, bottle_key(dana, label))
    dana.allocate()
    assert dana.kept(order) == [other]


def test_after_its_hours_a_bottle_is_free_for_another(dana: DispensaryBench) -> None:
    (label,) = dana.lot(1, 100)
    order = dana.order(dana.child("b", ml=1), 100)
    dana.allocate()
    rival = dana.order(dana.child("b", ml=1), 100, on=TODAY + timedelta(days=2))
    dana.allocate(LATER + timedelta(hours=24))
    assert (dana.kept(order), dana.kept(rival)) == ([], [label])


def test_a_cancelled_order_frees_its_bottles(dana: DispensaryBench) -> None:
    dana.lot(2, 100)
    order = dana.order(dana.child("a", ml=1), 100)
    dana.allocate()
    told = dana.by(dana.wanda) | {"order_id": order.id}
    with pytest.raises(NotFound):
        cancel_order(dana.session, **told, reason="Gone home", ward_id=dana.depot)
    cancel_order(dana.session, **told, reason="Gone home", ward_id=dana.ward)
    assert dana.kept(order) == []
    with pytest.raises(Refused, match="order_cancelled"):
        cancel_order(dana.session, **told, reason="Gone home")
    assert free_order(dana.session, **told) == 0

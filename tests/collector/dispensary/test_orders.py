"""Orders and prescriptions: their bounds, the classes, yesterday's orders again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from collector.banks.models import Jurisdiction
from collector.banks.policies import Policies, preset_rows
from collector.dispensary.orders.actions import change_class, repeat_orders
from collector.dispensary.orders.classes import BirthFacts, need_class
from collector.dispensary.orders.codes import order_code, read_order_code
from collector.dispensary.orders.models import NeedClass
from collector.dispensary.orders.prescriptions import (
    daily_ml,
    end_prescription,
    prescription_on,
)
from collector.errors import Conflict, Refused
from tests.dispensary_bench import TODAY, DispensaryBench, open_dispensary
from tests.town import Town

pytestmark = pytest.mark.twin

FRANCE = Policies(preset_rows(1, Jurisdiction.FRANCE))


@pytest.fixture
def dana(app: Flask, town: Town) -> Iterator[DispensaryBench]:
    with open_dispensary(app, town) as bench:
        yield bench


@pytest.mark.parametrize(
    ("days", "grams", "expected"),
    [
        (28 * 7 - 1, 2000, "a"),
        (28 * 7, 999, "a"),
        (28 * 7, 1000, "b"),
        (32 * 7, 1499, "b"),
        (32 * 7, 1500, "c"),
        (34 * 7, 1799, "c"),
        (34 * 7, 1800, "d"),
    ],
)
def test_weeks_or_grams_decide_the_class(days: int, grams: int, expected: str) -> None:
    facts = BirthFacts(gestation_days=days, birth_weight_g=grams)
    assert need_class(facts, FRANCE) is NeedClass(expected)


def test_the_code_of_an_order_detects_a_wrong_digit() -> None:
    code = order_code(12)
    assert read_order_code(f" {code.lower()} ") == code
    with pytest.raises(Refused, match="scan_mistyped"):
        read_order_code(code[:-1] + str((int(code[-1]) + 1) % 10))
    with pytest.raises(Refused, match="order_code_not_read"):
        read_order_code("12")


def test_an_order_needs_a_prescription_of_its_day(dana: DispensaryBench) -> None:
    child = dana.child("a", ml=None)
    with pytest.raises(Refused, match="prescription_not_valid"):
        dana.order(child, 100)
    dana.prescribe(child, ml_per_kg_day=150, valid_until=TODAY)
    found = prescription_on(dana.session, child.id, TODAY)
    assert found is not None
    assert daily_ml(found, 900) == 135
    order = dana.order(child, 135)
    assert order.need_class is NeedClass.A
    with pytest.raises(Conflict, match="order_exists"):
        dana.order(child, 100)
    for day, code in (
        (TODAY + timedelta(days=1), "prescription_not_valid"),
        (TODAY - timedelta(days=1), "day_past"),
        (TODAY + timedelta(days=15), "day_too_far"),
    ):
        with pytest.raises(Refused, match=code):
            dana.order(child, 100, on=day)
    end_prescription(dana.session, **dana.by(dana.wanda), prescription_id=found.id)
    assert prescription_on(dana.session, child.id, TODAY) is None
    with pytest.raises(Refused, match="day_volume_out_of_bounds"):
        dana.order(child, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prescriber": " "}, "prescriber_missing"),
        ({"valid_until": TODAY - timedelta(days=1)}, "days_in_wrong_order"),
        ({"valid_until": TODAY + timedelta(days=62)}, "days_too_many"),
        ({"ml_per_day": None}, "day_volume_missing"),
        ({"ml_per_kg_day": 10}, "day_volume_missing"),
        ({"ml_per_day": None, "ml_per_kg_day": 221}, "ml_per_kg_too_high"),
        ({"ml_per_day": 3001}, "day_volume_out_of_bounds"),
        ({"document": b"hello"}, "document_kind"),
    ],
)
def test_implausible_prescriptions_are_refused(
    dana: DispensaryBench, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        dana.prescribe(dana.child("a", ml=None), **({"ml_per_day": 100} | changes))


def test_a_child_above_every_limit_needs_an_indication(dana: DispensaryBench) -> None:
    with pytest.raises(Refused, match="indication_missing"):
        dana.order(dana.child("d", indication=""), 100)
    order = dana.order(dana.child("d"), 100)
    told = dana.by(dana.dana) | {"order_id": order.id, "to": NeedClass.B}
    with pytest.raises(Refused, match="reason_missing"):
        change_class(dana.session, **told, note="")
    change_class(dana.session, **told, note="Asked by the physician")
    assert (order.need_class, order.class_note) == (NeedClass.B, "Asked by the physician")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"gestation_days": 45 * 7}, "gestation_out_of_bounds"),
        ({"weight_g": 199}, "weight_out_of_bounds"),
        ({"birth_weight_g": 9001}, "weight_out_of_bounds"),
    ],
)
def test_implausible_recipients_are_refused(
    dana: DispensaryBench, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        dana.child("a", **changes)


def test_yesterdays_orders_are_repeated_once(dana: DispensaryBench) -> None:
    first, second = dana.child("a"), dana.child("b", ml=None)
    dana.prescribe(second, ml_per_day=80, valid_until=TODAY)
    dana.order(first, 120)
    dana.order(second, 80)
    told = dana.by(dana.wanda) | {"ward_id": dana.ward, "today": TODAY}
    days = {"of": TODAY, "needed_on": TODAY + timedelta(days=1)}
    found = repeat_orders(dana.session, **told, **days)
    assert [(each.recipient_id, each.volume_ml) for each in found.orders] == [(first.id, 120)]
    assert found.unprescribed == [second.id]
    again = repeat_orders(dana.session, **told, **days)
    assert again.orders == []
    with pytest.raises(Refused, match="nothing_to_repeat"):
        repeat_orders(dana.session, **told, of=TODAY - timedelta(days=9), needed_on=TODAY)

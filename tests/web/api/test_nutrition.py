"""NutritionOrder of FHIR R5 in the API: an order of milk, once for each number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fhir.resources.nutritionorder import NutritionOrder
from flask import Flask
from sqlalchemy import select

from collector.applications.models import Scope
from collector.audit.models import AuditEntry
from collector.db import reading
from collector.dispensary.orders.models import MilkOrder
from tests.dispensary_bench import TODAY
from tests.dispensary_cast import CounterCast, open_counter
from tests.town import Town
from tests.web.api.callers import ApiClient, new_token

PATH = "/fhir/nutrition-orders"


@pytest.fixture
def cast(app: Flask, town: Town) -> Iterator[CounterCast]:
    with open_counter(app, town) as found:
        yield found


@pytest.fixture
def api(app: Flask, town: Town, cast: CounterCast) -> ApiClient:
    assert cast.code
    return ApiClient(app, new_token(app, town, [Scope.ORDERS_WRITE]))


def nutrition_order(cast: CounterCast, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a NutritionOrder that fhir.resources accepts."""
    usual = {
        "resourceType": "NutritionOrder",
        "status": "active",
        "intent": "order",
        "identifier": [{"system": "urn:oid:1.2.250", "value": "RX-77"}],
        "subject": {"identifier": {"system": "urn:milkround:recipient", "value": cast.code}},
        "dateTime": f"{TODAY}T08:00:00+01:00",
        "enteralFormula": {
            "baseFormulaProductName": "Banked human milk",
            "maxVolumeToDeliver": {"value": 300, "unit": "mL", "code": "mL"},
            "administration": [{"schedule": {"timing": [{"event": [f"{TODAY}T12:00:00+01:00"]}]}}],
        },
    }
    return usual | changes


def on(*events: str) -> dict[str, Any]:
    return {"administration": [{"schedule": {"timing": [{"event": list(events)}]}}]}


def test_a_valid_nutrition_order_is_an_order_once(api: ApiClient, cast: CounterCast) -> None:
    sent = nutrition_order(cast)
    NutritionOrder.model_validate_json(json.dumps(sent))
    first = api.send("POST", PATH, json=sent)
    assert first.status_code == 201, first.get_data(as_text=True)
    assert first.json is not None
    assert (first.json["recipient"], first.json["volume_ml"]) == (cast.code, 300)
    assert (first.json["need_class"], first.json["state"]) == ("a", "asked")
    again = api.send("POST", PATH, json=sent)
    assert again.json == first.json
    assert api.read(first.headers["Location"].removeprefix("/api/v1")) == first.json
    with reading() as session:
        (order,) = session.scalars(select(MilkOrder)).all()
        assert (order.asked_by_id, order.ward_id, order.needed_on) == (None, cast.ward, TODAY)
        (entry,) = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "milk ordered")
        ).all()
        assert entry.actor.startswith("application:")
        key = order.id
    assert cast.code in cast["dana"].get("/dispensary/orders").get_data(as_text=True)
    page = cast["dana"].get(f"/dispensary/orders/{key}").get_data(as_text=True)
    assert "Hospital, RX-77" in page


def test_a_number_is_of_one_order(api: ApiClient, cast: CounterCast) -> None:
    assert api.send("POST", PATH, json=nutrition_order(cast)).status_code == 201
    milk = nutrition_order(cast)["enteralFormula"]
    more = {**milk, "maxVolumeToDeliver": {"value": 310, "unit": "mL"}}
    answer = api.send("POST", PATH, json=nutrition_order(cast, enteralFormula=more))
    assert answer.status_code == 409
    assert "RX-77 was sent before" in answer.get_data(as_text=True)
    number = [{"value": "RX-78"}]
    second = api.send("POST", PATH, json=nutrition_order(cast, identifier=number))
    assert second.status_code == 409, "an order of the child for the day stands"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"resourceType": "ServiceRequest"}, "Send a NutritionOrder"),
        ({"status": "draft"}, "status active"),
        ({"intent": "proposal"}, "intent order"),
        ({"identifier": []}, "Give the number"),
        ({"identifier": [{"value": "x" * 201}]}, "at most 200 characters"),
        ({"subject": {"display": "Baby Durand"}}, "code of the child"),
        ({"subject": {"identifier": {"value": "R12345678"}}}, "mistyped"),
        ({"subject": {"identifier": {"value": "Durand"}}}, "code"),
        ({"enteralFormula": {}}, "schedule.timing.event"),
    ],
)
def test_what_cannot_be_taken_in_is_said_in_a_sentence(
    api: ApiClient, cast: CounterCast, changes: dict[str, Any], words: str
) -> None:
    answer = api.send("POST", PATH, json=nutrition_order(cast, **changes))
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert words in answer.get_data(as_text=True)
    with reading() as session:
        assert session.scalars(select(MilkOrder)).all() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"maxVolumeToDeliver": {"value": 300, "unit": "oz"}}, "with the unit mL"),
        ({"maxVolumeToDeliver": {"value": 300}}, "with the unit mL"),
        ({"maxVolumeToDeliver": {"value": 300.5, "unit": "mL"}}, "whole millilitres"),
        ({"maxVolumeToDeliver": {"value": 30000, "unit": "mL"}}, "3000"),
        ({"administration": [{"schedule": {"timing": [{"event": ["soon"]}]}}]}, "as 2026-11-24"),
        (
            {
                "administration": [
                    {"schedule": {"timing": [{"event": ["2026-11-24", "2026-11-25"]}]}}
                ]
            },
            "one for each day",
        ),
        ({"administration": [{"schedule": {"timing": [{"event": ["2020-01-01"]}]}}]}, "past"),
    ],
)
def test_amounts_and_days_that_cannot_be_are_refused(
    api: ApiClient, cast: CounterCast, changes: dict[str, Any], words: str
) -> None:
    milk = nutrition_order(cast)["enteralFormula"] | changes
    answer = api.send("POST", PATH, json=nutrition_order(cast, enteralFormula=milk))
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert words in answer.get_data(as_text=True)


def test_another_scope_or_application_orders_and_reads_nothing(
    app: Flask, town: Town, api: ApiClient, cast: CounterCast
) -> None:
    made = api.send("POST", PATH, json=nutrition_order(cast)).headers["Location"]
    reader = ApiClient(app, new_token(app, town, [Scope.FHIR_READ]))
    assert reader.send("POST", PATH, json=nutrition_order(cast)).status_code == 403
    other = ApiClient(app, new_token(app, town, [Scope.ORDERS_WRITE]))
    assert other.send("GET", made.removeprefix("/api/v1")).status_code == 404

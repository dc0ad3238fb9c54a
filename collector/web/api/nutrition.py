"""Orders of milk as NutritionOrder of FHIR R5: taken in once for each number of the sender."""

from datetime import date
from typing import Final

from flask import url_for
from msgspec import Struct

from collector.applications.models import Scope
from collector.db import reading, transaction
from collector.dispensary.lists.orders import OrderState, order_line
from collector.dispensary.orders.codes import order_code
from collector.dispensary.orders.models import NeedClass
from collector.dispensary.orders.received import SentOrder, receive_order, received_order
from collector.errors import Refused
from collector.service_day import ServiceDay
from collector.web.api.callers import caller, zone
from collector.web.api.inputs import Input
from collector.web.api.once import done_once
from collector.web.api.operations import operation
from collector.web.api.outputs import Made
from collector.web.framework.context import now

LONGEST_IDENTIFIER: Final = 200
MILLILITRES: Final = {"ml", "milliliter", "millilitre"}


class FhirPart(Input, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=False):
    """A part of a resource; its other elements are left unread."""


class FhirIdentifierInput(FhirPart, frozen=True, kw_only=True):
    """A number with its name space."""

    system: str = ""
    value: str = ""


class FhirSubjectInput(FhirPart, frozen=True, kw_only=True):
    """The child, by its code."""

    identifier: FhirIdentifierInput = FhirIdentifierInput()


class FhirQuantityInput(FhirPart, frozen=True, kw_only=True):
    """An amount with its unit, in words and as a code of UCUM."""

    value: float | None = None
    unit: str = ""
    code: str = ""


class FhirTimingInput(FhirPart, frozen=True, kw_only=True):
    """The instants of an administration."""

    event: tuple[str, ...] = ()


class FhirScheduleInput(FhirPart, frozen=True, kw_only=True):
    """The timings of an administration."""

    timing: tuple[FhirTimingInput, ...] = ()


class FhirAdministrationInput(FhirPart, frozen=True, kw_only=True):
    """An administration of the milk."""

    schedule: FhirScheduleInput = FhirScheduleInput()


class FhirFormulaInput(FhirPart, frozen=True, kw_only=True):
    """The milk of an order: its volume of a day, and its day."""

    max_volume_to_deliver: FhirQuantityInput = FhirQuantityInput()
    administration: tuple[FhirAdministrationInput, ...] = ()


class NutritionOrderInput(FhirPart, frozen=True, kw_only=True):
    """A NutritionOrder of FHIR R5."""

    resource_type: str = ""
    status: str = ""
    intent: str = ""
    identifier: tuple[FhirIdentifierInput, ...] = ()
    subject: FhirSubjectInput = FhirSubjectInput()
    enteral_formula: FhirFormulaInput = FhirFormulaInput()


class MilkOrderAnswer(Struct, frozen=True, kw_only=True):
    """An order of milk, with the code of its child."""

    id: int
    code: str
    recipient: str
    needed_on: date
    volume_ml: int
    need_class: NeedClass
    state: OrderState


@operation(
    "POST",
    "/fhir/nutrition-orders",
    scope=Scope.ORDERS_WRITE,
    body=NutritionOrderInput,
    answer=MilkOrderAnswer,
    made=True,
)
def make_nutrition_order(body: NutritionOrderInput) -> Made:
    """Order milk for a child; a number that was sent before orders nothing again."""
    sent = sent_order(body)
    with transaction() as session:
        key = done_once(
            session,
            lambda: (
                receive_order(
                    session,
                    now=now(),
                    bank_id=caller().bank_id,
                    application_id=caller().id,
                    actor=caller().reference,
                    sent=sent,
                    today=ServiceDay.of(now(), zone()).day,
                ).id
            ),
        )
    return Made(_answer(key), url_for("api.get_nutrition_order", order_id=key))


@operation(
    "GET",
    "/fhir/nutrition-orders/<int:order_id>",
    scope=Scope.ORDERS_WRITE,
    answer=MilkOrderAnswer,
)
def get_nutrition_order(order_id: int) -> MilkOrderAnswer:
    """Read an order that this application sent, with its state."""
    return _answer(order_id)


def sent_order(body: NutritionOrderInput) -> SentOrder:
    """Return the order that a NutritionOrder describes.

    Raises
    ------
    Refused
        `fhir_not_nutrition_order`, `fhir_not_active`, `fhir_number_missing`,
        `fhir_number_too_long` (`most`), `fhir_child_missing`, `fhir_volume_missing`,
        `fhir_day_missing`, `fhir_days_many`.
    """
    if body.resource_type != "NutritionOrder":
        raise Refused("fhir_not_nutrition_order")
    if body.status != "active" or body.intent != "order":
        raise Refused("fhir_not_active")
    number = next((each for each in body.identifier if each.value.strip()), None)
    if number is None:
        raise Refused("fhir_number_missing")
    if max(len(number.value), len(number.system)) > LONGEST_IDENTIFIER:
        raise Refused("fhir_number_too_long", most=LONGEST_IDENTIFIER)
    if not body.subject.identifier.value.strip():
        raise Refused("fhir_child_missing")
    return SentOrder(
        system=number.system.strip(),
        value=number.value.strip(),
        pseudonym=body.subject.identifier.value.strip(),
        needed_on=_day(body.enteral_formula),
        volume_ml=_millilitres(body.enteral_formula.max_volume_to_deliver),
    )


def _millilitres(amount: FhirQuantityInput) -> int:
    words = {amount.unit.strip().lower(), amount.code.strip().lower()} - {""}
    if amount.value is None or not words or not words <= MILLILITRES:
        raise Refused("fhir_volume_missing")
    if amount.value != round(amount.value):
        raise Refused("fhir_volume_missing")
    return round(amount.value)


def _day(formula: FhirFormulaInput) -> date:
    """Return the civil day of the events of the administrations: all are of one day."""
    events = [
        event
        for each in formula.administration
        for timing in each.schedule.timing
        for event in timing.event
    ]
    try:
        days = {date.fromisoformat(event[:10]) for event in events}
    except ValueError as error:
        raise Refused("fhir_day_missing") from error
    if not days:
        raise Refused("fhir_day_missing")
    if len(days) > 1:
        raise Refused("fhir_days_many")
    return days.pop()


def _answer(order_id: int) -> MilkOrderAnswer:
    bank_id = caller().bank_id
    with reading() as session:
        order = received_order(session, application_id=caller().id, order_id=order_id)
        line = order_line(session, bank_id=bank_id, order_id=order.id, now=now())
        child = line.order.recipient
        return MilkOrderAnswer(
            id=order.id,
            code=order_code(order.id),
            recipient=child.pseudonym if child else "",
            needed_on=order.needed_on,
            volume_ml=order.volume_ml,
            need_class=order.need_class,
            state=line.state,
        )

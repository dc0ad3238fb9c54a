"""Material: stock and movements, devices on loan, and the loads of a day's rounds."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.fleet import vehicle_known
from collector.banks.queries import sites_of
from collector.db import reading, transaction
from collector.donors.numbers import compact_number
from collector.donors.queries import donor_by_number
from collector.errors import Conflict, Refused
from collector.field_parsers import FieldMistake, parse_date, parse_whole_number
from collector.material.actions import (
    MovementDraft,
    add_device,
    book_movement,
    count_stock,
    end_loan,
    extend_loan,
    lend,
    movement_mistakes,
    retire_device,
)
from collector.material.models import MaterialItem, MovementKind
from collector.material.queries import (
    StockPlace,
    devices_of,
    latest_movements,
    loads_of_day,
    loans_of,
    losses_since,
    stock_of,
)
from collector.people.models import Role
from collector.people.queries import staff_of
from collector.web.board.page_context import author, civil_day, page, refuse_mistaken, today
from collector.web.framework.forms import (
    ChoiceField,
    FlagField,
    Form,
    KeyField,
    ParsedField,
    TextField,
)
from collector.web.framework.guards import actor, guard, now
from collector.web.material_wording import BOOKED, ITEMS, MOVEMENTS
from collector.web.wording import sentence

blueprint = Blueprint("material", __name__, url_prefix="/bank/material")
guard(blueprint, Role.COORDINATOR, Role.PROFESSIONAL, Role.ADMIN, within="board")

A_YEAR = timedelta(days=365)
MOST_MOVEMENTS = 30
USUAL_LOAN = timedelta(days=90)
Answer = Response | tuple[str, int]


def parse_place(text: str) -> StockPlace:
    """Return the place of an option, such as `site:3` or `vehicle:2`.

    Raises
    ------
    Refused
        `number_not_read`.
    """
    kind, _colon, key = text.partition(":")
    number = parse_whole_number(key)
    return StockPlace(vehicle_id=number) if kind == "vehicle" else StockPlace(site_id=number)


class MovementForm(Form):
    """A movement of stock; the fields that its kind does not need are ignored."""

    item = ChoiceField(MaterialItem)
    kind = ChoiceField(MovementKind)
    quantity = ParsedField(parse_whole_number, blank=0, required="number_missing")
    origin = ParsedField[StockPlace | None](parse_place, blank=None)
    target = ParsedField[StockPlace | None](parse_place, blank=None)
    donor = TextField(longest=20)
    note = TextField(longest=120)

    def draft(self, donor_id: int | None) -> MovementDraft:
        """Return the movement that was typed."""
        return MovementDraft(
            item=self.item.data,
            kind=self.kind.data,
            quantity=self.quantity.data,
            origin=self.origin.data,
            target=self.target.data,
            donor_id=donor_id,
            note=self.note.data,
        )


class CountForm(Form):
    """The count of one item at one place."""

    place = ParsedField[StockPlace | None](
        parse_place, blank=None, required="material_target_missing"
    )
    counted_item = ChoiceField(MaterialItem)
    counted = ParsedField(parse_whole_number, blank=0, required="number_missing")


class LoanDeviceForm(Form):
    """A device with its serial number."""

    serial = TextField(longest=60)
    name = TextField(longest=80)
    site_id = KeyField()


class LoanForm(Form):
    """A loan: the device, the donor's number and the day of return."""

    device_id = KeyField()
    donor = TextField(longest=20)
    due_on = ParsedField[date | None](parse_date, blank=None, required="date_not_read")


class DueForm(Form):
    """Another day of return of a loan."""

    due_on = ParsedField[date | None](parse_date, blank=None, required="date_not_read")


class DayForm(Form):
    """The day whose loads are shown."""

    day = ParsedField[date | None](parse_date, blank=None)


class EndForm(Form):
    """The end of a loan: back, or lost."""

    lost = FlagField()


class DonorQuery(Form):
    """The donor's number that her file passes on."""

    donor = TextField(longest=20)


@blueprint.get("")
def home() -> str:
    """Show the stock of every place, the losses and the latest movements."""
    donor = DonorQuery.queried().donor.data
    given = {"kind": MovementKind.TO_DONOR.value, "donor": donor} if donor else {}
    return _stock_page(given, {})


@blueprint.post("/movements")
def book() -> Answer:
    """Book a movement."""
    form = MovementForm.sent()
    form.validate()
    try:
        with transaction() as session:
            draft = form.draft(_donor_id(session, form.donor.data))
            form.add_mistakes(_named(movement_mistakes(draft)))
            refuse_mistaken(form)
            book_movement(session, **author(), draft=draft)
    except Refused as refused:
        if refused.code == "form_mistaken":
            return _stock_page(form.typed, form.wrong), 422
        return _stock_page(form.typed, {"quantity": sentence(refused)}), 422
    flash(gettext("The movement is booked."), "ok")
    return redirect(url_for("board.material.home"), code=303)


@blueprint.post("/counts")
def count() -> Answer:
    """Set the stock of a place to a count."""
    form = CountForm.sent()
    place = form.place.data if form.validate() else None
    if place is None:
        return _stock_page(form.typed, form.wrong), 422
    try:
        with transaction() as session:
            changed = count_stock(
                session,
                **author(),
                place=place,
                item=form.counted_item.data,
                counted=form.counted.data,
            )
    except Refused as refused:
        return _stock_page(form.typed, {"counted": sentence(refused)}), 422
    told = gettext("The count is booked.") if changed else gettext("The count equals the books.")
    flash(told, "ok")
    return redirect(url_for("board.material.home"), code=303)


@blueprint.get("/loans")
def loans() -> str:
    """Show the devices, their loans and the days of return."""
    donor = DonorQuery.queried().donor.data
    return _loans_page({"donor": donor, "due_on": (today() + USUAL_LOAN).isoformat()}, {})


@blueprint.post("/devices")
def add() -> Answer:
    """Add a device."""
    form = LoanDeviceForm.sent()
    form.validate()
    try:
        with transaction() as session:
            add_device(session, **author(), **form.data)
    except Refused as refused:
        return _loans_page(form.typed, {"serial": sentence(refused)}), 422
    flash(gettext("The device is added."), "ok")
    return redirect(url_for("board.material.loans"), code=303)


@blueprint.post("/devices/<int:device_id>/retirement")
def retire(device_id: int) -> Answer:
    """Retire a device, or take its retirement back."""
    with transaction() as session:
        retire_device(session, **author(), device_id=device_id)
    return redirect(url_for("board.material.loans"), code=303)


@blueprint.post("/loans")
def begin() -> Answer:
    """Lend a device to a donor."""
    form = LoanForm.sent()
    form.validate()
    try:
        with transaction() as session:
            lend(
                session,
                **author(),
                device_id=form.device_id.data,
                donor_id=_needed_donor(session, form.donor.data),
                due_on=_needed_day(form),
            )
    except (Refused, Conflict) as refused:
        field = FIELDS.get(refused.code, "device_id")
        status = 409 if isinstance(refused, Conflict) else 422
        return _loans_page(form.typed, {field: sentence(refused)}), status
    flash(gettext("The device is lent. The donor is reminded three days before."), "ok")
    return redirect(url_for("board.material.loans"), code=303)


FIELDS = {
    "material_donor_id_missing": "donor",
    "date_not_read": "due_on",
    "loan_due_past": "due_on",
    "loan_due_too_far": "due_on",
}
"""The field of a refused loan; of any other it is the device."""


@blueprint.post("/loans/<int:loan_id>/due")
def extend(loan_id: int) -> Answer:
    """Set another day of return."""
    form = DueForm.sent()
    form.validate()
    try:
        with transaction() as session:
            extend_loan(session, **author(), loan_id=loan_id, due_on=_needed_day(form))
    except Refused as refused:
        return _loans_page({}, {f"due-{loan_id}": sentence(refused)}), 422
    flash(gettext("The day of return is changed."), "ok")
    return redirect(url_for("board.material.loans"), code=303)


@blueprint.post("/loans/<int:loan_id>/end")
def end(loan_id: int) -> Answer:
    """Record that a device is back, or lost."""
    form = EndForm.sent()
    form.validate()
    with transaction() as session:
        end_loan(session, **author(), loan_id=loan_id, lost=form.lost.data)
    flash(
        gettext("The device is lost, and retired.") if form.lost.data else gettext("It is back."),
        "ok",
    )
    return redirect(url_for("board.material.loans"), code=303)


@blueprint.get("/days/<day>")
def loads(day: str) -> str:
    """Show what each round of a day must load, and what its vehicle lacks."""
    wanted = civil_day(day)
    with reading() as session:
        return page(
            session,
            "board/bank/material_loads.html",
            day=wanted,
            loads=loads_of_day(session, bank_id=actor().bank_id, day=wanted),
            items=ITEMS,
            before=wanted - timedelta(days=1),
            after=wanted + timedelta(days=1),
        )


@blueprint.get("/days")
def choose_day() -> Response:
    """Lead to the loads of the day that was picked, or of tomorrow."""
    wanted = DayForm.queried().day.data or today() + timedelta(days=1)
    return redirect(url_for("board.material.loads", day=wanted.isoformat()))


def _named(mistakes: list[FieldMistake]) -> list[FieldMistake]:
    """Return mistakes by the names of the form's fields."""
    return [
        mistake._replace(field="donor") if mistake.field == "donor_id" else mistake
        for mistake in mistakes
    ]


def _donor_id(session: Session, number: str) -> int | None:
    donor = donor_by_number(session, actor().bank_id, compact_number(number))
    return donor.id if donor and donor.erased_at is None else None


def _needed_donor(session: Session, number: str) -> int:
    found = _donor_id(session, number)
    if found is None:
        raise Refused("material_donor_id_missing")
    return found


def _needed_day(form: LoanForm | DueForm) -> date:
    if form.due_on.data is None:
        raise Refused("date_not_read")
    return form.due_on.data


def _places(session: Session) -> dict[StockPlace, str]:
    """Return the places of the bank that are in use, with their names."""
    bank_id, day = actor().bank_id, today()
    sites = {
        StockPlace(site_id=each.id): each.name
        for each in sites_of(session, bank_id)
        if each.retired_on is None or each.retired_on > day
    }
    vehicles = {
        StockPlace(vehicle_id=each.id): each.name
        for each in vehicle_known(session, bank_id)
        if each.retired_on is None or each.retired_on > day
    }
    return sites | vehicles


def _stock_page(typed: dict[str, str], wrong: dict[str, str]) -> str:
    with reading() as session:
        bank_id = actor().bank_id
        places, stock = _places(session), stock_of(session, bank_id)
        return page(
            session,
            "board/bank/material.html",
            places=places,
            options={place: _option(place) for place in places},
            stock=stock,
            items=ITEMS,
            kinds={kind: MOVEMENTS[kind] for kind in BOOKED},
            movements=MOVEMENTS,
            losses=losses_since(session, bank_id, since=now() - A_YEAR),
            latest=latest_movements(session, bank_id, most=MOST_MOVEMENTS),
            place_of=lambda site, vehicle: places.get(StockPlace(site, vehicle), ""),
            people={f"person:{each.id}": each.name for each in staff_of(session, bank_id)},
            typed=typed,
            wrong=wrong,
        )


def _option(place: StockPlace) -> str:
    return f"vehicle:{place.vehicle_id}" if place.vehicle_id else f"site:{place.site_id}"


def _loans_page(typed: dict[str, str], wrong: dict[str, str]) -> str:
    with reading() as session:
        bank_id = actor().bank_id
        opened = loans_of(session, bank_id=bank_id)
        devices = devices_of(session, bank_id)
        lent = {loan.device_id for loan in opened}
        return page(
            session,
            "board/bank/material_loans.html",
            loans=opened,
            devices=devices,
            free=[each for each in devices if each.id not in lent and each.retired_on is None],
            lent=lent,
            sites={each.id: each.name for each in sites_of(session, bank_id)},
            typed=typed,
            wrong=wrong,
            today=today(),
        )

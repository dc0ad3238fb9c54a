"""People of the bank: roles, qualification, home, contract hours, leaving."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank, sites_of
from collector.db import reading, transaction
from collector.errors import Conflict, Refused
from collector.field_parsers import parse_date, parse_decimal, parse_email
from collector.people.actions import add_person, deactivate, reactivate
from collector.people.factors import reset_factors
from collector.people.models import Person, Role
from collector.people.staff import (
    change_person,
    person_mistakes,
    person_with_roles,
    roles_text,
    staff_with_roles,
)
from collector.rounds.queries import uncovered_rounds
from collector.shifts.contracts import BLOOD, contract_mistakes, end_contract, write_contract
from collector.shifts.models import Contract
from collector.shifts.queries import contract_of, contracts_of
from collector.web.board.page_context import author, page, refuse_mistaken, today
from collector.web.formats import short_day
from collector.web.framework.forms import (
    ChoicesField,
    FlagField,
    Form,
    ParsedField,
    TextField,
)
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import COLON, sentence

blueprint = Blueprint("staff", __name__, url_prefix="/bank/people")
guard(blueprint, Role.ADMIN, within="board")

LONGEST_NAME = 80
STAFF_ROLES = tuple(role for role in Role if role is not Role.DONOR)
MOST_NAMED = 8
Answer = Response | tuple[str, int]


class PersonForm(Form):
    """A person with roles, qualification, hours of the contract and home."""

    name = TextField(longest=LONGEST_NAME)
    email = ParsedField(parse_email, blank="", required="email_not_valid")
    phone = TextField(longest=LONGEST_NAME)
    language = TextField(default="fr")
    roles = ChoicesField(Role, only=STAFF_ROLES)
    blood = FlagField()
    hours = ParsedField[float | None](parse_decimal, blank=None)
    home_site_id = ParsedField[int | None](int, blank=None)
    seen = TextField()

    @classmethod
    def of(cls, person: Person, contract: Contract | None) -> "PersonForm":
        """Return the form of a person."""
        minutes = contract.weekly_minutes if contract else None
        form = cls(
            obj=person,
            roles=[grant.role for grant in person.grants],
            blood=bool(contract and BLOOD in contract.skills),
            hours=None if minutes is None else minutes / 60,
            home_site_id=contract.home_site_id if contract else None,
            seen=roles_text(person),
        )
        form.hours.text = "" if minutes is None else f"{minutes / 60:g}"
        return form

    def person(self) -> dict[str, Any]:
        """Return the columns of the person."""
        names = ("name", "email", "phone")
        language = self.language.data if self.language.data in {"fr", "en"} else "fr"
        return {name: self.data[name] for name in names} | {"language": language}

    def contract(self) -> dict[str, Any]:
        """Return the columns of the contract."""
        hours = self.hours.data
        return {
            "weekly_minutes": None if hours is None else round(60 * hours),
            "skills": [BLOOD] if self.blood.data else [],
            "home_site_id": self.home_site_id.data,
        }


class ResetForm(Form):
    """The reason to remove a colleague's second proofs."""

    reason = TextField(longest=200)


class LeavingForm(Form):
    """The last day on duty of a person who leaves."""

    last = ParsedField[date | None](parse_date, blank=None)


@blueprint.get("")
def home() -> str:
    """Show the people of the bank, those who have left last."""
    bank_id = actor().bank_id
    with reading() as session:
        return page(
            session,
            "board/bank/staff.html",
            people=staff_with_roles(session, bank_id),
            contracts=contracts_of(session, bank_id),
            uncovered=uncovered_rounds(session, bank_id=bank_id, first=today()),
        )


@blueprint.get("/new")
def new() -> str:
    """Show the form of a new person."""
    with reading() as session:
        language = get_bank(session, actor().bank_id).language
    return _form(PersonForm(data={"language": language}), None)


@blueprint.post("")
@grave
def add() -> Answer:
    """Add a person."""
    return _write(None)


@blueprint.get("/<int:person_id>")
def person(person_id: int) -> str:
    """Show the form of a person."""
    bank_id = actor().bank_id
    with reading() as session:
        found = person_with_roles(session, bank_id=bank_id, person_id=person_id)
        contract = contract_of(session, bank_id=bank_id, person_id=person_id)
    return _form(PersonForm.of(found, contract), person_id)


@blueprint.post("/<int:person_id>")
@grave
def change(person_id: int) -> Answer:
    """Change a person."""
    return _write(person_id)


@blueprint.post("/<int:person_id>/leaving")
def leave(person_id: int) -> Answer:
    """End the access of a person at once, and the shifts; name the rounds without a collector."""
    who, form = actor(), LeavingForm.sent()
    form.validate()
    with reading() as session:
        found = person_with_roles(session, bank_id=who.bank_id, person_id=person_id)
        contract = contract_of(session, bank_id=who.bank_id, person_id=person_id)
    shown = PersonForm.of(found, contract)
    try:
        with transaction() as session:
            left = deactivate(session, person_id=person_id, **author())
            last = form.last.data or today()
            end_contract(session, now=now(), actor=who.reference, person=left, last=last)
    except Refused as refused:
        shown.refuse(refused)
        return _form(shown, person_id), 422
    flash(gettext("%(name)s can no longer sign in, on any device.", name=found.name), "ok")
    _name_rounds(person_id)
    return redirect(url_for("board.staff.home"), code=303)


@blueprint.post("/<int:person_id>/return")
@grave
def come_back(person_id: int) -> Answer:
    """Let a person who has left sign in again; shifts stay as they are."""
    who = actor()
    with transaction() as session:
        known = author()
        found = reactivate(session, person_id=person_id, **known)
        contract = contract_of(session, bank_id=who.bank_id, person_id=person_id)
        if contract is not None:
            contract.ends_on = None
    flash(gettext("%(name)s may sign in again.", name=found.name), "ok")
    return redirect(url_for("board.staff.person", person_id=person_id), code=303)


@blueprint.post("/<int:person_id>/second-proofs/removal")
@grave
def reset(person_id: int) -> Answer:
    """Remove the second proofs of a colleague who has lost them, for a reason."""
    form = ResetForm.sent()
    with reading() as session:
        found = person_with_roles(session, bank_id=actor().bank_id, person_id=person_id)
        contract = contract_of(session, bank_id=actor().bank_id, person_id=person_id)
    try:
        with transaction() as session:
            reset_factors(session, person_id=person_id, reason=form.reason.data, **author())
    except Refused as refused:
        return _form(PersonForm.of(found, contract), person_id, reset_wrong=sentence(refused)), 422
    text = gettext(
        "The second proofs of %(name)s are removed, and a message says so. The next sign-in sets"
        " up new ones.",
        name=found.name,
    )
    flash(text, "ok")
    return redirect(url_for("board.staff.person", person_id=person_id), code=303)


def _name_rounds(person_id: int) -> None:
    with reading() as session:
        rounds = [
            each
            for each in uncovered_rounds(session, bank_id=actor().bank_id, first=today())
            if each.shift.collector_id == person_id
        ]
    if rounds:
        names = ", ".join(
            f"{short_day(each.day_plan.day)} ({each.letter})" for each in rounds[:MOST_NAMED]
        )
        text = gettext("These rounds have visits and no collector any more")
        flash(f"{text}{COLON} {names}", "warn")


def _write(person_id: int | None) -> Answer:
    who, form = actor(), PersonForm.sent()
    form.validate()
    roles = [Role(role) for role in form.roles.data]
    try:
        with transaction() as session:
            if person_id is not None:
                person_with_roles(session, bank_id=who.bank_id, person_id=person_id)
            _check(session, form, roles, person_id)
            refuse_mistaken(form)
            _write_person(session, form, roles, person_id)
    except Refused:
        return _form(form, person_id), 422
    except Conflict as first:
        form.refuse(first)
        return _form(form, person_id), 409
    flash(gettext("%(name)s is noted.", name=form.name.data), "ok")
    return redirect(url_for("board.staff.home"), code=303)


def _check(session: Session, form: PersonForm, roles: list[Role], person_id: int | None) -> None:
    """Note the mistakes of a person; an administrator keeps the own role."""
    form.add_mistakes(person_mistakes(session, facts=form.person(), roles=roles, but=person_id))
    for mistake in contract_mistakes(session, bank_id=actor().bank_id, facts=form.contract()):
        field = "hours" if mistake.field == "weekly_minutes" else mistake.field
        form.add_mistakes([mistake._replace(field=field)])
    if person_id == actor().person_id and Role.ADMIN not in roles:
        form.refuse(Refused("own_role"))


def _write_person(
    session: Session, form: PersonForm, roles: list[Role], person_id: int | None
) -> None:
    who, facts = actor(), form.person()
    if person_id is None:
        phone = facts.pop("phone")
        written = add_person(session, bank_id=who.bank_id, roles=roles, **facts)
        written.phone = phone
    else:
        written = change_person(
            session,
            now=now(),
            bank_id=who.bank_id,
            actor=who.reference,
            person_id=person_id,
            facts=facts,
            roles=roles,
            seen=form.seen.data,
        )
    known = contract_of(session, bank_id=who.bank_id, person_id=written.id)
    write_contract(
        session,
        now=now(),
        actor=who.reference,
        person=written,
        facts=form.contract(),
        seen=known.version if known else 0,
    )


def _form(form: PersonForm, person_id: int | None, *, reset_wrong: str = "") -> str:
    bank_id = actor().bank_id
    with reading() as session:
        found = (
            None
            if person_id is None
            else person_with_roles(session, bank_id=bank_id, person_id=person_id)
        )
        return page(
            session,
            "board/bank/person.html",
            typed=form.typed,
            wrong=form.wrong,
            reset_wrong=reset_wrong,
            chosen=set(form.roles.data),
            found=found,
            roles=STAFF_ROLES,
            is_self=person_id == actor().person_id,
            sites=[each for each in sites_of(session, bank_id) if not each.retired_on],
            today=today(),
        )

"""The donor's telephone, e-mail address, address and access notes, corrected by herself."""

from dataclasses import replace
from typing import Self

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.models import Bank
from collector.db import reading, transaction
from collector.donor_contact.confirmations import confirm_reached_otherwise, notify_contact_changed
from collector.donors.contact import (
    ContactCorrection,
    changed_fields,
    correct_contact,
)
from collector.donors.models import Donor
from collector.errors import Refused
from collector.field_parsers import parse_email, phone_parser
from collector.places.validation import parse_town, postcode_parser
from collector.web.address_lookup import locate_donor
from collector.web.donor.pages import FormPage, form_page
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, donor_id, now

blueprint = Blueprint("contact_details", __name__, url_prefix="/contact")

LONGEST = 120
ADDRESS = frozenset({"line", "postcode", "town"})


class DetailsForm(Form):
    """The donor's contact; `of` adds the fields that depend on the bank's country."""

    phone: ParsedField[str]
    email = ParsedField(parse_email, blank="", longest=LONGEST)
    line = TextField(longest=LONGEST)
    postcode: ParsedField[str]
    town = ParsedField(parse_town, blank="", longest=LONGEST)
    access_notes = TextField(longest=LONGEST)

    @classmethod
    def of(cls, session: Session, bank: Bank) -> type[Self]:
        """Return the form of a bank."""
        country = bank.jurisdiction.country
        fields = {
            "phone": ParsedField(phone_parser(country), blank="", longest=LONGEST),
            "postcode": ParsedField(postcode_parser(session, country), blank="", longest=LONGEST),
        }
        return type("BankForm", (cls,), fields)

    @classmethod
    def filled_in(cls, donor: Donor) -> Self:
        """Return the form with the donor's contact as it is known."""
        known = {name: getattr(donor.address, name) for name in (*ADDRESS, "access_notes")}
        return cls(data=known | {"phone": donor.phone or "", "email": donor.email or ""})


@blueprint.get("")
def home() -> Response | str:
    """Show the contact; a stored address needs the proof of identity first."""
    with reading() as session:
        page = _page(session)
        if page.donor.address.line and not actor().proved:
            return redirect(url_for("donor.contact_preferences.proof"))
        form = DetailsForm.of(session, page.bank).filled_in(page.donor)
        return _show(page, form)


@blueprint.post("")
def correct() -> Response | tuple[str, int]:
    """Correct the contact; a new address gets a new position, and the coordinators are told."""
    with reading() as session:
        page = _page(session)
        if page.donor.address.line and not actor().proved:
            return redirect(url_for("donor.contact_preferences.proof"), code=303)
        form = DetailsForm.of(session, page.bank).sent()
    try:
        changed = _correct(form) if form.validate() else frozenset[str]()
    except Refused as refused:
        form.refuse(refused)
    if form.wrong:
        return _show(page, form), 422
    if changed & ADDRESS:
        locate_donor(donor_id())
    flash(_("We have noted it. Thank you for telling us."), "ok")
    return redirect(url_for("donor.home"), code=303)


def _correct(form: DetailsForm) -> frozenset[str]:
    """Store the contact, and return the names of the changed fields."""
    with transaction() as session:
        donor = _page(session).donor
        correction = replace(ContactCorrection.of(donor), **form.data)
        changed = changed_fields(donor, correction)
        former = {"former_email": donor.email, "former_phone": donor.phone}
        correct_contact(
            session,
            now=now(),
            bank_id=donor.bank_id,
            donor_id=donor.id,
            actor=actor().reference,
            correction=correction,
        )
        if changed:
            notify_contact_changed(session, donor, changed, now=now())
            confirm_reached_otherwise(session, donor, **former, now=now())
    return changed


def _page(session: Session) -> FormPage:
    return form_page(session, bank_id=actor().bank_id, donor_id=donor_id(), now=now())


def _show(page: FormPage, form: DetailsForm) -> str:
    return render_template(
        "donor/contact_details.html", page=page, typed=form.typed, wrong=form.wrong
    )

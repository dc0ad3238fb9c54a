"""The first contact: how to reach a future donor; her browser may then continue."""

import secrets
from datetime import date
from typing import Any, Self

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.models import Bank
from collector.banks.queries import bank_by_slug
from collector.config import LANGUAGES
from collector.db import is_duplicate, reading, transaction
from collector.donor_contact.confirmations import confirm_first_contact
from collector.donors.screening import first_contact
from collector.errors import Refused
from collector.field_parsers import FieldMistake, birthday_parser, parse_email, phone_parser
from collector.people.actions import begin_session, count_attempt
from collector.people.models import Surface
from collector.places.validation import postcode_parser
from collector.service_day import ServiceDay
from collector.web.framework.browser_name import browser_name
from collector.web.framework.context import pseudonym
from collector.web.framework.forms import FlagField, Form, ParsedField, TextField
from collector.web.framework.guards import anyone, now
from collector.web.framework.session_cookies import send_token

blueprint = Blueprint("contact", __name__)

MOST_AN_HOUR = 30
"""First contacts per hour from one network address: a maternity ward shares one."""

LONGEST = 120


class LanguageField(TextField):
    """A language of ours; the page's own if none was chosen."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the choice."""
        super().process_formdata(valuelist)
        if self.data not in LANGUAGES:
            self.data = self.text = str(get_locale())


class FirstContactForm(Form):
    """The form of the first contact; `of` adds the fields that depend on the bank."""

    first_name = TextField(required="first_name_missing", longest=LONGEST)
    phone: ParsedField[str]
    email = ParsedField(parse_email, blank="", longest=LONGEST)
    postcode: ParsedField[str]
    baby_born_on: ParsedField[date | None]
    language = LanguageField()
    discreet = FlagField()
    once = TextField(longest=64)

    @classmethod
    def of(cls, session: Session, bank: Bank) -> type[Self]:
        """Return the form of a bank: telephones and postcodes of its country, today there."""
        country = bank.jurisdiction.country
        fields = {
            "phone": ParsedField(phone_parser(country), blank="", longest=LONGEST),
            "postcode": ParsedField(
                postcode_parser(session, country),
                blank="",
                required="postcode_missing",
                longest=LONGEST,
            ),
            "baby_born_on": ParsedField(birthday_parser(_today(bank)), blank=None, longest=LONGEST),
        }
        return type("BankForm", (cls,), fields)

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms'
        """Validate the form, which needs a telephone number or an e-mail address."""
        super().validate(extra_validators)
        if not self.phone.text and not self.email.text:
            self.add_mistakes([FieldMistake("phone", "contact_missing")])
        return not self.wrong


class KnownPostcode(Form):
    """The postcode that she gave on the page before."""

    postcode = TextField(longest=12)


@blueprint.get("/banks/<slug>/contact")
@anyone
def ask(slug: str) -> str:
    """Show the form."""
    with reading() as session:
        bank = bank_by_slug(session, slug)
        form = FirstContactForm.of(session, bank)
    known = {
        **KnownPostcode.queried().data,
        "language": str(get_locale()),
        "once": secrets.token_urlsafe(16),
    }
    return _show(bank, form(data=known))


@blueprint.post("/banks/<slug>/contact")
@anyone
def send(slug: str) -> Response | tuple[str, int]:
    """Open a file and let this browser continue with it."""
    with reading() as session:
        bank = bank_by_slug(session, slug)
        form = FirstContactForm.of(session, bank).sent()
    if not form.validate():
        return _show(bank, form), 422
    key = _open_file(bank, form)
    if key is None:
        form.refuse(Refused("http_429"))
        return _show(bank, form), 429
    answer = redirect(url_for("screening.home"), code=303)
    send_token(answer, Surface.DONOR, key)
    return answer


def _open_file(bank: Bank, form: FirstContactForm) -> str | None:
    """Return the token of her session, or None after too many contacts from one address.

    Of two that send one form in the same instant, the second finds the file of the first.
    """
    try:
        return _opened(bank, form)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        return _opened(bank, form)


def _opened(bank: Bank, form: FirstContactForm) -> str | None:
    with transaction() as session:
        source = pseudonym(f"first contact {request.remote_addr}")
        if not count_attempt(session, source, now=now(), most=MOST_AN_HOUR):
            return None
        donor = first_contact(session, now=now(), bank_id=bank.id, **form.data)
        confirm_first_contact(session, donor, now=now())
        return begin_session(
            session,
            now=now(),
            bank_id=bank.id,
            surface=Surface.DONOR,
            donor_id=donor.id,
            browser=browser_name(),
        )


def _show(bank: Bank, form: FirstContactForm) -> str:
    return render_template(
        "public/contact.html", bank=bank, typed=form.typed, wrong=form.wrong, today=_today(bank)
    )


def _today(bank: Bank) -> date:
    return ServiceDay.of(now(), bank.zone).day

"""The first contact: how to reach her and hardly anything else; her browser may then go on."""

import re
from datetime import date
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from collector.banks.models import Bank
from collector.banks.queries import bank_by_slug
from collector.config import LANGUAGES
from collector.db import reading, transaction
from collector.donors.importing import EMAIL
from collector.donors.screening import first_contact
from collector.errors import Refused
from collector.people.actions import begin_session, count_attempt
from collector.service_day import ServiceDay
from collector.web.framework.form_fields import as_day
from collector.web.framework.guards import Surface, anyone, now, settings
from collector.web.wording import sentence

blueprint = Blueprint("contact", __name__)

THIRTY_DAYS = 30 * 24 * 3600
MOST_AN_HOUR = 30
"""First contacts from one network address: a maternity ward shares one."""

PHONE = re.compile(r"[+\d][\d .()/-]{6,24}")
FIELDS = ("first_name", "phone", "email", "postcode", "baby_born_on", "language", "discreet")
LONGEST = 120


class FirstContactForm(NamedTuple):
    """What she typed, and a sentence for every field that is wrong."""

    typed: dict[str, str]
    born_on: date | None
    wrong: dict[str, str]


@blueprint.get("/banks/<slug>/contact")
@anyone
def ask(slug: str) -> str:
    """Ask how to reach her."""
    with reading() as session:
        bank = bank_by_slug(session, slug)
    typed = dict.fromkeys(FIELDS, "") | {
        "postcode": request.args.get("postcode", "")[:12],
        "language": str(get_locale()),
    }
    return _form(bank, FirstContactForm(typed, None, {}))


@blueprint.post("/banks/<slug>/contact")
@anyone
def send(slug: str) -> Response | tuple[str, int]:
    """Open her file and let this browser go on with it."""
    with reading() as session:
        bank = bank_by_slug(session, slug)
    said = _read(bank)
    if said.wrong:
        return _form(bank, said), 422
    key = _open_file(bank, said)
    if key is None:
        return _form(bank, said._replace(wrong={"form": sentence(Refused("http_429"))})), 429
    answer = redirect(url_for("screening.home"), code=303)
    answer.set_cookie(
        Surface.DONOR,
        key,
        max_age=THIRTY_DAYS,
        httponly=True,
        secure=settings().secure_cookies,
        samesite="Lax",
    )
    return answer


def _open_file(bank: Bank, said: FirstContactForm) -> str | None:
    """Return the token of her session, or None where too many came from one place."""
    typed = said.typed
    with transaction() as session:
        from_where = f"first contact {request.remote_addr}"
        if not count_attempt(session, from_where, now=now(), most=MOST_AN_HOUR):
            return None
        donor = first_contact(
            session,
            now=now(),
            bank_id=bank.id,
            first_name=typed["first_name"],
            email=typed["email"],
            phone=typed["phone"],
            postcode=typed["postcode"],
            language=typed["language"],
            baby_born_on=said.born_on,
            discreet=bool(typed["discreet"]),
        )
        return begin_session(session, now=now(), bank_id=bank.id, donor_id=donor.id)


def _read(bank: Bank) -> FirstContactForm:
    typed = {
        name: request.form.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in FIELDS
    }
    if typed["language"] not in LANGUAGES:
        typed["language"] = str(get_locale())
    wrong: dict[str, str] = {}
    if not typed["first_name"]:
        wrong["first_name"] = "first_name_missing"
    if not typed["phone"] and not typed["email"]:
        wrong["phone"] = "contact_missing"
    if typed["phone"] and not PHONE.fullmatch(typed["phone"]):
        wrong["phone"] = "phone_not_valid"
    if typed["email"] and not EMAIL.fullmatch(typed["email"]):
        wrong["email"] = "email_not_valid"
    if not typed["postcode"]:
        wrong["postcode"] = "postcode_missing"
    born_on = as_day(typed["baby_born_on"])
    if typed["baby_born_on"] and born_on is None:
        wrong["baby_born_on"] = "date_not_read"
    elif born_on and born_on > ServiceDay.of(now(), bank.zone).day:
        wrong["baby_born_on"] = "day_in_future"
    told = {name: sentence(Refused(code)) for name, code in wrong.items()}
    return FirstContactForm(typed, born_on, told)


def _form(bank: Bank, said: FirstContactForm) -> str:
    today = ServiceDay.of(now(), bank.zone).day
    return render_template(
        "public/contact.html", bank=bank, typed=said.typed, wrong=said.wrong, today=today
    )

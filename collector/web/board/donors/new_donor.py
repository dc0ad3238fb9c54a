"""A new donor on the telephone: her contact, a call-back and a first visit on one screen."""

import secrets
from dataclasses import dataclass, fields

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.db import is_duplicate, reading, transaction
from collector.donor_contact.confirmations import confirm_call_back, confirm_first_contact
from collector.donors.call_backs import HalfDay, offered, parse_half_day, request_call_back
from collector.donors.contact import ContactCorrection, file_of_form, open_file
from collector.donors.duplicates import identity_keys, keep_apart, likely_files, name_key
from collector.donors.models import Donor
from collector.errors import Refused
from collector.field_parsers import parse_whole_number
from collector.people.models import Role
from collector.pickups.actions import request_pickup
from collector.pickups.models import Purpose
from collector.pickups.validation import STAFF_DAYS_AHEAD
from collector.web.address_lookup import locate_donor
from collector.web.board.donors.contact_form import ContactForm
from collector.web.board.page_context import author, page, today
from collector.web.framework.forms import FlagField, KeysField, ParsedField, TextField
from collector.web.framework.guards import actor, guard, now
from collector.web.pickup_forms import (
    LINES,
    WHOLE_NUMBER,
    PhoneWindowForm,
    PickupForm,
    WindowsField,
    split_numbered,
)

blueprint = Blueprint("new_donor", __name__, url_prefix="/donors/new")
guard(blueprint, Role.COORDINATOR, Role.PROFESSIONAL, within="board")

MOST_FOUND = 5
CONTACT_FIELDS = [field.name for field in fields(ContactCorrection)]


class WishForm(PickupForm):
    """A call-back, a first visit, and the files that are another donor's."""

    half_day = ParsedField[HalfDay | None](parse_half_day, blank=None)
    windows = WindowsField(PhoneWindowForm, split_numbered)
    empties_wanted = ParsedField(parse_whole_number, blank=0, message=WHOLE_NUMBER)
    call_first = FlagField()
    note = TextField()
    tell = FlagField()
    apart = KeysField(default=())
    once = TextField(longest=64)
    then_times = FlagField()
    """The button that leads on to the slots."""

    @property
    def asks_visit(self) -> bool:
        """Whether a line of hours is used."""
        return any(row.is_used for row in self.windows.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDonor:
    """The two forms of the screen, as they were sent."""

    contact: ContactForm
    wish: WishForm

    @property
    def typed(self) -> dict[str, str]:
        """The text of each field."""
        return self.wish.typed | self.contact.typed

    @property
    def wrong(self) -> dict[str, str]:
        """The first mistake of each field."""
        return self.wish.wrong | self.contact.wrong

    def validate(self, session: Session) -> None:
        """Validate both forms; a first visit only if hours are given."""
        self.contact.validate()
        self.wish.validate()
        if self.wish.asks_visit:
            zone = get_bank(session, actor().bank_id).zone
            draft = self.wish.draft(purposes=(Purpose.FIRST_INTERVIEW,))
            self.wish.check(draft, now=now(), zone=zone, days_ahead=STAFF_DAYS_AHEAD)


@blueprint.get("")
def home() -> str:
    """Show the empty screen."""
    with reading() as session:
        bank = get_bank(session, actor().bank_id)
        wish = WishForm(
            data={"once": secrets.token_urlsafe(16), "windows": [{}] * LINES, "tell": True}
        )
        wish.empties_wanted.text = ""
        contact = ContactForm.of(session, bank)(data={"language": bank.language})
        return _show(session, NewDonor(contact=contact, wish=wish))


@blueprint.post("/duplicates")
def duplicates() -> str:
    """Show the files that may be hers already, by what is typed so far."""
    with reading() as session:
        sent = _sent(session)
        return page(
            session,
            "board/donors/_duplicates.html",
            found=_likely(session, sent.contact, by_name=True)[:MOST_FOUND],
            chosen=sent.wish.apart.data,
        )


@blueprint.post("")
def make() -> Response | tuple[str, int]:
    """Open the file, with the call-back and the first visit that were asked for."""
    with reading() as session:
        sent = _sent(session)
        sent.validate(session)
        is_known = file_of_form(session, actor().bank_id, sent.wish.once.data) is not None
        likely = [] if sent.wrong or is_known else _likely(session, sent.contact)
        if sent.wrong or {each.id for each in likely} - set(sent.wish.apart.data):
            return _show(session, sent, likely), 422
    try:
        donor_id = _open(sent)
    except Refused as refused:
        sent.wish.refuse(refused)
        with reading() as session:
            return _show(session, sent), 422
    locate_donor(donor_id)
    flash(gettext("The file is open."), "ok")
    if not sent.wish.then_times.data:
        return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)
    return redirect(url_for("board.requests.new", donor=donor_id), code=303)


def _open(sent: NewDonor) -> int:
    """Write the file; of two that send one form in one instant, the second finds it."""
    try:
        with transaction() as session:
            return _write(session, sent)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
    with transaction() as session:
        return _write(session, sent)


def _write(session: Session, sent: NewDonor) -> int:
    """Write all that was asked for, and return the key of the file."""
    wish, known = sent.wish, author()
    contact = ContactCorrection(**{name: sent.contact.data[name] for name in CONTACT_FIELDS})
    donor, is_new = open_file(session, contact=contact, once=wish.once.data, **known)
    if not is_new:
        return donor.id
    for other in wish.apart.data:
        keep_apart(session, donor_id=donor.id, other_id=other, **known)
    if wish.tell.data:
        confirm_first_contact(session, donor, now=now())
    if wish.half_day.data is not None:
        half_day = wish.half_day.data
        call = request_call_back(session, donor_id=donor.id, half_day=half_day, **known)
        session.flush()
        confirm_call_back(session, donor, call, now=now())
    if wish.asks_visit:
        draft = wish.draft(purposes=(Purpose.FIRST_INTERVIEW,))
        once = f"new donor {wish.once.data}"
        request_pickup(session, donor_id=donor.id, draft=draft, once=once, **known)
    return donor.id


def _sent(session: Session) -> NewDonor:
    bank = get_bank(session, actor().bank_id)
    return NewDonor(contact=ContactForm.of(session, bank).sent(), wish=WishForm.sent())


def _likely(session: Session, contact: ContactForm, *, by_name: bool = False) -> list[Donor]:
    """Return the files that share what is typed; while she types, those of her name too."""
    values = contact.data
    keys = set(identity_keys(values))
    if by_name and values["first_name"] and values["family_name"]:
        keys.add(name_key(values["first_name"], values["family_name"]))
    return likely_files(session, actor().bank_id, keys) if keys else []


def _show(session: Session, sent: NewDonor, found: list[Donor] | None = None) -> str:
    bank = get_bank(session, actor().bank_id)
    return page(
        session,
        "board/donors/new_donor.html",
        typed=sent.typed,
        wrong=sent.wrong,
        rows=sent.wish.windows.rows,
        found=found or [],
        chosen=sent.wish.apart.data,
        half_days=offered(session, now=now(), bank_id=bank.id),
        bank=bank,
        today=today(),
    )

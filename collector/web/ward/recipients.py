"""Recipients of a ward: enrolment, weight, prescriptions, identity, a suspected reaction."""

from collections.abc import Callable, Mapping
from datetime import date

import wtforms
from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import owned, reading, transaction
from collector.dispensary.fates.queries import reactions_of
from collector.dispensary.fates.reactions import ReactionDraft, report_reaction
from collector.dispensary.orders.models import Prescription
from collector.dispensary.orders.prescriptions import (
    LARGEST_DOCUMENT,
    LONGEST_PRESCRIBER,
    PrescriptionDraft,
    daily_ml,
    end_prescription,
    prescriptions_of,
    write_prescription,
)
from collector.errors import MilkroundError, NotFound
from collector.field_parsers import parse_date, parse_whole_number
from collector.recipients.actions import (
    LONGEST_INDICATION,
    RecipientDraft,
    change_weight,
    enrol_recipient,
)
from collector.recipients.models import Recipient
from collector.recipients.queries import recipients_of_ward, ward_of_person
from collector.recipients.sealing import (
    LONGEST_HOSPITAL_NUMBER,
    LONGEST_NAME,
    OpenedIdentity,
    OpeningReason,
    open_identity,
    write_identity,
)
from collector.web.framework.forms import FlagField, Form, ParsedField, TextField
from collector.web.framework.guards import actor, person_id
from collector.web.ward.acts import civil_today, own_ward, ward_context
from collector.web.wording import sentence

blueprint = Blueprint("recipients", __name__, url_prefix="/recipients")

DAYS_OF_A_WEEK = 7
LONGEST_WORDS = 500


class RecipientForm(Form):
    """A new recipient: its identity, its birth, its needs."""

    name = TextField(longest=LONGEST_NAME)
    hospital_number = TextField(longest=LONGEST_HOSPITAL_NUMBER)
    born_on = ParsedField[date | None](parse_date, blank=None)
    weeks = ParsedField(parse_whole_number, blank=0, required="number_missing")
    days = ParsedField(parse_whole_number, blank=0)
    birth_weight_g = ParsedField(parse_whole_number, blank=0, required="number_missing")
    weight_g = ParsedField(parse_whole_number, blank=0, required="number_missing")
    dairy_free = FlagField()
    indication = TextField(longest=LONGEST_INDICATION)


class WeightForm(Form):
    """The weight of today, in grams."""

    weight_g = ParsedField(parse_whole_number, blank=0, required="number_missing")


class PrescriptionForm(Form):
    """A prescription, with its signed sheet if there is one."""

    prescriber = TextField(longest=LONGEST_PRESCRIBER, required="prescriber_missing")
    valid_from = ParsedField[date | None](parse_date, blank=None, required="date_not_read")
    valid_until = ParsedField[date | None](parse_date, blank=None, required="date_not_read")
    ml_per_day = ParsedField[int | None](parse_whole_number, blank=None)
    ml_per_kg_day = ParsedField[int | None](parse_whole_number, blank=None)
    document = wtforms.FileField()


class ReactionForm(Form):
    """The day on which the child fell ill, and the ward's words."""

    fell_ill_on = ParsedField[date | None](parse_date, blank=None)
    words = TextField(longest=LONGEST_WORDS)


@blueprint.get("")
def home() -> str:
    """Show the recipients of the ward, and the form of a new one."""
    return _home(RecipientForm())


@blueprint.post("")
def enrol() -> Response | tuple[str, int]:
    """Enrol a recipient under a new pseudonym."""
    form = RecipientForm.sent()
    if not form.validate():
        return _home(form), 422
    draft = RecipientDraft(
        gestation_days=form.weeks.data * DAYS_OF_A_WEEK + form.days.data,
        birth_weight_g=form.birth_weight_g.data,
        weight_g=form.weight_g.data,
        dairy_free=form.dairy_free.data,
        indication=form.indication.data,
    )
    try:
        with transaction() as session:
            ward = own_ward(session)
            found = enrol_recipient(session, **ward_context(), ward_id=ward.id, draft=draft)
            write_identity(
                session,
                bank_id=ward.bank_id,
                recipient_id=found.id,
                name=form.name.data,
                hospital_number=form.hospital_number.data,
                born_on=form.born_on.data,
            )
    except MilkroundError as refused:
        form.refuse(refused)
        return _home(form), 422
    flash(gettext("Enrolled as %(code)s.", code=found.pseudonym), "ok")
    return _to(found.id)


@blueprint.get("/<int:recipient_id>")
def page(recipient_id: int) -> str:
    """Show a recipient of the ward by its pseudonym."""
    return _page(recipient_id)


@blueprint.post("/<int:recipient_id>/identity")
def identify(recipient_id: int) -> str | tuple[str, int]:
    """Show the identity of a recipient; the opening is in the audit chain."""
    try:
        with transaction() as session:
            _own(session, recipient_id)
            found = open_identity(
                session,
                **ward_context(),
                recipient_id=recipient_id,
                reason=OpeningReason.CARE,
            )
    except MilkroundError as refused:
        if _is_foreign(recipient_id):
            raise
        return _page(recipient_id, wrong=sentence(refused)), 422
    return _page(recipient_id, identity=found)


@blueprint.post("/<int:recipient_id>/weight")
def weigh(recipient_id: int) -> Response | tuple[str, int]:
    """Change the weight of a recipient."""
    form = WeightForm.sent()

    def act(session: Session) -> str:
        grams = form.weight_g.data
        change_weight(session, **ward_context(), recipient_id=recipient_id, weight_g=grams)
        return str(gettext("The weight is changed."))

    return _after(recipient_id, form, act, weighing=form)


@blueprint.post("/<int:recipient_id>/prescriptions")
def prescribe(recipient_id: int) -> Response | tuple[str, int]:
    """Keep a prescription."""
    form = PrescriptionForm.sent()

    def act(session: Session) -> str:
        file = form.document.data
        content = file.read(LARGEST_DOCUMENT + 1) if file else b""
        draft = PrescriptionDraft(
            prescriber=form.prescriber.data,
            valid_from=form.valid_from.data or date.min,
            valid_until=form.valid_until.data or date.min,
            ml_per_day=form.ml_per_day.data,
            ml_per_kg_day=form.ml_per_kg_day.data,
            document=content or None,
        )
        write_prescription(session, **ward_context(), recipient_id=recipient_id, draft=draft)
        return str(gettext("The prescription is kept."))

    return _after(recipient_id, form, act, prescribing=form)


@blueprint.post("/prescriptions/<int:prescription_id>/end")
def end(prescription_id: int) -> Response:
    """End a prescription now."""
    with transaction() as session:
        found = owned(session, Prescription, actor().bank_id, prescription_id)
        _own(session, found.recipient_id)
        end_prescription(session, **ward_context(), prescription_id=prescription_id)
    flash(gettext("The prescription has ended."), "ok")
    return _to(found.recipient_id)


@blueprint.post("/<int:recipient_id>/reactions")
def react(recipient_id: int) -> Response | tuple[str, int]:
    """Report that the child fell ill: the milk that it received is held at once."""
    form = ReactionForm.sent()

    def act(session: Session) -> str:
        draft = ReactionDraft(
            fell_ill_on=form.fell_ill_on.data or civil_today(),
            words=form.words.data,
            reason=gettext("A ward reports a suspected reaction."),
        )
        report_reaction(
            session,
            **ward_context(),
            ward_id=own_ward(session).id,
            recipient_id=recipient_id,
            draft=draft,
            today=civil_today(),
        )
        return str(gettext("Reported. The milk that this child received is held at once."))

    return _after(recipient_id, form, act, reacting=form)


def _own(session: Session, recipient_id: int) -> Recipient:
    """Return a recipient of the person's own ward."""
    recipient = owned(session, Recipient, actor().bank_id, recipient_id)
    if recipient.ward_id != own_ward(session).id:
        raise NotFound("not_found", kind="recipients")
    return recipient


def _is_foreign(recipient_id: int) -> bool:
    with reading() as session:
        found = session.get(Recipient, recipient_id)
        ward = ward_of_person(session, bank_id=actor().bank_id, person_id=person_id())
        return found is None or ward is None or found.ward_id != ward.id


def _after(
    recipient_id: int, form: Form, act: Callable[[Session], str], **forms: Form
) -> Response | tuple[str, int]:
    """Do an act on a recipient of the ward, and show the recipient again."""
    with reading() as session:
        _own(session, recipient_id)
    if not form.validate():
        return _page(recipient_id, forms=forms), 422
    try:
        with transaction() as session:
            said = act(session)
    except MilkroundError as refused:
        form.refuse(refused)
        return _page(recipient_id, forms=forms), 422
    flash(said, "ok")
    return _to(recipient_id)


def _to(recipient_id: int) -> Response:
    return redirect(url_for("ward.recipients.page", recipient_id=recipient_id), code=303)


def _home(form: RecipientForm) -> str:
    with reading() as session:
        ward = ward_of_person(session, bank_id=actor().bank_id, person_id=person_id())
        if ward is None:
            return render_template("ward/no_ward.html")
        recipients = recipients_of_ward(session, ward.id)
        return render_template("ward/recipients.html", ward=ward, recipients=recipients, form=form)


def _page(
    recipient_id: int,
    *,
    wrong: str = "",
    identity: OpenedIdentity | None = None,
    forms: Mapping[str, Form] | None = None,
) -> str:
    filled = forms or {}
    with reading() as session:
        recipient = _own(session, recipient_id)
        prescriptions = prescriptions_of(session, recipient_id)
        return render_template(
            "ward/recipient.html",
            recipient=recipient,
            prescriptions=prescriptions,
            daily={each.id: daily_ml(each, recipient.weight_g) for each in prescriptions},
            reactions=[
                each
                for each in reactions_of(
                    session, bank_id=actor().bank_id, ward_id=recipient.ward_id
                )
                if each.recipient_id == recipient_id
            ],
            identity=identity,
            today=civil_today(),
            wrong=wrong,
            weighing=filled.get("weighing") or WeightForm(weight_g=recipient.weight_g),
            prescribing=filled.get("prescribing") or PrescriptionForm(valid_from=civil_today()),
            reacting=filled.get("reacting") or ReactionForm(fell_ill_on=civil_today()),
        )

"""Wards, their nurses, their recipients by pseudonym, and the tie to a mother's own milk."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import owned, reading, transaction
from collector.errors import NotFound, Refused
from collector.laboratory.reception.queries import donor_numbers
from collector.people.models import Role
from collector.recipients.actions import (
    LONGEST_NAME,
    assign_member,
    link_mother,
    write_ward,
)
from collector.recipients.models import Recipient, Ward
from collector.recipients.queries import members_of, recipients_of_ward, wards_of
from collector.web.dispensary.acts import counter_context
from collector.web.framework.forms import FlagField, Form, KeyField, TextField
from collector.web.framework.guards import actor, guard
from collector.web.wording import sentence

blueprint = Blueprint("wards", __name__, url_prefix="/wards")
guard(blueprint, Role.DISPENSER, within="dispensary")


class WardForm(Form):
    """A new ward."""

    establishment = TextField(longest=LONGEST_NAME, required="ward_name_missing")
    name = TextField(longest=LONGEST_NAME, required="ward_name_missing")
    is_depot = FlagField()


class MemberForm(Form):
    """A new nurse of the ward."""

    member = KeyField()


class MotherForm(Form):
    """The number of the donor who is the child's mother; empty to end the tie."""

    donor_number = TextField(longest=20)


@blueprint.get("")
def home() -> str:
    """Show the wards and their nurses."""
    return _home(WardForm())


@blueprint.post("")
def write() -> Response | tuple[str, int]:
    """Add a ward."""
    form = WardForm.sent()
    if not form.validate():
        return _home(form), 422
    try:
        with transaction() as session:
            write_ward(
                session,
                **counter_context(),
                establishment=form.establishment.data,
                name=form.name.data,
                is_depot=form.is_depot.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _home(form), 422
    flash(gettext("The ward is added."), "ok")
    return redirect(url_for("dispensary.wards.home"), code=303)


@blueprint.get("/<int:ward_id>")
def page(ward_id: int) -> str:
    """Show the recipients of a ward by their pseudonyms."""
    return _page(ward_id)


@blueprint.post("/<int:ward_id>/members")
def assign(ward_id: int) -> Response | tuple[str, int]:
    """Make a nurse a member of the ward."""
    form = MemberForm.sent()
    form.validate()
    try:
        with transaction() as session:
            assign_member(session, **counter_context(), ward_id=ward_id, member_id=form.member.data)
    except Refused as refused:
        return _page(ward_id, wrong=sentence(refused)), 422
    flash(gettext("The nurse belongs to this ward."), "ok")
    return redirect(url_for("dispensary.wards.page", ward_id=ward_id), code=303)


@blueprint.post("/recipients/<int:recipient_id>/mother")
def tie(recipient_id: int) -> Response | tuple[str, int]:
    """Tie a recipient to the donor whose milk for her own child is this child's."""
    number = MotherForm.sent().donor_number.data
    with reading() as session:
        ward_id = owned(session, Recipient, actor().bank_id, recipient_id).ward_id
    try:
        with transaction() as session:
            link_mother(
                session, **counter_context(), recipient_id=recipient_id, donor_number=number
            )
    except NotFound as unknown:
        return _page(ward_id, wrong_mother={recipient_id: sentence(unknown)}), 422
    flash(gettext("The tie is changed."), "ok")
    return redirect(url_for("dispensary.wards.page", ward_id=ward_id), code=303)


def _home(form: WardForm) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        return render_template(
            "dispensary/wards.html",
            wards=wards_of(session, bank_id),
            members=members_of(session, bank_id),
            form=form,
        )


def _page(ward_id: int, *, wrong: str = "", wrong_mother: dict[int, str] | None = None) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        recipients = recipients_of_ward(session, ward_id)
        mothers = {each.mother_id for each in recipients if each.mother_id is not None}
        return render_template(
            "dispensary/ward.html",
            ward=owned(session, Ward, bank_id, ward_id),
            members=members_of(session, bank_id),
            recipients=recipients,
            donor_numbers=donor_numbers(session, mothers),
            wrong=wrong,
            wrong_mother=wrong_mother or {},
        )

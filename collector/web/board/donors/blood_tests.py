"""The board's blood tests: samples due, drawn and answered; the outcome is health data."""

from datetime import date

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.actions import answer_serology, record_serology
from collector.donors.eligibility import serology_valid_until
from collector.donors.expiry import blood_tests_due
from collector.donors.models import Donor, Serology, SerologyOutcome
from collector.donors.queries import donors_of, get_donor
from collector.errors import Refused
from collector.field_parsers import choice_parser, parse_date
from collector.people.models import Role
from collector.web.board.page_context import page, parse_past_date, today
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard, now

blueprint = Blueprint("blood_tests", __name__, url_prefix="/donors/blood-tests")
guard(blueprint, Role.PROFESSIONAL, Role.QUALITY, Role.LABORATORY, within="board")

DUE_DAYS = 14


class BloodTestForm(Form):
    """A new sample, or the result of the one that `test` names."""

    test = TextField()
    outcome = ParsedField(
        choice_parser(SerologyOutcome, "outcome_missing"),
        blank=SerologyOutcome.PENDING,
        required="outcome_missing",
    )
    valid_until = ParsedField[date | None](parse_date, blank=None)
    drawn_on = ParsedField(parse_past_date, blank=date.min, required="date_not_read")


@blueprint.get("")
def home() -> str:
    """Show the blood tests that expire within two weeks, have expired, or are awaited."""
    with reading() as session:
        donors = donors_of(session, actor().bank_id)
        due = blood_tests_due(donors, today=today(), days=DUE_DAYS)
        pending = [
            (donor, test)
            for donor in donors
            for test in donor.serologies
            if test.outcome is SerologyOutcome.PENDING
        ]
        return page(
            session,
            "board/donors/blood_tests.html",
            due=[(donor, serology_valid_until(donor)) for donor in due],
            pending=pending,
            days=DUE_DAYS,
            today=today(),
        )


@blueprint.get("/donors/<int:donor_id>")
def file(donor_id: int) -> str:
    """Show a donor's blood tests, to add a sample or a result."""
    return _file_page(donor_id)


@blueprint.post("/donors/<int:donor_id>")
def add(donor_id: int) -> Response | tuple[str, int]:
    """Add a sample, or the result of one that was pending."""
    form = BloodTestForm.sent()
    try:
        with transaction() as session:
            donor = get_donor(session, actor().bank_id, donor_id)
            tests = {str(test.id): test for test in donor.serologies}
            known = tests.get(form.test.data)
            if known is not None:
                form.leave_out(["drawn_on"])
            if form.validate():
                _write(session, form, donor, known)
    except Refused as refused:
        form.refuse(refused)
    if form.wrong:
        return _file_page(donor_id, form), 422
    flash(gettext("The blood test is written down."), "ok")
    return redirect(url_for("board.blood_tests.file", donor_id=donor_id), code=303)


def _write(session: Session, form: BloodTestForm, donor: Donor, known: Serology | None) -> None:
    if known is not None:
        answer_serology(
            session,
            now=now(),
            bank_id=donor.bank_id,
            serology_id=known.id,
            actor=actor().reference,
            outcome=form.outcome.data,
            valid_until=form.valid_until.data,
        )
        return
    record_serology(
        session,
        now=now(),
        bank_id=donor.bank_id,
        donor_id=donor.id,
        actor=actor().reference,
        drawn_on=form.drawn_on.data,
        outcome=form.outcome.data,
        valid_until=form.valid_until.data,
    )


def _file_page(donor_id: int, sent: BloodTestForm | None = None) -> str:
    with reading() as session:
        donor = get_donor(session, actor().bank_id, donor_id)
        return page(
            session,
            "board/donors/blood_test.html",
            donor=donor,
            outcomes=list(SerologyOutcome),
            today=today(),
            blank=BloodTestForm(data={"drawn_on": today()}).typed,
            typed=sent.typed if sent else {},
            wrong=sent.first_wrong if sent else "",
        )

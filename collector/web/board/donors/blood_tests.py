"""The board's blood tests: who is due, samples drawn, results; the outcome is health data."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.db import reading, transaction
from collector.donors.actions import answer_serology, record_serology
from collector.donors.eligibility import serology_valid_until
from collector.donors.expiry import due_within
from collector.donors.models import SerologyOutcome
from collector.donors.queries import donors_of, get_donor
from collector.errors import Refused
from collector.people.models import Role
from collector.web.board.donors.candidates import read_day, read_past_day
from collector.web.board.page_context import page, today
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("blood_tests", __name__, url_prefix="/donors/blood-tests")
guard(blueprint, Role.PROFESSIONAL, Role.QUALITY, Role.LABORATORY, within="board")

DUE_DAYS = 14


@blueprint.get("")
def home() -> str:
    """Show whose blood test lapses within two weeks, or lapsed, and which results are awaited."""
    with reading() as session:
        donors = donors_of(session, actor().bank_id)
        due = due_within(donors, today=today(), days=DUE_DAYS)
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
def file(donor_id: int, wrong: str = "") -> str:
    """Show a donor's blood tests, to add a sample or a result."""
    with reading() as session:
        donor = get_donor(session, actor().bank_id, donor_id)
        return page(
            session,
            "board/donors/blood_test.html",
            donor=donor,
            outcomes=list(SerologyOutcome),
            today=today(),
            wrong=wrong,
        )


@blueprint.post("/donors/<int:donor_id>")
def add(donor_id: int) -> Response | tuple[str, int]:
    """Add a sample, or write the result of one that was pending."""
    who = actor()
    try:
        with transaction() as session:
            donor = get_donor(session, who.bank_id, donor_id)
            outcome = _outcome()
            until = _until()
            said: dict[str, Any] = {"now": now(), "bank_id": who.bank_id, "actor": who.reference}
            test_id = request.form.get("test", "")
            known = next((test for test in donor.serologies if str(test.id) == test_id), None)
            if known is not None:
                answer_serology(
                    session, **said, serology_id=known.id, outcome=outcome, valid_until=until
                )
            else:
                drawn_on = read_past_day(request.form.get("drawn_on", ""))
                record_serology(
                    session,
                    **said,
                    donor_id=donor_id,
                    drawn_on=drawn_on,
                    outcome=outcome,
                    valid_until=until,
                )
    except Refused as refused:
        return file(donor_id, wrong=sentence(refused)), 422
    flash(gettext("The blood test is written down."), "ok")
    return redirect(url_for("board.blood_tests.file", donor_id=donor_id), code=303)


def _outcome() -> SerologyOutcome:
    given = request.form.get("outcome", "")
    if given not in set(SerologyOutcome):
        raise Refused("outcome_missing")
    return SerologyOutcome(given)


def _until() -> date | None:
    given = request.form.get("valid_until", "")
    return read_day(given) if given else None

"""Applications of neighbours: a token with scopes made, shown once, and revoked."""

from datetime import date, timedelta
from typing import Final

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from collector.applications.models import Scope
from collector.applications.tokens import applications_of, make_application, revoke_application
from collector.db import reading, transaction
from collector.errors import Refused
from collector.field_parsers import parse_date
from collector.people.models import Role
from collector.service_day import ServiceDay
from collector.web.board.page_context import page, refuse_mistaken, today, zone
from collector.web.framework.context import settings
from collector.web.framework.forms import ChoicesField, Form, ParsedField, TextField
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, now, person_id

blueprint = Blueprint("applications", __name__, url_prefix="/bank/applications")
guard(blueprint, Role.ADMIN, within="board")

_ = lazy_gettext

LONGEST_NAME: Final = 60
USUAL_LIFE: Final = timedelta(days=365)

SCOPE_WORDS: Final = {
    Scope.DONORS_READ: _("read donors: names, contact, address, no health answers"),
    Scope.REQUESTS_READ: _("read requests and prices of slots"),
    Scope.REQUESTS_WRITE: _("make, change and cancel requests"),
    Scope.ROUNDS_READ: _("read days and rounds"),
    Scope.CONTAINERS_READ: _("read bottles and tubes with their custody"),
    Scope.ROSTER_READ: _("read shifts and absences"),
    Scope.ROSTER_WRITE: _("write absences and take them back"),
    Scope.REPORTS_READ: _("read the figures of past days"),
    Scope.EVENTS_READ: _("read events, without names"),
    Scope.FHIR_READ: _("read bottles, results and dispensings as FHIR R5, no names"),
    Scope.ORDERS_WRITE: _("order milk for children by their code, as NutritionOrder of FHIR R5"),
}


class ApplicationForm(Form):
    """A new application: its name, its scopes and the last day of its token."""

    name = TextField(longest=LONGEST_NAME, required="name_missing")
    scopes = ChoicesField(Scope, separator="_")
    expires_on = ParsedField[date | None](parse_date, blank=None, required="date_not_read")


@blueprint.get("")
def home() -> str:
    """Show the applications, and the form of a new one."""
    return _page(_blank())


@blueprint.post("")
@grave
def add() -> str | tuple[str, int]:
    """Make an application and show its token once."""
    form = ApplicationForm.sent()
    form.validate()
    try:
        with transaction() as session:
            refuse_mistaken(form)
            last = form.expires_on.data or today()
            _made, token = make_application(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                name=form.name.data,
                scopes=[Scope(scope) for scope in form.scopes.data],
                expires_at=ServiceDay(last, zone()).end,
            )
    except Refused as refused:
        if refused.code != "form_mistaken":
            form.refuse(refused)
        return _page(form), 422
    return _page(_blank(), token=token)


@blueprint.post("/<int:application_id>/revocation")
def revoke(application_id: int) -> Response:
    """Revoke a token at once."""
    with transaction() as session:
        revoke_application(
            session,
            now=now(),
            bank_id=actor().bank_id,
            application_id=application_id,
            person_id=person_id(),
        )
    flash(gettext("The token is revoked. The application cannot call any more."), "ok")
    return redirect(url_for("board.applications.home"), code=303)


def _blank() -> ApplicationForm:
    return ApplicationForm(data={"expires_on": today() + USUAL_LIFE})


def _page(form: ApplicationForm, *, token: str = "") -> str:
    with reading() as session:
        return page(
            session,
            "board/bank/applications.html",
            applications=applications_of(session, actor().bank_id),
            scopes=SCOPE_WORDS,
            typed=form.typed,
            wrong=form.wrong,
            token=token,
            api=settings().public_url + "/api/v1",
            now=now(),
        )

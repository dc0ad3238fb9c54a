"""Foundation of the first bank from the screen, with the code of the console."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from collector.banks.queries import banks
from collector.db import reading, transaction
from collector.errors import NotFound, Refused
from collector.opening_code import forget_opening_code, is_opening_code
from collector.people.actions import make_link
from collector.people.attempts import count_attempt
from collector.web.founding_form import ZONES, FoundingForm, found_with
from collector.web.framework.forms import TextField
from collector.web.framework.guards import anyone, now, settings

blueprint = Blueprint("founding", __name__, url_prefix="/opening")

MOST_ATTEMPTS = 10


class FirstBankForm(FoundingForm):
    """The first bank, with the code of the console."""

    code = TextField()


@blueprint.get("")
@anyone
def home() -> str:
    """Show the form of the first bank; with a bank there is nothing here."""
    _refuse_second()
    return _page(FirstBankForm(data={"time_zone": "Europe/Paris", "language": "fr"}))


@blueprint.post("")
@anyone
def found() -> Response | tuple[str, int]:
    """Found the first bank, and lead its administrator in."""
    form = FirstBankForm.sent()
    form.validate()
    try:
        with transaction() as session:
            may_try = count_attempt(session, "opening", now=now(), most=MOST_ATTEMPTS)
        _refuse_second()
        if not may_try or not is_opening_code(settings().home, form.code.data):
            raise Refused("opening_code_wrong" if may_try else "http_429")  # noqa: TRY301
        with transaction() as session:
            bank, person = found_with(session, form)
            link = make_link(session, now=now(), bank_id=bank.id, person_id=person.id)
    except Refused as refused:
        form.refuse(refused)
        return _page(form), 422
    forget_opening_code(settings().home)
    return redirect(url_for("session.look", token=link), code=303)


def _refuse_second() -> None:
    with reading() as session:
        if banks(session):
            raise NotFound("http_404")


def _page(form: FirstBankForm) -> str:
    return render_template("founding/first.html", typed=form.typed, wrong=form.wrong, zones=ZONES)

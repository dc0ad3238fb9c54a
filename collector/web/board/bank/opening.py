"""Opening of the bank: its steps, done, missing or put off; its facts; another bank."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.actions import change_bank, set_skipped_step
from collector.banks.calendar import HOLIDAY_REGIONS
from collector.banks.fleet import vehicle_known
from collector.banks.models import Bank, Jurisdiction
from collector.banks.queries import banks, get_bank, incomplete_notices, sites_of
from collector.db import reading, transaction
from collector.donors.queries import has_donors
from collector.errors import Conflict, NotFound, Refused
from collector.people.models import Role
from collector.people.queries import people_with_role
from collector.shifts.queries import weekly_shifts_of
from collector.web.board.page_context import author, page
from collector.web.founding_form import ZONES, FoundingForm, found_with
from collector.web.framework.forms import FlagField, Form, TextField
from collector.web.framework.guards import actor, guard, may_see, settings

blueprint = Blueprint("opening", __name__, url_prefix="/bank/opening")
guard(blueprint, Role.ADMIN, within="board")

_ = lazy_gettext
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the opening; `endpoint` is its page."""

    name: str
    title: LazyString
    endpoint: str
    why: LazyString


STEPS = (
    Step(
        name="sites",
        title=_("The first site"),
        endpoint="board.sites.home",
        why=_("Rounds begin and end at a site."),
    ),
    Step(
        name="people",
        title=_("People and roles"),
        endpoint="board.staff.home",
        why=_("A collector drives, and a nurse or midwife signs interviews."),
    ),
    Step(
        name="fleet",
        title=_("Vehicles and boxes"),
        endpoint="board.fleet.home",
        why=_("Their capacity limits the rounds."),
    ),
    Step(
        name="week",
        title=_("The usual week"),
        endpoint="board.usual_weeks.home",
        why=_("Without a shift no day can be planned."),
    ),
    Step(
        name="donors",
        title=_("Donors"),
        endpoint="board.imports.home",
        why=_("A list from a spreadsheet is checked before it is kept."),
    ),
    Step(
        name="messages",
        title=_("Messages by e-mail"),
        endpoint="outbox.home",
        why=_("Set the mail server in the settings of the installation."),
    ),
    Step(
        name="texts",
        title=_("Privacy notice and legal notice"),
        endpoint="board.public_texts.home",
        why=_("The public pages link to them."),
    ),
)

STEP_PAGES = frozenset(step.endpoint for step in STEPS)


class BankForm(Form):
    """The name, contact, language and holidays of the bank."""

    name = TextField(longest=LONGEST_NAME)
    town = TextField(longest=LONGEST_NAME)
    phone = TextField(longest=LONGEST_NAME)
    time_zone = TextField(longest=LONGEST_NAME)
    language = TextField()
    holiday_region = TextField()


class SkipForm(Form):
    """Whether a step is put off."""

    skipped = FlagField()


def missing_steps(session: Session, bank: Bank) -> list[Step]:
    """Return the steps of the opening that are neither done nor put off."""
    return [
        step
        for step in STEPS
        if step.name not in bank.skipped_steps and not _done(session, bank, step.name)
    ]


@blueprint.app_template_global()
def opening_ahead() -> list[Step]:
    """Return the missing steps of the opening, on the page of a step, for administrators."""
    if request.endpoint not in STEP_PAGES or not may_see("board.opening.home"):
        return []
    with reading() as session:
        return missing_steps(session, get_bank(session, actor().bank_id))


@blueprint.get("")
def home() -> str:
    """Show the steps and the facts of the bank."""
    return _page()


@blueprint.post("")
def change() -> Response | tuple[str, int]:
    """Change the facts of the bank."""
    form = BankForm.sent()
    try:
        with transaction() as session:
            change_bank(session, facts=form.data, **author())
    except Refused as refused:
        form.refuse(refused)
        return _page(form), 422
    flash(gettext("The bank is changed."), "ok")
    return redirect(url_for("board.opening.home"), code=303)


@blueprint.post("/steps/<name>")
def skip(name: str) -> Response:
    """Put a step off, or take it up again."""
    if name not in {step.name for step in STEPS}:
        raise NotFound("http_404")
    with transaction() as session:
        set_skipped_step(session, step=name, skipped=SkipForm.sent().skipped.data, **author())
    return redirect(url_for("board.opening.home"), code=303)


@blueprint.get("/banks/new")
def new() -> str:
    """Show the form of another bank."""
    _refuse_others()
    return _founding(FoundingForm(data={"time_zone": "Europe/Paris", "language": "fr"}))


@blueprint.post("/banks")
def found() -> Response | tuple[str, int]:
    """Found another bank with an administrator, who signs in with the e-mail address."""
    _refuse_others()
    form = FoundingForm.sent()
    form.validate()
    try:
        with transaction() as session:
            bank, person = found_with(session, form)
    except (Refused, Conflict) as refused:
        form.refuse(refused)
        return _founding(form), 422
    words = gettext("%(bank)s is open. %(name)s signs in with %(email)s.",
                    bank=bank.name, name=person.name, email=person.email)  # fmt: skip
    flash(words, "ok")
    return redirect(url_for("board.opening.home"), code=303)


def _is_of_installation(session: Session) -> bool:
    """Return whether the bank is the first of the installation, whose administrators open more."""
    return min(bank.id for bank in banks(session)) == actor().bank_id


def _refuse_others() -> None:
    with reading() as session:
        if not _is_of_installation(session):
            raise NotFound("http_404")


def _done(session: Session, bank: Bank, name: str) -> bool:
    """Return whether a step is done."""

    def has(role: Role) -> bool:
        return bool(people_with_role(session, bank_id=bank.id, role=role))

    if name == "people":
        return has(Role.COLLECTOR) and has(Role.PROFESSIONAL)
    if name == "messages":
        return settings().mail is not None
    if name == "texts":
        return not incomplete_notices(session, bank.id)
    if name == "donors":
        return has_donors(session, bank.id)
    rows = {"sites": sites_of, "fleet": vehicle_known, "week": weekly_shifts_of}[name]
    return bool(rows(session, bank.id))


def _page(form: BankForm | None = None) -> str:
    with reading() as session:
        bank = get_bank(session, actor().bank_id)
        form = form or BankForm(obj=bank)
        return page(
            session,
            "board/bank/opening.html",
            typed=form.typed,
            wrong=form.wrong,
            steps=[
                (step, _done(session, bank, step.name), step.name in bank.skipped_steps)
                for step in STEPS
                if may_see(step.endpoint)
            ],
            regions=HOLIDAY_REGIONS.get(bank.jurisdiction.country, {}),
            zones=ZONES[Jurisdiction(bank.jurisdiction)],
            is_of_installation=_is_of_installation(session),
        )


def _founding(form: FoundingForm) -> str:
    with reading() as session:
        return page(
            session,
            "board/bank/new_bank.html",
            typed=form.typed,
            wrong=form.wrong,
            zones=ZONES,
        )

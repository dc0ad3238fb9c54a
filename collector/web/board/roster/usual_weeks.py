"""Usual weeks of the collectors: A and B weeks, first and last days, their ends."""

from datetime import date

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.fleet import boxes_of, vehicle_known
from collector.banks.queries import sites_of
from collector.db import owned, reading, transaction
from collector.errors import Conflict, Refused
from collector.field_parsers import FieldMistake
from collector.people.models import Person, Role
from collector.rounds.queries import planned_shifts
from collector.shifts.contracts import SKILLS
from collector.shifts.drafts import load_roster_facts, mistakes_in
from collector.shifts.models import WeekLetter, WeeklyShift
from collector.shifts.queries import contracts_of, weekly_shifts_of
from collector.shifts.usual_weeks import (
    add_weekly_shift,
    days_of,
    end_weekly_shift,
    shifts_laid_out,
    week_letter,
)
from collector.web.board.page_context import page, today
from collector.web.board.roster.forms import WeeklyEndForm, WeeklyForm
from collector.web.board.roster.page import MOST_NAMED, collectors
from collector.web.formats import short_day
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import COLON, sentence

blueprint = Blueprint("usual_weeks", __name__, url_prefix="/roster/usual-weeks")
guard(blueprint, Role.COORDINATOR, Role.ADMIN, within="board")

WEEKDAYS = range(1, 8)
LONGEST_LIST = 3


@blueprint.get("")
def home() -> str:
    """Show the usual weeks of the bank, and the form of another one."""
    return _page()


@blueprint.post("")
def add() -> Response | tuple[str, int]:
    """Add a shift to the usual week of a collector, for one weekday or several."""
    form, who = WeeklyForm.sent(), actor()
    if form.validate() and not form.weekday.data:
        form.add_mistakes([FieldMistake("weekday", "weekday_missing")])
    if form.wrong:
        return _page(form), 422
    left_out: dict[date, FieldMistake] = {}
    try:
        with transaction() as session:
            person = owned(session, Person, who.bank_id, form.collector.data)
            form.add_mistakes(_mistakes(session, form, person))
            if not form.wrong:
                for weekday in form.weekday.data:
                    left_out |= _add_one(session, form, person, weekday)
    except Refused as refused:
        form.refuse(refused)
    if form.wrong:
        return _page(form), 422
    flash(gettext("The usual week is noted, and its shifts stand on the roster."), "ok")
    _flash_left_out(left_out)
    return redirect(url_for("board.usual_weeks.home"), code=303)


@blueprint.post("/<int:weekly_id>/ending")
def end(weekly_id: int) -> Response | tuple[str, int]:
    """End a usual week after a day."""
    form, who = WeeklyEndForm.sent(), actor()
    if not form.validate() or form.ends_on.data is None:
        return _page(wrong=form.first_wrong), 422
    try:
        with transaction() as session:
            weekly = owned(session, WeeklyShift, who.bank_id, weekly_id)
            after = {each.id for each in shifts_laid_out(session, weekly, after=form.ends_on.data)}
            planned = planned_shifts(session, bank_id=who.bank_id, shifts=after)
            kept = end_weekly_shift(
                session,
                now=now(),
                bank_id=who.bank_id,
                actor=who.reference,
                weekly_id=weekly_id,
                ends_on=form.ends_on.data,
                seen=form.seen.data,
                keep=[each.shift_id for each in planned],
            )
    except Refused as refused:
        return _page(wrong=sentence(refused)), 422
    except Conflict as first:
        return _page(wrong=sentence(first)), 409
    flash(gettext("The usual week ends."), "ok")
    if kept:
        days = ", ".join(short_day(day) for day in kept[:MOST_NAMED])
        flash(gettext("Rounds with visits stay on the roster. Decide them there: %(days)s.",
                      days=days), "warn")  # fmt: skip
    return redirect(url_for("board.usual_weeks.home"), code=303)


def _mistakes(session: Session, form: WeeklyForm, person: Person) -> list[FieldMistake]:
    """Return the mistakes that the shift has on every day, such as a retired vehicle."""
    first = form.starts_on.data or today()
    facts = load_roster_facts(session, bank_id=person.bank_id, first=first, last=first)
    facts.shifts.clear()  # other shifts are looked at day by day
    return mistakes_in(facts, form.draft(), person=person, day=max(first, today()))


def _add_one(
    session: Session, form: WeeklyForm, person: Person, weekday: int
) -> dict[date, FieldMistake]:
    weekly, left_out = add_weekly_shift(
        session,
        now=now(),
        actor=actor().reference,
        person=person,
        draft=form.draft(),
        weekday=min(max(weekday, 1), 7),
        weeks=form.weeks.data,
        starts_on=form.starts_on.data or today(),
        ends_on=form.ends_on.data,
        on_holidays=form.on_holidays.data,
    )
    return left_out if weekly.id else {}


def _flash_left_out(left_out: dict[date, FieldMistake]) -> None:
    for day in sorted(left_out)[:LONGEST_LIST]:
        mistake = left_out[day]
        why = sentence(Refused(mistake.code, **mistake.figures))
        flash(f"{short_day(day)}{COLON} {why}", "warn")
    more = len(left_out) - LONGEST_LIST
    if more > 0:
        flash(
            ngettext("%(num)s more day has no shift.", "%(num)s more days have no shift.", more),
            "warn",
        )


def _page(form: WeeklyForm | None = None, *, wrong: str = "") -> str:
    who = actor()
    if form is None:
        form = WeeklyForm(data={"starts_on": today(), "weeks": WeekLetter.EVERY})
    with reading() as session:
        known = weekly_shifts_of(session, who.bank_id)
        contracts = contracts_of(session, who.bank_id)
        people = collectors(session)
        return page(
            session,
            "board/roster/usual_weeks.html",
            by_person=[(p, [w for w in known if w.collector_id == p.id]) for p in people],
            people=people,
            form=form,
            wrong=wrong,
            today=today(),
            letter=week_letter(today()),
            WeekLetter=WeekLetter,
            weekdays=WEEKDAYS,
            days_of=days_of,
            sites=[site for site in sites_of(session, who.bank_id) if site.retired_on is None],
            vehicles=[each for each in vehicle_known(session, who.bank_id) if not each.retired_on],
            boxes=[each for each in boxes_of(session, who.bank_id) if not each.retired_on],
            skills=[s for s in SKILLS if any(s in each.skills for each in contracts.values())],
        )

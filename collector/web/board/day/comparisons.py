"""Comparisons of two plans of a day, and the application of proposals."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from collector.db import compute_then_write, reading, transaction
from collector.errors import NotFound, Refused
from collector.pickups.models import Pickup
from collector.planning.editing.comparison import moved_visits, plan_figures
from collector.planning.editing.moves import MOST_VISITS
from collector.planning.editing.what_if import DayChange, preview_of
from collector.planning.optimise.plan_levels import PlanLevel, choose_level, three_plans
from collector.planning.optimise.proposals import (
    apply_proposal,
    compute_application,
    discard_proposal,
    load_proposal,
    select_moves,
)
from collector.planning.optimise.rebase import Lapse
from collector.planning.optimise.versions import (
    PlanSource,
    PlanVersion,
    compare_versions,
    plan_versions,
    version_named,
)
from collector.rounds.queries import day_plan
from collector.web.board.day.forms import EditForm
from collector.web.board.day.page import day_page, load_day_view
from collector.web.board.day.price_wording import describe_price as priced
from collector.web.board.page_context import civil_day, edit_context, is_fragment
from collector.web.board.page_context import page as board_page
from collector.web.board.wording import duration, euros, kilometres, signed
from collector.web.formats import clock
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import actor
from collector.web.wording import sentence

blueprint = Blueprint("comparisons", __name__, url_prefix="/days/<day>/comparisons")

UP, DOWN, SAME = "up", "down", "same"

_ = lazy_gettext

LAPSES: Mapping[Lapse, LazyString] = {
    Lapse.MOVED_SINCE: _("somebody moved the visit since; it stays there"),
    Lapse.PINNED_SINCE: _("it is pinned where it is"),
    Lapse.ROUND_LEFT: _("the round has left"),
    Lapse.OFF_DUTY: _("the collector or the vehicle of that round is off duty"),
    Lapse.GONE: _("there is no visit to make that day any more"),
    Lapse.BREAKS_RULE: _("in the rounds as they are now it would break a rule"),
    Lapse.BREAKS_PROMISE: _("it would break a promise"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedFigure:
    """One figure of both plans, its direction, and whether that is better."""

    name: str
    before: str
    after: str
    change: str
    way: str
    is_better: bool | None


class PlansForm(Form):
    """The names of two plans; without one, the oldest and the present."""

    first = TextField()
    second = TextField()


class PlanChoiceForm(EditForm):
    """A proposal applied, applied in part (`take`), or discarded; first, one of three plans."""

    act = TextField()
    level = TextField()


@blueprint.get("")
def any_two(day: str) -> str:
    """Show two plans of a day side by side: the present, proposals, published revisions."""
    on_day, bank_id = civil_day(day), actor().bank_id
    with reading() as session:
        plan = day_plan(session, bank_id=bank_id, day=on_day)
        if plan is None:
            raise NotFound("not_found", kind="day_plans")
        known = plan_versions(session, plan)
        form = PlansForm.queried()
        first = version_named(known, form.first.data or known[-1].name)
        second = version_named(known, form.second.data or known[0].name)
        change = compare_versions(session, plan, first, second)
        return board_page(
            session,
            "board/day/two_plans.html",
            day=on_day,
            names=_names(change),
            words={each.name: _version(each) for each in known},
            first=first,
            second=second,
            change=change,
            metrics=list(_metrics(change)),
            visits=moved_visits(change),
            contacts=_contacts(change),
        )


@blueprint.get("/<int:run_id>")
def page(day: str, run_id: int) -> str:
    """Show a proposal beside the day as it is."""
    on_day, bank_id = civil_day(day), actor().bank_id
    with reading() as session:
        plan = day_plan(session, bank_id=bank_id, day=on_day)
        view = load_day_view(session, plan, on_day)
        found = load_proposal(session, bank_id=bank_id, day=on_day, run_id=run_id)
        return board_page(
            session,
            "board/day/comparison.html",
            day=on_day,
            seen=view,
            found=found,
            three=three_plans(session, found.run, plan) if plan else None,
            metrics=list(_metrics(found.change)),
            visits=moved_visits(found.change),
            names=view.names,
            contacts=_contacts(found.change),
            price=priced(preview_of(found.change), view.names),
            lapses=LAPSES,
        )


@blueprint.get("/<int:run_id>/part")
def part(day: str, run_id: int) -> str:
    """Show the price of only some of the moves."""
    on_day, bank_id = civil_day(day), actor().bank_id
    chosen = EditForm.queried().pickup.data[:MOST_VISITS]
    price, wrong = None, ""
    with reading() as session:
        view = load_day_view(session, day_plan(session, bank_id=bank_id, day=on_day), on_day)
        found = load_proposal(session, bank_id=bank_id, day=on_day, run_id=run_id)
        try:
            price = priced(preview_of(select_moves(found, chosen)), view.names) if chosen else None
        except Refused as refused:
            wrong = sentence(refused)
    return render_template("board/day/_part.html", price=price, wrong=wrong, count=len(chosen))


@blueprint.post("/<int:run_id>")
def make(day: str, run_id: int) -> Response:
    """Choose one of three plans; apply the proposal wholly or in part, or discard it."""
    on_day, form = civil_day(day), PlanChoiceForm.sent()
    act = form.act.data
    if form.level.data:
        _choose(on_day, run_id, form.level.data)
    if act == "look":
        return redirect(url_for("board.comparisons.page", day=on_day, run_id=run_id), code=303)
    if act == "discard":
        with transaction() as session:
            discard_proposal(
                session, context=edit_context(), bank_id=actor().bank_id, day=on_day, run_id=run_id
            )
    else:
        _apply(on_day, run_id, form)
    if is_fragment():
        return make_response(day_page(on_day))
    message = (
        gettext("The proposal is put aside.")
        if act == "discard"
        else gettext("The rounds are as proposed. Undo takes it back.")
    )
    flash(message, "ok")
    return redirect(url_for("board.days.page", day=on_day), code=303)


def _choose(day: date, run_id: int, name: str) -> None:
    """Make one of three plans the proposal's.

    Raises
    ------
    NotFound
        There is no level of this name.
    """
    if name not in set(PlanLevel):
        raise NotFound("not_found", kind="planning_runs")
    with transaction() as session:
        choose_level(
            session,
            bank_id=actor().bank_id,
            day=day,
            run_id=run_id,
            level=PlanLevel(name),
        )


def _apply(day: date, run_id: int, form: PlanChoiceForm) -> None:
    """Apply a proposal, or the moves of the visits in the form."""
    bank_id = actor().bank_id
    compute_then_write(
        lambda session: compute_application(
            session,
            bank_id=bank_id,
            day=day,
            version=form.version.data,
            run_id=run_id,
            only=form.pickup.data if form.act.data == "take" else None,
        ),
        lambda session, edit: apply_proposal(
            session,
            edit,
            context=edit_context(form.reason.data),
            bank_id=bank_id,
            run_id=run_id,
        ),
    )


def _version(found: PlanVersion) -> str:
    if found.kind is PlanSource.PRESENT:
        return str(gettext("the rounds as they are now"))
    made_at = clock(found.made_at) if found.made_at else ""
    if found.kind is PlanSource.PROPOSAL:
        return str(gettext("the planner's proposal of %(time)s", time=made_at))
    return str(gettext("revision %(number)s of %(time)s", number=found.number, time=made_at))


def _names(change: DayChange) -> Mapping[int, str]:
    donors = {key: pickup.donor for key, pickup in change.facts.pickups.items()}
    return {key: f"{donor.first_name} {donor.family_name}" for key, donor in donors.items()}


def _contacts(change: DayChange) -> Mapping[int, str]:
    """Return each donor's channel as a word; without one, a word that she must be called."""
    pickups = change.facts.pickups
    return {key: _contact(pickup) for key, pickup in pickups.items()}


def _contact(pickup: Pickup) -> str:
    return str(gettext("e-mail") if pickup.donor.email else gettext("nobody: call her"))


def _metrics(change: DayChange) -> Iterator[ComparedFigure]:
    before, after = (
        plan_figures(change, change.plan_before),
        plan_figures(change, change.plan_after),
    )
    yield _count(gettext("visits planned"), before.planned, after.planned, more_is_better=True)
    yield _metric(gettext("distance"), before.metres, after.metres, kilometres)
    yield _metric(gettext("working time"), before.seconds, after.seconds, duration)
    yield _metric(gettext("waiting at doors"), before.waiting, after.waiting, duration)
    yield _metric(gettext("longest round"), before.longest, after.longest, duration)
    yield _metric(gettext("cost"), before.cents, after.cents, euros)
    if before.margin is not None and after.margin is not None:
        yield _metric(
            gettext("left on the tightest clock"),
            before.margin,
            after.margin,
            duration,
            more_is_better=True,
        )


def _count(name: str, before: int, after: int, *, more_is_better: bool) -> ComparedFigure:
    return _metric(name, before, after, str, more_is_better=more_is_better)


def _metric(
    name: str,
    before: int,
    after: int,
    say: Callable[[int], str],
    *,
    more_is_better: bool = False,
) -> ComparedFigure:
    by_how_much = after - before
    way = SAME if say(before) == say(after) else UP if by_how_much > 0 else DOWN
    return ComparedFigure(
        name=name,
        before=say(before),
        after=say(after),
        change="" if way == SAME else signed(say(abs(by_how_much)), by_how_much),
        way=way,
        is_better=None if way == SAME else (by_how_much > 0) == more_is_better,
    )

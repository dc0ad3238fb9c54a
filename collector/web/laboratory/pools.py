"""Pools: containers emptied by scan, bottles filled and scanned back, the balance."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.db import reading, transaction
from collector.errors import Conflict, MilkroundError, Refused
from collector.field_parsers import parse_volume_ml, parse_whole_number
from collector.laboratory.labels.numbers import is_bottle_number
from collector.laboratory.pooling.actions import (
    close_pool,
    dissolve_pool,
    empty_into_pool,
    make_pool,
    take_out_of_pool,
)
from collector.laboratory.pooling.filling import fill_bottles, scan_back
from collector.laboratory.pooling.queries import pool_contents, pools_of, volumes_of
from collector.laboratory.reception.models import ScanTask
from collector.people.models import Role
from collector.pickups.models import MilkLine
from collector.web.framework.forms import ChoiceField, Form, KeyField, ParsedField, TextField
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.laboratory.scans import ScanForm, container_label, refused_scan

blueprint = Blueprint("pools", __name__, url_prefix="/pools")
guard(blueprint, Role.LABORATORY, within="laboratory")

LONGEST_REASON = 500


class PoolForm(Form):
    """The line of a new pool."""

    line = ChoiceField(MilkLine, blank=MilkLine.DONATED)


class FillingForm(Form):
    """Bottles of one size; `before` is the number of bottles that the page showed."""

    count = ParsedField(parse_whole_number, blank=0, required="number_missing")
    volume_ml = ParsedField(parse_volume_ml, blank=0, required="number_missing")
    before = KeyField()


class PoolClosingForm(Form):
    """The volumes that did not go into bottles."""

    sampled_ml = ParsedField(parse_volume_ml, blank=0)
    discarded_ml = ParsedField(parse_volume_ml, blank=0)
    loss_reason = TextField(longest=LONGEST_REASON)


class DissolvingForm(Form):
    """The reason for which an empty pool is dissolved."""

    reason = TextField(longest=LONGEST_REASON)


@blueprint.get("")
def home() -> str:
    """Show the pools, open ones first."""
    with reading() as session:
        found = pools_of(session, bank_id=actor().bank_id)
        return render_template(
            "laboratory/pools.html", pools=found, volumes=volumes_of(session, found)
        )


@blueprint.post("")
def make() -> Response:
    """Open an empty pool."""
    form = PoolForm.sent()
    with transaction() as session:
        pool = make_pool(
            session,
            now=now(),
            bank_id=actor().bank_id,
            person_id=person_id(),
            line=form.line.data,
        )
    return _to(pool.id)


@blueprint.get("/<int:pool_id>")
def page(pool_id: int) -> str:
    """Show a pool."""
    return _page(pool_id)


@blueprint.post("/<int:pool_id>/scans")
def scan(pool_id: int) -> Response | tuple[str, int]:
    """Empty a scanned container into the pool, or scan a labelled bottle back."""
    label = ScanForm.sent().label.data
    try:
        with transaction() as session:
            back = is_bottle_number(label)
            said = (_scan_back if back else _empty)(session, pool_id, label)
    except MilkroundError as refused:
        wrong = refused_scan(ScanTask.POOL, label, refused)
        return _page(pool_id, label=label, wrong=wrong), 422
    flash(said, "ok")
    return _to(pool_id)


@blueprint.post("/inputs/<int:input_id>/withdrawal")
def take_out(input_id: int) -> Response:
    """Undo an input of one's own."""
    with transaction() as session:
        found = take_out_of_pool(
            session,
            now=now(),
            bank_id=actor().bank_id,
            person_id=person_id(),
            input_id=input_id,
        )
    flash(gettext("Undone: the bottle is beside the pool again."), "ok")
    return _to(found.pool_id)


@blueprint.post("/<int:pool_id>/bottles")
def fill(pool_id: int) -> Response | tuple[str, int]:
    """Fill bottles of one size."""
    form = FillingForm.sent()
    if not form.validate():
        return _page(pool_id, filling=form), 422
    try:
        with transaction() as session:
            filled = fill_bottles(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                pool_id=pool_id,
                count=form.count.data,
                volume_ml=form.volume_ml.data,
                filled_before=form.before.data,
            )
    except (Refused, Conflict) as refused:
        form.refuse(refused)
        return _page(pool_id, filling=form), 422
    flash(gettext("%(count)s bottles filled: print their labels.", count=len(filled)), "ok")
    return _to(pool_id)


@blueprint.post("/<int:pool_id>/closing")
def close(pool_id: int) -> Response | tuple[str, int]:
    """Close the pool with its balance."""
    form = PoolClosingForm.sent()
    if not form.validate():
        return _page(pool_id, closing=form), 422
    try:
        with transaction() as session:
            pool = close_pool(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                pool_id=pool_id,
                **form.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _page(pool_id, closing=form), 422
    flash(gettext("Pool %(number)s is closed.", number=pool.number), "ok")
    return _to(pool_id)


@blueprint.post("/<int:pool_id>/dissolution")
def dissolve(pool_id: int) -> Response | tuple[str, int]:
    """Dissolve an empty pool."""
    form = DissolvingForm.sent()
    try:
        with transaction() as session:
            dissolve_pool(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                pool_id=pool_id,
                reason=form.reason.data,
            )
    except Refused as refused:
        form.refuse(refused)
        return _page(pool_id, dissolving=form), 422
    flash(gettext("The pool is dissolved."), "ok")
    return redirect(url_for("laboratory.pools.home"), code=303)


def _empty(session: Session, pool_id: int, label: str) -> str:
    """Empty a container into the pool; return the words for it."""
    number = container_label(label)
    empty_into_pool(
        session,
        now=now(),
        bank_id=actor().bank_id,
        person_id=person_id(),
        pool_id=pool_id,
        number=number,
    )
    return str(gettext("Bottle %(number)s is in the pool.", number=number))


def _scan_back(session: Session, pool_id: int, label: str) -> str:
    """Scan a labelled bottle back; return the words for it."""
    bottle, first = scan_back(
        session, now=now(), bank_id=actor().bank_id, pool_id=pool_id, text=label
    )
    if first:
        return str(gettext("Bottle %(number)s is scanned back.", number=bottle.number))
    return str(gettext("Bottle %(number)s was scanned already.", number=bottle.number))


def _to(pool_id: int) -> Response:
    return redirect(url_for("laboratory.pools.page", pool_id=pool_id), code=303)


def _page(
    pool_id: int,
    *,
    label: str = "",
    wrong: str = "",
    filling: FillingForm | None = None,
    closing: PoolClosingForm | None = None,
    dissolving: DissolvingForm | None = None,
) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        policies = policies_of(session, bank_id)
        return render_template(
            "laboratory/pool.html",
            found=pool_contents(session, bank_id=bank_id, pool_id=pool_id),
            most_donors=policies[PolicyKey.POOL_MOST_DONORS],
            most_ml=policies[PolicyKey.POOL_MOST_ML],
            tolerance=policies[PolicyKey.BALANCE_TOLERANCE_PERMILLE],
            label=label,
            wrong=wrong,
            filling=filling or FillingForm(),
            closing=closing or PoolClosingForm(),
            dissolving=dissolving or DissolvingForm(),
        )

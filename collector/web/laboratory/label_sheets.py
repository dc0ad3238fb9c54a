"""Labels of a pool's bottles: the choice of a sheet, its prints, and the sheets in millimetres."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.models import Known
from collector.banks.queries import get_bank
from collector.db import owned, reading, transaction
from collector.errors import NotFound, Refused
from collector.field_parsers import parse_whole_number
from collector.laboratory.labels.layouts import LAYOUTS, SHEET_HEIGHT, SHEET_WIDTH
from collector.laboratory.labels.sheets import LabelContent, sheets_of
from collector.laboratory.pooling.filling import print_labels
from collector.laboratory.pooling.models import LabelPrint, Lot
from collector.laboratory.pooling.queries import PoolContents, pool_contents, prints_of
from collector.people.models import Role
from collector.pickups.models import MilkLine
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard, now, person_id

blueprint = Blueprint("label_sheets", __name__, url_prefix="/pools")
guard(blueprint, Role.LABORATORY, within="laboratory")

LONGEST_REASON = 200


class LabelPrintForm(Form):
    """The sheet, its first free label, and the reason of a second print."""

    layout = TextField()
    first_label = ParsedField(parse_whole_number, blank=1)
    reason = TextField(longest=LONGEST_REASON)


@blueprint.get("/<int:pool_id>/labels")
def form(pool_id: int) -> str:
    """Show the choice of a sheet and the prints so far."""
    return _page(pool_id, LabelPrintForm())


@blueprint.post("/<int:pool_id>/labels")
def make(pool_id: int) -> Response | tuple[str, int]:
    """Note a print and open its sheets."""
    sent = LabelPrintForm.sent()
    if not sent.validate():
        return _page(pool_id, sent), 422
    try:
        with transaction() as session:
            made = print_labels(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                pool_id=pool_id,
                **sent.data,
            )
    except Refused as refused:
        sent.refuse(refused)
        return _page(pool_id, sent), 422
    return redirect(url_for("laboratory.label_sheets.sheets", print_id=made.id), code=303)


@blueprint.get("/labels/<int:print_id>")
def sheets(print_id: int) -> str:
    """Show the sheets of a print as they leave the printer."""
    bank_id = actor().bank_id
    with reading() as session:
        made = owned(session, LabelPrint, bank_id, print_id)
        lot = session.get_one(Lot, made.lot_id)
        found = pool_contents(session, bank_id=bank_id, pool_id=lot.pool_id)
        return render_template(
            "laboratory/sheets.html",
            made=made,
            found=found,
            layout=LAYOUTS[made.layout],
            pages=sheets_of(
                _contents(session, found, made)[: made.copies],
                LAYOUTS[made.layout],
                first=made.first_label,
            ),
            sheet=(SHEET_WIDTH, SHEET_HEIGHT),
        )


def _contents(session: Session, found: PoolContents, made: LabelPrint) -> Sequence[LabelContent]:
    """Return the labels of a pool's bottles, in the language of the bank."""
    if found.lot is None:
        raise NotFound("not_found")
    bank = get_bank(session, found.pool.bank_id)
    with force_locale(bank.language):
        about = [
            gettext("Human milk, pasteurised before release"),
            gettext("Expires %(day)s", day=found.lot.expires_on.isoformat()),
            *_facts(found),
            bank.name,
            gettext("Check the number"),
        ]
    again = f" R{made.reprint}" if made.reprint else ""
    return [
        LabelContent(
            number=bottle.number,
            lines=(bottle.number, f"{bottle.volume_ml} ml{again}", *about),
        )
        for bottle in found.bottles
    ]


def _facts(found: PoolContents) -> list[str]:
    """Return what a ward has to know of the pool; never a donor's number or name."""
    facts: list[str] = []
    if found.pool.line is MilkLine.OWN_CHILD:
        facts.append(gettext("FOR ONE CHILD ONLY"))
    elif len(found.donors) > 1:
        facts.append(gettext("Pool of %(count)s donors", count=len(found.donors)))
    if found.dairy_free is Known.YES:
        facts.append(gettext("Dairy-free"))
    return facts


def _page(pool_id: int, sent: LabelPrintForm) -> str:
    with reading() as session:
        found = pool_contents(session, bank_id=actor().bank_id, pool_id=pool_id)
        return render_template(
            "laboratory/labels.html",
            found=found,
            form=sent,
            layouts=LAYOUTS,
            prints=prints_of(session, found.lot) if found.lot else [],
        )

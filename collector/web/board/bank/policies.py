"""Policies of the bank with source and verification, changed by quality and administrators."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.audit.queries import history_of
from collector.banks.actions import change_policy
from collector.banks.policy_values import choices_of
from collector.banks.queries import policy_row, policy_rows
from collector.db import reading, transaction
from collector.errors import Conflict, Refused
from collector.people.models import Role
from collector.people.queries import staff_of
from collector.web.board.page_context import page, today
from collector.web.board.policy_wording import POLICIES
from collector.web.board.wording import word
from collector.web.framework.forms import FlagField, Form, TextField
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("policies", __name__, url_prefix="/bank/policies")
guard(blueprint, Role.COORDINATOR, Role.PROFESSIONAL, Role.QUALITY, Role.ADMIN, within="board")
changing = Blueprint("changing", __name__, url_prefix="/<key>")
guard(changing, Role.QUALITY, Role.ADMIN, within="board.policies")

LONGEST_SOURCE = 300
FIELDS = {"source_missing": "source"}
"""The field of a refusal; of any other it is the value."""


class PolicyForm(Form):
    """A value of a policy with its source, and its value as the person saw it."""

    seen = TextField()
    value = TextField()
    source = TextField(longest=LONGEST_SOURCE)
    verified = FlagField()


@blueprint.get("")
def home() -> str:
    """Show the bank's policies."""
    with reading() as session:
        rows = policy_rows(session, actor().bank_id)
        return page(session, "board/bank/policies.html", rows=rows)


@changing.get("")
def form(key: str) -> str:
    """Show the form of a policy and its history."""
    return _form(key)


@changing.post("")
def change(key: str) -> Response | tuple[str, int]:
    """Change a policy, or record its verification."""
    who, form = actor(), PolicyForm.sent()
    try:
        with transaction() as session:
            change_policy(
                session,
                now=now(),
                bank_id=who.bank_id,
                actor=who.reference,
                key=key,
                seen=form.seen.data,
                value=form.value.data,
                source=form.source.data,
                verified_by=who.name if form.verified.data else None,
                on=today(),
            )
    except Refused as refused:
        return _form(key, form, refused), 422
    except Conflict as first:
        return _form(key, form, first), 409
    flash(gettext("“%(rule)s” is changed from now on.", rule=word(POLICIES, key)), "ok")
    return redirect(url_for("board.policies.home"), code=303)


def _form(key: str, form: PolicyForm | None = None, wrong: Refused | Conflict | None = None) -> str:
    """Show the form; a mistake stands beside its field, a colleague's change above them."""
    bank_id = actor().bank_id
    field = FIELDS.get(wrong.code, "value") if isinstance(wrong, Refused) else ""
    with reading() as session:
        return page(
            session,
            "board/bank/policy.html",
            row=policy_row(session, bank_id=bank_id, key=key),
            choices=choices_of(key),
            typed=form.typed if form else {},
            wrong=sentence(wrong) if wrong else "",
            field=field,
            acts=history_of(session, bank_id=bank_id, subject=f"policy:{key}"),
            people={f"person:{each.id}": each.name for each in staff_of(session, bank_id)},
        )


blueprint.register_blueprint(changing)

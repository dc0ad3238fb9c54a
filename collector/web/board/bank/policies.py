"""Policies of the bank: source, verification, planned changes, their reach, and undo."""

from datetime import date

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.audit.queries import history_of
from collector.banks.models import PolicyChange
from collector.banks.policy_changes import (
    PolicyDraft,
    change_policy,
    last_change,
    undo_change,
    withdraw_change,
)
from collector.banks.policy_values import choices_of, value_in
from collector.banks.queries import planned_changes, policy_row, policy_rows
from collector.db import reading, transaction
from collector.errors import Conflict, Refused
from collector.field_parsers import parse_date
from collector.people.models import Role
from collector.people.queries import staff_of
from collector.reports.policy_reach import PolicyReach, policy_reach
from collector.web.board.page_context import author, page, today
from collector.web.board.policy_wording import POLICIES
from collector.web.board.wording import word
from collector.web.formats import long_day
from collector.web.framework.forms import FlagField, Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard
from collector.web.wording import sentence

blueprint = Blueprint("policies", __name__, url_prefix="/bank/policies")
guard(blueprint, Role.COORDINATOR, Role.PROFESSIONAL, Role.QUALITY, Role.ADMIN, within="board")
changing = Blueprint("changing", __name__, url_prefix="/<key>")
guard(changing, Role.QUALITY, Role.ADMIN, within="board.policies")

LONGEST_SOURCE = 300
FIELDS = {
    "source_missing": "source",
    "rule_day_past": "counts_from",
    "rule_day_too_far": "counts_from",
    "rule_day_taken": "counts_from",
    "date_not_read": "counts_from",
}
"""The field of a refusal; of any other it is the value."""
REACH = "reach"
"""The button that counts the donors and visits concerned and changes nothing."""


class PolicyForm(Form):
    """A value of a policy with its source and first day, and its value as the person saw it."""

    seen = TextField()
    value = TextField()
    source = TextField(longest=LONGEST_SOURCE)
    verified = FlagField()
    counts_from = ParsedField[date | None](parse_date, blank=None)
    act = TextField(longest=10)
    """The button that was pressed."""

    def draft(self, key: str) -> PolicyDraft:
        """Return the change that was typed.

        Raises
        ------
        Refused
            `date_not_read`.
        """
        if not self.validate():
            raise Refused("date_not_read")
        return PolicyDraft(
            key=key,
            seen=self.seen.data,
            value=self.value.data,
            source=self.source.data,
            verified_by=actor().name if self.verified.data else None,
            counts_from=self.counts_from.data,
        )


@blueprint.get("")
def home() -> str:
    """Show the bank's policies with their planned changes."""
    with reading() as session:
        rows = policy_rows(session, actor().bank_id)
        planned = planned_changes(session, actor().bank_id)
        return page(
            session,
            "board/bank/policies.html",
            rows=rows,
            planned={key: [each for each in planned if each.key == key] for key in _keys(planned)},
        )


def _keys(planned: list[PolicyChange]) -> set[str]:
    return {each.key for each in planned}


@changing.get("")
def form(key: str) -> str:
    """Show the form of a policy, its planned changes and its history."""
    return _form(key)


@changing.post("")
def change(key: str) -> Response | tuple[str, int] | str:
    """Change a policy, plan a change, or count the donors and visits that it concerns."""
    form = PolicyForm.sent()
    try:
        if form.act.data == REACH:
            return _form(key, form, reach=_reach(key, form))
        with transaction() as session:
            made = change_policy(session, **author(), draft=form.draft(key))
    except Refused as refused:
        return _form(key, form, refused), 422
    except Conflict as first:
        return _form(key, form, first), 409
    flash(_told(made), "ok")
    return redirect(url_for("board.policies.home"), code=303)


@changing.post("/changes/<int:change_id>/withdrawal")
def withdraw(key: str, change_id: int) -> Response:
    """Withdraw a planned change."""
    with transaction() as session:
        withdraw_change(session, **author(), change_id=change_id)
    flash(gettext("The planned change is withdrawn."), "ok")
    return redirect(url_for("board.policies.changing.form", key=key), code=303)


@changing.post("/changes/<int:change_id>/undoing")
def undo(key: str, change_id: int) -> Response | tuple[str, int]:
    """Undo the last change of a policy."""
    try:
        with transaction() as session:
            undo_change(session, **author(), change_id=change_id)
    except Refused as refused:
        return _form(key, wrong=refused), 422
    flash(gettext("“%(rule)s” is as it was before.", rule=word(POLICIES, key)), "ok")
    return redirect(url_for("board.policies.changing.form", key=key), code=303)


def _told(made: PolicyChange) -> str:
    rule = word(POLICIES, made.key)
    if made.applied_at is not None:
        return str(gettext("“%(rule)s” is changed from now on.", rule=rule))
    day = long_day(made.counts_from)
    return str(gettext("“%(rule)s” changes on %(day)s.", rule=rule, day=day))


def _reach(key: str, form: PolicyForm) -> PolicyReach:
    draft = form.draft(key)
    with reading() as session:
        row = policy_row(session, bank_id=actor().bank_id, key=key)
        return policy_reach(
            session,
            bank_id=row.bank_id,
            key=key,
            value=value_in(draft.value, key=key, unit=row.unit),
            day=max(draft.counts_from or today(), today()),
        )


def _form(
    key: str,
    form: PolicyForm | None = None,
    wrong: Refused | Conflict | None = None,
    *,
    reach: PolicyReach | None = None,
) -> str:
    """Show the form; a mistake stands beside its field, a colleague's change above them."""
    field = FIELDS.get(wrong.code, "value") if isinstance(wrong, Refused) else ""
    with reading() as session:
        return page(
            session,
            "board/bank/policy.html",
            **_record_of(session, key),
            choices=choices_of(key),
            typed=form.typed if form else {},
            wrong=sentence(wrong) if wrong else "",
            field=field,
            reach=reach,
            today=today(),
        )


def _record_of(session: Session, key: str) -> dict[str, object]:
    """Return a policy with its planned changes, its last change and its history."""
    bank_id = actor().bank_id
    acts = history_of(session, bank_id=bank_id, subject=f"policy:{key}")
    return {
        "row": policy_row(session, bank_id=bank_id, key=key),
        "planned": planned_changes(session, bank_id, key=key),
        "last": last_change(session, bank_id=bank_id, key=key),
        "acts": acts,
        "days": {
            act.id: date.fromisoformat(str(act.details["day"]))
            for act in acts
            if "day" in act.details
        },
        "people": {f"person:{each.id}": each.name for each in staff_of(session, bank_id)},
    }


blueprint.register_blueprint(changing)

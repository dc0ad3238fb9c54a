"""The form of one container at the reception: measure, days of expression, accept or refuse."""

from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.models import Known
from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.custody.models import Container
from collector.custody.queries import Chain, chain_of
from collector.db import owned, reading, transaction
from collector.errors import Conflict, Refused
from collector.field_parsers import choice_parser, parse_date, parse_volume_ml, parse_whole_number
from collector.laboratory.reception.actions import (
    accept_container,
    accept_unannounced,
    refuse_container,
)
from collector.laboratory.reception.drafts import IntakeDraft
from collector.laboratory.reception.models import Intake, IntakeRefusal
from collector.laboratory.reception.queries import reception_site
from collector.laboratory.reception.validation import accepting_mistakes, refusing_mistakes
from collector.people.models import Role
from collector.web.framework.forms import ChoiceField, FlagField, Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard, now, person_id
from collector.web.laboratory.page_context import civil_today

blueprint = Blueprint("intake_forms", __name__, url_prefix="/reception")
guard(blueprint, Role.LABORATORY, within="laboratory")

LONGEST_NOTE = 500
LONGEST_LABEL = 80


class IntakeForm(Form):
    """A container as it was measured and read at the reception."""

    grams = ParsedField[int | None](parse_whole_number, blank=None)
    volume_ml = ParsedField[int | None](parse_volume_ml, blank=None)
    declared = FlagField()
    expressed_first = ParsedField[date | None](parse_date, blank=None)
    expressed_last = ParsedField[date | None](parse_date, blank=None)
    preterm = ChoiceField(Known, blank=Known.UNKNOWN)
    dairy_free = ChoiceField(Known, blank=Known.UNKNOWN)
    note = TextField(longest=LONGEST_NOTE)
    reason = ParsedField[IntakeRefusal | None](
        choice_parser(IntakeRefusal, "reason_missing"), blank=None
    )

    def draft(self) -> IntakeDraft:
        """Return the draft of the intake; one day of expression stands for both."""
        first, last = self.expressed_first.data, self.expressed_last.data
        return IntakeDraft(
            grams=self.grams.data,
            volume_ml=self.volume_ml.data,
            declared=self.declared.data,
            expressed_first=first,
            expressed_last=last or first,
            preterm=self.preterm.data,
            dairy_free=self.dairy_free.data,
            note=self.note.data,
        )


class UnannouncedForm(IntakeForm):
    """A bottle that no phone named, with its label and its donor's number."""

    label = TextField(longest=LONGEST_LABEL, required="label_missing")
    donor_number = TextField(longest=LONGEST_LABEL, required="donor_not_named")


@blueprint.get("/containers/<int:container_id>")
def form(container_id: int) -> str:
    """Show the form of a container that waits at the reception."""
    return _page(container_id, IntakeForm())


@blueprint.post("/containers/<int:container_id>/intake")
def accept(container_id: int) -> Response | tuple[str, int]:
    """Take the container over into quarantine."""
    sent = IntakeForm.sent()
    sent.leave_out(["reason"])
    intake: Intake | None = None
    with transaction() as session:
        container = _waiting(session, container_id)
        if sent.validate():
            sent.add_mistakes(
                accepting_mistakes(session, now=now(), container=container, draft=sent.draft())
            )
        if not sent.wrong:
            intake = accept_container(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                container_id=container_id,
                draft=sent.draft(),
            )
    return _taken(intake) if intake else (_page(container_id, sent), 422)


@blueprint.post("/containers/<int:container_id>/refusal")
def refuse(container_id: int) -> Response | tuple[str, int]:
    """Refuse the container with a reason."""
    sent = IntakeForm.sent()
    intake: Intake | None = None
    with transaction() as session:
        container, reason = _waiting(session, container_id), sent.reason.data
        if sent.validate():
            sent.add_mistakes(
                refusing_mistakes(
                    session, now=now(), container=container, draft=sent.draft(), reason=reason
                )
            )
        if not sent.wrong and reason is not None:
            intake = refuse_container(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                container_id=container_id,
                reason=reason,
                draft=sent.draft(),
            )
    return _taken(intake) if intake else (_page(container_id, sent, refusing=True), 422)


@blueprint.get("/unannounced")
def unannounced() -> str:
    """Show the form of a bottle that no phone named."""
    return _unannounced_page(UnannouncedForm())


@blueprint.post("/unannounced")
def accept_stranger() -> Response | tuple[str, int]:
    """Take over a bottle that no phone named, with a discrepancy."""
    sent = UnannouncedForm.sent()
    sent.leave_out(["reason"])
    if not sent.validate():
        return _unannounced_page(sent), 422
    try:
        with transaction() as session:
            intake = accept_unannounced(
                session,
                now=now(),
                bank_id=actor().bank_id,
                person_id=person_id(),
                label=sent.label.data,
                donor_number=sent.donor_number.data,
                draft=sent.draft(),
            )
    except (Refused, Conflict) as refused:
        sent.refuse(refused)
        return _unannounced_page(sent), 422
    return _taken(intake)


def _waiting(session: Session, container_id: int) -> Container:
    """Return a container of the bank that waits at the reception.

    Raises
    ------
    NotFound, Refused
        There is none, or it is elsewhere.
    """
    container = owned(session, Container, actor().bank_id, container_id)
    reception_site(session, container)
    return container


def _taken(intake: Intake) -> Response:
    return redirect(url_for("laboratory.reception.home", taken=intake.id), code=303)


def _page(container_id: int, sent: IntakeForm, *, refusing: bool = False) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        container = _waiting(session, container_id)
        chain: Chain = chain_of(session, bank_id=bank_id, number=container.number)
        return render_template(
            "laboratory/intake.html",
            container=container,
            chain=chain,
            tare=policies_of(session, bank_id)[PolicyKey.BOTTLE_TARE_GRAMS],
            form=sent,
            refusing=refusing,
            reasons=list(IntakeRefusal),
            today=civil_today(),
        )


def _unannounced_page(sent: UnannouncedForm) -> str:
    with reading() as session:
        return render_template(
            "laboratory/unannounced.html",
            form=sent,
            tare=policies_of(session, actor().bank_id)[PolicyKey.BOTTLE_TARE_GRAMS],
            today=civil_today(),
        )

"""State of the installation, for administrators: the check-up of now and of the last night."""

from flask import Blueprint
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.db import reading
from collector.jobs.models import MaintenanceKind
from collector.maintenance.doctor import quick_findings
from collector.maintenance.findings import HealthFinding, Level
from collector.maintenance.runs import latest_run
from collector.people.models import Role
from collector.web.board.page_context import page
from collector.web.framework.guards import actor, guard, now, settings
from collector.web.health_wording import finding_sentence

blueprint = Blueprint("installation", __name__, url_prefix="/bank/installation")
guard(blueprint, Role.ADMIN, within="board")


@blueprint.get("")
def home() -> str:
    """Show the findings by urgency."""
    with reading() as session:
        checkup = latest_run(session, MaintenanceKind.CHECKUP)
        findings = quick_findings(session, settings(), now=now())
        if checkup is not None:
            findings += _own(session, checkup.figures["findings"])
        return page(
            session,
            "board/bank/installation.html",
            checked_at=checkup.started_at if checkup else None,
            **{
                level.value: [finding_sentence(each) for each in findings if each.level is level]
                for level in Level
            },
        )


def _own(session: Session, stored: list[dict[str, object]]) -> list[HealthFinding]:
    """Return the stored findings without other banks' chains."""
    slug = get_bank(session, actor().bank_id).slug
    findings = [HealthFinding.from_json(each) for each in stored]
    return [each for each in findings if each.figures.get("bank", slug) == slug]

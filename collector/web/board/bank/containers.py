"""Page of one container: donor, visit and every holder since."""

from flask import Blueprint
from flask_babel import gettext
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of, sites_of
from collector.custody.queries import Chain, chain_of
from collector.db import reading
from collector.people.models import Role
from collector.people.queries import people_with_role
from collector.web.board.page_context import page
from collector.web.framework.guards import actor

blueprint = Blueprint("containers", __name__, url_prefix="/bank/containers")


@blueprint.get("/<path:number>")
def chain(number: str) -> str:
    """Show the custody chain of a container; its number may contain a slash."""
    bank_id = actor().bank_id
    with reading() as session:
        found = chain_of(session, bank_id=bank_id, number=number)
        holders = _holders(session, bank_id, found)
        return page(
            session,
            "board/bank/container.html",
            chain=found,
            holders=holders,
            warmest=policies_of(session, bank_id)[PolicyKey.FREEZER_WARMEST_CELSIUS],
        )


def _holders(session: Session, bank_id: int, found: Chain) -> dict[str, str]:
    """Return a name for each reference of a chain: `person:12` becomes Ana."""
    collectors = people_with_role(session, bank_id=bank_id, role=Role.COLLECTOR)
    return (
        {f"donor:{found.container.donor_id}": gettext("with the donor")}
        | {f"person:{person.id}": person.name for person in collectors}
        | {f"site:{site.id}": site.name for site in sites_of(session, bank_id)}
    )

"""The chain: everything that a number leads to, as a page and as a document."""

import json
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank, policies_of, sites_of
from collector.db import reading
from collector.dispensary.lists.ways_out import ways_out
from collector.errors import MilkroundError
from collector.fhir.bundles import FhirContext, pool_bundle
from collector.laboratory.chain.numbers import cycle_number, thing_numbered
from collector.laboratory.chain.queries import MilkChain, milk_chain
from collector.laboratory.heating.actions import stored_checks
from collector.people.models import Role
from collector.people.queries import names_of
from collector.web.framework.context import fhir_address
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor, guard, may_see, now
from collector.web.laboratory.scans import ScanForm
from collector.web.run_sheet import printed
from collector.web.wording import sentence

blueprint = Blueprint("chain", __name__, url_prefix="/chain")
guard(
    blueprint,
    Role.COORDINATOR,
    Role.LABORATORY,
    Role.QUALITY,
    Role.RELEASER,
    within="laboratory",
)


@blueprint.get("")
def home() -> str:
    """Show the field for a number."""
    return _home()


@blueprint.post("/scans")
def scan() -> Response | tuple[str, int]:
    """Open the chain of a scanned or typed number."""
    label = ScanForm.sent().label.data
    try:
        with reading() as session:
            thing = thing_numbered(session, bank_id=actor().bank_id, text=label)
    except MilkroundError as refused:
        return _home(label=label, wrong=sentence(refused)), 422
    return redirect(url_for("laboratory.chain.page", number=thing.number), code=303)


@blueprint.get("/<path:number>")
def page(number: str) -> str:
    """Show the chain of a number, which may contain a slash."""
    with reading() as session:
        found = milk_chain(session, bank_id=actor().bank_id, text=number)
        return render_template("laboratory/chain.html", **_figures(session, found), linked=True)


@blueprint.get("/documents/<path:number>")
def document(number: str) -> Response:
    """Return the chain of a number as a PDF."""
    with reading() as session:
        found = milk_chain(session, bank_id=actor().bank_id, text=number)
        text = render_template(
            "laboratory/chain_sheet.html",
            **_figures(session, found),
            linked=False,
            bank=get_bank(session, actor().bank_id),
            now=now(),
        )
    answer = make_response(printed(text))
    answer.headers["Content-Type"] = "application/pdf"
    return answer


@blueprint.get("/fhir/<number>")
@grave
def fhir(number: str) -> Response:
    """Return a pool as a bundle of FHIR R5, in a file."""
    context = FhirContext(bank_id=actor().bank_id, now=now(), base=fhir_address())
    with reading() as session:
        found = pool_bundle(session, context, number=number)
    answer = make_response(json.dumps(found, ensure_ascii=False, indent=1))
    answer.headers["Content-Type"] = "application/fhir+json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.fhir.json"'
    return answer


def _home(*, label: str = "", wrong: str = "") -> str:
    return render_template("laboratory/chain_search.html", label=label, wrong=wrong)


def _figures(session: Session, found: MilkChain) -> dict[str, Any]:
    """Return what the page and the document show, within the roles of the reader."""
    bank_id = actor().bank_id
    bottles = [bottle.id for bottle in found.bottles]
    outside = ways_out(session, bottles)
    people = {key for ways in outside.values() for way in ways for key in way.people}
    return {
        "chain": found,
        "outside": outside,
        "outside_names": names_of(session, people),
        "holders": _holders(session, bank_id, found),
        "warmest": policies_of(session, bank_id)[PolicyKey.FREEZER_WARMEST_CELSIUS],
        "sees_findings": may_see("laboratory.release.home"),
        "sees_door": may_see("board.monitoring.home"),
        "stored_checks": stored_checks,
        "cycle_number": cycle_number,
    }


def _holders(session: Session, bank_id: int, found: MilkChain) -> dict[str, str]:
    """Return a name for each reference of a holder: `person:12` becomes Ana."""
    donors = {each.custody.container.donor_id for each in found.containers}
    return (
        {f"donor:{key}": gettext("with the donor") for key in donors}
        | {f"person:{key}": name for key, name in found.names.items()}
        | {f"site:{site.id}": site.name for site in sites_of(session, bank_id)}
    )

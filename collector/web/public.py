"""Public pages: reasons, conditions, procedure, search by postcode, directory."""

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from collector.banks.directory import directory
from collector.banks.models import Bank, Lactarium
from collector.banks.nearest import CollectionArea, NearestBanks, ground_of, who_comes
from collector.banks.queries import banks, policies_of, zones_of
from collector.db import reading
from collector.places.postcodes import locate_postcode
from collector.web.framework.guards import anyone
from collector.web.public_map import directory_map
from collector.web.public_words import ANONYMOUS, KINDS, SOURCES, evidence

blueprint = Blueprint("public", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """Add the words of the public templates."""
    return {"KINDS": KINDS, "ANONYMOUS": ANONYMOUS, "SOURCES": SOURCES, "evidence": evidence}


@blueprint.get("/give")
@anyone
def give() -> str:
    """Show the reasons to give, and the search by postcode."""
    return render_template("public/give.html")


@blueprint.get("/give/who")
@anyone
def who() -> str:
    """Show the conditions of a gift."""
    return render_template("public/who.html")


@blueprint.get("/give/how")
@anyone
def how() -> str:
    """Show the procedure, from the first call to the baby."""
    return render_template("public/how.html")


@blueprint.get("/give/where")
@anyone
def where() -> tuple[str, int] | str:
    """Show the lactariums that collect at a postcode, or that none does."""
    postcode = "".join(request.args.get("postcode", "").split())[:12]
    with reading() as session:
        place = locate_postcode(session, postcode)
        if place is None:
            return render_template("public/give.html", postcode=postcode, wrong=bool(postcode)), 422
        answer = who_comes(
            directory(session), postcode=postcode, at=place.at, areas=_areas(session)
        )
        return render_template(
            "public/where.html", place=place, answer=answer, home=_home_of(session, answer)
        )


@blueprint.get("/lactariums")
@anyone
def lactariums() -> str:
    """Show the known lactariums, on a map and as a list."""
    with reading() as session:
        lines = directory(session)
        return render_template("public/lactariums.html", lines=lines, map=directory_map(lines))


def _areas(session: Session) -> dict[int, CollectionArea]:
    return {
        bank.id: ground_of(zones_of(session, bank.id), policies_of(session, bank.id))
        for bank in banks(session)
    }


def _home_of(session: Session, answer: NearestBanks) -> Bank | None:
    """Return the bank of this installation among the collecting lactariums, if any."""
    line: Lactarium | None = answer.comes.lactarium if answer.comes else None
    if line is None or line.bank_id is None:
        return None
    return session.get(Bank, line.bank_id)

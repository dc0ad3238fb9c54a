"""Public pages: reasons, conditions, procedure, questions, search by postcode, directory."""

from dataclasses import dataclass

from flask import Blueprint, g, render_template, request
from sqlalchemy.orm import Session

from collector.banks.directory import directory, directory_checks
from collector.banks.models import Bank, Lactarium
from collector.banks.nearest import CollectionArea, NearestBanks, ground_of, who_comes
from collector.banks.policies import PolicyKey
from collector.banks.queries import banks, policies_of, policy_rows, zones_of
from collector.db import reading
from collector.places.postcodes import locate_postcode
from collector.service_day import ServiceDay
from collector.web.framework.context import now
from collector.web.framework.forms import Form, TextField
from collector.web.framework.guards import anyone
from collector.web.public_map import directory_map
from collector.web.public_words import (
    ANONYMOUS,
    HOME_COLLECTION,
    KINDS,
    READ_AT,
    SOURCE_NAMES,
    SOURCES,
    area,
    evidence,
    source_date,
)

blueprint = Blueprint("public", __name__)

ANSWERED_BY_RULES = frozenset(
    {
        PolicyKey.BABY_AGE_DAYS,
        PolicyKey.COLLECTION_MINUTES,
        PolicyKey.FIRST_VISIT_MINUTES,
        PolicyKey.MILK_AGE_DAYS,
        PolicyKey.MINIMUM_VOLUME_ML,
    }
)
"""Rules of a bank that answer a donor's first questions."""

LONGEST_POSTCODE = 12


class PostcodeForm(Form):
    """The postcode of a donor who looks for a lactarium."""

    postcode = TextField(longest=LONGEST_POSTCODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFigure:
    """The value of a rule at one bank of this installation, in the unit of the rule."""

    bank: str
    value: int
    verified: bool


@blueprint.context_processor
def words() -> dict[str, object]:
    """Add the words of the public templates."""
    return {
        "KINDS": KINDS,
        "ANONYMOUS": ANONYMOUS,
        "HOME_COLLECTION": HOME_COLLECTION,
        "READ_AT": READ_AT,
        "SOURCES": SOURCES,
        "SOURCE_NAMES": SOURCE_NAMES,
        "area": area,
        "evidence": evidence,
        "source_date": source_date,
    }


@blueprint.app_template_global()
def bank_in_header() -> Bank | None:
    """Return the bank named in the header: that of the address, or else the only one here."""
    if "bank_in_header" not in g:
        slug = (request.view_args or {}).get("slug")
        with reading() as session:
            here = banks(session)
        named = [bank for bank in here if slug in {None, bank.slug}]
        g.bank_in_header = named[0] if len(named) == 1 else None
    return g.bank_in_header  # type: ignore[no-any-return]


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


@blueprint.get("/give/questions")
@anyone
def questions() -> str:
    """Show the answers to a donor's first questions, with the rules of the banks here."""
    with reading() as session:
        figures = _figures(session)
    return render_template("public/questions.html", figures=figures)


@blueprint.get("/give/where")
@anyone
def where() -> tuple[str, int] | str:
    """Show the lactariums that collect at a postcode, or that none does."""
    postcode = "".join(PostcodeForm.queried().postcode.data.split())[:12]
    with reading() as session:
        place = locate_postcode(session, postcode)
        answer = place and who_comes(
            directory(session), postcode=postcode, at=place.at, areas=_areas(session)
        )
        home = answer and _home_of(session, answer)
    if answer is None:
        return render_template("public/give.html", postcode=postcode, wrong=bool(postcode)), 422
    return render_template("public/where.html", place=place, answer=answer, home=home)


@blueprint.get("/lactariums")
@anyone
def lactariums() -> str:
    """Show the known lactariums, on a map and as a list."""
    with reading() as session:
        lines = directory(session)
    return render_template(
        "public/lactariums.html",
        lines=lines,
        checks=directory_checks(lines),
        map=directory_map(lines),
    )


def _figures(session: Session) -> dict[str, list[BankFigure]]:
    """Return the figures of the banks here by the key of the rule."""
    figures: dict[str, list[BankFigure]] = {key.value: [] for key in ANSWERED_BY_RULES}
    for bank in banks(session):
        for row in policy_rows(session, bank.id):
            if row.key in figures:
                figures[row.key].append(
                    BankFigure(
                        bank=bank.name,
                        value=int(row.value),
                        verified=row.verified_on is not None,
                    )
                )
    return figures


def _areas(session: Session) -> dict[int, CollectionArea]:
    return {
        bank.id: ground_of(
            zones_of(session, bank.id),
            policies_of(session, bank.id, on=ServiceDay.of(now(), bank.zone).day),
        )
        for bank in banks(session)
    }


def _home_of(session: Session, answer: NearestBanks) -> Bank | None:
    """Return the bank of this installation among the collecting lactariums, if any."""
    line: Lactarium | None = answer.comes.lactarium if answer.comes else None
    if line is None or line.bank_id is None:
        return None
    return session.get(Bank, line.bank_id)

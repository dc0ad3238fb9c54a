"""Form of a new bank and its first administrator."""

import re
from unicodedata import normalize

from sqlalchemy.orm import Session

from collector.banks.actions import found_bank
from collector.banks.models import Bank, Jurisdiction
from collector.banks.queries import banks
from collector.errors import Refused
from collector.field_parsers import parse_email
from collector.people.actions import add_person
from collector.people.models import Person, Role
from collector.people.staff import person_mistakes
from collector.web.framework.forms import ChoiceField, Form, ParsedField, TextField
from collector.web.framework.guards import now

LONGEST_NAME = 80
FIRST_ROLES = (Role.ADMIN, Role.COORDINATOR)
ZONES = {
    Jurisdiction.FRANCE: ("Europe/Paris", "Indian/Reunion", "America/Guadeloupe",
                          "America/Martinique", "America/Cayenne", "Indian/Mayotte"),
    Jurisdiction.UNITED_KINGDOM: ("Europe/London",),
    Jurisdiction.BRAZIL: ("America/Sao_Paulo", "America/Manaus"),
    Jurisdiction.UNITED_STATES: ("America/New_York", "America/Chicago", "America/Denver",
                                 "America/Los_Angeles"),
}  # fmt: skip
"""Time zones that the page suggests."""


class FoundingForm(Form):
    """A bank and its first administrator."""

    name = TextField(longest=LONGEST_NAME)
    town = TextField(longest=LONGEST_NAME)
    phone = TextField(longest=LONGEST_NAME)
    jurisdiction = ChoiceField(Jurisdiction, blank=Jurisdiction.FRANCE)
    time_zone = TextField(longest=LONGEST_NAME, default="Europe/Paris")
    language = TextField(default="fr")
    person = TextField(longest=LONGEST_NAME, required="cell_missing")
    email = ParsedField(parse_email, blank="", required="email_not_valid")


def found_with(session: Session, form: FoundingForm) -> tuple[Bank, Person]:
    """Found the bank of a form with its administrator.

    Raises
    ------
    Refused
        The form has mistakes, or as `found_bank`.
    """
    facts = {"name": form.person.data, "email": form.email.data}
    for mistake in person_mistakes(session, facts=facts, roles=FIRST_ROLES):
        if mistake.field == "email":
            form.add_mistakes([mistake])
    if form.wrong:
        raise Refused("form_mistaken")
    language = form.language.data if form.language.data in {"fr", "en"} else "fr"
    bank = found_bank(
        session,
        now=now(),
        slug=_free_slug(session, form.name.data),
        name=form.name.data,
        town=form.town.data,
        phone=form.phone.data,
        time_zone=form.time_zone.data,
        jurisdiction=form.jurisdiction.data,
        language=language,
    )
    person = add_person(session, bank_id=bank.id, roles=FIRST_ROLES, language=language, **facts)
    return bank, person


def _free_slug(session: Session, name: str) -> str:
    """Return a short name that no bank has: Lactarium d'Été is lactarium-d-ete."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "bank"
    taken = {bank.slug for bank in banks(session)}
    numbered = (slug if number == 1 else f"{slug}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in numbered if each not in taken)

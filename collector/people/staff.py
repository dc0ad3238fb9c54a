"""Roles and details of the staff: their mistakes and their changes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from collector.audit.actions import record
from collector.errors import Conflict, NotFound
from collector.field_parsers import FieldMistake
from collector.people.models import Person, Role, RoleGrant
from collector.search_words import name_order


def person_with_roles(session: Session, *, bank_id: int, person_id: int) -> Person:
    """Return a member of the staff with the roles.

    Raises
    ------
    NotFound
        The bank has no such person.
    """
    person = session.scalar(
        select(Person)
        .where(Person.bank_id == bank_id, Person.id == person_id)
        .options(selectinload(Person.grants))
    )
    if person is None:
        raise NotFound("not_found", kind="people")
    return person


def staff_with_roles(session: Session, bank_id: int) -> list[Person]:
    """Return the staff of a bank with the roles, present people first, by name."""
    found = session.scalars(
        select(Person).where(Person.bank_id == bank_id).options(selectinload(Person.grants))
    )
    return sorted(found, key=lambda each: (not each.active, name_order(each.name)))


def roles_text(person: Person) -> str:
    """Return the roles of a person as a text that a form sends back to detect another change."""
    return ",".join(sorted(grant.role.value for grant in person.grants))


def person_mistakes(
    session: Session, *, facts: Mapping[str, Any], roles: Iterable[Role], but: int | None = None
) -> list[FieldMistake]:
    """Return the mistakes of a person, by the names of the columns; addresses are not shared."""
    mistakes = []
    if not facts["name"]:
        mistakes.append(FieldMistake("name", "cell_missing"))
    if not list(roles):
        mistakes.append(FieldMistake("roles", "role_missing"))
    same = select(Person.id).where(Person.email == facts["email"].strip().lower())
    if session.scalar(same.where(Person.id != (but or 0))) is not None:
        mistakes.append(FieldMistake("email", "email_taken"))
    return mistakes


def change_person(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    person_id: int,
    facts: Mapping[str, Any],
    roles: Iterable[Role],
    seen: str,
) -> Person:
    """Change the details and the roles of a person.

    Parameters
    ----------
    seen
        The roles as the page showed them (`roles_text`).

    Raises
    ------
    Conflict
        A colleague changed the roles meanwhile: `changed_meanwhile`.
    """
    person = person_with_roles(session, bank_id=bank_id, person_id=person_id)
    before = roles_text(person)
    if before != seen:
        raise Conflict("changed_meanwhile")
    for name, value in facts.items():
        setattr(person, name, value)
    person.email = person.email.strip().lower()
    wanted = set(roles)
    for grant in list(person.grants):
        if grant.role not in wanted:
            person.grants.remove(grant)
    for role in wanted - {grant.role for grant in person.grants}:
        person.grants.append(RoleGrant(bank_id=bank_id, role=role))
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="person changed",
        subject=f"person:{person.id}",
        before=before,
        after=roles_text(person),
    )
    return person

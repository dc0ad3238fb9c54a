"""Queries of the staff, sessions and links."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from collector.banks.models import Bank
from collector.people.links import hashed
from collector.people.models import Person, Role, RoleGrant, SignInLink, Surface, WebSession
from collector.people.sessions import has_ended
from collector.search_words import name_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The signed-in person or donor of one bank, with roles."""

    bank_id: int
    person_id: int | None
    donor_id: int | None
    name: str
    language: str
    time_zone: str
    roles: frozenset[Role]
    session_id: int
    seen_at: datetime
    """The latest stored use of the session."""
    sent_by: str = "email"
    """The channel of the sign-in link."""
    proved_at: datetime | None = None
    """The latest second factor of the session."""

    @property
    def proved(self) -> bool:
        """Whether the second factor was given; a donor's address and door code are then shown."""
        return self.proved_at is not None

    @property
    def reference(self) -> str:
        """The actor's name in the audit chain."""
        return f"person:{self.person_id}" if self.person_id else f"donor:{self.donor_id}"


def actor_of(
    session: Session, token: str, *, now: datetime, surface: Surface | None = None
) -> Actor | None:
    """Return the actor of a session's token, or None if the session has ended.

    Parameters
    ----------
    surface
        The surface of the session; None for any.
    """
    found = session.execute(
        select(WebSession, Bank)
        .join(Bank, Bank.id == WebSession.bank_id)
        .where(WebSession.token_hash == hashed(token), WebSession.revoked_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    web_session, bank = found
    if has_ended(web_session, now=now) or surface not in {None, web_session.surface}:
        return None
    if web_session.person_id is None:
        return _donor_actor(web_session, bank)
    return _staff_actor(session, web_session, bank)


def names_of(session: Session, people: Collection[int]) -> dict[int, str]:
    """Return the names of these people by their keys, active or not."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return {row.id: row.name for row in rows}


def person_by_email(session: Session, email: str, *, active: bool = True) -> Person | None:
    """Return the active member of the staff with this address, or the deactivated one."""
    return session.scalar(
        select(Person).where(Person.email == email.strip().lower(), Person.active.is_(active))
    )


def people_by_phone(session: Session, digits: str) -> list[Person]:
    """Return the active staff of every bank with these last digits of a telephone number."""
    if not digits:
        return []
    rows = session.scalars(select(Person).where(Person.phone != "", Person.active))
    return [person for person in rows if _digits(person.phone).endswith(digits)]


def _digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))


def people_with_role(session: Session, *, bank_id: int, role: Role) -> list[Person]:
    """Return the active people of a bank with a role, by name."""
    found = session.scalars(
        select(Person)
        .join(RoleGrant)
        .where(Person.bank_id == bank_id, RoleGrant.role == role, Person.active)
    )
    return sorted(found, key=lambda each: name_order(each.name))


def staff_of(session: Session, bank_id: int) -> list[Person]:
    """Return the present and former staff of a bank, by name."""
    found = session.scalars(select(Person).where(Person.bank_id == bank_id))
    return sorted(found, key=lambda each: name_order(each.name))


def is_professional(session: Session, *, bank_id: int, person_id: int) -> bool:
    """Return whether a member of the staff is a physician, a midwife or a nurse."""
    return holds(session, bank_id=bank_id, person_id=person_id, role=Role.PROFESSIONAL)


def holds(session: Session, *, bank_id: int, person_id: int, role: Role) -> bool:
    """Return whether a member of the staff holds a role."""
    grant = select(RoleGrant.id).where(
        RoleGrant.bank_id == bank_id, RoleGrant.person_id == person_id, RoleGrant.role == role
    )
    return session.scalar(grant) is not None


def roles_of(session: Session, person_id: int) -> frozenset[Role]:
    """Return the roles of a person; none if the person was deactivated."""
    roles = select(RoleGrant.role).join(Person, Person.id == RoleGrant.person_id)
    return frozenset(session.scalars(roles.where(RoleGrant.person_id == person_id, Person.active)))


def link_is_good(session: Session, token: str, *, now: datetime) -> bool:
    """Return whether a link is valid now, without using it up."""
    link = session.scalar(select(SignInLink).where(SignInLink.token_hash == hashed(token)))
    return link is not None and link.used_at is None and link.expires_at > now


def _donor_actor(web_session: WebSession, bank: Bank) -> Actor:
    return Actor(
        bank_id=bank.id,
        person_id=None,
        donor_id=web_session.donor_id,
        name="",
        language="",
        time_zone=bank.time_zone,
        roles=frozenset({Role.DONOR}),
        session_id=web_session.id,
        seen_at=web_session.seen_at,
        sent_by=web_session.sent_by,
        proved_at=web_session.proved_at,
    )


def _staff_actor(session: Session, web_session: WebSession, bank: Bank) -> Actor | None:
    person = session.scalar(
        select(Person)
        .options(selectinload(Person.grants))
        .where(Person.id == web_session.person_id, Person.active)
    )
    if person is None:
        return None
    return Actor(
        bank_id=bank.id,
        person_id=person.id,
        donor_id=None,
        name=person.name,
        language=person.language,
        time_zone=bank.time_zone,
        roles=frozenset(grant.role for grant in person.grants),
        session_id=web_session.id,
        seen_at=web_session.seen_at,
        sent_by=web_session.sent_by,
        proved_at=web_session.proved_at,
    )

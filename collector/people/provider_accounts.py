"""Accounts of a hospital's sign-in provider, linked to people of the staff.

The first sign-in finds a person by the e-mail address; from then on the provider's own identifier
decides. A sign-in adds no person.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.people.account_changes import record_change
from collector.people.models import Person, ProviderAccount
from collector.people.queries import person_by_email


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedAccount:
    """The claims of a checked identity token.

    Attributes
    ----------
    email
        Empty without the claim.
    email_is_trusted
        Whether the provider vouches for the address.
    authenticated_at
        The provider's own latest sign-in; None if it does not say.
    is_strong
        Whether the provider asked for two factors.
    """

    issuer: str
    subject: str
    email: str
    email_is_trusted: bool
    authenticated_at: datetime | None
    is_strong: bool


def person_of(
    session: Session, account: ProvedAccount, *, now: datetime, proved_at: datetime | None
) -> Person:
    """Return the person of an account; the first sign-in links the two.

    Parameters
    ----------
    proved_at
        The instant of the provider's two factors, or None.

    Raises
    ------
    Refused
        `provider_person_unknown`, `provider_email_unverified`, or `provider_other_account` if the
        person has another account of the same provider.
    """
    known = session.scalar(
        select(ProviderAccount).where(
            ProviderAccount.issuer == account.issuer, ProviderAccount.subject == account.subject
        )
    )
    if known is None:
        known = _link(session, account, now=now)
    person = session.get_one(Person, known.person_id)
    if not person.active:
        raise Refused("provider_person_unknown")
    known.used_at, known.proved_at = now, proved_at or known.proved_at
    return person


def account_of(session: Session, account: ProvedAccount) -> int | None:
    """Return the key of the person that an account is linked to, or None."""
    return session.scalar(
        select(ProviderAccount.person_id).where(
            ProviderAccount.issuer == account.issuer, ProviderAccount.subject == account.subject
        )
    )


def proves_by_account(session: Session, person_id: int) -> bool:
    """Return whether a person's account has given two factors before."""
    linked = select(ProviderAccount.id).where(
        ProviderAccount.person_id == person_id, ProviderAccount.proved_at.is_not(None)
    )
    return session.scalar(linked.limit(1)) is not None


def unlink_accounts(session: Session, *, person_id: int) -> None:
    """Remove the links of a person; the next sign-in goes by the e-mail address again."""
    session.execute(delete(ProviderAccount).where(ProviderAccount.person_id == person_id))


def _link(session: Session, account: ProvedAccount, *, now: datetime) -> ProviderAccount:
    if not account.email_is_trusted:
        raise Refused("provider_email_unverified")
    person = person_by_email(session, account.email)
    if person is None:
        raise Refused("provider_person_unknown")
    other = select(ProviderAccount.id).where(
        ProviderAccount.issuer == account.issuer, ProviderAccount.person_id == person.id
    )
    if session.scalar(other) is not None:
        raise Refused("provider_other_account")
    linked = ProviderAccount(
        bank_id=person.bank_id,
        person_id=person.id,
        issuer=account.issuer,
        subject=account.subject,
        made_at=now,
        used_at=now,
        proved_at=None,
    )
    session.add(linked)
    session.flush()
    record_change(
        session,
        now=now,
        bank_id=person.bank_id,
        person_id=person.id,
        actor=f"person:{person.id}",
        change="hospital account linked",
    )
    return linked

"""Queries of banks, sites, zones and policies."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.models import Bank, Policy, Site, Zone
from collector.banks.policies import Policies
from collector.errors import NotFound


def get_bank(session: Session, bank_id: int) -> Bank:
    """Return a bank."""
    bank = session.get(Bank, bank_id)
    if bank is None:
        raise NotFound("not_found", kind="banks")
    return bank


def policies_of(session: Session, bank_id: int) -> Policies:
    """Return the policies of a bank with typed access."""
    return Policies(session.scalars(select(Policy).where(Policy.bank_id == bank_id)))


def policy_rows(session: Session, bank_id: int) -> list[Policy]:
    """Return the policy rows of a bank with their sources, by key."""
    return list(
        session.scalars(select(Policy).where(Policy.bank_id == bank_id).order_by(Policy.key))
    )


def policy_row(session: Session, *, bank_id: int, key: str, for_change: bool = False) -> Policy:
    """Return one policy row of a bank with its source.

    Raises
    ------
    NotFound
        There is no such policy.
    """
    wanted = select(Policy).where(Policy.bank_id == bank_id, Policy.key == key)
    policy = session.scalar(wanted.with_for_update() if for_change else wanted)
    if policy is None:
        raise NotFound("not_found", kind="policies")
    return policy


def sites_of(session: Session, bank_id: int) -> list[Site]:
    """Return the sites of a bank, by name."""
    return list(session.scalars(select(Site).where(Site.bank_id == bank_id).order_by(Site.name)))


def site_named(session: Session, *, bank_id: int, name: str) -> Site:
    """Return a bank's site by its name.

    Raises
    ------
    NotFound
        There is none: `site_not_found` (`name`).
    """
    site = session.scalar(select(Site).where(Site.bank_id == bank_id, Site.name == name))
    if site is None:
        raise NotFound("site_not_found", name=name)
    return site


def zones_of(session: Session, bank_id: int) -> list[Zone]:
    """Return the zones of a bank, by name."""
    return list(session.scalars(select(Zone).where(Zone.bank_id == bank_id).order_by(Zone.name)))


def banks(session: Session) -> list[Bank]:
    """Return every bank of this installation, by name."""
    return list(session.scalars(select(Bank).order_by(Bank.name)))


def bank_by_slug(session: Session, slug: str) -> Bank:
    """Return the bank with this short name.

    Raises
    ------
    NotFound
        There is none.
    """
    bank = session.scalar(select(Bank).where(Bank.slug == slug))
    if bank is None:
        raise NotFound("not_found", kind="banks")
    return bank

"""Queries of banks, sites, zones, policies and public texts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.models import (
    Bank,
    Policy,
    PolicyChange,
    PolicyPeriod,
    PublicText,
    PublicTextKey,
    Site,
    Zone,
)
from collector.banks.policies import Policies
from collector.errors import NotFound
from collector.search_words import name_order


def get_bank(session: Session, bank_id: int) -> Bank:
    """Return a bank."""
    bank = session.get(Bank, bank_id)
    if bank is None:
        raise NotFound("not_found", kind="banks")
    return bank


def policies_of(session: Session, bank_id: int, *, on: date | None = None) -> Policies:
    """Return the policies of a bank with typed access.

    Parameters
    ----------
    on
        The day for which they are asked: changes planned until then count, and dated changes
        that contain it come before them. None is the present, without dated changes.
    """
    policies = Policies(session.scalars(select(Policy).where(Policy.bank_id == bank_id)))
    if on is None:
        return policies
    planned = planned_changes(session, bank_id)
    inside = session.scalars(
        select(PolicyPeriod)
        .where(
            PolicyPeriod.bank_id == bank_id,
            PolicyPeriod.withdrawn_at.is_(None),
            PolicyPeriod.first <= on,
            PolicyPeriod.last >= on,
        )
        .order_by(PolicyPeriod.id)
    )
    lasting = {change.key: change.value for change in planned if change.counts_from <= on}
    return policies.replaced(lasting | {period.key: period.value for period in inside})


def policy_periods(session: Session, bank_id: int, *, since: date) -> Sequence[PolicyPeriod]:
    """Return the dated changes of rules that end on a day or later, the newest first."""
    rows = session.scalars(
        select(PolicyPeriod)
        .where(
            PolicyPeriod.bank_id == bank_id,
            PolicyPeriod.withdrawn_at.is_(None),
            PolicyPeriod.last >= since,
        )
        .order_by(PolicyPeriod.id.desc())
    )
    return rows.all()


def planned_changes(
    session: Session, bank_id: int, *, key: str | None = None
) -> list[PolicyChange]:
    """Return the planned changes of a bank's policies, or of one policy, by day."""
    planned = select(PolicyChange).where(
        PolicyChange.bank_id == bank_id,
        PolicyChange.applied_at.is_(None),
        PolicyChange.withdrawn_at.is_(None),
    )
    if key is not None:
        planned = planned.where(PolicyChange.key == key)
    return list(session.scalars(planned.order_by(PolicyChange.counts_from, PolicyChange.id)))


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
    found = session.scalars(select(Site).where(Site.bank_id == bank_id))
    return sorted(found, key=lambda each: name_order(each.name))


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
    found = session.scalars(select(Zone).where(Zone.bank_id == bank_id))
    return sorted(found, key=lambda each: name_order(each.name))


def banks(session: Session) -> list[Bank]:
    """Return every bank of this installation, by name."""
    return sorted(session.scalars(select(Bank)), key=lambda each: name_order(each.name))


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


def public_text(
    session: Session, *, bank_id: int, key: PublicTextKey, language: str
) -> PublicText | None:
    """Return a public text of a bank in one language, or None before its first change."""
    return session.scalar(
        select(PublicText).where(
            PublicText.bank_id == bank_id,
            PublicText.key == key,
            PublicText.language == language,
        )
    )


def public_texts_of(session: Session, bank_id: int) -> list[PublicText]:
    """Return the public texts of a bank, gaps or not."""
    return list(session.scalars(select(PublicText).where(PublicText.bank_id == bank_id)))


def incomplete_notices(session: Session, bank_id: int) -> list[PublicTextKey]:
    """Return the public texts that are missing or have gaps in the bank's own language."""
    language = get_bank(session, bank_id).language
    complete = {
        each.key
        for each in public_texts_of(session, bank_id)
        if each.language == language and each.complete
    }
    return [key for key in PublicTextKey if key not in complete]

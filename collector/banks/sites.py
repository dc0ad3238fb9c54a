"""Sites of a bank: their mistakes, changes and retirement."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.fleet import change_row
from collector.banks.models import Site
from collector.banks.queries import sites_of
from collector.db import owned
from collector.errors import Conflict
from collector.field_parsers import FieldMistake


def site_mistakes(
    session: Session, *, bank_id: int, facts: Mapping[str, Any], but: int | None = None
) -> list[FieldMistake]:
    """Return the mistakes of a site, by the names of its columns; its position is not judged."""
    mistakes = [FieldMistake(name, "cell_missing") for name in ("name", "town") if not facts[name]]
    if any(site.name == facts["name"] and site.id != but for site in sites_of(session, bank_id)):
        mistakes.append(FieldMistake("name", "site_known", {"name": facts["name"]}))
    opens, closes = facts["opens"], facts["closes"]
    if (opens is None) != (closes is None):
        mistakes.append(FieldMistake("opens", "opening_half"))
    elif opens is not None and closes <= opens:
        mistakes.append(FieldMistake("closes", "window_backwards"))
    return mistakes


def change_site(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    site_id: int,
    facts: Mapping[str, Any],
    seen: int,
) -> Site:
    """Change a site of the `seen` version.

    Raises
    ------
    Conflict
        A colleague changed it meanwhile: `changed_meanwhile`.
    """
    site = owned(session, Site, bank_id, site_id)
    change_row(site, facts, seen=seen)
    session.flush()
    _record(session, site, now=now, actor=actor, action="site changed")
    return site


def retire_site(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    site_id: int,
    on: date | None,
    seen: int,
) -> Site:
    """Retire a site from a day on; None takes the retirement back.

    Raises
    ------
    Conflict
        A colleague changed it meanwhile: `changed_meanwhile`.
    """
    site = owned(session, Site, bank_id, site_id)
    if site.version != seen:
        raise Conflict("changed_meanwhile")
    site.retired_on = on
    session.flush()
    action = "site retired" if on else "site taken back"
    _record(session, site, now=now, actor=actor, action=action)
    return site


def _record(session: Session, site: Site, *, now: datetime, actor: str, action: str) -> None:
    record(
        session,
        now=now,
        bank_id=site.bank_id,
        actor=actor,
        action=action,
        subject=f"site:{site.id}",
        kind=site.kind.value,
        receives=site.receives,
    )

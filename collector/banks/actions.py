"""Founding a bank and adding its sites."""

from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import Bank, Jurisdiction, Site, SiteKind
from collector.banks.policies import preset_rows


def found_bank(
    session: Session,
    *,
    now: datetime,
    slug: str,
    name: str,
    town: str,
    phone: str = "",
    time_zone: str = "Europe/Paris",
    jurisdiction: Jurisdiction = Jurisdiction.FRANCE,
    language: str = "fr",
) -> Bank:
    """Found a bank with the preset rules of its jurisdiction."""
    bank = Bank(
        slug=slug,
        name=name,
        town=town,
        phone=phone,
        time_zone=time_zone,
        jurisdiction=jurisdiction,
        language=language,
        created_at=now,
    )
    session.add(bank)
    session.flush()
    session.add_all(preset_rows(bank.id, jurisdiction))
    record(
        session,
        now=now,
        bank_id=bank.id,
        actor="system",
        action="bank founded",
        subject=f"bank:{bank.id}",
        jurisdiction=jurisdiction.value,
    )
    return bank


def add_site(
    session: Session,
    *,
    bank_id: int,
    kind: SiteKind,
    name: str,
    town: str,
    latitude: float,
    longitude: float,
    receives: bool,
) -> Site:
    """Add a place where rounds begin or end."""
    site = Site(
        bank_id=bank_id,
        kind=kind,
        name=name,
        town=town,
        latitude=latitude,
        longitude=longitude,
        receives=receives,
    )
    session.add(site)
    session.flush()
    return site

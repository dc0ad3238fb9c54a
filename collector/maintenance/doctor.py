"""The check-up of an installation: every check, in the order of its report."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from collector import migrations
from collector.audit.anchors import first_anchor_fault, latest_anchor
from collector.audit.queries import first_broken_link
from collector.audit.signing import HeadSigner
from collector.banks.models import Bank
from collector.banks.queries import banks
from collector.config import Settings
from collector.maintenance.findings import HealthFinding, act, fine, note
from collector.maintenance.machine_checks import (
    check_certificates,
    check_clock,
    check_disk,
    check_secrets,
    check_settings,
)
from collector.maintenance.verification import integrity_faults
from collector.maintenance.work_checks import check_maintenance, check_roads, check_work

HEAD_EVERY = timedelta(days=2)
"""Age of a chain's last signed head from which it is told."""


def quick_findings(session: Session, settings: Settings, *, now: datetime) -> list[HealthFinding]:
    """Return the findings that take milliseconds, for a page."""
    plan = settings.upkeep.backups
    every = timedelta(minutes=plan.every_minutes) if plan else None
    return [
        *check_settings(settings),
        check_secrets(settings.home),
        check_disk(settings.home),
        check_clock(session, now=now),
        *check_work(session, now=now),
        *check_roads(session),
        *check_maintenance(session, now=now, every=every),
    ]


def deep_findings(
    session: Session, engine: Engine, settings: Settings, *, now: datetime
) -> list[HealthFinding]:
    """Return the findings that read the whole database and ask the gateways."""
    return [
        fine("schema_fine") if migrations.is_current(engine) else act("schema_other"),
        _integrity(engine),
        *_chains(session, HeadSigner(settings.upkeep.audit_key), now=now),
        *check_certificates(settings, now=now),
    ]


def _integrity(engine: Engine) -> HealthFinding:
    begun, faults = monotonic(), integrity_faults(engine)
    if faults:
        return act("database_damaged", fault=faults[0])
    return fine("database_fine", seconds=round(monotonic() - begun, 1))


def _chains(session: Session, signer: HeadSigner, *, now: datetime) -> Iterator[HealthFinding]:
    for key, slug in [(bank.id, bank.slug) for bank in banks(session)]:
        yield _chain(session, signer, key, slug, now)


def _chain(
    session: Session, signer: HeadSigner, key: int, slug: str, now: datetime
) -> HealthFinding:
    entry = first_broken_link(session, key)
    if entry is not None:
        return act("chain_broken", bank=slug, entry=entry)
    fault = first_anchor_fault(session, signer, bank_id=key, bank=slug)
    if fault is not None:
        return act("head_disagrees", bank=slug, number=fault.number, trouble=fault.trouble.value)
    last = latest_anchor(session, bank_id=key)
    if last is not None and now - last.signed_at <= HEAD_EVERY:
        return fine("chain_fine", bank=slug, heads=last.number)
    founded = session.get_one(Bank, key).created_at
    if now - founded <= HEAD_EVERY:
        return note("chain_young", bank=slug)
    return act("head_old", bank=slug)

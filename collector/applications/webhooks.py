"""Webhooks of a bank: made, paused, resumed, replayed, ended."""

import base64
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.applications.events import KINDS
from collector.applications.models import Webhook, WebhookAttempt
from collector.audit.actions import record
from collector.audit.queries import last_sequence
from collector.db import owned
from collector.errors import Refused
from collector.people.vault import Vault

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the same for all
SECRET_BYTES: Final = 32
LONGEST_URL: Final = 500
SHOWN_ATTEMPTS: Final = 50


def make_webhook(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    url: str,
    kinds: Collection[str],
    vault: Vault,
) -> tuple[Webhook, str]:
    """Make a webhook for the events from now on; return it with its secret.

    Raises
    ------
    Refused
        `webhook_address_unreadable`; `kinds_missing`.
    """
    if not is_address(url):
        raise Refused("webhook_address_unreadable")
    wanted = [kind for kind in KINDS if kind in kinds]
    if not wanted:
        raise Refused("kinds_missing")
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    webhook = Webhook(
        bank_id=bank_id,
        url=url,
        kinds=wanted,
        sealed_secret=vault.seal(secret),
        position=last_sequence(session, bank_id),
        failures=0,
        next_try_at=now,
        made_at=now,
        made_by_id=person_id,
        paused_at=None,
        ended_at=None,
    )
    session.add(webhook)
    session.flush()
    _record(session, webhook, now=now, person_id=person_id, action="webhook made")
    return webhook, secret


def end_webhook(
    session: Session, *, now: datetime, bank_id: int, webhook_id: int, person_id: int
) -> None:
    """End a webhook for good; a second end changes nothing."""
    webhook = owned(session, Webhook, bank_id, webhook_id)
    if webhook.ended_at is None:
        webhook.ended_at = now
        _record(session, webhook, now=now, person_id=person_id, action="webhook ended")


def pause_webhook(
    session: Session, *, now: datetime, bank_id: int, webhook_id: int, person_id: int
) -> None:
    """Pause a webhook; its events wait."""
    webhook = owned(session, Webhook, bank_id, webhook_id)
    if webhook.paused_at is None:
        webhook.paused_at = now
        _record(session, webhook, now=now, person_id=person_id, action="webhook paused")


def resume_webhook(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    webhook_id: int,
    person_id: int,
    after: int | None = None,
) -> None:
    """Post the events that wait, at once.

    Parameters
    ----------
    after
        Post the events after this sequence number again; None goes on where the webhook is.

    Raises
    ------
    Refused
        `webhook_ended`.
    """
    webhook = owned(session, Webhook, bank_id, webhook_id)
    if webhook.ended_at is not None:
        raise Refused("webhook_ended")
    if after is not None:
        webhook.position = min(max(0, after), webhook.position)
    webhook.paused_at, webhook.failures, webhook.next_try_at = None, 0, now
    _record(session, webhook, now=now, person_id=person_id, action="webhook resumed")


def webhooks_of(session: Session, bank_id: int) -> list[Webhook]:
    """Return the webhooks of a bank that have not ended, the oldest first."""
    return list(
        session.scalars(
            select(Webhook)
            .where(Webhook.bank_id == bank_id, Webhook.ended_at.is_(None))
            .order_by(Webhook.id)
        )
    )


def latest_attempts(session: Session, webhook: Webhook) -> list[WebhookAttempt]:
    """Return the latest fifty attempts of a webhook, the newest first."""
    return list(
        session.scalars(
            select(WebhookAttempt)
            .where(WebhookAttempt.webhook_id == webhook.id)
            .order_by(WebhookAttempt.id.desc())
            .limit(SHOWN_ATTEMPTS)
        )
    )


def is_address(url: str) -> bool:
    """Return whether a text is an address of the web, without a name and password in it."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and named and not parts.username


def _record(
    session: Session, webhook: Webhook, *, now: datetime, person_id: int, action: str
) -> None:
    record(
        session,
        now=now,
        bank_id=webhook.bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=f"webhook:{webhook.id}",
        position=webhook.position,
    )

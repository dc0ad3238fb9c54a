"""Delivery of webhooks: claim one, post its next event outside any transaction, record it.

The events of one webhook are posted one after the other. An event that is not taken is tried again
after growing pauses, and no later event overtakes it. Acts that are no event for a webhook are
looked through once.
"""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from collector.applications.events import BankEvent, events_after
from collector.applications.models import Webhook, WebhookAttempt
from collector.applications.webhooks import SECRET_PREFIX
from collector.audit.queries import last_sequence
from collector.people.vault import Vault

log = logging.getLogger(__name__)

Transaction = Callable[[], AbstractContextManager[Session]]

CLAIMED_FOR: Final = timedelta(minutes=1)
"""A claim outlives the longest attempt; after it another worker may take over."""
PAUSES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400)
)
"""The pause after each failure; after the last one the webhook is paused."""
KEPT: Final = timedelta(days=30)
STEP: Final = 5_000
"""Most acts that one delivery looks through for one webhook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The answer to a post: its status, or the code of the failure without an answer."""

    status: int | None = None
    fault: str = ""


class Poster(Protocol):
    """Interface of whatever posts an event."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Posted:
        """Post a body once; it raises nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    webhook_id: int
    bank_id: int
    url: str
    secret: str
    position: int
    event: BankEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nothing:
    """A stretch of acts without an event for a webhook."""

    webhook_id: int
    position: int
    until: int


def deliver_webhooks(
    transaction: Transaction,
    *,
    reading: Transaction,
    poster: Poster,
    vault: Vault,
    now: Callable[[], datetime],
) -> int:
    """Post the next event of each webhook that is due; return the number of events taken."""
    with reading() as session:
        found = [_next(session, row, vault) for row in _due(session, now())]
    if passed := [each for each in found if isinstance(each, _Nothing)]:
        with transaction() as session:
            _move_on(session, passed, now())
    taken = 0
    for task in found:
        if not isinstance(task, _Task):
            continue
        with transaction() as session:
            if not _claim(session, task, now()):
                continue
        posted = poster.post(task.url, body_of(task.event), headers_of(task, now()))
        with transaction() as session:
            taken += _record(session, task, posted, now())
    return taken


def body_of(event: BankEvent) -> bytes:
    """Return the body of an event."""
    facts = {"sequence": event.sequence, "subject": event.subject}
    whole = {"type": event.kind, "timestamp": event.at.isoformat(), "data": facts}
    return json.dumps(whole, separators=(",", ":")).encode()


def headers_of(task: _Task, at: datetime) -> dict[str, str]:
    """Return the headers with the signature, as the Standard Webhooks describe it.

    The identity of an event is the same at every attempt.
    """
    identity, instant = f"evt_{task.bank_id}_{task.event.sequence}", str(int(at.timestamp()))
    signed = b".".join((identity.encode(), instant.encode(), body_of(task.event)))
    key = base64.b64decode(task.secret.removeprefix(SECRET_PREFIX))
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Milkround",
        "webhook-id": identity,
        "webhook-timestamp": instant,
        "webhook-signature": f"v1,{signature}",
    }


def _due(session: Session, now: datetime) -> list[Webhook]:
    return list(
        session.scalars(
            select(Webhook)
            .where(
                Webhook.ended_at.is_(None), Webhook.paused_at.is_(None), Webhook.next_try_at <= now
            )
            .order_by(Webhook.next_try_at, Webhook.id)
        )
    )


def _next(session: Session, row: Webhook, vault: Vault) -> _Task | _Nothing | None:
    """Return the next event of a webhook, or the acts that were looked through in vain."""
    until = min(last_sequence(session, row.bank_id), row.position + STEP)
    if until <= row.position:
        return None
    events = events_after(
        session,
        bank_id=row.bank_id,
        sequence=row.position,
        most=1,
        kinds=row.kinds,
        until=until,
    )
    if not events:
        return _Nothing(webhook_id=row.id, position=row.position, until=until)
    secret = vault.unseal(row.sealed_secret)
    if secret is None:
        log.error("the secret of webhook %s was sealed under another key", row.id)
        return None
    return _Task(
        webhook_id=row.id,
        bank_id=row.bank_id,
        url=row.url,
        secret=secret,
        position=row.position,
        event=events[0],
    )


def _move_on(session: Session, passed: Sequence[_Nothing], now: datetime) -> None:
    """Put webhooks behind acts that are no events for them, unless they moved meanwhile."""
    for each in passed:
        session.execute(
            update(Webhook)
            .where(
                Webhook.id == each.webhook_id,
                Webhook.position == each.position,
                Webhook.next_try_at <= now,
            )
            .values(position=each.until)
        )


def _claim(session: Session, task: _Task, now: datetime) -> bool:
    """Take a webhook for a minute; False if another worker has it, or it moved on."""
    claimed = session.execute(
        update(Webhook)
        .where(
            Webhook.id == task.webhook_id,
            Webhook.next_try_at <= now,
            Webhook.position == task.position,
            Webhook.paused_at.is_(None),
            Webhook.ended_at.is_(None),
        )
        .values(next_try_at=now + CLAIMED_FOR)
        .returning(Webhook.id)
    )
    return claimed.scalar() is not None


def _record(session: Session, task: _Task, posted: Posted, now: datetime) -> bool:
    """Record an attempt and move the webhook on; return whether the event was taken."""
    taken = posted.status is not None and 200 <= posted.status < 300  # noqa: PLR2004 - HTTP's
    row = session.get_one(Webhook, task.webhook_id)
    session.add(
        WebhookAttempt(
            bank_id=row.bank_id,
            webhook_id=row.id,
            sequence=task.event.sequence,
            kind=task.event.kind,
            at=now,
            status=posted.status,
            fault="" if taken else posted.fault or "refused",
        )
    )
    session.execute(
        delete(WebhookAttempt).where(
            WebhookAttempt.webhook_id == row.id, WebhookAttempt.at < now - KEPT
        )
    )
    if taken:
        # A replay that was asked for meanwhile begins where it was told to.
        if row.position == task.position:
            # Otherwise a replay was asked for meanwhile.
            row.position = task.event.sequence
        row.failures, row.next_try_at = 0, now
        return True
    row.failures += 1
    if row.failures > len(PAUSES):
        row.paused_at = now
    else:
        row.next_try_at = now + PAUSES[row.failures - 1]
    return False

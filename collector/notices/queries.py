"""Queries of waiting and sent messages, and of channels."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from collector.notices.models import (
    Channel,
    ChannelChoice,
    Notice,
    NoticeState,
    PushSubscription,
)

A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRoute:
    """A channel with the recipient's address."""

    channel: Channel
    to: str


def due_notices(session: Session, *, now: datetime, most: int = 50) -> list[Notice]:
    """Return the messages of all banks that a transport is to send now, oldest first."""
    due = or_(Notice.claimed_until.is_(None), Notice.claimed_until < now)
    return list(
        session.scalars(
            select(Notice)
            .where(Notice.state == NoticeState.OWED, Notice.channel != Channel.CALL, due)
            .order_by(Notice.id)
            .limit(most)
        )
    )


def routes_to(
    session: Session, *, bank_id: int, recipient: str, email: str | None, phone: str | None
) -> list[DeliveryRoute]:
    """Return the routes to a recipient: the chosen or only channel, and browsers besides."""
    known = {Channel.EMAIL: email, Channel.SMS: phone}
    chosen = chosen_channel(session, bank_id=bank_id, recipient=recipient)
    order = sorted(known, key=lambda channel: channel is not chosen)
    first = next(
        (DeliveryRoute(channel=channel, to=to) for channel in order if (to := known[channel])), None
    )
    browsers = session.scalars(
        select(PushSubscription.id).where(
            PushSubscription.bank_id == bank_id, PushSubscription.recipient == recipient
        )
    )
    return [
        *([first] if first else []),
        *(DeliveryRoute(channel=Channel.PUSH, to=str(key)) for key in browsers),
    ]


def chosen_channel(session: Session, *, bank_id: int, recipient: str) -> Channel | None:
    """Return the recipient's chosen channel, or None."""
    return session.scalar(
        select(ChannelChoice.channel).where(
            ChannelChoice.bank_id == bank_id, ChannelChoice.recipient == recipient
        )
    )


def has_push_subscription(session: Session, *, bank_id: int, recipient: str) -> bool:
    """Return whether a recipient has a push subscription."""
    return (
        session.scalar(
            select(PushSubscription.id)
            .where(PushSubscription.bank_id == bank_id, PushSubscription.recipient == recipient)
            .limit(1)
        )
        is not None
    )


def open_calls(session: Session, *, bank_id: int) -> list[Notice]:
    """Return the messages of a bank that are to be told by telephone, oldest first."""
    wanted = select(Notice).where(
        Notice.bank_id == bank_id,
        Notice.channel == Channel.CALL,
        Notice.state == NoticeState.OWED,
    )
    return list(session.scalars(wanted.order_by(Notice.id)))


def known_notices(session: Session, *, bank_id: int, once: Collection[str]) -> set[str]:
    """Return the identities, among those given, of messages that were queued by any channel."""
    if not once:
        return set()
    found = session.scalars(
        select(Notice.once).where(
            Notice.bank_id == bank_id,
            or_(Notice.once.in_(once), *(Notice.once.startswith(f"{key} push:") for key in once)),
        )
    )
    return {key.partition(" push:")[0] for key in found}


def notices_of_kind(session: Session, *, bank_id: int, once: str) -> list[Notice]:
    """Return the messages with an identity or with a corrected one, the oldest first."""
    rows = select(Notice).where(
        Notice.bank_id == bank_id,
        or_(Notice.once == once, Notice.once.startswith(f"{once} ")),
    )
    return list(session.scalars(rows.order_by(Notice.id)))


def count_notices(session: Session, *, bank_id: int, state: NoticeState) -> int:
    """Return the number of a bank's messages in a state."""
    counted = select(func.count()).where(Notice.bank_id == bank_id, Notice.state == state)
    return session.scalar(counted) or 0


def latest_notices(session: Session, *, bank_id: int) -> list[Notice]:
    """Return a bank's latest messages, newest first."""
    return list(
        session.scalars(
            select(Notice).where(Notice.bank_id == bank_id).order_by(Notice.id.desc()).limit(A_PAGE)
        )
    )

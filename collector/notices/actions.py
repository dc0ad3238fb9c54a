"""Enqueueing of messages, and the result of their delivery."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.db import owned
from collector.errors import Refused
from collector.notices.models import (
    Channel,
    ChannelChoice,
    Notice,
    NoticeState,
    PushSubscription,
)
from collector.notices.queries import routes_to

MOST_ATTEMPTS = 5
FIRST_WAIT = timedelta(minutes=1)


def enqueue(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    once: str,
    recipient: str,
    to: str,
    template: str,
    language: str,
    channel: Channel = Channel.EMAIL,
    **figures: object,
) -> Notice:
    """Enqueue a message to a recipient; the same one (`once`) is enqueued once."""
    known = session.scalar(select(Notice).where(Notice.bank_id == bank_id, Notice.once == once))
    if known is not None:
        return known
    notice = Notice(
        bank_id=bank_id,
        once=once,
        recipient=recipient,
        channel=channel,
        to=to,
        template=template,
        language=language,
        figures=figures,
        state=NoticeState.OWED,
        attempts=0,
        claimed_until=None,
        owed_at=now,
        sent_at=None,
        subject=None,
        body=None,
        trouble=None,
    )
    session.add(notice)
    session.flush()
    return notice


def hold_back(notice: Notice, *, until: datetime) -> None:
    """Deliver a message after an instant."""
    notice.claimed_until = notice.claimed_until or until


def notify(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    once: str,
    recipient: str,
    email: str | None,
    phone: str | None,
    template: str,
    language: str,
    **figures: object,
) -> list[Notice]:
    """Enqueue a message by the recipient's channel, and to each subscribed browser."""
    return [
        enqueue(
            session,
            now=now,
            bank_id=bank_id,
            once=f"{once} {way.channel}:{way.to}" if way.channel is Channel.PUSH else once,
            recipient=recipient,
            to=way.to,
            template=template,
            language=language,
            channel=way.channel,
            **figures,
        )
        for way in routes_to(
            session, bank_id=bank_id, recipient=recipient, email=email, phone=phone
        )
    ]


def choose_channel(session: Session, *, bank_id: int, recipient: str, channel: Channel) -> None:
    """Store the recipient's choice of channel."""
    known = session.scalar(
        select(ChannelChoice).where(
            ChannelChoice.bank_id == bank_id, ChannelChoice.recipient == recipient
        )
    )
    if known is None:
        session.add(ChannelChoice(bank_id=bank_id, recipient=recipient, channel=channel))
    else:
        known.channel = channel
    session.flush()


def subscribe(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    recipient: str,
    endpoint: str,
    p256dh: str,
    auth: str,
) -> None:
    """Store a browser's push subscription; a browser belongs to its latest subscriber."""
    session.execute(delete(PushSubscription).where(PushSubscription.endpoint == endpoint))
    session.add(
        PushSubscription(
            bank_id=bank_id,
            recipient=recipient,
            endpoint=endpoint,
            p256dh=p256dh,
            auth=auth,
            made_at=now,
        )
    )
    session.flush()


def unsubscribe(session: Session, *, bank_id: int, recipient: str) -> None:
    """Delete every push subscription of a recipient."""
    session.execute(
        delete(PushSubscription).where(
            PushSubscription.bank_id == bank_id, PushSubscription.recipient == recipient
        )
    )


def record_sent(notice: Notice, *, now: datetime, subject: str, body: str | None) -> None:
    """Record a sent message; its text is kept only without a transport."""
    notice.state, notice.sent_at, notice.trouble = NoticeState.SENT, now, None
    notice.subject, notice.body = subject, body


def record_failure(
    notice: Notice, *, now: datetime | None = None, trouble: str = "", for_good: bool = False
) -> None:
    """Record a failed delivery; it is retried after 1, 5, 25 and 125 minutes.

    Parameters
    ----------
    for_good
        Whether a retry is useless. After five attempts there is no further retry, and a person
        must act.
    """
    notice.attempts += 1
    notice.trouble = trouble or None
    if for_good or notice.attempts >= MOST_ATTEMPTS:
        notice.state = NoticeState.FAILED
    elif now is not None:
        notice.claimed_until = now + FIRST_WAIT * 5 ** (notice.attempts - 1)


def send_again(session: Session, *, bank_id: int, notice_id: int) -> Notice:
    """Enqueue a failed message again, or one that was told by telephone.

    Raises
    ------
    Refused
        It has not failed: `notice_not_failed`.
    """
    notice = owned(session, Notice, bank_id, notice_id)
    was_told = notice.channel is Channel.CALL and notice.state is NoticeState.SENT
    if notice.state is not NoticeState.FAILED and not was_told:
        raise Refused("notice_not_failed")
    notice.state, notice.attempts, notice.claimed_until = NoticeState.OWED, 0, None
    notice.sent_at = None
    return notice

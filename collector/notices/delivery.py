"""Delivery of the outbox: claim, render, send outside any transaction, record."""

import logging
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TextIO

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from collector.notices.actions import record_failure, record_sent
from collector.notices.models import Channel, Notice, NoticeState, PushSubscription
from collector.notices.queries import due_notices

log = logging.getLogger(__name__)

CLAIMED_FOR = timedelta(minutes=1)

Transaction = Callable[[], AbstractContextManager[Session]]


class Undeliverable(Exception):  # noqa: N818 - it is an answer
    """A transport refused a message finally; a retry is useless.

    Attributes
    ----------
    trouble
        The cause, as a code without personal data.
    gone
        Whether the push subscription no longer exists.
    """

    def __init__(self, trouble: str, *, gone: bool = False) -> None:
        super().__init__(trouble)
        self.trouble, self.gone = trouble, gone


class Withheld(Exception):  # noqa: N818 - it is an answer
    """The recipient is to receive no message; the notice never leaves."""


@dataclass(frozen=True, slots=True)
class RenderedNotice:
    """A rendered message.

    Attributes
    ----------
    to
        An address, a telephone number, or the key of a push subscription.
    signature
        The sender's name; empty for a recipient who asked for discretion.
    reference
        A permanent id, which identifies a message delivered twice.
    keys
        The keys of a push service: `endpoint`, `p256dh`, `auth`.
    link
        The address opened by a tap.
    """

    to: str
    subject: str
    body: str
    channel: Channel = Channel.EMAIL
    signature: str = ""
    reference: str = ""
    link: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)


class Transport(Protocol):
    """Interface of a transport.

    Attributes
    ----------
    keeps_text
        Whether the outbox page must show the text, because the message leaves nowhere.
    """

    keeps_text: bool

    def send(self, letter: RenderedNotice) -> None:
        """Send a message; raise OSError for a retry, Undeliverable for a final failure."""
        ...


class ConsoleTransport:
    """Transport that prints messages, for an installation without a mail server.

    Parameters
    ----------
    prints_text
        Whether the addresses and texts are invented, so that a log may show them.
    """

    keeps_text = True

    def __init__(self, stream: TextIO | None = None, *, prints_text: bool = False) -> None:
        self._stream, self._prints_text = stream or sys.stdout, prints_text

    def send(self, letter: RenderedNotice) -> None:
        """Print a message, or the line that one is on the page of messages."""
        text = f"--- {letter.channel}: one message, shown under Messages on the board"
        if self._prints_text:
            text = f"\n--- {letter.channel} to {letter.to}: {letter.subject}\n{letter.body}\n---"
        print(text, file=self._stream, flush=True)


def deliver_notices(
    transaction: Transaction,
    *,
    reading: Transaction,
    write: Callable[[Session, Notice], RenderedNotice],
    sender: Transport,
    now: Callable[[], datetime],
) -> int:
    """Send the waiting messages, and return the number sent.

    A writer's lock is taken only if a message is due. A message claimed by a killed process is sent
    by another after a minute. After a kill between sending and recording it is sent twice, which is
    the smaller evil.
    """
    with reading() as session:
        due = [notice.id for notice in due_notices(session, now=now())]
    return sum(_deliver_one(transaction, key, write, sender, now) for key in due)


def _deliver_one(
    transaction: Transaction,
    key: int,
    write: Callable[[Session, Notice], RenderedNotice],
    sender: Transport,
    now: Callable[[], datetime],
) -> bool:
    with transaction() as session:
        if not _claim(session, key, now=now()):
            return False
    try:
        with transaction() as session:
            letter = write(session, session.get_one(Notice, key))
        sender.send(letter)
    except Withheld:
        with transaction() as session:
            session.get_one(Notice, key).state = NoticeState.WITHHELD
        return False
    except Undeliverable as refused:
        log.warning("notice %s cannot be delivered: %s", key, refused.trouble)
        with transaction() as session:
            _give_up(session, key, refused, now=now())
        return False
    except Exception as broken:  # One message that cannot be rendered must not stop the others.
        log.exception("notice %s could not leave", key)
        trouble = "away" if isinstance(broken, OSError) else "broken"
        with transaction() as session:
            record_failure(session.get_one(Notice, key), now=now(), trouble=trouble)
        return False
    with transaction() as session:
        record_sent(
            session.get_one(Notice, key),
            now=now(),
            subject=letter.subject,
            body=letter.body if sender.keeps_text else None,
        )
    return True


def _give_up(session: Session, key: int, refused: Undeliverable, *, now: datetime) -> None:
    notice = session.get_one(Notice, key)
    record_failure(notice, now=now, trouble=refused.trouble, for_good=True)
    if refused.gone:
        session.execute(delete(PushSubscription).where(PushSubscription.id == int(notice.to)))


def _claim(session: Session, key: int, *, now: datetime) -> bool:
    free = or_(Notice.claimed_until.is_(None), Notice.claimed_until < now)
    claimed = session.execute(
        update(Notice)
        .where(Notice.id == key, Notice.state == NoticeState.OWED, free)
        .values(claimed_until=now + CLAIMED_FOR)
        .returning(Notice.id)
    )
    return claimed.scalar() is not None

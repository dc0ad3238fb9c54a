"""Emptying the outbox: claim, write, send outside any transaction, settle."""

import logging
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TextIO

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from collector.notices.actions import note_failure, settle
from collector.notices.models import Channel, Notice, NoticeState, PushSubscription
from collector.notices.queries import owed

log = logging.getLogger(__name__)

CLAIMED_FOR = timedelta(minutes=1)

Transaction = Callable[[], AbstractContextManager[Session]]


class Undeliverable(Exception):  # noqa: N818 - it is an answer
    """A carrier said no for good: trying again is of no use.

    Attributes
    ----------
    trouble
        Why, as a code without anybody's name or address in it.
    gone
        Whether the browser it was for does not exist any more.
    """

    def __init__(self, trouble: str, *, gone: bool = False) -> None:
        super().__init__(trouble)
        self.trouble, self.gone = trouble, gone


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to leave.

    Attributes
    ----------
    to
        An address, a telephone number, or the key of a push subscription.
    signature
        Who writes, shown as the sender's name; empty for a reader who asked for discretion.
    reference
        Its own for ever: whoever gets it twice can tell that it is one message.
    keys
        What a push service needs: `endpoint`, `p256dh`, `auth`.
    link
        Where a tap on it leads.
    """

    to: str
    subject: str
    body: str
    channel: Channel = Channel.EMAIL
    signature: str = ""
    reference: str = ""
    link: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)


class Sender(Protocol):
    """Something that carries letters.

    Attributes
    ----------
    keeps_text
        Whether nobody carries the letter away, so that the outbox page must show it.
    """

    keeps_text: bool

    def send(self, letter: Letter) -> None:
        """Carry a letter; raise OSError to be asked again later, Undeliverable not to be."""
        ...


class ConsoleSender:
    """Prints letters: what an installation without a mail server has."""

    keeps_text = True

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    def send(self, letter: Letter) -> None:
        """Print a letter."""
        print(
            f"\n--- {letter.channel} to {letter.to}: {letter.subject}\n{letter.body}\n---",
            file=self._stream,
            flush=True,
        )


def deliver(
    transaction: Transaction,
    *,
    reading: Transaction,
    write: Callable[[Session, Notice], Letter],
    sender: Sender,
    now: Callable[[], datetime],
) -> int:
    """Send what is owed and return how many messages left.

    Looking holds nobody up: a writer's lock is taken only for what is due.

    A message claimed by somebody who died is sent by the next after a minute; one that died
    between sending and settling leaves twice, which is the smaller evil.
    """
    with reading() as session:
        due = [notice.id for notice in owed(session, now=now())]
    return sum(_deliver_one(transaction, key, write, sender, now) for key in due)


def _deliver_one(
    transaction: Transaction,
    key: int,
    write: Callable[[Session, Notice], Letter],
    sender: Sender,
    now: Callable[[], datetime],
) -> bool:
    with transaction() as session:
        if not _claim(session, key, now=now()):
            return False
    try:
        with transaction() as session:
            letter = write(session, session.get_one(Notice, key))
        sender.send(letter)
    except Undeliverable as refused:
        log.warning("notice %s cannot be delivered: %s", key, refused.trouble)
        with transaction() as session:
            _give_up(session, key, refused, now=now())
        return False
    except Exception as broken:  # one letter that cannot be written must not stop the others
        log.exception("notice %s could not leave", key)
        trouble = "away" if isinstance(broken, OSError) else "broken"
        with transaction() as session:
            note_failure(session.get_one(Notice, key), now=now(), trouble=trouble)
        return False
    with transaction() as session:
        settle(
            session.get_one(Notice, key),
            now=now(),
            subject=letter.subject,
            body=letter.body if sender.keeps_text else None,
        )
    return True


def _give_up(session: Session, key: int, refused: Undeliverable, *, now: datetime) -> None:
    notice = session.get_one(Notice, key)
    note_failure(notice, now=now, trouble=refused.trouble, for_good=True)
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

"""Cards of the morning about the bank itself: messages, timers, texts, opening and fleet."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from collector.banks.fleet import due_dates
from collector.banks.models import PublicTextKey
from collector.banks.queries import get_bank, incomplete_notices
from collector.jobs.timer_failures import timer_failures
from collector.maintenance.work_checks import standing_still
from collector.material.queries import loans_of
from collector.notices.models import NoticeState
from collector.notices.queries import count_notices
from collector.web.board.bank.opening import missing_steps
from collector.web.formats import moment, short_day
from collector.web.framework.guards import may_see, now
from collector.web.health_wording import finding_sentence
from collector.web.public_words import TEXT_TITLES
from collector.web.wording import COLON

DUE_DAYS = 14
MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One kind of open work.

    Attributes
    ----------
    lines
        The first few entries; `more` is the number of the others.
    """

    title: str
    count: int
    words: str
    address: str
    action: str
    icon: str
    tone: str = "warn"
    lines: tuple[str, ...] = ()

    @property
    def more(self) -> int:
        """Number of entries that are not listed."""
        return max(0, self.count - len(self.lines)) if self.lines else 0


def bank_cards(session: Session, bank_id: int, day: date) -> list[Card]:
    """Return the cards about the bank itself, with and without open work."""
    return [
        _messages(session, bank_id),
        _timers(session, bank_id),
        _standing_still(session, bank_id),
        _public_texts(session, bank_id),
        _opening(session, bank_id),
        _fleet(session, bank_id, day),
        _loans(session, bank_id, day),
    ]


def _messages(session: Session, bank_id: int) -> Card:
    count = count_notices(session, bank_id=bank_id, state=NoticeState.FAILED)
    return Card(
        title=gettext("Messages not sent"),
        count=count,
        words=ngettext("%(num)s message failed", "%(num)s messages failed", count) if count else "",
        address=url_for("outbox.home"),
        action=gettext("Look at the messages"),
        icon="warning",
        tone="danger",
    )


def _timers(session: Session, bank_id: int) -> Card:
    failures = timer_failures(session, bank_id=bank_id)
    since = min((failure.first_failed_at for failure in failures), default=None)
    return Card(
        title=gettext("Automatic tasks that failed"),
        count=len(failures),
        words=gettext(
            "Since %(moment)s reminders, receipts or suspensions may be missing. They are tried"
            " again every minute; the log of the worker has the cause.",
            moment=moment(since),
        )
        if since
        else "",
        address=url_for("outbox.home"),
        action=gettext("Look at the messages"),
        icon="clock",
        tone="danger",
    )


def _standing_still(session: Session, bank_id: int) -> Card:
    """Return the card of the worker, the jobs and the messages that make no progress."""
    found = standing_still(session, now=now(), bank_id=bank_id)
    mine = "board.installation.home" if may_see("board.installation.home") else "outbox.home"
    return Card(
        title=gettext("Standing still"),
        count=len(found),
        words=gettext("Tell the person who runs the server.") if found else "",
        address=url_for(mine),
        action=gettext("Look at the installation")
        if may_see("board.installation.home")
        else gettext("Look at the messages"),
        icon="warning",
        tone="danger",
        lines=tuple(finding_sentence(each) for each in found),
    )


def _public_texts(session: Session, bank_id: int) -> Card:
    """Return the card of the public texts with gaps; an administrator fills them."""
    incomplete = incomplete_notices(session, bank_id)
    slug = get_bank(session, bank_id).slug
    return Card(
        title=gettext("Public texts not completed"),
        count=len(incomplete),
        words=gettext("an administrator fills them"),
        address=url_for("board.public_texts.home")
        if may_see("board.public_texts.home")
        else url_for("public_texts.of_bank", slug=slug, name=PublicTextKey.PRIVACY.value),
        action=gettext("Look at the texts"),
        icon="warning",
        lines=tuple(str(TEXT_TITLES[key]) for key in incomplete),
    )


def _loans(session: Session, bank_id: int, day: date) -> Card:
    """Return the card of the devices whose day of return is over."""
    overdue = [loan for loan in loans_of(session, bank_id=bank_id) if loan.due_on < day]
    return Card(
        title=gettext("Devices overdue"),
        count=len(overdue),
        words=ngettext("%(num)s device is overdue", "%(num)s devices are overdue", len(overdue))
        if overdue
        else "",
        address=url_for("board.material.loans"),
        action=gettext("Look at the loans"),
        icon="clock",
        lines=tuple(
            f"{loan.device.serial}{COLON} {loan.donor.first_name}, {short_day(loan.due_on)}"
            for loan in overdue[:MOST_NAMES]
        ),
    )


def _opening(session: Session, bank_id: int) -> Card:
    """Return the card of the steps that the opening of the bank still lacks."""
    steps = missing_steps(session, get_bank(session, bank_id))
    return Card(
        title=gettext("Steps of the opening that are missing"),
        count=len(steps),
        words=gettext("an administrator takes them"),
        address=url_for(
            "board.opening.home" if may_see("board.opening.home") else "board.roster.home"
        ),
        action=gettext("Look at the opening"),
        icon="check",
        lines=tuple(str(step.title) for step in steps),
    )


def _fleet(session: Session, bank_id: int, day: date) -> Card:
    """Return the card of vehicles, boxes and thermometers whose date comes or is over."""
    dues = due_dates(session, bank_id=bank_id, until=day + timedelta(days=DUE_DAYS))
    return Card(
        title=gettext("Vehicles, boxes and thermometers due within 14 days"),
        count=len(dues),
        words="",
        address=url_for("board.fleet.home"),
        action=gettext("Look at vehicles and boxes"),
        icon="car",
        lines=tuple(f"{name}{COLON} {short_day(on)}" for _kind, name, on in dues[:MOST_NAMES]),
    )

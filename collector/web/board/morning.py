"""The board's morning: what waits, each card a door to where it is dealt with."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.models import PublicTextKey
from collector.banks.queries import get_bank, incomplete_notices
from collector.db import reading
from collector.donors.eligibility import serology_valid_until
from collector.donors.models import DonorState
from collector.donors.queries import donors_of
from collector.notices.models import Notice, NoticeState
from collector.pickups.models import Pickup, PickupState, PickupWindow
from collector.planning.booking.forecast import who_will_be_due
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan
from collector.shifts.queries import shifts_on
from collector.web.board.day.page import seen_day
from collector.web.board.day.view_model import DayView
from collector.web.board.dispatch.view_model import live
from collector.web.board.page_context import page, today
from collector.web.framework.guards import actor, may_see, now
from collector.web.public_texts import TITLES
from collector.web.wording import COLON, short_day
from collector.web.wording import day as day_in_words

blueprint = Blueprint("morning", __name__, url_prefix="/morning")

SEROLOGY_DAYS = 14
FULL_SHARE = 0.8
MOST_NAMES = 5
GIVING = frozenset({DonorState.ELIGIBLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One thing that waits.

    Attributes
    ----------
    lines
        The first few of it; `more` says how many are not named.
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
        """How many are not named."""
        return max(0, self.count - len(self.lines)) if self.lines else 0


@blueprint.get("")
def home() -> str:
    """Show what waits this morning; what is in order is one line at the end."""
    day, bank_id = today(), actor().bank_id
    with reading() as session:
        plan = day_plan(session, bank_id=bank_id, day=day)
        seen = seen_day(session, plan, day)
        cards = [
            _asked(session, bank_id),
            _unplanned(seen, day),
            _absent(session, bank_id, day),
            _clocks(session, plan, bank_id, day),
            _serology(session, bank_id, day),
            _freezers(session, bank_id),
            _messages(session, bank_id),
            _public_texts(session, bank_id),
        ]
        return page(
            session,
            "board/morning.html",
            day=day,
            seen=seen,
            cards=[card for card in cards if card.count],
            fine=[card for card in cards if not card.count],
        )


def _asked(session: Session, bank_id: int) -> Card:
    asked = session.scalars(
        select(PickupWindow.day)
        .join(Pickup, Pickup.id == PickupWindow.pickup_id)
        .where(Pickup.bank_id == bank_id, Pickup.state == PickupState.ASKED)
        .group_by(Pickup.id, PickupWindow.day)
    ).all()
    count = session.scalar(
        select(func.count()).where(Pickup.bank_id == bank_id, Pickup.state == PickupState.ASKED)
    )
    soonest = min(asked, default=None)
    return Card(
        title=gettext("Requests to accept"),
        count=count or 0,
        words=gettext("the soonest for %(day)s", day=day_in_words(soonest)) if soonest else "",
        address=url_for("board.inbox.home"),
        action=gettext("Look at the requests"),
        icon="bottle",
    )


def _unplanned(seen: DayView, day: date) -> Card:
    return Card(
        title=gettext("Visits of today in no round"),
        count=len(seen.tray),
        words="",
        address=url_for("board.days.page", day=day),
        action=gettext("Open the day"),
        icon="cross",
        tone="danger",
        lines=tuple(
            f"{left.pickup.donor.first_name} {left.pickup.donor.family_name}{COLON} {left.sentence}"
            for left in seen.tray[:MOST_NAMES]
        ),
    )


def _absent(session: Session, bank_id: int, day: date) -> Card:
    """Who drove on this weekday a week ago and is not on duty today."""
    before = shifts_on(session, bank_id=bank_id, day=day - timedelta(days=7))
    here = {shift.collector_id for shift in shifts_on(session, bank_id=bank_id, day=day)}
    names = {
        shift.collector_id: shift.collector.name
        for shift in before
        if shift.collector_id not in here
    }
    return Card(
        title=gettext("Collectors absent"),
        count=len(names),
        words=gettext("on duty a week ago, not today"),
        address=url_for("board.days.page", day=day),
        action=gettext("Open the day"),
        icon="person",
        lines=tuple(list(names.values())[:MOST_NAMES]),
    )


def _clocks(session: Session, plan: DayPlan | None, bank_id: int, day: date) -> Card:
    found = live(session, plan, bank_id=bank_id, day=day, now=now())
    lines = [
        *(f"{each.letter}{COLON} {each.round.shift.collector.name}" for each, _ in found.tight),
        *(
            f"{each.letter}{COLON} "
            f"{found.pickups[door.pickup_id].donor.first_name} "
            f"{found.pickups[door.pickup_id].donor.family_name}"
            for each, door in found.at_risk
            if door.pickup_id in found.pickups
        ),
    ]
    return Card(
        title=gettext("Clocks and promises at risk"),
        count=len(found.tight) + len(found.at_risk),
        words="",
        address=url_for("board.dispatch.home", day=day),
        action=gettext("Follow the day"),
        icon="clock",
        tone="danger",
        lines=tuple(lines[:MOST_NAMES]),
    )


def _serology(session: Session, bank_id: int, day: date) -> Card:
    last = day + timedelta(days=SEROLOGY_DAYS)
    lapsing = sorted(
        (until, donor.family_name, donor.first_name)
        for donor in donors_of(session, bank_id)
        if donor.state in GIVING
        and (until := serology_valid_until(donor)) is not None
        and day <= until <= last
    )
    return Card(
        title=gettext("Blood tests that lapse within 14 days"),
        count=len(lapsing),
        words="",
        address=url_for(
            "board.blood_tests.home" if may_see("board.blood_tests.home") else "board.donors.home"
        ),
        action=gettext("Look at the blood tests"),
        icon="drop",
        lines=tuple(
            f"{first} {family}, {short_day(until)}" for until, family, first in lapsing[:MOST_NAMES]
        ),
    )


def _freezers(session: Session, bank_id: int) -> Card:
    full = [
        due
        for due in who_will_be_due(session, bank_id=bank_id, now=now(), days=SEROLOGY_DAYS)
        if due.open is None
        and not due.paused
        and due.forecast.level_ml >= FULL_SHARE * due.forecast.capacity_ml
    ]
    return Card(
        title=gettext("Freezers more than four fifths full, no visit agreed"),
        count=len(full),
        words="",
        address=url_for("board.horizon.home"),
        action=gettext("Find days for them"),
        icon="snow",
        lines=tuple(f"{due.donor.first_name} {due.donor.family_name}" for due in full[:MOST_NAMES]),
    )


def _messages(session: Session, bank_id: int) -> Card:
    failed = session.scalar(
        select(func.count()).where(Notice.bank_id == bank_id, Notice.state == NoticeState.FAILED)
    )
    count = failed or 0
    return Card(
        title=gettext("Messages not sent"),
        count=count,
        words=ngettext("%(num)s message failed", "%(num)s messages failed", count) if count else "",
        address=url_for("outbox.home"),
        action=gettext("Look at the messages"),
        icon="warning",
        tone="danger",
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
        lines=tuple(str(TITLES[key]) for key in incomplete),
    )

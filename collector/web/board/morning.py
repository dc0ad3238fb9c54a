"""The morning: open work of the bank, one card per kind with a link to its page."""

from datetime import date, timedelta

from flask import Blueprint, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from collector.db import reading
from collector.donor_contact.loss import losses_to_call
from collector.donor_contact.telephone import donors_to_call
from collector.donors.eligibility import serology_valid_until
from collector.donors.models import DonorState
from collector.donors.queries import donors_of
from collector.pickups.queries import count_unanswered, first_unanswered_day
from collector.planning.horizon.forecast import due_donors
from collector.planning.risk.judgement import rules_broken_since
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan, published_days, uncovered_rounds
from collector.rounds.stop_details import untold_changes
from collector.shifts.models import Absence
from collector.shifts.queries import absences_on, shifts_on
from collector.web.board.bank_cards import Card, bank_cards
from collector.web.board.day.broken_rules import broken_sentences
from collector.web.board.day.page import load_day_view
from collector.web.board.day.view_model import DayView
from collector.web.board.dispatch.view_model import load_dispatch_view
from collector.web.board.page_context import page, today
from collector.web.board.wording import absence
from collector.web.formats import day as day_in_words
from collector.web.formats import short_day
from collector.web.framework.guards import actor, may_see, now
from collector.web.wording import COLON

blueprint = Blueprint("morning", __name__, url_prefix="/morning")

SEROLOGY_DAYS = 14
PUBLISHED_DAYS = 14
"""Days ahead whose published rounds are judged again."""
FULL_SHARE = 0.8
MOST_NAMES = 5
NOTHING = "\N{EN DASH}"
GIVING = frozenset({DonorState.ELIGIBLE})


@blueprint.get("")
def home() -> str:
    """Show the open work; kinds without any are one line at the end."""
    day, bank_id = today(), actor().bank_id
    with reading() as session:
        plan = day_plan(session, bank_id=bank_id, day=day)
        view = load_day_view(session, plan, day)
        cards = [
            _losses(session, bank_id),
            _untold(session, bank_id, day),
            _to_tell(session, bank_id, day),
            _asked(session, bank_id),
            _unplanned(view, day),
            _uncovered(session, bank_id, day),
            _absent(session, bank_id, day),
            _clocks(session, plan, bank_id, day),
            _broken(session, bank_id, day),
            _serology(session, bank_id, day),
            _freezers(session, bank_id),
            *bank_cards(session, bank_id, day),
        ]
        return page(
            session,
            "board/morning.html",
            day=day,
            seen=view,
            cards=[card for card in cards if card.count],
            fine=[card for card in cards if not card.count],
        )


def _losses(session: Session, bank_id: int) -> Card:
    """Return the card of donors whose child has died and who wait for a call."""
    calls = losses_to_call(session, bank_id=bank_id)
    under_way = any(loss.unseen for loss, _donor in calls)
    return Card(
        title=gettext("Calls that come first"),
        count=len(calls),
        words=gettext("A round under way lost a visit: call its collector now.")
        if under_way
        else "",
        address=url_for("board.inbox.home", _anchor="calls"),
        action=gettext("Look at the calls"),
        icon="phone",
        tone="danger",
        lines=tuple(
            f"{donor.first_name} {donor.family_name}{COLON} {donor.phone or donor.email}"
            for _loss, donor in calls[:MOST_NAMES]
        ),
    )


def _untold(session: Session, bank_id: int, day: date) -> Card:
    """Return the card of published stops whose details changed since."""
    changes = [
        each for each in untold_changes(session, bank_id=bank_id, today=day) if not each.is_left
    ]
    return Card(
        title=gettext("Changed details that the collector has not"),
        count=len(changes),
        words="",
        address=url_for("board.inbox.home", _anchor="untold"),
        action=gettext("Look at the changes"),
        icon="warning",
        lines=tuple(
            f"{donor.first_name} {donor.family_name}{COLON} {short_day(each.day)}"
            for each in changes[:MOST_NAMES]
            for donor in [each.pickup.donor]
        ),
    )


def _to_tell(session: Session, bank_id: int, day: date) -> Card:
    """Return the card of donors whom no message reaches and who wait to be told something."""
    calls = donors_to_call(session, bank_id=bank_id, today=day)
    return Card(
        title=gettext("Donors to tell by telephone"),
        count=len(calls),
        words=gettext("no e-mail and no text message reaches them") if calls else "",
        address=url_for("board.inbox.home", _anchor="telephone"),
        action=gettext("Look at what to say"),
        icon="phone",
        lines=tuple(
            f"{donor.first_name} {donor.family_name}{COLON} {donor.phone or NOTHING}"
            for donor in (call.donor for call in calls[:MOST_NAMES])
        ),
    )


def _asked(session: Session, bank_id: int) -> Card:
    soonest = first_unanswered_day(session, bank_id)
    return Card(
        title=gettext("Requests to accept"),
        count=count_unanswered(session, bank_id),
        words=gettext("the soonest for %(day)s", day=day_in_words(soonest)) if soonest else "",
        address=url_for("board.inbox.home"),
        action=gettext("Look at the requests"),
        icon="bottle",
    )


def _unplanned(view: DayView, day: date) -> Card:
    return Card(
        title=gettext("Visits of today in no round"),
        count=len(view.tray),
        words="",
        address=url_for("board.days.page", day=day),
        action=gettext("Open the day"),
        icon="cross",
        tone="danger",
        lines=tuple(
            f"{left.pickup.donor.first_name} {left.pickup.donor.family_name}{COLON} {left.sentence}"
            for left in view.tray[:MOST_NAMES]
        ),
    )


def _uncovered(session: Session, bank_id: int, day: date) -> Card:
    """Return the card of rounds ahead whose collector was deactivated."""
    found = uncovered_rounds(session, bank_id=bank_id, first=day)
    lines = [
        f"{short_day(each.shift.day)}{COLON} "
        + gettext(
            "round %(letter)s of %(name)s", letter=each.letter, name=each.shift.collector.name
        )
        for each in found
    ]
    return Card(
        title=gettext("Rounds without a collector"),
        count=len(lines),
        words=gettext("The account of their collector was closed."),
        address=url_for("board.days.page", day=found[0].shift.day if found else day),
        action=gettext("Open the day"),
        icon="person",
        tone="danger",
        lines=tuple(lines[:MOST_NAMES]),
    )


def _absent(session: Session, bank_id: int, day: date) -> Card:
    """Return the card of absences, and of collectors with a shift a week ago and none today."""
    before = shifts_on(session, bank_id=bank_id, day=day - timedelta(days=7))
    here = {shift.collector_id for shift in shifts_on(session, bank_id=bank_id, day=day)}
    absences = absences_on(session, bank_id=bank_id, day=day)
    lines = [f"{_absent_one(each)}{COLON} {absence(each)}" for each in absences]
    off_duty = {each.person_id for each in absences}
    names = {
        shift.collector_id: shift.collector.name
        for shift in before
        if shift.collector_id not in here | off_duty
    }
    lines += [
        gettext("%(name)s: on duty a week ago, not today", name=name) for name in names.values()
    ]
    return Card(
        title=gettext("Collectors and vehicles absent"),
        count=len(lines),
        words="",
        address=url_for("board.days.page", day=day),
        action=gettext("Open the day"),
        icon="person",
        lines=tuple(lines[:MOST_NAMES]),
    )


def _absent_one(found: Absence) -> str:
    """Return the name of the collector or the vehicle off duty; of the bank if it is closed."""
    if found.of_all:
        return str(gettext("Everyone"))
    return str(found.person.name if found.person else found.vehicle)


def _clocks(session: Session, plan: DayPlan | None, bank_id: int, day: date) -> Card:
    found = load_dispatch_view(session, plan, bank_id=bank_id, day=day, now=now())
    lines = [
        *(
            f"{each.letter}{COLON} {each.round.shift.collector.name}"
            for each in (*(each for each, _ in found.tight), *found.unsure)
        ),
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
        count=len(found.tight) + len(found.unsure) + len(found.at_risk),
        words="",
        address=url_for("board.dispatch.home", day=day),
        action=gettext("Follow the day"),
        icon="clock",
        tone="danger",
        lines=tuple(lines[:MOST_NAMES]),
    )


def _broken(session: Session, bank_id: int, day: date) -> Card:
    """Return the card of published days that break a rule at the times of now."""
    last, lines, days = day + timedelta(days=PUBLISHED_DAYS), list[str](), list[date]()
    for each in sorted(published_days(session, bank_id=bank_id, first=day, last=last)):
        if rules := rules_broken_since(session, bank_id=bank_id, day=each):
            view = load_day_view(session, day_plan(session, bank_id=bank_id, day=each), each)
            lines += [f"{short_day(each)}{COLON} {said}" for said in broken_sentences(rules, view)]
            days.append(each)
    return Card(
        title=gettext("Broken rules in published rounds"),
        count=len(lines),
        words=gettext("at the travel and visit times that count now") if lines else "",
        address=url_for("board.days.page", day=days[0] if days else day),
        action=gettext("Open the day"),
        icon="warning",
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
        for due in due_donors(session, bank_id=bank_id, now=now(), days=SEROLOGY_DAYS)
        if due.open is None
        and not due.paused
        and due.forecast.declared
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

"""Sentences to a donor about her file and her visit: short, concrete and kind."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from collector.banks.policies import Policies, PolicyKey
from collector.donor_contact.visit_times import VisitTimes
from collector.donors.eligibility import (
    BLOCKING,
    BLOOD_HELPS,
    EligibilityReason,
    judge,
    serology_valid_until,
)
from collector.donors.models import Donor
from collector.pickups.flags import fetch_by, is_below_minimum
from collector.pickups.models import Giving, Kit, MilkLine, Pickup, PickupState, Purpose
from collector.pickups.states import OPEN
from collector.rounds.queries import PromisedVisit
from collector.web.formats import day, hour, litres

PURPOSES: Mapping[str, LazyString] = {
    Purpose.COLLECTION: lazy_gettext("we fetch your milk"),
    Purpose.FIRST_INTERVIEW: lazy_gettext("we meet for a first talk"),
    Purpose.MATERIAL_DROP: lazy_gettext("we bring what you need"),
    Purpose.BLOOD_SAMPLE: lazy_gettext("we draw a blood sample"),
    Purpose.PUMP_RETURN: lazy_gettext("we take the pump back"),
    Purpose.WARD: lazy_gettext("we come to the ward"),
}


LINES: Mapping[MilkLine, LazyString] = {
    MilkLine.DONATED: lazy_gettext("for other babies: a gift"),
    MilkLine.OWN_CHILD: lazy_gettext("for my own child in hospital"),
}
KITS: Mapping[str, LazyString] = {
    Kit.LABELS: lazy_gettext("labels"),
    Kit.PUMP_PARTS: lazy_gettext("parts for the pump"),
}
GAUGE: Mapping[int, LazyString] = {
    1: lazy_gettext("a quarter"),
    2: lazy_gettext("half"),
    3: lazy_gettext("three quarters"),
    4: lazy_gettext("full"),
}


class Note(NamedTuple):
    """A sentence and its tone: ok, info or warn; never an alarm."""

    tone: str
    text: str


def headline(pickup: Pickup, times: VisitTimes | None, *, now: datetime) -> str:
    """Return the state of a visit in one sentence."""
    if times is not None and pickup.state is PickupState.PUBLISHED:
        return _late(times, now) if times.is_over(now) else _coming(times)
    if pickup.promised_at is not None and pickup.state in SLOT_WORDS:
        return str(SLOT_WORDS[pickup.state]) % _slot(pickup)
    sentences = {
        PickupState.ASKED: _("We have your request. We answer as soon as we have read it."),
        PickupState.ACCEPTED: _("We said yes. We tell you the day and the time soon."),
        PickupState.PLANNED: _("We are preparing the round. We tell you the time soon."),
        PickupState.PUBLISHED: _("We come on one of the days you proposed."),
        PickupState.EN_ROUTE: _("We are on our way."),
        PickupState.ARRIVED: _("We are at your door."),
        PickupState.COLLECTED: _("We were with you. Thank you."),
        PickupState.PARTLY_COLLECTED: _("We were with you and took a part. Thank you."),
        PickupState.FAILED: _("We could not meet. Ask again whenever it suits you."),
        PickupState.CANCELLED: _("This visit was called off."),
        PickupState.EXPIRED: _("The days you proposed went by. We are sorry; please ask again."),
    }
    return str(sentences[pickup.state])


SLOT_WORDS: Mapping[PickupState, LazyString] = {
    PickupState.ASKED: lazy_gettext(
        "We keep %(day)s between %(opens)s and %(closes)s for you, and call you before."
    ),
    PickupState.ACCEPTED: lazy_gettext(
        "It is agreed: we come on %(day)s between %(opens)s and %(closes)s."
    ),
    PickupState.PLANNED: lazy_gettext(
        "It is agreed: we come on %(day)s between %(opens)s and %(closes)s."
    ),
}


def _slot(pickup: Pickup) -> dict[str, str]:
    window = pickup.windows[0]
    return {
        "day": day(window.day),
        "opens": hour(window.opens),
        "closes": hour(window.closes),
    }


def _coming(times: VisitTimes) -> str:
    """Return the day and the hours of a promised visit, as a sentence."""
    opens, closes = times.hours
    text = _(
        "We come on %(day)s between %(opens)s and %(closes)s.",
        day=day(times.day),
        opens=hour(opens),
        closes=hour(closes),
    )
    return str(text)


def _late(times: VisitTimes, now: datetime) -> str:
    """Return the sentence of a visit whose hours are over and that no record settles."""
    if times.service_day.wall(now).date() > times.day:
        return str(
            _("We wanted to come on %(day)s. If nobody came, please call us.", day=day(times.day))
        )
    closes = hour(times.hours[1])
    return str(_("We wanted to come by %(closes)s and are late. We are sorry.", closes=closes))


def giving_notes(giving: Giving | None, today: date) -> Iterator[Note]:
    """Yield the notes on a donor's plans: her pause, less milk, the last visit."""
    if giving is None:
        return
    begins, ends = giving.paused_from, giving.paused_until
    if begins is not None and ends is not None and ends >= today:
        text = _("You pause from %(first)s to %(last)s.", first=day(begins), last=day(ends))
        yield Note("info", text)
    if giving.last_gift:
        yield Note("info", _("You told us that the next visit is the last one."))
    elif giving.tapering:
        yield Note("info", _("You told us that it becomes less and less."))


def file_notes(donor: Donor, *, on: date, policies: Policies) -> list[Note]:
    """Return the notes on a donor's file on a day."""
    reasons = set(judge(donor, on=on, policies=policies).reasons)
    if reasons & BLOCKING:
        return [_blocked(donor, reasons)]
    if EligibilityReason.NOT_INTERVIEWED in reasons:
        return [Note("info", _("We would like to meet you first: somebody comes for a talk."))]
    return [*_review(reasons), *_blood(donor, reasons)]


def visit_notes(pickup: Pickup, *, policies: Policies, promise: PromisedVisit | None) -> list[Note]:
    """Return the notes on a visit: its obstacles and additions on its possible days."""
    if pickup.state not in OPEN:
        return []
    days = [promise.day] if promise else sorted({window.day for window in pickup.windows})
    return [
        *_holds(pickup),
        *_blood_at_visit(pickup, days, policies),
        # Once a day is promised, too small a volume no longer prevents the visit.
        *(() if promise else _volume(pickup, policies)),
        *_milk_age(pickup, days, policies),
    ]


def _blocked(donor: Donor, reasons: set[EligibilityReason]) -> Note:
    if EligibilityReason.SUSPENDED in reasons and donor.suspended_until is not None:
        text = _(
            "Your gifts are paused until %(day)s. Please keep your milk; we call you.",
            day=day(donor.suspended_until),
        )
        return Note("warn", text)
    if EligibilityReason.ENDED in reasons:
        return Note("info", _("You are not giving at the moment. Thank you for all you gave."))
    return Note("warn", _("We cannot come at the moment. Please call us: we explain and help."))


def _review(reasons: set[EligibilityReason]) -> Iterator[Note]:
    if EligibilityReason.SEROLOGY_PENDING in reasons:
        yield Note("info", _("We are waiting for the result of your last blood test."))
    if EligibilityReason.BABY_TOO_OLD in reasons:
        yield Note("info", _("Your baby is growing up. Please call us before you keep more milk."))
    if reasons & {
        EligibilityReason.NO_CONSENT,
        EligibilityReason.NOT_YET_ELIGIBLE,
        EligibilityReason.SUSPENSION_OVER,
    }:
        yield Note("info", _("Something in your file is still to be signed. A nurse calls you."))


def _blood(donor: Donor, reasons: set[EligibilityReason]) -> Iterator[Note]:
    until = serology_valid_until(donor)
    if EligibilityReason.NO_SEROLOGY in reasons:
        yield Note("info", _("We draw the first blood sample at your next visit."))
    elif EligibilityReason.SEROLOGY_LAPSED in reasons:
        yield Note("info", _("Your blood test has to be renewed: we do it at your next visit."))
    elif until is not None and EligibilityReason.SEROLOGY_PENDING not in reasons:
        yield Note("ok", _("Your blood test is valid until %(day)s.", day=day(until)))


def _holds(pickup: Pickup) -> Iterator[Note]:
    if any(hold.cleared_at is None for hold in pickup.holds):
        text = _(
            "Thank you for telling us. Please keep your milk: a nurse calls you before we come."
        )
        yield Note("warn", text)


def _blood_at_visit(pickup: Pickup, days: list[date], policies: Policies) -> Iterator[Note]:
    reasons = {
        reason for on in days for reason in judge(pickup.donor, on=on, policies=policies).reasons
    }
    if Purpose.COLLECTION not in pickup.purposes or not reasons & BLOOD_HELPS:
        return
    until = serology_valid_until(pickup.donor)
    if until is None:
        yield Note("info", _("We draw a blood sample at the same visit."))
        return
    text = _(
        "Your blood test is valid until %(day)s; we draw the next one at the same visit.",
        day=day(until),
    )
    yield Note("info", text)


def _volume(pickup: Pickup, policies: Policies) -> Iterator[Note]:
    least = policies[PolicyKey.MINIMUM_VOLUME_ML]
    if Purpose.COLLECTION in pickup.purposes and is_below_minimum(pickup, policies):
        text = _(
            "We usually come from %(least)s. We keep your request and look for a way; if your "
            "freezer has room, wait a little and change the volume here.",
            least=litres(least),
        )
        yield Note("warn", text)


def _milk_age(pickup: Pickup, days: list[date], policies: Policies) -> Iterator[Note]:
    if pickup.oldest_on is None or Purpose.COLLECTION not in pickup.purposes:
        return
    last = fetch_by(pickup.oldest_on, policies)
    if all(on <= last for on in days):
        yield Note("info", _("Your oldest bottle is to be fetched by %(day)s.", day=day(last)))
    elif any(on <= last for on in days):
        text = _(
            "Your oldest bottle is to be fetched by %(day)s: only the days up to then suit it.",
            day=day(last),
        )
        yield Note("warn", text)
    else:
        text = _(
            "Your oldest bottle was to be fetched by %(day)s. Choose an earlier day if you can, "
            "or set aside the bottles that are older and change the date here.",
            day=day(last),
        )
        yield Note("warn", text)

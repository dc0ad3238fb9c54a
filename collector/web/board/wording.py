"""Words of the board: a sentence per reason, flag and broken rule, and units."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import Blueprint
from flask_babel import (
    format_currency,
    format_date,
    format_decimal,
    gettext,
    lazy_gettext,
    ngettext,
    to_user_timezone,
)
from flask_babel.speaklater import LazyString

from collector.donors.queries import donor_words
from collector.rounds.models import NotDoneReason
from collector.shifts.duty import SiteGapKind, site_gaps
from collector.shifts.models import Absence, AbsenceReason, RosterShift
from collector.web.audit_wording import action_words
from collector.web.board.policy_wording import POLICIES
from collector.web.board.source_wording import SOURCES
from collector.web.call_wording import words_to_say
from collector.web.disruption_wording import DISRUPTIONS, PHASES, WAYS, WHY_NO_DAY
from collector.web.formats import clock, hour, moment, short_day
from collector.web.incident_wording import (
    CHOICES,
    DECISIONS,
    DETAILS,
    INCIDENTS,
    LOAD_ITEMS,
    ROUND_STATES,
)

_ = lazy_gettext

SECONDS_TO_THINK = (2, 20, 120)
MIDNIGHT = "00:00"
NEARLY_ALWAYS = 99
"""Days in a hundred from which a chance is not told in times out of ten."""

ABSENCE_REASONS: Mapping[AbsenceReason, LazyString] = {
    AbsenceReason.ILL: _("ill"),
    AbsenceReason.OUT_OF_ORDER: _("out of order"),
    AbsenceReason.SERVICE: _("at the garage for its service"),
    AbsenceReason.LEAVE: _("on leave"),
    AbsenceReason.TRAINING: _("in training"),
    AbsenceReason.CLOSED: _("the bank is closed"),
    AbsenceReason.TAKEN_OFF: _("taken from the roster"),
}

REASONS: Mapping[str, LazyString] = {
    "impossible": _("No collector could make this visit, even with nothing else to do."),
    "crowded": _("A collector could make this visit alone, but the rounds are full around it."),
    "too_dear": _("It fits, for %(price)s more; leaving it for another day costs less."),
    "too_risky": _(
        "It fits, for %(price)s more, but the round would then keep its promises and the limits"
        " of the milk on too few days."
    ),
    "fits": _("It fits, for %(price)s more: optimise again, or move it into a round."),
    "taken_out": _("A coordinator took it out of its round."),
    "nobody_on_duty": _(
        "Every collector of this day is off duty or has left. Find another day for this visit."
    ),
    "off_duty": _("The collector or the vehicle of its round is off duty."),
    "request_changed": _("She changed her request: accept it again, then plan it."),
    "not_asked_yet": _("It came after the last plan: optimise again, or move it into a round."),
    "no_position": _("We do not know where this address is. Set its place on the map."),
    "held": _("A nurse must speak with her before we come."),
    "not_eligible": _("Her file does not allow a visit on this day."),
    "serology_lapses": _("Her blood test does not count on this day, and no sample is planned."),
    "no_window": _("She asked for other days."),
    "below_minimum": _("She has less milk than your bank drives for."),
}

OBSTACLES: Mapping[str, LazyString] = {
    "windows": _("The nearest place, in round %(round)s, would be %(by)s outside her hours."),
    "shifts": _("The nearest place would end round %(round)s %(by)s after its collector's hours."),
    "load": _("The nearest place would load %(count)s too many on round %(round)s."),
    "ride_time": _("In round %(round)s, what she gives would ride %(by)s longer than it may."),
    "skills": _("The nearest round, %(round)s, lacks the skill that it needs."),
    "pins": _("A pinned stop stands in the way in round %(round)s."),
    "ends": _("The nearest round, %(round)s, does not end at a freezer."),
    "dates": _("The nearest place, in round %(round)s, would be %(by)s outside her dates."),
    "collectors": _("The collector of the nearest round, %(round)s, may not come to her."),
    "zones": _("She lives outside the zones of the nearest round, %(round)s."),
    "limits": _("The nearest place would take round %(round)s above one of its limits."),
    "breaks": _("The nearest place would leave no time for a break in round %(round)s."),
    "reload": _("Round %(round)s would have to empty its boxes once more than it may."),
    "periods": _("Another visit to her is planned in the same period, in round %(round)s."),
    "shipments": _("What is fetched for her could not be handed over by round %(round)s."),
    "overtime": _("Round %(round)s would work overtime that its bill does not show."),
    "balance": _("Round %(round)s would have more than its share of the work."),
    "price": _("The bill of round %(round)s does not add up."),
}

FLAGS: Mapping[str, LazyString] = {
    "below_minimum": _("below the minimum volume"),
    "milk_too_old": _("milk too old by the visit"),
    "milk_nearly_too_old": _("milk nearly too old"),
    "serology_lapses": _("serology lapses before the visit"),
    "address_not_found": _("address not found"),
    "outside_zone": _("outside our zones"),
    "held": _("call her first: health answers"),
    "duplicate": _("asked twice"),
    "not_eligible": _("file does not allow a visit"),
    "needs_review": _("file to be looked at"),
}

GRAVE_FLAGS = frozenset({"milk_too_old", "held", "not_eligible", "address_not_found"})

PURPOSES: Mapping[str, LazyString] = {
    "collection": _("collection"),
    "first_interview": _("first interview"),
    "material_drop": _("material to bring"),
    "blood_sample": _("blood sample"),
    "pump_return": _("pump to fetch"),
    "ward": _("ward visit"),
}

HEALTH: Mapping[str, LazyString] = {
    "illness": _("ill since the last visit"),
    "medication": _("takes a medicine"),
    "exposure": _("possible exposure to an infection"),
}

STATES: Mapping[str, LazyString] = {
    "asked": _("asked"),
    "accepted": _("accepted"),
    "planned": _("planned"),
    "published": _("promised"),
    "en_route": _("on the way"),
    "arrived": _("at the door"),
    "collected": _("collected"),
    "partly_collected": _("partly collected"),
    "failed": _("not done"),
    "cancelled": _("cancelled"),
    "expired": _("too late"),
}

DONOR_STATES: Mapping[str, LazyString] = {
    "candidate": _("new"),
    "prescreened": _("first questions answered"),
    "interviewed": _("interviewed"),
    "awaiting_serology": _("blood result awaited"),
    "eligible": _("may give"),
    "suspended": _("paused"),
    "ended": _("ended"),
    "excluded": _("does not give"),
}

SUSPENSIONS: Mapping[str, LazyString] = {
    "serology_lapsed": _("her blood test has lapsed"),
    "serology_not_clear": _("a blood result to be discussed"),
    "illness": _("illness"),
    "medication": _("a medicine"),
    "exposure": _("a possible exposure to an infection"),
    "donor_asked": _("she asked to pause"),
    "other": _("another reason"),
}

CANCEL_REASONS: Mapping[str, LazyString] = {
    "donor_asked": _("She asked us to"),
    "duplicate": _("Asked twice"),
    "not_eligible": _("Her file does not allow it"),
    "too_far": _("Outside our zones"),
    "other": _("Another reason"),
}

FAILURES: Mapping[str, LazyString] = {
    NotDoneReason.NOBODY_HOME: _("nobody was home"),
    NotDoneReason.WRONG_ADDRESS: _("the address was wrong"),
    NotDoneReason.DONOR_UNWELL: _("she is unwell: her milk waits"),
    NotDoneReason.NOTHING_READY: _("nothing was ready"),
    NotDoneReason.MILK_REFUSED: _("the milk was refused"),
    NotDoneReason.FREEZER_TOO_WARM: _("the freezer was not cold enough"),
    NotDoneReason.COLLECTOR_LATE: _("the collector came too late"),
    NotDoneReason.VEHICLE_OR_BOX: _("the vehicle or the box failed"),
    NotDoneReason.ACCESS: _("the door could not be reached"),
    NotDoneReason.OTHER: _("another reason"),
}

JUDGEMENTS: Mapping[str, LazyString] = {
    "excluded": _("She does not give: a professional decided so."),
    "ended": _("She has ended her donations."),
    "suspended": _("Her donations are paused."),
    "serology_not_clear": _("A blood result needs a professional's decision."),
    "suspension_over": _("Her pause is over: somebody has to open her file again."),
    "not_interviewed": _("She was not interviewed yet."),
    "no_consent": _("Her consent is missing."),
    "no_serology": _("There is no blood result yet."),
    "serology_pending": _("Her blood result is awaited."),
    "serology_lapsed": _("Her blood test has lapsed: a sample is due."),
    "not_yet_eligible": _("Her file is not complete yet."),
    "baby_too_old": _("Her baby is older than your bank's limit."),
}

CONTAINER_STATES: Mapping[str, LazyString] = {
    "declared": _("declared by the donor"),
    "collected": _("collected"),
    "refused_at_door": _("left with the donor"),
    "in_transit": _("on the way"),
    "received": _("received"),
    "refused_at_reception": _("refused on arrival"),
}

SITE_GAPS: Mapping[SiteGapKind, LazyString] = {
    SiteGapKind.CLOSED_DAY: _("%(site)s is closed on this day: the planner leaves the shift out."),
    SiteGapKind.OPENS_LATER: _("%(site)s opens at %(time)s: the round leaves no earlier."),
    SiteGapKind.CLOSES_EARLIER: _("%(site)s closes at %(time)s: the round is back before."),
}

DOOR_FLAGS: Mapping[str, LazyString] = {
    "freezer_warm": _("freezer too warm"),
    "storage_not_ok": _("storage not in order"),
    "proof_missing": _("a required proof is missing"),
}

REFUSALS: Mapping[str, LazyString] = {
    "thawed": _("it had thawed"),
    "no_label": _("it had no label"),
    "too_old": _("the milk was too old"),
    "wrong_container": _("it was not a container of ours"),
    "damaged": _("it was damaged"),
    "other": _("for another reason"),
}


CODED: Mapping[str, Mapping[Any, Any]] = {
    "purpose": PURPOSES,
    "health": HEALTH,
    "pickup_state": STATES,
    "donor_state": DONOR_STATES,
    "suspension": SUSPENSIONS,
    "failure": FAILURES,
    "flag": FLAGS,
    "judgement": JUDGEMENTS,
    "policy": POLICIES,
    "choice": CHOICES,
    "why_no_day": WHY_NO_DAY,
    "incident": INCIDENTS,
    "decision": DECISIONS,
    "detail": DETAILS,
    "load_item": LOAD_ITEMS,
    "round_state": ROUND_STATES,
    "door_flag": DOOR_FLAGS,
    "refusal": REFUSALS,
    "container_state": CONTAINER_STATES,
}
"""The words of codes, by the name of their filter."""


def add_words(blueprint: Blueprint) -> None:
    """Register the words and units for the board's templates."""
    for name, fill in (
        ("euros", euros),
        ("kilometres", kilometres),
        ("duration", duration),
        ("more_euros", lambda cents: signed(euros(abs(cents)), cents)),
        ("more_kilometres", lambda metres: signed(kilometres(abs(metres)), metres, least=50)),
        ("more_time", lambda seconds: signed(duration(abs(seconds)), seconds, least=30)),
        ("in_ten", in_ten),
        ("way", lambda code: str(WAYS[code][0])),
        ("way_why", lambda code: str(WAYS[code][1])),
        ("disruption", lambda code: str(DISRUPTIONS[code])),
        ("phase", lambda code: str(PHASES[code])),
        ("absence", absence),
        ("site_gaps", site_gap_words),
        ("month", month),
        ("search_words", donor_words),
        ("source", lambda text: str(SOURCES.get(text, text))),
        ("action", action_words),
    ):
        blueprint.add_app_template_filter(fill, f"board_{name}")
    for name, known in CODED.items():
        blueprint.add_app_template_filter(partial(word, known), f"board_{name}")
    blueprint.add_app_template_filter(words_to_say, "words_to_say")


def site_gap_words(shift: RosterShift) -> list[str]:
    """Return a sentence for each site that is closed during a part of a shift."""
    return [
        str(SITE_GAPS[gap.kind] % {"site": gap.site.name, "time": hour(gap.at) if gap.at else ""})
        for gap in site_gaps(shift)
    ]


def in_ten(chance: int) -> str:
    """Return a chance in days out of a hundred as times out of ten, rounded down."""
    if chance >= NEARLY_ALWAYS:
        return str(gettext("nearly always"))
    times = chance // 10
    if not times:
        return str(gettext("hardly ever"))
    return str(ngettext("%(num)s time in 10", "%(num)s times in 10", times))


def word(words: Mapping[str, LazyString], code: str) -> str:
    """Return the word of a code; of an unknown one, the code made readable."""
    return str(words.get(code, code.replace("_", " ")))


def reason(code: str, details: Mapping[str, Any]) -> str:
    """Return the sentence why a visit is in no round, with the nearest obstacle."""
    if code == "too_dear" and details.get("risk_cents"):
        code = "too_risky"
    sentence = word(REASONS, code) % {"price": euros(details.get("price_cents") or 0)}
    obstacle = nearest(details)
    return f"{sentence} {obstacle}" if obstacle else sentence


def nearest(details: Mapping[str, Any]) -> str:
    """Return the sentence of the rule that the nearest place would break, with its amount."""
    rule = str(details.get("rule") or "")
    if rule not in OBSTACLES:
        return ""
    by = int(details.get("by") or 0)
    return str(OBSTACLES[rule]) % {
        "by": duration(by),
        "count": by,
        "round": details.get("round") or "?",
    }


def absence(found: Absence) -> str:
    """Return the reason and the end of an absence: off duty until the end of Tue 24 Nov, ill."""
    reason_word = str(ABSENCE_REASONS[found.reason])
    if clock(found.ends_at) == MIDNIGHT:
        last = to_user_timezone(found.ends_at - timedelta(seconds=1)).date()
        until = gettext("off duty until the end of %(day)s", day=short_day(last))
    else:
        until = gettext("off duty until %(moment)s", moment=moment(found.ends_at))
    return f"{until} ({reason_word})"


def month(day: date) -> str:
    """Return the month of a day with its year: November 2026."""
    text = str(format_date(day, "MMMM y"))
    return text[:1].upper() + text[1:]


def euros(cents: int) -> str:
    """Return an amount in the format of the language."""
    return str(format_currency(cents / 100, "EUR"))


def kilometres(metres: int) -> str:
    """Return a distance in kilometres with a no-break space: 81.2 km."""
    return f"{format_decimal(round(metres / 1000, 1), '#,##0.0')}\N{NO-BREAK SPACE}km"


def duration(seconds: int | timedelta) -> str:
    """Return a duration: 45 min, 1 h 05."""
    total = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    minutes = round(abs(total) / 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes}\N{NO-BREAK SPACE}min"
    return f"{minutes // 60}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{minutes % 60:02}"


def signed(text: str, amount: int, *, least: int = 1) -> str:
    """Return a difference with its sign: +3.2 km; below `least`, with a plus-minus sign."""
    if abs(amount) < least:
        return f"\N{PLUS-MINUS SIGN}{text}"
    return f"{'+' if amount > 0 else chr(0x2212)}{text}"

"""Remedies in words, and the message to a donor for her agreement."""

from collections.abc import Mapping
from datetime import date

from flask_babel import force_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from collector.pickups.models import Pickup
from collector.planning.editing.remedies import PricedRemedy
from collector.web.board.wording import word
from collector.web.formats import day as day_in_words
from collector.web.formats import hour

_ = lazy_gettext

ASKS_DONOR = frozenset({"widen_window"})

REMEDIES: Mapping[str, LazyString] = {
    "insert": _("Put it into round %(round)s, where it adds least."),
    "raise_penalty": _("Put it into round %(round)s all the same."),
    "widen_window": _(
        "Ask her: we could come with round %(round)s if her hours began at %(until)s."
    ),
    "widen_window_later": _("Ask her: round %(round)s could come until %(until)s."),
    "move_date": _("Ask her for another date."),
    "lengthen_shift": _("Let the collector of round %(round)s work until %(until)s."),
    "add_capacity": _("Let round %(round)s carry %(count)s more (%(dimension)s)."),
    "end_nearer": _("Let round %(round)s end at a nearer freezer."),
    "find_skill": _("Give the visit to somebody who may make it."),
    "allow_collector": _("Let the collector of round %(round)s come to her."),
    "widen_zone": _("Let round %(round)s leave its zones."),
    "move_break": _("Move the break of round %(round)s."),
    "raise_limit": _("Let round %(round)s be longer."),
    "other_period": _("Come in another period."),
    "other_day": _("Come on another day."),
    "drop_optional": _("Leave out %(other)s today, and take her place in round %(round)s."),
    "remove_pin": _("Let go of the pin of %(other)s, and use round %(round)s."),
    "end_at_freezer": _("Let round %(round)s end at a freezer."),
}

DIMENSIONS: Mapping[str, LazyString] = {
    "bottles": _("bottles"),
    "ml": _("ml"),
    "tubes": _("blood tubes"),
}


def describe_remedy(found: PricedRemedy, names: Mapping[int, str]) -> str:
    """Return a sentence for a remedy."""
    code = found.remedy
    if code == "widen_window" and found.side == "later":
        code = "widen_window_later"
    return word(REMEDIES, code) % {
        "round": found.letter,
        "until": f"{found.until:%H:%M}" if found.until else "",
        "count": found.by,
        "dimension": word(DIMENSIONS, found.dimension) if found.dimension else "",
        "other": names.get(found.other or 0, "?"),
    }


def asks_donor(found: PricedRemedy) -> bool:
    """Return whether the donor has to agree first."""
    return found.remedy in ASKS_DONOR


def donor_message(found: PricedRemedy, pickup: Pickup, day: date, bank: str) -> str:
    """Return the message to the donor, in her language; it does not mention milk."""
    with force_locale(pickup.donor.language):
        opens, closes = requested_hours(found, pickup, day)
        return str(
            gettext(
                "Hello %(name)s, on %(day)s we could come between %(opens)s and %(closes)s."
                " Would that suit you? Please answer or call us. %(bank)s",
                name=pickup.donor.first_name,
                day=day_in_words(day),
                opens=hour(opens),
                closes=hour(closes),
                bank=bank,
            )
        )


def requested_hours(found: PricedRemedy, pickup: Pickup, day: date) -> tuple[str, str]:
    """Return the hours that the donor is asked for."""
    hers = [window for window in pickup.windows if window.day == day]
    opens = min(window.opens for window in hers)
    closes = max(window.closes for window in hers)
    if found.until is not None and found.side == "later":
        closes = found.until
    elif found.until is not None:
        opens = found.until
    return f"{opens:%H:%M}", f"{closes:%H:%M}"

"""What a move costs and breaks, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from collector.planning.preview import Break, Preview
from collector.web.board_wording import duration, euros, kilometres, signed, word

_ = lazy_gettext


class Verdict(StrEnum):
    """What stands between a move and its being done."""

    FITS = "fits"
    NEEDS_REASON = "needs_reason"
    REFUSED = "refused"


BREAKS: Mapping[str, LazyString] = {
    "windows": _("%(who)s: the visit would begin %(by)s outside her hours."),
    "shifts": _("Round %(round)s would end %(by)s after the collector's hours."),
    "load": _("Round %(round)s would carry %(count)s more than the vehicle can."),
    "ride_time": _("%(who)s: what she gives would ride %(by)s longer than it may."),
    "skills": _("%(who)s: the collector of round %(round)s may not make this visit."),
    "pins": _("%(who)s is pinned and would leave her place."),
    "ends": _("%(who)s: round %(round)s does not end at a freezer."),
    "clock": _("Round %(round)s: a time does not follow from the drive before it."),
    "dates": _("%(who)s: the visit would begin %(by)s outside her dates."),
    "collectors": _("%(who)s: this collector may not come to her."),
    "zones": _("%(who)s lives outside the zones of round %(round)s."),
    "limits": _("Round %(round)s would go above one of its limits."),
    "breaks": _("Round %(round)s would leave no time for a break."),
    "reload": _("Round %(round)s would empty its boxes where or when it may not."),
    "periods": _("%(who)s would be visited twice in the same period."),
    "shipments": _("%(who)s: what is fetched would not be handed over by the same round."),
    "overtime": _("Round %(round)s: its bill does not show the overtime it would work."),
    "balance": _("Round %(round)s: its bill does not show what it has above its share."),
    "price": _("Round %(round)s: its bill does not add up."),
    "coverage": _("A visit is in no round or in two."),
    "below_minimum": _("She has less milk than the minimum for a visit."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakSeen:
    """One broken rule as the board tells it."""

    sentence: str
    medical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a move adds, with its sign, and what it breaks."""

    verdict: Verdict
    distance: str
    time: str
    cost: str
    breaks: tuple[BreakSeen, ...]


def price(found: Preview, names: Mapping[int, str]) -> Price:
    """Put a preview into words; `names` says who each pick-up is."""
    breaks = tuple(
        BreakSeen(sentence=_sentence(each, names), medical=each.medical) for each in found.breaks
    )
    return Price(
        verdict=_verdict(breaks),
        distance=signed(kilometres(abs(found.metres)), found.metres, least=50),
        time=signed(duration(found.seconds), found.seconds, least=30),
        cost=signed(euros(abs(found.cents)), found.cents),
        breaks=breaks,
    )


def _verdict(breaks: tuple[BreakSeen, ...]) -> Verdict:
    if any(each.medical for each in breaks):
        return Verdict.REFUSED
    return Verdict.NEEDS_REASON if breaks else Verdict.FITS


def broken_rule(rule: str, *, by: int, letter: str | None, who: str | None) -> str:
    """Say which rule is broken, by how much, in which round, for whom."""
    said = {
        "by": duration(by),
        "count": by,
        "round": letter or "",
        "who": who or gettext("A visit"),
    }
    return word(BREAKS, rule) % said


def _sentence(broken: Break, names: Mapping[int, str]) -> str:
    figures = broken.figures
    return broken_rule(
        broken.rule,
        by=int(figures.get("by") or 0),
        letter=figures.get("round"),
        who=names.get(figures.get("pickup") or 0),
    )

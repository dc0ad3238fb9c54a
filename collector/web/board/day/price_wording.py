"""Costs and broken rules of a change of the rounds, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from collector.planning.editing.what_if import BrokenRule, Preview
from collector.planning.problem.ride_limits import TIGHT_MARGIN
from collector.web.board.wording import duration, euros, kilometres, signed, word

_ = lazy_gettext


class PriceVerdict(StrEnum):
    """Verdict on a change: made freely, with care, with a reason, or never."""

    FITS = "fits"
    CAREFUL = "careful"
    PARTIAL = "partial"
    """Some of the visits find no place."""
    NEEDS_REASON = "needs_reason"
    REFUSED = "refused"


RANK = {verdict: rank for rank, verdict in enumerate(PriceVerdict)}

VERDICTS: Mapping[PriceVerdict, LazyString] = {
    PriceVerdict.FITS: _("fits"),
    PriceVerdict.CAREFUL: _("fits, a tight clock"),
    PriceVerdict.NEEDS_REASON: _("breaks a rule"),
    PriceVerdict.REFUSED: _("not possible"),
}

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
class BrokenRuleView:
    """One broken rule in words."""

    rule: str
    sentence: str
    medical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceView:
    """Differences that a change makes, with their signs, and its broken rules.

    Attributes
    ----------
    late, overtime
        Empty if there is none.
    clock
        Time left on the tightest clock of its rounds.
    promises
        The donors with a new promise, in words.
    """

    verdict: PriceVerdict
    word: str
    cents: int
    metres: int
    seconds: int
    distance: str
    time: str
    cost: str
    late: str
    overtime: str
    clock: str
    is_tight: bool
    promises: str
    breaks: tuple[BrokenRuleView, ...]

    @property
    def rank(self) -> tuple[int, int]:
        """The sort key: the best verdict first, then the cheapest."""
        return RANK[self.verdict], self.cents


def describe_price(found: Preview, names: Mapping[int, str], *, left: int = 0) -> PriceView:
    """Return a preview in words.

    Parameters
    ----------
    names
        The donor's name of each request.
    left
        Number of the moved visits without a place.
    """
    breaks = tuple(
        BrokenRuleView(rule=each.rule, sentence=_sentence(each, names), medical=each.medical)
        # Medical rules come first: no reason makes up for them.
        for each in sorted(found.breaks, key=lambda each: not each.medical)
    )
    is_tight = found.margin is not None and timedelta(seconds=found.margin) < TIGHT_MARGIN
    verdict = _verdict(breaks, careful=is_tight or bool(found.promises), left=left)
    return PriceView(
        verdict=verdict,
        word=_word(verdict, found, left),
        cents=found.cents,
        metres=found.metres,
        seconds=found.seconds,
        distance=signed(kilometres(abs(found.metres)), found.metres, least=50),
        time=signed(duration(found.seconds), found.seconds, least=30),
        cost=signed(euros(abs(found.cents)), found.cents),
        late=signed(duration(found.late), found.late) if found.late else "",
        overtime=signed(duration(found.overtime), found.overtime) if found.overtime else "",
        clock="" if found.margin is None else duration(max(0, found.margin)),
        is_tight=is_tight,
        promises=_promises(found.promises, names),
        breaks=breaks,
    )


def _word(verdict: PriceVerdict, found: Preview, left: int) -> str:
    if verdict is PriceVerdict.PARTIAL:
        return str(ngettext("%(num)s finds no place", "%(num)s find no place", left))
    if verdict is PriceVerdict.CAREFUL and found.promises:
        return str(gettext("changes a promise"))
    return str(VERDICTS[verdict])


def _promises(pickups: tuple[int, ...], names: Mapping[int, str]) -> str:
    if not pickups:
        return ""
    who = ", ".join(names.get(key, "?") for key in pickups[:3])
    if len(pickups) > 3:  # noqa: PLR2004 - as many names as a line holds
        who += "…"
    return str(
        ngettext(
            "%(num)s promise changes: %(who)s",
            "%(num)s promises change: %(who)s",
            len(pickups),
            who=who,
        )
    )


def _verdict(breaks: tuple[BrokenRuleView, ...], *, careful: bool, left: int) -> PriceVerdict:
    if any(each.medical for each in breaks):
        return PriceVerdict.REFUSED
    if breaks:
        return PriceVerdict.NEEDS_REASON
    if left:
        return PriceVerdict.PARTIAL
    return PriceVerdict.CAREFUL if careful else PriceVerdict.FITS


def broken_rule(rule: str, *, by: int, letter: str | None, who: str | None) -> str:
    """Return a sentence for a broken rule, with its amount, round and donor."""
    values = {
        "by": duration(by),
        "count": by,
        "round": letter or "",
        "who": who or gettext("A visit"),
    }
    return word(BREAKS, rule) % values


def _sentence(broken: BrokenRule, names: Mapping[int, str]) -> str:
    figures = broken.figures
    return broken_rule(
        broken.rule,
        by=int(figures.get("by") or 0),
        letter=figures.get("round"),
        who=names.get(figures.get("pickup") or 0),
    )

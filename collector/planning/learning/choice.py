"""The choice of learned effects by the error of an arrival on days that they were not learned from.

A leg and a door that are each foreseen better do not make an arrival better: their errors may have
cancelled each other, and an effect of few observations is mostly chance. So the effects are chosen
together, by the arrivals.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from collector.planning.learning.fit import Effect
from collector.planning.learning.model import (
    FREE_FLOW,
    LearningErrors,
    TimesModel,
    arrival_errors,
    errors_of,
    learn_times,
)
from collector.planning.learning.traces import Trace
from collector.roads.models import LearnedKind

HELD_OUT: Final = 10
"""One day of so many is held out to measure the errors."""
FEW_ROUNDS: Final = 200
FOLDS: Final = 5
"""Parts of the days that are each foreseen from the others, to choose the effects."""

Kinds = frozenset[LearnedKind]

GENERAL: Final[Kinds] = frozenset({LearnedKind.HOUR, LearnedKind.PURPOSE})
"""Effects that are used together or not at all: where driving is foreseen too short and a visit too
long, one of them alone makes an arrival worse."""
AT_THE_DOOR: Final[Kinds] = frozenset(
    {LearnedKind.PURPOSE, LearnedKind.DONOR, LearnedKind.COLLECTOR}
)
PARTICULAR: Final = (
    LearnedKind.SECTOR,
    LearnedKind.ROAD,
    LearnedKind.DONOR,
    LearnedKind.COLLECTOR,
)
"""Effects that differ from the general ones, each used if it lowers the error beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenTimes:
    """The learned times in use, and the errors of this way of learning on days held out.

    Attributes
    ----------
    model
        Learned from all days, with the effects in use; without any, its spreads are those around
        the times without learning.
    used
        Kinds of the effects in use: none if learning does not lower the error of an arrival.
    before, after
        Errors without learning, and with times whose effects were chosen and learned without the
        day that they foresee.
    """

    model: TimesModel
    used: Kinds
    before: LearningErrors
    after: LearningErrors


def choose_times(rounds: Sequence[Trace]) -> ChosenTimes:
    """Learn times, and use what lowers the error of an arrival on days held out.

    Every tenth day is held out. Of few rounds each tenth is held out in its turn, because a handful
    of days tells little.
    """
    tenths = HELD_OUT if len(rounds) <= FEW_ROUNDS else 1
    tried: list[tuple[Trace, TimesModel]] = []
    for known, out in _parts(rounds, HELD_OUT, first=tenths):
        model = learn_times(known, choose_effects(known))
        tried += [(each, model) for each in out]
    before = errors_of([(trace, FREE_FLOW) for trace, _ in tried])
    after = errors_of(tried)
    used = choose_effects(rounds) if is_lower(before.arrival, after.arrival) else frozenset()
    return ChosenTimes(model=learn_times(rounds, used), used=used, before=before, after=after)


def choose_effects(rounds: Sequence[Trace]) -> Kinds:
    """Return the effects that lower the error of an arrival, each day foreseen from the others."""
    tried = [frozenset[LearnedKind](), GENERAL, *(GENERAL | {kind} for kind in PARTICULAR)]
    sums = dict.fromkeys(tried, 0.0)
    for known, out in _parts(rounds, FOLDS, first=FOLDS):
        parts = {part for kinds in tried for part in (kinds & AT_THE_DOOR, kinds - AT_THE_DOOR)}
        learned = {part: learn_times(known, part) for part in parts}
        for kinds in tried:
            doors, driving = learned[kinds & AT_THE_DOOR], learned[kinds - AT_THE_DOOR]
            model = TimesModel(effects={**driving.effects, **_of(doors, AT_THE_DOOR)})
            errors = arrival_errors([(each, model) for each in out])
            sums[kinds] += sum(abs(error) for error in errors)
    better = [kind for kind in PARTICULAR if sums[GENERAL | {kind}] < sums[GENERAL]]
    chosen = GENERAL.union(better)
    return chosen if sums[GENERAL] < sums[frozenset()] else frozenset()


def _of(model: TimesModel, kinds: Kinds) -> dict[LearnedKind, Mapping[str, Effect]]:
    return {kind: found for kind, found in model.effects.items() if kind in kinds}


def is_lower(before: float | None, after: float | None) -> bool:
    """Return whether learning lowers an error; without days held out it is not known to."""
    return before is not None and after is not None and after < before


def _parts(
    rounds: Sequence[Trace], parts: int, *, first: int
) -> Iterator[tuple[list[Trace], list[Trace]]]:
    """Yield the rounds to learn from and those held out, for the first parts of the days."""
    days = sorted({each.day for each in rounds})
    for part in range(first) if first == parts else (parts // 2,):
        out: set[date] = set(days[part::parts])
        if out and len(out) < len(days):
            known = [each for each in rounds if each.day not in out]
            yield known, [each for each in rounds if each.day in out]

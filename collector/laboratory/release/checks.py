"""Checks of a lot: one function each, with colour, finding and figures."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from collector.banks.policies import PolicyKey
from collector.laboratory.heating.judgement import Colour
from collector.laboratory.pooling.balance import PoolBalance
from collector.laboratory.pooling.models import PoolState
from collector.laboratory.release.examinations import Examination
from collector.laboratory.release.facts import LotFacts, LotInput
from collector.laboratory.sampling.judgement import RuleOutcome
from collector.laboratory.sampling.models import SampleStage
from collector.laboratory.sampling.results import is_verified
from collector.pickups.models import MilkLine

MOST_NAMED = 5
"""Most containers that a finding names."""


class LotCheckKey(StrEnum):
    """The checks of a lot, in the order of their display."""

    IDENTITY = "identity"
    LINE = "line"
    SEROLOGY = "serology"
    AGE = "age"
    THAW = "thaw"
    BALANCE = "balance"
    CURVE = "curve"
    SAMPLES = "samples"
    PRE_LIMITS = "pre_limits"
    POST_LIMITS = "post_limits"
    VERIFICATION = "verification"
    HOLDS = "holds"
    EXPIRY = "expiry"
    LABELS = "labels"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotCheck:
    """One computed question about a lot.

    Attributes
    ----------
    finding
        The code of its sentence.
    is_awaited
        Whether the lot only waits for something that is to come; the colour is red meanwhile.
    """

    key: LotCheckKey
    colour: Colour
    finding: str
    figures: dict[str, Any] = field(default_factory=dict)
    is_awaited: bool = False


def judge_lot(facts: LotFacts) -> list[LotCheck]:
    """Return the checks of a lot."""
    return [check(facts) for check in CHECKS]


def colour_of(checks: Iterable[LotCheck]) -> Colour:
    """Return the worst colour."""
    found = {check.colour for check in checks}
    return next((each for each in (Colour.RED, Colour.AMBER) if each in found), Colour.GREEN)


def digest_of_checks(checks: Iterable[Mapping[str, Any]]) -> str:
    """Return a digest of checks as rows: a page carries it, and a signature compares it."""
    seen = [(each["key"], each["colour"], each["finding"], each["figures"]) for each in checks]
    text = json.dumps(seen, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def identity(facts: LotFacts) -> LotCheck:
    """Judge whether the inputs are known, and the bottles were scanned back."""
    key = LotCheckKey.IDENTITY
    if not facts.inputs:
        return _red(key, "no_inputs")
    unscanned = facts.bottles.bottles - facts.bottles.scanned_back
    if unscanned or facts.pool.state is not PoolState.CLOSED:
        return _awaited(key, "pool_open", bottles=unscanned)
    donors = {each.donor_id for each in facts.inputs}
    return _green(key, "inputs_known", containers=len(facts.inputs), donors=len(donors))


def line(facts: LotFacts) -> LotCheck:
    """Judge whether the milk is of one line; an own child's milk is of one mother."""
    key = LotCheckKey.LINE
    lines = {each.line for each in facts.inputs} | {facts.pool.line}
    if len(lines) > 1:
        return _red(key, "lines_mixed")
    own_child = facts.pool.line is MilkLine.OWN_CHILD
    if len({each.child_of_id for each in facts.inputs}) > 1:
        return _red(key, "mothers_mixed")
    return _green(key, "own_child" if own_child else "donated")


def serology(facts: LotFacts) -> LotCheck:
    """Judge whether clear blood samples cover every day of expression of every donor."""
    key = LotCheckKey.SEROLOGY
    uncovered = [each.number for each in facts.inputs if not _is_covered(facts, each)]
    if uncovered:
        return _red(key, "uncovered", numbers=uncovered[:MOST_NAMED], count=len(uncovered))
    return _green(key, "covered", containers=len(facts.inputs))


def age(facts: LotFacts) -> LotCheck:
    """Judge the age of the oldest milk at its heating."""
    key, most = LotCheckKey.AGE, facts.policies[PolicyKey.RAW_AGE_DAYS]
    oldest = min(
        (each.expressed_first for each in facts.inputs if each.expressed_first), default=None
    )
    if facts.heated_on is None or oldest is None:
        return _awaited(key, "not_heated")
    days = (facts.heated_on - oldest).days
    if days > most:
        return _red(key, "too_old", days=days, most=most)
    return _green(key, "young_enough", days=days, most=most)


def thaw(facts: LotFacts) -> LotCheck:
    """Judge the time from the first thaw to the heating."""
    key, most = LotCheckKey.THAW, facts.policies[PolicyKey.THAW_TO_HEAT_HOURS]
    thaws = [each.thaw_began_at for each in facts.inputs if each.thaw_began_at]
    began_at = facts.cycle.began_at if facts.cycle else None
    if began_at is None or not thaws:
        return _awaited(key, "not_heated")
    took = began_at - min(thaws)
    hours = round(took / timedelta(hours=1), 1)
    if took > timedelta(hours=most):
        return _red(key, "thawed_too_long", hours=hours, most=most)
    return _green(key, "thawed_in_time", hours=hours, most=most)


def balance(facts: LotFacts) -> LotCheck:
    """Judge the loss of the pool; one above the tolerance has a reason, and is amber."""
    key, most = LotCheckKey.BALANCE, facts.policies[PolicyKey.BALANCE_TOLERANCE_PERMILLE]
    found = PoolBalance(
        inputs_ml=sum(each.volume_ml for each in facts.inputs),
        filled_ml=facts.bottles.volume_ml,
        sampled_ml=facts.pool.sampled_ml,
        discarded_ml=facts.pool.discarded_ml,
    )
    figures = {"lost": found.lost_ml, "permille": round(found.lost_permille), "most": most}
    if found.is_tolerated(most):
        return _green(key, "balanced", **figures)
    if facts.pool.loss_reason:
        return _amber(key, "loss_explained", **figures)
    return _awaited(key, "loss_unexplained", **figures)


def curve(facts: LotFacts) -> LotCheck:
    """Judge the kept checks of the cycle's curve."""
    key = LotCheckKey.CURVE
    if facts.curve is None:
        return _awaited(key, "curve_missing")
    of_colour = {
        colour: [each["key"] for each in facts.curve if each["colour"] == colour]
        for colour in (Colour.RED, Colour.AMBER)
    }
    if of_colour[Colour.RED]:
        return _red(key, "curve_failed", checks=of_colour[Colour.RED])
    if of_colour[Colour.AMBER]:
        return _amber(key, "curve_amber", checks=of_colour[Colour.AMBER])
    return _green(key, "curve_passed", checks=len(facts.curve))


def samples(facts: LotFacts) -> LotCheck:
    """Judge whether the samples of the plan were taken, and every plate was read."""
    key = LotCheckKey.SAMPLES
    for each in facts.examinations:
        if each.is_chosen and not each.samples:
            return _awaited(key, f"sample_missing_{each.stage.value}")
        for judged in each.samples:
            if judged.missing_plates:
                return _awaited(
                    key,
                    "plates_missing",
                    number=judged.sample.number,
                    plate=judged.missing_plates[0],
                    plates=judged.sample.plan.plates,
                )
    if not any(each.is_chosen for each in facts.examinations):
        return _green(key, "not_planned")
    return _green(key, "samples_read")


def pre_limits(facts: LotFacts) -> LotCheck:
    """Judge the results before heating."""
    return _limits(facts, LotCheckKey.PRE_LIMITS, SampleStage.PRE)


def post_limits(facts: LotFacts) -> LotCheck:
    """Judge the results after heating."""
    return _limits(facts, LotCheckKey.POST_LIMITS, SampleStage.POST)


def verification(facts: LotFacts) -> LotCheck:
    """Judge whether a second person verified every typed result."""
    key = LotCheckKey.VERIFICATION
    found = [
        result
        for each in facts.examinations
        for judged in each.samples
        for result in judged.results
    ]
    unverified = [each for each in found if not is_verified(each)]
    if unverified:
        return _awaited(key, "unverified", count=len(unverified))
    return _green(key, "verified", count=len(found))


def holds(facts: LotFacts) -> LotCheck:
    """Judge holds, excursions and discrepancies on the lot and its inputs."""
    key = LotCheckKey.HOLDS
    if facts.holds:
        return _red(key, "held", count=len(facts.holds), reason=facts.holds[0].reason)
    warm = [each.number for each in facts.inputs if each.number in facts.warm]
    warm += facts.warm_bottles
    if warm:
        return _red(key, "excursion", numbers=warm[:MOST_NAMED], count=len(warm))
    differing = [each.number for each in facts.inputs if each.container_id in facts.differing]
    if differing:
        return _red(key, "discrepancy", numbers=differing[:MOST_NAMED], count=len(differing))
    return _green(key, "nothing_open")


def expiry(facts: LotFacts) -> LotCheck:
    """Judge the last day on which the milk may be given."""
    key, until = LotCheckKey.EXPIRY, facts.lot.expires_on
    if until < facts.today:
        return _red(key, "expired", until=until.isoformat())
    return _green(key, "in_date", until=until.isoformat())


def labels(facts: LotFacts) -> LotCheck:
    """Judge whether the latest print has one label for each bottle."""
    key, figures = LotCheckKey.LABELS, {"labels": facts.printed, "bottles": facts.bottles.bottles}
    if not facts.printed:
        return _awaited(key, "labels_missing", **figures)
    if facts.printed != facts.bottles.bottles:
        return _awaited(key, "labels_differ", **figures)
    return _green(key, "labels_fit", **figures)


CHECKS: tuple[Callable[[LotFacts], LotCheck], ...] = (
    identity,
    line,
    serology,
    age,
    thaw,
    balance,
    curve,
    samples,
    pre_limits,
    post_limits,
    verification,
    holds,
    expiry,
    labels,
)


def _limits(facts: LotFacts, key: LotCheckKey, stage: SampleStage) -> LotCheck:
    (examination,) = (each for each in facts.examinations if each.stage is stage)
    found = _by_outcome(examination)
    for outcome, finding in (
        (RuleOutcome.FAILED, "above_limit"),
        (RuleOutcome.UNDECIDABLE, "undecidable"),
    ):
        if outcome in found:
            return _red(key, finding, **found[outcome])
    if RuleOutcome.AWAITED in found or (examination.is_chosen and not examination.samples):
        return _awaited(key, "results_awaited")
    if not examination.samples:
        return _green(key, "not_sampled_by_plan")
    return _green(key, "within_limits", edition=examination.samples[0].sample.plan.edition)


def _by_outcome(examination: Examination) -> dict[RuleOutcome, dict[str, Any]]:
    """Return, by outcome, the figures of the first rule with it."""
    found: dict[RuleOutcome, dict[str, Any]] = {}
    for judged in examination.samples:
        for rule, outcome in judged.outcomes:
            values = [
                [each.comparator.value, each.value]
                for each in judged.results
                if each.analyte is rule.analyte
            ]
            found.setdefault(
                outcome,
                {
                    "analyte": rule.analyte.value,
                    "measure": rule.measure.value,
                    "values": values,
                    "most": rule.most,
                },
            )
    return found


def _is_covered(facts: LotFacts, each: LotInput) -> bool:
    first, last = each.expressed_first, each.expressed_last
    if first is None or last is None:
        return False
    return facts.covers[each.donor_id].covers_all(first, last)


def _green(key: LotCheckKey, finding: str, **figures: Any) -> LotCheck:  # noqa: ANN401
    return LotCheck(key=key, colour=Colour.GREEN, finding=finding, figures=figures)


def _amber(key: LotCheckKey, finding: str, **figures: Any) -> LotCheck:  # noqa: ANN401
    return LotCheck(key=key, colour=Colour.AMBER, finding=finding, figures=figures)


def _red(key: LotCheckKey, finding: str, **figures: Any) -> LotCheck:  # noqa: ANN401
    return LotCheck(key=key, colour=Colour.RED, finding=finding, figures=figures)


def _awaited(key: LotCheckKey, finding: str, **figures: Any) -> LotCheck:  # noqa: ANN401
    return LotCheck(key=key, colour=Colour.RED, finding=finding, figures=figures, is_awaited=True)

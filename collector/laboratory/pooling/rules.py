"""Rules of a pool: one function for each reason not to empty a container into it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.banks.models import Known
from collector.banks.policies import Policies, PolicyKey
from collector.errors import Refused
from collector.laboratory.pooling.models import MilkPool, PoolState
from collector.laboratory.reception.models import Intake, IntakeState
from collector.laboratory.reception.quarantine import QuarantineLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSituation:
    """A pool with its inputs, and the container that shall be emptied into it.

    Attributes
    ----------
    inputs
        The intakes in the pool, with their containers.
    added
        The judgement of the intake to add, with its container.
    filled
        Whether bottles of the pool were filled.
    """

    pool: MilkPool
    inputs: Sequence[Intake]
    added: QuarantineLine
    filled: bool
    policies: Policies
    now: datetime


def refuse_input(situation: PoolSituation) -> None:
    """Refuse a container by the first rule that it breaks.

    Raises
    ------
    Refused
        `pool_not_open`, `pool_filled`, `intake_pooled`, `intake_not_thawing`, `thaw_over`,
        `intake_blocked`, `pool_other_line`, `pool_other_mother`, `pool_too_many_donors`,
        `pool_too_much`.
    """
    for rule in RULES:
        rule(situation)


def open_pool(situation: PoolSituation) -> None:
    """Refuse a pool that is closed, dissolved or partly filled."""
    if situation.pool.state is not PoolState.OPEN:
        raise Refused("pool_not_open", pool=situation.pool.number)
    if situation.filled:
        raise Refused("pool_filled", pool=situation.pool.number)


def thawing(situation: PoolSituation) -> None:
    """Refuse a container that is pooled already, still frozen, or thawed for too long."""
    intake = situation.added.intake
    number = intake.container.number
    if intake.state is IntakeState.POOLED:
        raise Refused("intake_pooled", number=number)
    if intake.state is not IntakeState.THAWING or intake.thaw_began_at is None:
        raise Refused("intake_not_thawing", number=number)
    hours = situation.policies[PolicyKey.THAW_TO_HEAT_HOURS]
    if situation.now > intake.thaw_began_at + timedelta(hours=hours):
        raise Refused("thaw_over", number=number, hours=hours)


def unblocked(situation: PoolSituation) -> None:
    """Refuse a container that the quarantine blocks."""
    if situation.added.blocks:
        raise Refused("intake_blocked", number=situation.added.intake.container.number)


def one_line(situation: PoolSituation) -> None:
    """Refuse another line; milk for an own child takes one mother alone."""
    pool, intake = situation.pool, situation.added.intake
    if intake.line is not pool.line:
        raise Refused("pool_other_line", pool=pool.number)
    mothers = {each.child_of_id for each in situation.inputs} | {intake.child_of_id}
    if len(mothers) > 1:
        raise Refused("pool_other_mother", pool=pool.number)


def donors(situation: PoolSituation) -> None:
    """Refuse more donors than the bank allows in a pool."""
    limit = situation.policies[PolicyKey.POOL_MOST_DONORS]
    intakes = [*situation.inputs, situation.added.intake]
    would_be = len({each.container.donor_id for each in intakes})
    if would_be > limit:
        raise Refused("pool_too_many_donors", limit=limit, would_be=would_be)


def volume(situation: PoolSituation) -> None:
    """Refuse more milk than the bank allows in a pool."""
    limit = situation.policies[PolicyKey.POOL_MOST_ML]
    intakes = [*situation.inputs, situation.added.intake]
    would_be = sum(each.volume_ml for each in intakes)
    if would_be > limit:
        raise Refused("pool_too_much", limit=limit, would_be=would_be)


RULES: tuple[Callable[[PoolSituation], None], ...] = (
    open_pool,
    thawing,
    unblocked,
    one_line,
    donors,
    volume,
)


def all_of(facts: Sequence[Known]) -> Known:
    """Return yes if every input is a yes, no if one is a no, and unknown otherwise."""
    if facts and all(fact is Known.YES for fact in facts):
        return Known.YES
    return Known.NO if Known.NO in facts else Known.UNKNOWN

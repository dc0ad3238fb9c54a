"""Differences between a proposal and the present order of a day: visits, price, messages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.pickups.models import Pickup
from collector.planning.models import Disruption, DisruptionProposal
from collector.planning.problem.expected_begins import expected_begins
from collector.rounds.models import DayPlan, Round
from collector.rounds.promises import ExpectedBegin, Promise, promise
from collector.rounds.publication import promises_in
from collector.service_day import ServiceDay
from routing.analysis.compare import Seat, compare
from routing.formats.native import plan_of, problem_of
from routing.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduledVisit:
    """A visit with another round or time; None where it is not made that day."""

    pickup_id: int
    before: Round | None
    after: Round | None
    begins_before: datetime | None
    begins_after: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDifference:
    """A proposal compared with the present order.

    Attributes
    ----------
    cents
        Difference of the cost of road and time, without penalties of visits left out.
    left
        Visits that are not made that day.
    promised, before
        The new promises, and the promises that they replace.
    withdrawn
        Requests with a promise that is withdrawn: the visit is not made.
    rounds
        The changed rounds: their phones are notified.
    """

    cents: int
    metres: int
    seconds: int
    moved: tuple[RescheduledVisit, ...]
    retimed: tuple[RescheduledVisit, ...]
    left: tuple[int, ...]
    promised: Mapping[int, Promise]
    before: Mapping[int, Promise]
    withdrawn: tuple[int, ...]
    rounds: tuple[Round, ...]


def compare_with_present(
    plan: DayPlan,
    disruption: Disruption,
    proposal: DisruptionProposal,
    pickups: Mapping[int, Pickup],
    day: ServiceDay,
) -> ProposalDifference:
    """Compare a proposal that has a plan with the present order.

    Parameters
    ----------
    plan
        The day as the disruption found it.
    pickups
        The visits of the day with all their rows loaded, by key.
    """
    present, after = plan_of(disruption.ahead), plan_of(proposal.plan)
    rounds = {str(round_.shift_id): round_ for round_ in plan.rounds}
    changed = changed_shifts(present, after)
    promises = promises_in(plan.rounds)
    expected = expected_begins(problem_of(proposal.problem), after, day)
    new = dict(_promises(after, changed, pickups, promises, expected, day))
    found = compare(present, after)
    left = tuple(int(entry.visit) for entry in after.unassigned)
    changes = [_moved(each.visit, each.before, each.after, rounds, day) for each in found.moved]
    later = [_moved(each.visit, each.before, each.after, rounds, day) for each in found.retimed]
    return ProposalDifference(
        cents=_bill(after) - _bill(present),
        metres=after.metres - present.metres,
        seconds=after.seconds - present.seconds,
        moved=tuple(changes),
        retimed=tuple(later),
        left=left,
        promised={key: given for key, given in new.items() if promises.get(key) != given},
        before=promises,
        withdrawn=tuple(key for key in sorted(left) if key in promises),
        rounds=tuple(round_ for shift, round_ in rounds.items() if shift in changed),
    )


def changed_shifts(present: Plan, after: Plan) -> set[str]:
    """Return the shifts with another tour; the others keep their promises."""
    shifts = {tour.shift for tour in (*present.tours, *after.tours)}
    return {shift for shift in shifts if present.tour(shift) != after.tour(shift)}


def _bill(plan: Plan) -> int:
    return plan.cost.paid


def _promises(
    after: Plan,
    changed: set[str],
    pickups: Mapping[int, Pickup],
    promises: Mapping[int, Promise],
    expected: Mapping[int, ExpectedBegin],
    day: ServiceDay,
) -> Iterator[tuple[int, Promise]]:
    for tour in after.tours:
        if tour.shift not in changed:
            continue
        for stop in tour.stops:
            key = int(stop.visit)
            yield (
                key,
                promise(
                    day,
                    day.at(stop.begin),
                    pickups[key].windows,
                    given=promises.get(key),
                    expected=expected.get(key),
                ),
            )


def _moved(
    visit: str,
    before: Seat | None,
    after: Seat | None,
    rounds: Mapping[str, Round],
    day: ServiceDay,
) -> RescheduledVisit:
    return RescheduledVisit(
        pickup_id=int(visit),
        before=rounds[before.shift] if before else None,
        after=rounds[after.shift] if after else None,
        begins_before=day.at(before.begin) if before else None,
        begins_after=day.at(after.begin) if after else None,
    )

"""Three re-plans of a known plan: with the fewest changes, balanced, and the cheapest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from routing.analysis.explain import explained
from routing.analysis.insertion import Insertion, inserted, insertions, without
from routing.cost import left_out, shares
from routing.plan import Plan
from routing.problem import Problem, Visit, Window
from routing.schedule import assembled
from routing.solver import Budget, solve
from routing.units import FREE, SHARES_PER_CENT, Cents, Seconds

if TYPE_CHECKING:
    from routing.solver import OnImprovement

PARTS: Final = (0.4, 0.3, 0.3)
"""Parts of the budget: the cheapest, the balanced re-plan, and the one with the fewest changes."""

DEAREST: Final = Cents(100_000)
"""Least price of a change in the search for the fewest changes."""

DEARER: Final = 100
"""Factor of the prices of changes there, if they are higher still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePrices:
    """The prices of changing a plan that people know.

    Attributes
    ----------
    collector : Cents
        Of each visit that another collector serves, or none.
    promise : Cents
        Of each promised visit whose service begins outside of its promise, or not at all.
    """

    collector: Cents = FREE
    promise: Cents = FREE

    def of(self, replan: "Replan") -> Cents:
        """Return the price of the changes of a re-plan."""
        changes = len(replan.collectors) * self.collector + len(replan.promises) * self.promise
        return Cents(changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan:
    """A plan, and what people have to be told about it.

    Attributes
    ----------
    collectors : tuple of str
        The visits of the known plan that another collector serves, or none.
    promises : tuple of str
        The promised visits whose service begins outside of their promises, or not at all.
    """

    plan: Plan
    collectors: tuple[str, ...]
    promises: tuple[str, ...]

    @property
    def changes(self) -> int:
        """The number of visits that change their collector, and of broken promises."""
        return len(self.collectors) + len(self.promises)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replans:
    """Three re-plans; from the first to the third, changes cost no less and the plan no more.

    Mandatory visits come first: none of the three leaves out more of them than another. Two of the
    three may be the same plan.
    """

    fewest: Replan
    balanced: Replan
    cheapest: Replan


def replans(
    problem: Problem,
    known: Plan,
    budget: Budget,
    prices: ChangePrices,
    promises: Mapping[str, Window] | None = None,
    *,
    collectors: Mapping[str, str] | None = None,
    on_improvement: "OnImprovement | None" = None,
) -> Replans:
    """Search three re-plans of a problem within one budget.

    Parameters
    ----------
    known : Plan
        The plan that people know, from which the searches go on. Its visits that the problem lacks
        are no changes.
    prices : ChangePrices
        The prices that the balanced re-plan pays. They are part of no bill.
    promises : mapping of str to Window, optional
        Per visit the promised interval of the begin of service.
    collectors : mapping of str to str, optional
        Per visit the collector that people know, if the plan was changed since they were told; by
        default the collectors of the plan.
    on_improvement : callable, optional
        Called with each better plan of the search for the cheapest.

    Raises
    ------
    NoPlanError, UnlawfulPlanError
        As `solver.solve`.
    KeyError
        A promise names no visit of the problem.
    """
    facts = _KnownPlan(problem, known, dict(promises or {}), collectors)
    dear = Cents(max(DEAREST, DEARER * prices.collector, DEARER * prices.promise))
    dearest = ChangePrices(collector=dear, promise=dear)
    cheap, some, few = (budget.part(share) for share in PARTS)
    found = [
        facts.replan(solve(problem, cheap, known, on_improvement)),
        facts.replan(facts.search(prices, some)),
        facts.replan(facts.search(dearest, few)),
    ]

    def missing(one: Replan) -> int:
        return left_out(problem, one.plan)

    def paid(one: Replan) -> int:
        return shares(problem, one.plan)

    def changed(one: Replan) -> int:
        return SHARES_PER_CENT * prices.of(one)

    return Replans(
        fewest=min(found, key=lambda one: (missing(one), changed(one), one.changes, paid(one))),
        balanced=min(found, key=lambda one: (missing(one), changed(one) + paid(one), changed(one))),
        cheapest=min(found, key=lambda one: (missing(one), paid(one), changed(one))),
    )


class _KnownPlan:
    """What people know of a plan: the collector of each visit, and the promises."""

    def __init__(
        self,
        problem: Problem,
        known: Plan,
        promises: Mapping[str, Window],
        collectors: Mapping[str, str] | None,
    ) -> None:
        for visit in promises:
            problem.visit_row(visit)
        self._problem, self._known, self._promises = problem, known, promises
        on_duty = {shift.collector for shift in problem.shifts}
        told: Mapping[str, str | None] = (
            {visit: name if name in on_duty else None for visit, name in collectors.items()}
            if collectors is not None
            else {
                stop.visit: self._collector(tour.shift)
                for tour in known.tours
                for stop in tour.stops
            }
        )
        self._collectors = {
            visit: collector for visit, collector in told.items() if problem.visit(visit)
        }

    def _collector(self, shift: str) -> str | None:
        """Return the collector of a shift; None if the problem lacks the shift."""
        found = self._problem.shift(shift)
        return found.collector if found else None

    def search(self, prices: ChangePrices, budget: Budget) -> Plan:
        """Return a plan whose changes are worth their prices, as far as the search found it.

        The search keeps every promise at first. It goes on without the promises that would leave
        their visits out, and without those that cost more than their price where they are.
        """
        first = solve(self._held(prices, self._promises), budget.part(0.5), self._known)
        kept = self._worth_keeping(first, prices)
        if len(kept) == len(self._promises):
            return first
        return solve(self._held(prices, kept), budget.part(0.5), first)

    def _worth_keeping(self, plan: Plan, prices: ChangePrices) -> dict[str, Window]:
        """Return the promises that cost at most their price, judged one after the other."""
        kept = dict(self._promises)
        held = self._held(prices, kept)
        for visit in self._promises:
            without_it = {other: window for other, window in kept.items() if other != visit}
            free = self._held(prices, without_it)
            promised, anywhere = insertions(held, plan, visit), insertions(free, plan, visit)
            if not anywhere or (promised and _saving(promised, anywhere) <= prices.promise):
                continue
            kept, held = without_it, free
            plan = inserted(free, without(free, plan, visit), anywhere[0])
        return kept

    def replan(self, plan: Plan) -> Replan:
        """Return a plan as the problem prices and explains it, with its changes."""
        begins = {stop.visit: stop.begin for tour in plan.tours for stop in tour.stops}
        collectors = {
            visit: self._collector(tour.shift) for tour in plan.tours for visit in tour.visits
        }
        return Replan(
            plan=explained(self._problem, assembled(self._problem, plan.tours)),
            collectors=tuple(
                visit
                for visit, collector in self._collectors.items()
                if collector is None or collectors.get(visit) != collector
            ),
            promises=tuple(
                visit
                for visit, promise in self._promises.items()
                if not _holds(promise, begins.get(visit))
            ),
        )

    def _held(self, prices: ChangePrices, promises: Mapping[str, Window]) -> Problem:
        """Return the problem with a price for other collectors, and windows within promises."""
        visits = (
            self._at_known_collector(_within(visit, promises.get(visit.id)), prices.collector)
            for visit in self._problem.visits
        )
        return replace(self._problem, visits=tuple(visits))

    def _at_known_collector(self, visit: Visit, price: Cents) -> Visit:
        """Return a visit that prefers its known collector.

        Its own preference keeps the difference of both prices: a search prices one set of
        collectors per visit. `replan` judges by the problem as it was given.
        """
        collector = self._collectors.get(visit.id)
        if collector is None or not price:
            return visit
        if not visit.preferred or collector in visit.preferred:
            preferred, preference = frozenset({collector}), price + visit.preference
        elif price > visit.preference:
            preferred, preference = frozenset({collector}), price - visit.preference
        else:
            preferred, preference = visit.preferred, visit.preference - price
        return replace(visit, preferred=preferred, preference=Cents(preference))


def _saving(promised: Sequence[Insertion], anywhere: Sequence[Insertion]) -> float:
    """Return the cents that a visit costs less at its best position anywhere."""
    return (promised[0].shares - anywhere[0].shares) / SHARES_PER_CENT


def _holds(promise: Window, begin: Seconds | None) -> bool:
    return begin is not None and promise.earliest <= begin <= promise.latest


def _within(visit: Visit, promise: Window | None) -> Visit:
    """Return a visit with the parts of its windows that lie in its promise, if there are any."""
    if promise is None:
        return visit
    windows = tuple(
        Window(earliest=max(one.earliest, promise.earliest), latest=min(one.latest, promise.latest))
        for one in visit.windows
        if one.earliest <= promise.latest and promise.earliest <= one.latest
    )
    return replace(visit, windows=windows) if windows else visit

"""Planned emptyings of a published round, compared with the hand-overs of its phone.

A hand-over at the site of a planned emptying is that emptying, as long as a visit comes after it.
Every other hand-over is one of the end of the round. An emptying is passed over once the collector
has set off for a later stop, and no time is kept for it any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collector.rounds.events.replay import RoundProgress, VisitPhase, VisitState
from collector.rounds.events.schema import HandedOverEvent

Snapshot = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyingState:
    """A planned emptying with what became of it.

    Attributes
    ----------
    planned
        The emptying as the snapshot of the round has it.
    after
        The number of the last stop before it; 0 for one before the first stop.
    done_by
        The hand-over that made it; None before.
    is_passed
        Whether the collector has set off for a later stop without it.
    """

    planned: Snapshot
    after: int
    done_by: HandedOverEvent | None
    is_passed: bool

    @property
    def is_ahead(self) -> bool:
        """Whether the emptying is still expected."""
        return self.done_by is None and not self.is_passed


def emptying_states(published: Snapshot, progress: RoundProgress) -> list[EmptyingState]:
    """Return the planned emptyings of a round in their order, with what became of them."""
    numbers = {stop["pickup"]: number for number, stop in enumerate(published["stops"], 1)}
    free = [each for each in progress.hand_overs if _is_before_a_visit(each, published, progress)]
    found = []
    for planned in published.get("emptyings", ()):
        done = next((each for each in free if each.payload.site == planned["site"]), None)
        if done is not None:
            free = free[free.index(done) + 1 :]
        after = numbers.get(planned["after"], 0)
        later = (pickup for pickup, number in numbers.items() if number > after)
        is_passed = any(_is_reached(progress.visits.get(pickup)) for pickup in later)
        found.append(EmptyingState(planned=planned, after=after, done_by=done, is_passed=is_passed))
    return found


def final_hand_overs(published: Snapshot, progress: RoundProgress) -> list[HandedOverEvent]:
    """Return the hand-overs of a round that are no planned emptying on the way."""
    done = {
        each.done_by.client_id
        for each in emptying_states(published, progress)
        if each.done_by is not None
    }
    return [each for each in progress.hand_overs if each.client_id not in done]


def places_between(published: Snapshot) -> list[Mapping[str, Any]]:
    """Return the addresses of a published round with the freezers on the way between them."""
    emptyings = published.get("emptyings", ())
    found = [each for each in emptyings if each["after"] is None]
    for stop in published.get("stops", ()):
        found.append(stop["address"])
        found += [each for each in emptyings if each["after"] == stop["pickup"]]
    return found


def _is_before_a_visit(
    event: HandedOverEvent, published: Snapshot, progress: RoundProgress
) -> bool:
    """Return whether a visit of the round is decided after a hand-over, or not decided yet."""
    states = (progress.visits.get(stop["pickup"]) for stop in published["stops"])
    return any(
        state is None or state.decided_by is None or state.decided_by.order > event.order
        for state in states
    )


def _is_reached(state: VisitState | None) -> bool:
    return state is not None and state.phase is not VisitPhase.WAITING

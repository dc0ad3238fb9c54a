"""How a request may move from one state to the next; anything else is refused."""

from collections.abc import Mapping

from collector.errors import Refused
from collector.pickups.models import Pickup, PickupState

S = PickupState

TRANSITIONS: Mapping[PickupState, frozenset[PickupState]] = {
    S.ASKED: frozenset({S.ACCEPTED, S.CANCELLED, S.EXPIRED}),
    S.ACCEPTED: frozenset({S.ASKED, S.PLANNED, S.CANCELLED, S.EXPIRED}),
    S.PLANNED: frozenset({S.ASKED, S.ACCEPTED, S.PUBLISHED, S.CANCELLED, S.EXPIRED}),
    S.PUBLISHED: frozenset(
        {
            S.ASKED,
            S.ACCEPTED,
            S.EN_ROUTE,
            S.ARRIVED,
            S.COLLECTED,
            S.PARTLY_COLLECTED,
            S.FAILED,
            S.CANCELLED,
        }
    ),
    S.EN_ROUTE: frozenset(
        {S.PUBLISHED, S.ARRIVED, S.COLLECTED, S.PARTLY_COLLECTED, S.FAILED, S.CANCELLED}
    ),
    S.ARRIVED: frozenset({S.PUBLISHED, S.EN_ROUTE, S.COLLECTED, S.PARTLY_COLLECTED, S.FAILED}),
    # What a phone says, it may undo.
    S.COLLECTED: frozenset({S.PUBLISHED, S.EN_ROUTE, S.ARRIVED, S.PARTLY_COLLECTED}),
    S.PARTLY_COLLECTED: frozenset({S.PUBLISHED, S.EN_ROUTE, S.ARRIVED, S.COLLECTED}),
    # A visit that failed is asked for again, or given back to the planner.
    S.FAILED: frozenset({S.PUBLISHED, S.EN_ROUTE, S.ARRIVED, S.ASKED, S.ACCEPTED}),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset(),
}

OPEN = frozenset({S.ASKED, S.ACCEPTED, S.PLANNED, S.PUBLISHED})
"""Nobody is on the way yet: it may be changed and cancelled."""

AGREED = frozenset({S.ACCEPTED, S.PLANNED, S.PUBLISHED})
"""Accepted, and no collector is on the way: a plan may hold it."""

PROMISED = frozenset({S.PLANNED, S.PUBLISHED})
"""A place in a round is kept for it."""

UNDER_WAY = frozenset({S.EN_ROUTE, S.ARRIVED})

OVER = frozenset(S) - OPEN - UNDER_WAY

VISITED = frozenset({S.COLLECTED, S.PARTLY_COLLECTED, S.FAILED})
"""Over, and a collector was there: neither cancelled nor expired."""


def move_to(pickup: Pickup, state: PickupState) -> None:
    """Move a request to a state that may follow its present one.

    Raises
    ------
    Refused
        The state may not follow: `pickup_state_not_possible`.
    """
    if state not in TRANSITIONS[pickup.state]:
        raise Refused("pickup_state_not_possible", present=pickup.state.value, wanted=state.value)
    pickup.state = state

"""State transitions of a request; any other is refused."""

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
    # A phone may correct each of its own reports.
    S.COLLECTED: frozenset({S.PUBLISHED, S.EN_ROUTE, S.ARRIVED, S.PARTLY_COLLECTED}),
    S.PARTLY_COLLECTED: frozenset({S.PUBLISHED, S.EN_ROUTE, S.ARRIVED, S.COLLECTED}),
    # A failed visit is requested again, or returned to the planner.
    S.FAILED: frozenset({S.PUBLISHED, S.EN_ROUTE, S.ARRIVED, S.ASKED, S.ACCEPTED}),
    # A donor takes back her own cancellation, or a loss that was reported by mistake.
    S.CANCELLED: frozenset({S.ASKED, S.PUBLISHED}),
    S.EXPIRED: frozenset(),
}

OPEN = frozenset({S.ASKED, S.ACCEPTED, S.PLANNED, S.PUBLISHED})
"""The states in which a request may be changed and cancelled: no collector is on the way."""

AGREED = frozenset({S.ACCEPTED, S.PLANNED, S.PUBLISHED})
"""Accepted, and no collector is on the way: a plan may hold it."""

PROMISED = frozenset({S.PLANNED, S.PUBLISHED})
"""The states in which a round holds the request."""

UNDER_WAY = frozenset({S.EN_ROUTE, S.ARRIVED})
"""The states in which a collector is on the way or at the donor's."""

OVER = frozenset(S) - OPEN - UNDER_WAY
"""The final states."""

VISITED = frozenset({S.COLLECTED, S.PARTLY_COLLECTED, S.FAILED})
"""Over, and a collector was there: neither cancelled nor expired."""


def move_to(pickup: Pickup, state: PickupState) -> None:
    """Move a request to a state that may follow its present one.

    Raises
    ------
    Refused
        `pickup_state_not_possible`: the transition is none of `TRANSITIONS`.
    """
    if state not in TRANSITIONS[pickup.state]:
        raise Refused("pickup_state_not_possible", present=pickup.state.value, wanted=state.value)
    pickup.state = state

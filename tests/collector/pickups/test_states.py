"""State transitions of a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import Refused
from collector.pickups.models import Pickup, PickupState
from collector.pickups.states import OPEN, OVER, TRANSITIONS, UNDER_WAY, move_to

states = st.sampled_from(PickupState)


@given(present=states, wanted=states)
def test_a_move_is_made_or_refused_as_the_table_says(
    present: PickupState, wanted: PickupState
) -> None:
    pickup = Pickup(state=present)
    if wanted in TRANSITIONS[present]:
        move_to(pickup, wanted)
        assert pickup.state is wanted
    else:
        with pytest.raises(Refused) as refused:
            move_to(pickup, wanted)
        assert refused.value.code == "pickup_state_not_possible"
        assert pickup.state is present


def test_every_state_is_in_the_table_and_in_one_group() -> None:
    assert set(TRANSITIONS) == set(PickupState)
    assert set(PickupState) == OPEN | UNDER_WAY | OVER
    assert not OPEN & UNDER_WAY


def test_an_open_request_can_be_cancelled_and_one_that_is_over_cannot() -> None:
    assert all(PickupState.CANCELLED in TRANSITIONS[state] for state in OPEN)
    assert not any(PickupState.CANCELLED in TRANSITIONS[state] for state in OVER)


@given(moves=st.lists(states, max_size=30))
def test_nothing_is_collected_that_was_never_promised(moves: list[PickupState]) -> None:
    pickup, seen = Pickup(state=PickupState.ASKED), []
    for wanted in moves:
        try:
            move_to(pickup, wanted)
        except Refused:
            continue
        seen.append(wanted)
    if PickupState.COLLECTED in seen:
        assert PickupState.PUBLISHED in seen[: seen.index(PickupState.COLLECTED)]

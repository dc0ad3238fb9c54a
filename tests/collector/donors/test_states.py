"""State transitions of a donor's file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.donors.models import Donor, DonorState
from collector.donors.states import TRANSITIONS, move_to
from collector.errors import Refused

states = st.sampled_from(DonorState)


@given(present=states, wanted=states)
def test_a_move_is_made_or_refused_as_the_table_says(
    present: DonorState, wanted: DonorState
) -> None:
    donor = Donor(state=present)
    if wanted in TRANSITIONS[present]:
        move_to(donor, wanted)
        assert donor.state is wanted
    else:
        with pytest.raises(Refused) as refused:
            move_to(donor, wanted)
        assert refused.value.code == "donor_state_not_possible"
        assert donor.state is present


def test_every_state_is_in_the_table_and_the_last_two_are_for_good() -> None:
    assert set(TRANSITIONS) == set(DonorState)
    assert {state for state, following in TRANSITIONS.items() if not following} == {
        DonorState.ENDED,
        DonorState.EXCLUDED,
    }


@given(moves=st.lists(states, max_size=20))
def test_no_donor_becomes_eligible_without_an_interview(moves: list[DonorState]) -> None:
    donor, seen = Donor(state=DonorState.CANDIDATE), []
    for wanted in moves:
        try:
            move_to(donor, wanted)
        except Refused:
            continue
        seen.append(wanted)
    if DonorState.ELIGIBLE in seen:
        assert DonorState.INTERVIEWED in seen[: seen.index(DonorState.ELIGIBLE)]

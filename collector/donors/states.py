"""State transitions of a donor's file; any other is refused."""

from collections.abc import Mapping

from collector.donors.models import Donor, DonorState
from collector.errors import Refused

S = DonorState

TRANSITIONS: Mapping[DonorState, frozenset[DonorState]] = {
    S.CANDIDATE: frozenset({S.PRESCREENED, S.ENDED, S.EXCLUDED}),
    S.PRESCREENED: frozenset({S.INTERVIEWED, S.ENDED, S.EXCLUDED}),
    S.INTERVIEWED: frozenset({S.AWAITING_SEROLOGY, S.ENDED, S.EXCLUDED}),
    S.AWAITING_SEROLOGY: frozenset({S.ELIGIBLE, S.ENDED, S.EXCLUDED}),
    S.ELIGIBLE: frozenset({S.SUSPENDED, S.ENDED, S.EXCLUDED}),
    S.SUSPENDED: frozenset({S.ELIGIBLE, S.ENDED, S.EXCLUDED}),
    S.ENDED: frozenset(),
    S.EXCLUDED: frozenset(),
}


def move_to(donor: Donor, state: DonorState) -> None:
    """Move a file to a state that may follow its present one.

    Raises
    ------
    Refused
        `donor_state_not_possible`: the transition is none of `TRANSITIONS`.
    """
    if state not in TRANSITIONS[donor.state]:
        raise Refused("donor_state_not_possible", present=donor.state.value, wanted=state.value)
    donor.state = state

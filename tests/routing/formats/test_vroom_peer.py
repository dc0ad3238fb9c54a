"""Small requests of any kind get legal responses, about as cheap as VROOM's own."""

import pytest
from hypothesis import Phase, given, settings

from routing.solver import Budget
from tests.routing.formats.vroom_requests import (
    OWN,
    Data,
    answered,
    answered_by_vroom,
    requests,
)
from tests.routing.scale import scaled

MANY = Budget(iterations=3_000)


@settings(max_examples=scaled(25), deadline=None, derandomize=True, phases=[Phase.generate])
@given(requests())
def test_every_response_is_legal(asked: Data):
    answered(asked)


# A request that fails is small already; making it smaller takes minutes of searching.
@pytest.mark.skipif(not OWN.exists(), reason="pyvroom is not installed")
@settings(max_examples=scaled(20), deadline=None, derandomize=True, phases=[Phase.generate])
@given(requests())
def test_no_response_costs_two_per_cent_more_than_vrooms_own(asked: Data):
    own, ours = answered_by_vroom(asked), answered(asked, MANY)
    assert _left_out(ours) <= _left_out(own)
    if _left_out(ours) == _left_out(own):
        assert ours["summary"]["cost"] <= 1.02 * own["summary"]["cost"]


def _left_out(response: Data) -> tuple[int, int]:
    """What counts before any cost: the priorities that are not served, then the tasks."""
    return -response["summary"]["priority"], response["summary"]["unassigned"]

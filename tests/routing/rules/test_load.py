"""A tour never carries more than its shift can, in any dimension."""

import pytest

from routing.check.judge import check
from routing.plan import Rule
from routing.schedule import retimed
from tests.routing.builders import broken_by, engine, problem, shift, visit


@pytest.mark.parametrize(("capacity", "legal"), [(10, True), (9, False)])
def test_a_tour_may_be_full_to_the_last_unit(capacity: int, *, legal: bool):
    asked = problem(
        visit("anna", load={"bottles": 4}),
        visit("bea", load={"bottles": 6}),  # 4 + 6 = 10
        shifts=[shift("am", capacity={"bottles": capacity})],
    )
    assert broken_by(asked, am=["anna", "bea"]) == (set() if legal else {Rule.LOAD})
    assert len(engine(asked)["am"]) == (2 if legal else 1)


@pytest.mark.parametrize("tight", ["bottles", "ml", "tubes"])
def test_every_dimension_counts_by_itself(tight: str):
    roomy = dict.fromkeys(("bottles", "ml", "tubes"), 2)
    asked = problem(
        visit("anna", load=dict.fromkeys(roomy, 1)),
        visit("bea", load=dict.fromkeys(roomy, 1)),
        shifts=[shift("am", capacity=roomy | {tight: 1})],
    )
    (violation,) = check(asked, retimed(asked, {"am": ["anna", "bea"]}))
    assert (violation.rule, violation.what, violation.by) == (Rule.LOAD, tight, 1)
    assert len(engine(asked)["am"]) == 1


def test_a_dimension_the_shift_does_not_name_is_not_limited():
    asked = problem(
        visit("anna", load={"ml": 2_000_000_000}),
        shifts=[shift("am", capacity={"bottles": 0}), shift("pm", capacity={"ml": 1})],
    )
    assert broken_by(asked, am=["anna"]) == set()
    assert engine(asked) == {"am": ("anna",)}


def test_two_shifts_have_a_box_each():
    asked = problem(
        visit("anna", load={"bottles": 1}),
        visit("bea", load={"bottles": 1}),
        shifts=[shift("am", capacity={"bottles": 1}), shift("pm", capacity={"bottles": 1})],
    )
    assert sorted(map(len, engine(asked).values())) == [1, 1]

"""A tour is not longer than its shift permits: driving, working, road and stops."""

import pytest

from routing.checker.judge import check_tour
from routing.plan import Rule
from tests.routing.builders import broken_by, broken_on, engine, lunch, problem, shift, tour, visit

# Bank 0 -> Anna 100, serve 30 s -> Bea 230 -> bank 430: 400 s on the road, 4 km, two stops.
VISITS = (visit("anna", service=30), visit("bea"))
DRIVEN = tour(("anna", 100, 100, 130), ("bea", 230, 230, 230), arrival=430)


@pytest.mark.parametrize(
    ("limit", "what", "most", "told"),
    [
        ("max_driving", "driving", 400, "drives 6 min 40 s, 1 s more than it may"),
        ("max_working", "working", 430, "works 7 min 10 s, 1 s more than it may"),
        ("max_metres", "metres", 4_000, "drives 4000 m, 1 m more than it may"),
        ("max_stops", "stops", 2, "has 2 stops, 1 more than it may"),
    ],
)
def test_a_limit_may_be_used_to_its_last_unit(limit: str, what: str, most: int, told: str):
    exact = problem(*VISITS, shifts=[shift("am", **{limit: most})])
    assert broken_on(exact, DRIVEN) == set()
    assert broken_by(exact, am=["anna", "bea"]) == set()
    assert len(engine(exact)["am"]) == 2

    tight = problem(*VISITS, shifts=[shift("am", **{limit: most - 1})])
    (violation,) = check_tour(tight, DRIVEN)
    assert (violation.rule, violation.what, violation.by) == (Rule.LIMITS, what, 1)
    assert violation.sentence == f"Shift am {told}."
    assert broken_by(tight, am=["anna", "bea"]) == {Rule.LIMITS}
    assert len(engine(tight)["am"]) == 1


@pytest.mark.parametrize(("limit", "legal"), [(480, True), (479, False)])
def test_a_break_on_the_road_is_working_time(limit: int, *, legal: bool):
    # 50 s of lunch on the way home: 480 s.
    driven = tour(
        ("anna", 100, 100, 130),
        ("bea", 230, 230, 230),
        breaks=[("lunch", 2, 240, 290)],
        arrival=480,
    )
    owing = shift("am", max_working=limit, breaks=[lunch((240, 240))])
    asked = problem(*VISITS, shifts=[owing])
    assert broken_on(asked, driven) == (set() if legal else {Rule.LIMITS})


@pytest.mark.parametrize("limit", ["max_driving", "max_metres"])
def test_a_break_is_no_driving(limit: str):
    driven = tour(
        ("anna", 100, 100, 130),
        ("bea", 230, 230, 230),
        breaks=[("lunch", 2, 240, 290)],
        arrival=480,
    )
    most = {"max_driving": 400, "max_metres": 4_000}[limit]
    owing = shift("am", breaks=[lunch((240, 240))], **{limit: most})
    assert broken_on(problem(*VISITS, shifts=[owing]), driven) == set()


def test_waiting_is_working_time_and_no_driving():
    # Bea opens at 1,000: 100 s out, 30 s, 100 s, a wait, 200 s home.
    asked = problem(
        visit("anna", (100, 100), service=30),
        visit("bea", (1_000, 1_000)),
        shifts=[shift("am", max_driving=400, max_working=1_199)],
    )
    waits = tour(("anna", 100, 100, 130), ("bea", 230, 1_000, 1_000), arrival=1_200)
    (violation,) = check_tour(asked, waits)
    assert (violation.what, violation.by) == ("working", 1)
    assert len(engine(asked)["am"]) == 1


def test_what_a_tour_says_of_its_own_road_is_not_believed():
    asked = problem(*VISITS, shifts=[shift("am", max_metres=3_999)])
    says_less = tour(("anna", 100, 100, 130), ("bea", 230, 230, 230), arrival=430, metres=3_000)
    assert broken_on(asked, says_less) == {Rule.LIMITS, Rule.CLOCK}

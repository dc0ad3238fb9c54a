"""A plan is legal, whole, explained, and on tiny problems the best there is."""

from itertools import pairwise

import pytest
from hypothesis import given, settings

from routing.checker.judge import check_plan
from routing.cost import cost, rank
from routing.errors import NoPlanError, UnlawfulPlanError
from routing.plan import Plan, Rule
from routing.problem import Problem
from routing.schedule import Broken, retimed, timed
from routing.solver import EXPLAINED_AT_ONCE, Budget, solve
from routing.timing.encoding import encode
from tests.routing.brute import Price, best_price, may_carry, orders
from tests.routing.builders import FEW, pin, problem, shift, solved, visit
from tests.routing.scale import scaled
from tests.routing.strategies import problems

MANY = Budget(iterations=15_000)


def best(asked: Problem) -> Price:
    """The price of the best plan, by trying everything; timing has a test of its own."""
    durations = {}
    for line in asked.shifts:
        for order in orders(asked):
            tour = timed(asked, line, order)
            if may_carry(asked, line, order) and not isinstance(tour, Broken):
                durations[line.id, tuple(visit.id for visit in order)] = tour.seconds
    return best_price(asked, durations)


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(problems(most=5))
def test_a_tiny_problem_is_solved_as_well_as_by_trying_everything(asked: Problem):
    assert rank(asked, solve(asked, MANY)) == best(asked)


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(problems(most=9, least=4))
def test_a_plan_breaks_no_rule_and_bills_what_it_costs(asked: Problem):
    plan = solve(asked, FEW)
    assert check_plan(asked, plan) == ()
    assert plan.cost == cost(asked, plan)


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(problems(most=9, least=4))
def test_every_visit_is_served_or_has_a_reason(asked: Problem):
    plan = solve(asked, FEW)
    served = [name for tour in plan.tours for name in tour.visits]
    left = [entry.visit for entry in plan.unassigned]
    assert sorted(served + left) == sorted(visit.id for visit in asked.visits)
    assert all(entry.reason is not None for entry in plan.unassigned)


def test_the_same_moves_give_the_same_plan():
    asked = problem(*(visit(name) for name in ("anna", "bea", "cleo", "dora")))
    assert solve(asked, FEW) == solve(asked, FEW)


def test_no_visits_make_an_empty_plan_at_once():
    assert solve(problem(), Budget(seconds=3_600)) == Plan()


def test_when_nothing_can_be_served_the_answer_comes_at_once():
    asked = problem(visit("anna", skills=["blood"]), visit("dora", ride={"milk": 1}))
    plan = solve(asked, Budget(seconds=3_600))
    assert [entry.reason and entry.reason.rule for entry in plan.unassigned] == [
        Rule.SKILLS,
        Rule.RIDE_TIME,
    ]


def test_a_small_problem_does_not_sit_out_its_seconds():
    asked = problem(visit("anna"), visit("bea"))
    assert solve(asked, Budget(seconds=3_600)).orders.keys() == {"am"}


def test_no_time_at_all_gives_no_plan():
    asked = problem(*(visit("anna", name=f"v{number}") for number in range(40)))
    with pytest.raises(NoPlanError):
        solve(asked, Budget(seconds=0.0))


def test_a_budget_has_a_bound():
    with pytest.raises(ValueError, match="a budget needs a bound"):
        Budget()


def test_each_improvement_is_legal_and_better_than_the_last():
    asked = problem(
        *(
            visit(name, name=f"{name}{copy}", service=10)
            for name in ("anna", "bea", "cleo", "dora")
            for copy in range(4)
        ),
        shifts=[shift("am", 0, 900, end="lab"), shift("pm", 500, 1_500, start="lab")],
    )
    seen: list[Plan] = []
    plan = solve(asked, Budget(seconds=1.0), on_improvement=seen.append)
    assert seen
    assert all(check_plan(asked, found) == () for found in seen)
    assert all(entry.reason for found in seen for entry in found.unassigned)
    ranks = [rank(asked, found) for found in [*seen, plan]]
    assert all(later <= earlier for earlier, later in pairwise(ranks))


@pytest.mark.parametrize("many", [False, True])
def test_where_many_are_left_out_only_the_last_plan_says_why(*, many: bool):
    count = EXPLAINED_AT_ONCE + 15 if many else EXPLAINED_AT_ONCE
    asked = problem(
        *(visit("anna", name=f"v{number}", service=300) for number in range(count)),
        shifts=[shift("am", 0, 1_000)],
    )
    seen: list[Plan] = []
    plan = solve(asked, Budget(seconds=1.0), on_improvement=seen.append)
    assert (len(plan.unassigned) > EXPLAINED_AT_ONCE) is many
    assert all(entry.reason for entry in plan.unassigned)
    assert any(entry.reason for found in seen for entry in found.unassigned) is not many


def test_a_failing_listener_is_heard():
    asked = problem(*(visit("anna", name=f"v{number}") for number in range(9)))

    def fail(_: Plan) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        solve(asked, Budget(seconds=5), on_improvement=fail)


def test_a_start_is_never_made_worse():
    asked = problem(*(visit(name) for name in ("anna", "bea", "cleo", "dora")))
    start = retimed(asked, {"am": ["anna", "bea", "cleo", "dora"]})
    # Out and back along the street is 8 km: the best there is.
    assert solve(asked, Budget(iterations=1), start).cost.driving == 800


def test_what_is_no_longer_legal_in_a_start_is_taken_out():
    before = problem(visit("anna"), visit("bea"))
    start = retimed(before, {"am": ["anna", "bea"]})
    after = problem(visit("anna", (0, 10)), visit("bea"))
    assert solve(after, FEW, start).orders == {"am": ("bea",)}


def test_a_start_may_name_visits_and_shifts_that_are_gone():
    before = problem(visit("anna"), visit("bea"), shifts=[shift("am"), shift("pm")])
    start = retimed(before, {"am": ["anna"], "pm": ["bea"]})
    after = problem(visit("anna"), shifts=[shift("am")])
    assert solve(after, FEW, start).orders == {"am": ("anna",)}


def test_a_position_of_the_start_gives_way_to_a_pin():
    before = problem(visit("anna"), visit("bea"))
    start = retimed(before, {"am": ["anna", "bea"]})
    after = problem(visit("anna"), visit("bea"), pins=[pin("bea", "am", 0)])
    assert solve(after, FEW, start).orders == {"am": ("bea", "anna")}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (problem(visit("bea"), visit("anna", (0, 50))), problem(visit("bea"), visit("anna"))),
        (
            problem(visit("bea"), visit("dora"), shifts=[shift("am", 0, 500)]),
            problem(visit("bea"), visit("dora")),
        ),
        (
            problem(visit("bea"), visit("anna", skills=["blood"])),
            problem(visit("bea"), visit("anna")),
        ),
        (
            problem(visit("bea"), visit("dora", ride={"milk": 1})),
            problem(visit("bea"), visit("dora")),
        ),
        (
            problem(visit("bea", load={"ml": 1}), shifts=[shift("am", capacity={"ml": 0})]),
            problem(visit("bea", load={"ml": 1})),
        ),
    ],
    ids=["windows", "shifts", "skills", "ride_time", "load"],
)
def test_a_plan_the_checker_refuses_is_never_returned(asked: Problem, told: Problem):
    """Tell the engines a problem without one of its rules, as a defect would: it is noticed."""
    encode(told)
    asked.derived.update(told.derived)
    with pytest.raises(UnlawfulPlanError) as refused:
        solve(asked, FEW)
    assert refused.value.sentences


def test_a_wider_window_never_makes_the_best_plan_dearer():
    narrow = problem(visit("anna", (500, 600)), visit("bea", (100, 300)), visit("cleo", (300, 400)))
    wide = problem(visit("anna", (100, 600)), visit("bea", (100, 300)), visit("cleo", (300, 400)))
    assert rank(wide, solve(wide, FEW)) <= rank(narrow, solve(narrow, FEW))


@settings(max_examples=scaled(25), deadline=None, derandomize=True)
@given(problems(most=4, pins=False))
def test_a_further_shift_never_makes_the_best_plan_worse(asked: Problem):
    further = problem(
        *asked.visits,
        shifts=[*asked.shifts, shift("further", 0, 60, skills=["blood"])],
        travel=asked.travel,
    )
    assert rank(further, solve(further, MANY)) <= rank(asked, solve(asked, MANY))


def test_the_cheaper_of_two_shifts_is_used():
    shifts = [shift("dear", fixed=1_000), shift("cheap", fixed=999)]
    assert solved(problem(visit("anna"), shifts=shifts)) == {"cheap": ("anna",)}


def test_one_round_is_cheaper_than_two():
    asked = problem(visit("anna"), visit("dora"), shifts=[shift("am"), shift("pm")])
    assert len(solved(asked)) == 1  # 8 km instead of 2 + 8


def test_waiting_is_paid_for():
    # Anna is out by 100, Bea in from 5,000. Alone, Bea takes 400 s at 1 cent: 400; Anna with
    # her waits 4,800 s. A second shift for Anna costs 200 s and nothing else.
    asked = problem(
        visit("anna", (0, 100)),
        visit("bea", (5_000, 6_000)),
        shifts=[shift("am", per_km=0, per_hour=3_600), shift("pm", per_km=0, per_hour=3_600)],
    )
    assert len(solved(asked)) == 2

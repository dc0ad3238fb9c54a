"""The price of a rule is the saving without it, on days that can be reckoned by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from routing.checker.judge import check_plan
from routing.formats.native import write_plan, write_problem
from routing.plan import Rule
from routing.problem import Problem
from routing.relaxations import RELAXATIONS
from routing.rule_relaxation import promise_price, rule_prices
from routing.solver import Budget, solve
from tests.routing.builders import lunch, pin, problem, shift, visit
from tests.routing.rich import RULES, rich_problems
from tests.routing.scale import scaled
from tests.routing.shell import run_apart

FEW = Budget(iterations=200)


def test_a_limit_that_the_cheapest_plan_keeps_costs_nothing() -> None:
    """Anna's milk rides 100 s if she comes last, and the way is as long in both orders."""
    asked = problem(visit("anna", ride={"milk": 100}), visit("dora", ride={"milk": 400}))
    (price,) = rule_prices(asked, solve(asked, FEW), FEW)
    assert (price.rule, price.cents, price.served) == (Rule.RIDE_TIME, 0, ())


def test_a_limit_that_forbids_one_round_costs_the_second() -> None:
    """Two services of 100 s at Bea's, 200 s away: the first milk would ride 300 s, and may 250."""
    doors = [visit("bea", name=name, service=100, ride={"milk": 250}) for name in ("b1", "b2")]
    asked = problem(*doors, shifts=[shift(name, fixed=500) for name in ("am", "pm")])
    (price,) = rule_prices(asked, solve(asked, FEW), FEW)
    # A second shift, and 4 km more at 100 cents.
    assert (price.rule, price.cents) == (Rule.RIDE_TIME, 500 + 400)


def test_a_full_box_costs_a_second_round() -> None:
    """Two shifts of 1,000 cents each, and a box for one bottle: without the box one shift does."""
    small = [shift(name, fixed=1_000, capacity={"bottles": 1}) for name in ("am", "pm")]
    asked = problem(
        visit("anna", load={"bottles": 1}), visit("bea", load={"bottles": 1}), shifts=small
    )
    plan = solve(asked, FEW)
    prices = {price.rule: price for price in rule_prices(asked, plan, FEW)}
    # Anna 1 km and Bea 2 km out: 2 km and 4 km apart, 4 km together, at 100 cents.
    assert prices.keys() == {Rule.LOAD}
    assert prices[Rule.LOAD].cents == 1_000 + 200
    assert len(prices[Rule.LOAD].comparison.moved) == 1


def test_a_lunch_hour_that_leaves_no_time_costs_a_visit() -> None:
    """Dora is 400 s away, and the shift of 820 s leaves 20 s for a break of 50."""
    asked = problem(visit("dora"), shifts=[shift("am", 0, 820, breaks=[lunch((200, 300))])])
    (price,) = rule_prices(asked, solve(asked, FEW), FEW, [Rule.BREAKS])
    assert price.served == ("dora",)


def test_a_pin_costs_the_way_of_the_wrong_collector() -> None:
    far = [shift("am", start="dora", end="dora"), shift("pm")]
    asked = problem(visit("anna"), shifts=far, pins=[pin("anna", "am")])
    (price,) = rule_prices(asked, solve(asked, FEW), FEW)
    assert (price.rule, price.cents) == (Rule.PINS, 600 - 200)


def priced(*options: str, text: str) -> tuple[int, list[dict[str, Any]]]:
    done = run_apart("prices", "-", "-", "--iterations", "600", *options, text=text)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def lines(*documents: str) -> str:
    return "\n".join(json.dumps(json.loads(document)) for document in documents)


def test_a_program_hears_of_each_price_as_it_is_found() -> None:
    """Anna's pin costs 4 km; in another problem Bea waits as well, and is served."""
    far = [shift("am", start="dora", end="dora"), shift("pm")]
    asked = problem(visit("anna"), shifts=far, pins=[pin("anna", "am")])
    more = problem(visit("anna"), visit("bea"), shifts=far, pins=[pin("anna", "am")])
    others = json.dumps({"bea": json.loads(write_problem(more))})
    text = lines(write_problem(asked), write_plan(solve(asked, FEW)), others)
    code, (present, pins, bea, done) = priced(text=text)
    assert (code, present["kind"], present["prices"]) == (0, "present", ["pins", "bea"])
    assert (pins["kind"], pins["name"], pins["cents"]) == ("price", "pins", 600 - 200)
    served = {stop["visit"] for tour in bea["plan"]["tours"] for stop in tour["stops"]}
    assert (bea["name"], served) == ("bea", {"anna", "bea"})
    assert done["kind"] == "done"


def test_a_price_of_nobodys_promise_is_refused_by_name() -> None:
    asked = problem(visit("anna"))
    text = lines(write_problem(asked), write_plan(solve(asked, FEW)))
    done = run_apart("prices", "-", "-", "--promise", "zoe", text=text)
    assert (done.returncode, done.stderr) == (2, "promise: names no visit: zoe\n")


def test_a_promise_costs_the_wait_for_it() -> None:
    """An hour costs 3,600 cents. Anna at 0:00 and Bea at 1,000 s keep the collector waiting."""
    asked = problem(
        visit("anna", (100, 100)), visit("bea", (1_000, 1_000)), shifts=[shift(per_hour=3_600)]
    )
    price = promise_price(asked, solve(asked, FEW), "anna", FEW)
    # From 0 to 1,200 s with the promise; without it from 800 s.
    assert price.cents == 800


def test_a_rule_without_a_price_here_is_refused() -> None:
    asked = problem(visit("anna"))
    with pytest.raises(KeyError):
        rule_prices(asked, solve(asked, FEW), FEW, [Rule.CLOCK])
    assert rule_prices(asked, solve(asked, FEW), FEW) == ()


@settings(
    max_examples=scaled(15),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(rich_problems(sorted(RULES - {Rule.SHIPMENTS})))
def test_no_rule_has_a_negative_price_and_each_plan_is_legal_without_it(asked: Problem) -> None:
    for price in rule_prices(asked, solve(asked, FEW), FEW):
        assert price.cents >= 0 or price.served
        assert check_plan(RELAXATIONS[price.rule](asked), price.plan) == ()

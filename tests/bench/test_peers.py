"""The harness tells every peer the same problem, and judges every plan alike."""

from xml.etree import ElementTree as ET

import pytest

from bench import ortools_peer, ours, pyvrp_peer, vroom_peer
from bench.chart import chart
from bench.child import judged
from bench.days import day
from bench.horizon import horizon
from bench.instances import names
from bench.table import Run, gap, table
from routing.analysis.insertion import filled
from routing.checker.judge import check_plan
from routing.cost import shares
from routing.schedule import retimed
from routing.units import SHARES_PER_CENT

SECONDS = 0.3


@pytest.mark.parametrize("peer", [ours, pyvrp_peer, vroom_peer, ortools_peer])
def test_everybody_answers_a_plain_day_without_breaking_a_rule(peer):  # noqa: ANN001 - a module
    asked = day(12, 2, seed=5)
    orders, _ = peer.run(asked, SECONDS, 1)
    found = judged(asked, orders)
    assert (found["broken"], found["unassigned"]) == (0, 0)
    assert found["shares"] == shares(asked, retimed(asked, orders))


def test_pyvrp_is_told_the_price_we_judge_by():
    asked = day(12, 2, seed=5)
    told = pyvrp_peer.tell(asked)
    result = pyvrp_peer.pyvrp.solve(
        told.data, pyvrp_peer.pyvrp.stop.MaxIterations(50), seed=1, collect_stats=False
    )
    orders = pyvrp_peer.orders(told, result.best)
    # Of a visit with two windows it misses one prize at least, which decides nothing.
    missed = sum(one.penalty or 0 for one in asked.visits for _ in one.windows[1:])
    cost = pyvrp_peer.unit_of(asked) * result.cost()
    assert cost - SHARES_PER_CENT * missed == judged(asked, orders)["shares"]


def test_a_plan_that_breaks_a_ride_limit_is_found_out():
    asked = day(20, 2, seed=3, rich=True)
    orders, _ = vroom_peer.run(asked, SECONDS, 1)
    assert judged(asked, orders)["rules"].get("ride_time", 0) > 0


def run(engine: str, cost: int, **more: object) -> Run:
    base: Run = {
        "case": "day:20:1",
        "engine": engine,
        "seconds": 1.0,
        "seed": 1,
        "shares": cost,
        "best": None,
        "broken": 0,
        "unassigned": 0,
        "left_out": 0,
        "metres": 1,
        "cpu": 1.0,
        "first": None,
        "megabytes": 100,
    }
    return base | more


def test_the_table_compares_with_the_best_plan_that_breaks_nothing():
    runs = [run("milkround", 98), run("pyvrp", 100), run("ortools", 50, broken=3)]
    assert gap(runs[0], runs) == 0
    assert gap(runs[1], runs) == pytest.approx(100 * 2 / 98)
    line = next(line for line in table("days", runs).splitlines() if "| PyVRP |" in line)
    assert "| 2.04 % | 0.980 | 0.980 |" in line


def test_a_gap_to_the_best_known_is_one_of_length():
    found = run("pyvrp", 7, best=1_000, metres=1_015)
    assert gap(found, [found]) == pytest.approx(1.5)
    assert "nan" not in table("solomon", [found | {"left_out": 1, "case": "solomon:C101"}])


def test_the_chart_is_well_formed_and_has_a_bar_per_engine():
    picture = ET.fromstring(chart([run("milkround", 98), run("pyvrp", 100)]))  # noqa: S314
    bars = [part for part in picture.iter() if part.get("rx") == "2" and part.get("y") != "14"]
    assert len(bars) == 2


def test_generated_cases_are_named_by_size_and_seed():
    assert names("rich", sizes=[20, 60], seeds=2) == [
        "rich:20:1",
        "rich:20:2",
        "rich:60:1",
        "rich:60:2",
    ]


def test_two_weeks_can_be_planned_greedily_without_breaking_a_rule():
    asked = horizon(seed=1, visits=30, collectors=2)
    plan = filled(asked, retimed(asked, {}))
    assert check_plan(asked, plan) == ()
    assert len(plan.unassigned) < 10

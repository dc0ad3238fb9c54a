"""A small day comes out as it should whatever the seed: one search alone often ends beside it."""

from __future__ import annotations

from bench.instances import load
from routing.solver import Budget, solve


def test_the_seed_of_a_search_does_not_show_in_a_small_day() -> None:
    asked = load("day:20:6").problem
    costs = {solve(asked, Budget(seconds=60, seed=seed)).cost.total for seed in range(4)}
    assert len(costs) == 1

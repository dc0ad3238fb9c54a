"""One engine on one problem in a process of its own, pinned to one core; a line of JSON comes out.

``python -m bench.child ENGINE CASE SECONDS SEED [--core N]``. The plan of whoever it was is timed
by our scheduler, judged by our checker and priced by our bill.
"""

import argparse
import json
import os
import resource
import time
from collections import Counter
from importlib import import_module
from typing import Any

from bench import ours
from bench.instances import load
from routing.checker.judge import check_plan
from routing.cost import left_out, shares
from routing.problem import Problem
from routing.schedule import retimed

ENGINES = {
    "milkround": "bench.ours",
    "pyvrp": "bench.pyvrp_peer",
    "vroom": "bench.vroom_peer",
    "ortools": "bench.ortools_peer",
}
"""Where each has its `run`; a process imports its own only, and its memory is that one's."""


def main() -> None:
    """Run it, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.child", description=__doc__)
    parser.add_argument("engine", choices=sorted(ENGINES))
    parser.add_argument("case")
    parser.add_argument("seconds", type=float)
    parser.add_argument("seed", type=int)
    parser.add_argument("--core", type=int)
    options = parser.parse_args()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    case, engine = load(options.case), import_module(ENGINES[options.engine])
    ours.prepare()
    began, wall = _cpu(), time.perf_counter()
    orders, first = engine.run(case.problem, options.seconds, options.seed)
    spent, elapsed = _cpu() - began, time.perf_counter() - wall
    peak = max(resource.getrusage(who).ru_maxrss for who in _EVERYBODY)
    found = {"cpu": spent, "wall": elapsed, "first": first, "megabytes": peak // 1024}
    print(json.dumps(found | judged(case.problem, orders) | {"best": case.best}))


_EVERYBODY = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _cpu() -> float:
    """CPU seconds of this process and of those it has waited for."""
    spent = [resource.getrusage(who) for who in _EVERYBODY]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def judged(problem: Problem, orders: ours.Orders) -> dict[str, Any]:
    """What a plan costs and which rules it breaks, timed as kindly as can be."""
    plan = retimed(problem, orders)
    broken = check_plan(problem, plan)
    return {
        "shares": shares(problem, plan),
        "cost": plan.cost.total,
        "metres": plan.metres,
        "tours": len(plan.tours),
        "unassigned": len(plan.unassigned),
        "left_out": left_out(problem, plan),
        "broken": len(broken),
        "rules": dict(Counter(one.rule for one in broken)),
    }


if __name__ == "__main__":
    main()

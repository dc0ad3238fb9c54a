"""How fast a plan is judged on simulated days: ``python -m bench.risk``.

The peer, in the same run, is the sampler of the tests in plain Python, which shares no code.
"""

import time
from dataclasses import replace

from bench.days import day
from routing.analysis.insertion import filled
from routing.analysis.risk import DAYS, risk
from routing.problem import Spreads
from routing.schedule import retimed
from tests.routing.sampler import sample

VISITS, SHIFTS = 120, 8
SPREADS = Spreads(leg=15, day=8, hour=5, service=35)


def main() -> None:
    """Print a row per number of days."""
    asked = replace(day(VISITS, SHIFTS, seed=1, rich=True), spreads=SPREADS)
    plan = filled(asked, retimed(asked, {}))
    risk(asked, plan, days=1)
    print(f"{'days':>8}{'ours, ms':>12}{'plain Python, ms':>20}")
    for days in (200, DAYS):
        began = time.process_time()
        risk(asked, plan, days=days)
        ours = 1_000 * (time.process_time() - began)
        began = time.process_time()
        sample(asked, plan, days=days // 10)
        plain = 10_000 * (time.process_time() - began)
        print(f"{days:>8}{ours:>12.1f}{plain:>20.0f}")


if __name__ == "__main__":
    main()

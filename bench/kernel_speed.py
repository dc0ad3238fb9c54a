"""Iterations of the kernel per CPU second: ``python -m bench.kernel_speed``.

Each line is one generated problem: iterations per CPU second of one search, and a digest of the
plan after a fixed number of iterations. Two commits whose digests agree search the same plans.

``--against FOLDER`` alternates between this checkout and another one, in new processes of the same
interpreter, and prints the median ratio of each problem.
"""

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from bench.days import day
from bench.horizon import horizon
from routing.kernel.search import Kernel
from routing.problem import Problem

PROBLEMS: Final[dict[str, Callable[[], Problem]]] = {
    "60 visits": lambda: day(60, 5, seed=1),
    "120 visits, all rules": lambda: day(120, 8, seed=2, rich=True),
    "300 visits": lambda: day(300, 15, seed=3),
    "300 visits in two weeks": lambda: horizon(seed=1, visits=300, collectors=3),
}
ITERATIONS: Final = 2_000
"""Iterations of the digest, and of each measured part."""

TEMPERATURES: Final = (4.0, 0.1)


class Speed(NamedTuple):
    """Speed of one search, and a digest of its plan."""

    per_second: float
    plan: str


def measure(problem: Problem, seconds: float) -> Speed:
    """Search a problem for some CPU seconds."""
    kernel = Kernel(problem, seed=7)
    kernel.initialise()
    kernel.run(ITERATIONS, *TEMPERATURES)
    found = json.dumps([kernel.orders(), kernel.best_cost], sort_keys=True)
    began, done = time.process_time(), 0
    while time.process_time() - began < seconds:
        kernel.run(ITERATIONS, *TEMPERATURES)
        done += ITERATIONS
    elapsed = time.process_time() - began
    return Speed(done / max(elapsed, 1e-9), hashlib.sha256(found.encode()).hexdigest()[:12])


def _measure_in(folder: Path, seconds: float) -> dict[str, Speed]:
    """Measure a checkout in a new process; its own modules are imported, not those of this one."""
    script = Path(__file__).read_text(encoding="utf-8")
    command = [sys.executable, "-c", script, "--seconds", str(seconds), "--json"]
    answer = subprocess.run(  # noqa: S603
        command, cwd=folder, capture_output=True, text=True, check=True
    )
    return {name: Speed(*speed) for name, speed in json.loads(answer.stdout).items()}


def compare(folder: Path, seconds: float, times: int) -> None:
    """Print the median ratio of this checkout to another, problem by problem."""
    here = Path.cwd()
    pairs = [(_measure_in(here, seconds), _measure_in(folder, seconds)) for _ in range(times)]
    for name in PROBLEMS:
        ratios = [ours[name].per_second / theirs[name].per_second for ours, theirs in pairs]
        mine = statistics.median(ours[name].per_second for ours, _ in pairs)
        same = all(ours[name].plan == theirs[name].plan for ours, theirs in pairs)
        print(
            f"{name:26} {mine:9,.0f} iterations/s, ratio {statistics.median(ratios):.3f}"
            f" ({min(ratios):.3f} to {max(ratios):.3f}), {'same' if same else 'OTHER'} plan"
        )


def main() -> None:
    """Measure, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU seconds per problem")
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--times", type=int, default=7, help="alternations of the two checkouts")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.against is not None:
        compare(arguments.against, arguments.seconds, arguments.times)
        return
    speeds = {name: measure(pose(), arguments.seconds) for name, pose in PROBLEMS.items()}
    if arguments.json:
        print(json.dumps(speeds))
        return
    for name, speed in speeds.items():
        print(f"{name:26} {speed.per_second:9,.0f} iterations/s, plan {speed.plan}")


if __name__ == "__main__":
    main()

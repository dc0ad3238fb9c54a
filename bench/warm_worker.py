"""Time from a job to the planner's first line, and memory: ``python -m bench.warm_worker``.

Each job plans a generated day of 60 visits and is killed at its first line. *Warm*: no process of
the worker uses the processor for a second before the job. *At once*: the job follows the last one.
Memory is the proportional set size of all child processes. CPU time is theirs until the first line.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from bench.days import day
from collector.jobs.child import Child
from collector.jobs.warm_worker import WarmWorker
from collector.planning.optimise.jobs import LOADED_PLANNER
from routing.formats.native import write_problem

ARGUMENTS: Final = ("solve", "-", "--seconds", "3600", "--progress", "json")
CALM_SECONDS: Final = 1.0
SEARCH_SECONDS: Final = 3.0
"""Seconds of search before the memory of a task is measured."""

TICK: Final = 1_000 / os.sysconf("SC_CLK_TCK")
LOADED_MB: Final = 50
"""A loaded planner has more megabytes."""

Start = Callable[[], Child]
"""Start a job."""


class FirstLine(NamedTuple):
    """Milliseconds until the first line: by the clock, and of CPU time."""

    wall: float
    cpu: float


def descendants() -> set[int]:
    """Return the child processes of this process, and theirs."""
    parents = dict(_parents())
    found = {pid for pid, parent in parents.items() if parent == os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        if fields := _stat(int(folder.name)):
            yield int(folder.name), int(fields[1])


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()


def cpu() -> float:
    """Return the CPU milliseconds of all living child processes."""
    fields = [_stat(pid) for pid in descendants()]
    return TICK * sum(int(each[11]) + int(each[12]) for each in fields if each)


def memory() -> float:
    """Return the proportional set size of all child processes, in MB."""
    return sum(map(_proportional_kb, descendants())) / 1_024


def _proportional_kb(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(rollup.split("\nPss:")[1].split()[0])


def calm() -> None:
    """Wait until a planner is loaded and no child process uses the processor."""
    before = -1.0
    while memory() < LOADED_MB or cpu() != before:
        before = cpu()
        time.sleep(CALM_SECONDS)


def await_line(child: Child) -> None:
    """Wait for the first line of a child."""
    while not list(child.lines(wait=0.1)):
        if child.is_over():
            raise SystemExit(child.complaints())


def first_line(start: Start) -> FirstLine:
    """Measure one job."""
    cpu_before, began = cpu(), time.monotonic()
    with closing(start()) as child:
        await_line(child)
        wall = time.monotonic() - began
        return FirstLine(1_000 * wall, cpu() - cpu_before)


def memory_of_tasks(*starts: Start) -> float:
    """Return the memory while jobs search side by side."""
    children = [start() for start in starts]
    for child in children:
        await_line(child)
    time.sleep(SEARCH_SECONDS)
    size = memory()
    for child in children:
        child.close()
    return size


def tell(name: str, found: list[FirstLine]) -> None:
    """Print a row: median and worst."""
    walls, cpus = zip(*found, strict=True)
    print(
        f"{name:<10} wall {statistics.median(walls):6.0f} ms (worst {max(walls):6.0f})"
        f"   CPU {statistics.median(cpus):6.0f} ms (worst {max(cpus):6.0f})"
    )


def main() -> None:
    """Measure both situations, then the memory of one and two workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10, help="jobs that are counted, per row")
    options = parser.parse_args()
    problem = write_problem(day(60, 4, seed=1)).encode()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with closing(WarmWorker(LOADED_PLANNER)) as one, closing(WarmWorker(LOADED_PLANNER)) as other:

        def start(worker: WarmWorker) -> Child:
            return worker.child(LOADED_PLANNER, ARGUMENTS, stdin=problem)

        one.keep()
        calm()
        print(f"memory     warm {memory():.0f} MB", end="   ")
        print(f"one task {memory_of_tasks(lambda: start(one)):.0f} MB", end="   ")
        other.keep()
        calm()
        both = memory_of_tasks(lambda: start(one), lambda: start(other))
        print(f"two workers with a task each {both:.0f} MB")
        other.close()
        warm = []
        for _ in range(options.jobs):
            calm()
            warm.append(first_line(lambda: start(one)))
        tell("warm", warm)
        tell("at once", [first_line(lambda: start(one)) for _ in range(options.jobs)])


if __name__ == "__main__":
    main()

"""Knows every problem the planner is measured on, by a name that a process can be given.

``day:120:1`` is a generated day of 120 visits with seed 1, ``rich:120:1`` the same with ride limits
and skills; ``solomon:C101`` and ``homberger:C1_2_1`` are read from the sample data, whose folder
the environment variable MILKROUND_BENCH_DATA names (by default ``../shared/data``).
"""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.days import day
from bench.horizon import horizon
from routing.formats.solomon import read
from routing.problem import Problem

SHIFTS: Final = {20: 2, 60: 5, 120: 8, 300: 20, 1000: 67}
"""Visits of a generated day, and the shifts it has."""

GENERATED: Final = ("days", "rich")
SETS: Final = (*GENERATED, "solomon", "homberger200", "homberger400", "homberger1000")


class NoDataError(Exception):
    """The sample data are not on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A problem to be measured on.

    Attributes
    ----------
    best : int, optional
        The shortest road that anybody has found, in the problem's metres.
    """

    name: str
    problem: Problem
    best: int | None = None


def data() -> Path:
    """The folder of the sample data.

    Raises
    ------
    NoDataError
        It is not there.
    """
    folder = Path(os.environ.get("MILKROUND_BENCH_DATA", "../shared/data")) / "vrptw"
    if not folder.is_dir():
        raise NoDataError(f"no instances in {folder}: set MILKROUND_BENCH_DATA to their folder")
    return folder


def names(kind: str, *, sizes: Sequence[int], seeds: int) -> list[str]:
    """The names of a set, sorted; sizes and seeds are for generated days."""
    if kind in GENERATED:
        prefix = kind.removesuffix("s")
        return [f"{prefix}:{size}:{seed}" for size in sizes for seed in range(1, seeds + 1)]
    if kind == "solomon":
        return [f"solomon:{path.stem}" for path in sorted((data() / "solomon").glob("*.txt"))]
    part = f"_{int(kind.removeprefix('homberger')) // 100}_"
    paths = sorted((data() / "homberger").glob("*.txt"))
    return [f"homberger:{path.stem}" for path in paths if part in path.stem]


def load(name: str) -> Case:
    """Make or read the problem of this name."""
    kind, *rest = name.split(":")
    if kind in {"day", "rich"}:
        visits, seed = map(int, rest)
        problem = day(visits, SHIFTS[visits], seed=seed, rich=kind == "rich")
        return Case(name=name, problem=problem)
    if kind == "horizon":
        return Case(name=name, problem=horizon(seed=int(rest[0])))
    text = (data() / kind / f"{rest[0]}.txt").read_text(encoding="utf-8")
    found = read(text)
    return Case(name=name, problem=found.problem, best=_best(rest[0], found.scale))


def _best(name: str, scale: int) -> int | None:
    with (data() / "best_known.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["instance"] == name:
                return round(scale * float(row["best_known_distance"]))
    return None

"""A table in Markdown of what was measured, with date, machine and commit."""

import math
import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

Run = dict[str, Any]
"""One engine on one case: see `bench.child` for what is in it."""

NAMES: Final = {
    "milkround": "Milkround",
    "pyvrp": "PyVRP",
    "vroom": "VROOM 5",
    "ortools": "OR-Tools",
}

HEAD: Final = (
    "| cases | budget, s | engine | mean gap | ours / theirs | worst | not served"
    " | plans that break rules | CPU s | first plan, ms | peak, MB |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|\n"
)


def table(kind: str, runs: Sequence[Run]) -> str:
    """All runs of a set, by size, budget and engine."""
    lines = [
        _row(size, seconds, engine, here, runs)
        for size in sorted({group(run) for run in runs})
        for engine in NAMES
        for seconds in sorted({run["seconds"] for run in runs})
        if (here := _those(runs, size, seconds, engine))
    ]
    return f"## {kind}\n\n{_where()}\n\n{HEAD}" + "\n".join(lines) + "\n"


def group(run: Run) -> str:
    """The cases a run is counted with: the size of a day, or the whole set."""
    kind, size, *_ = run["case"].split(":")
    return f"{int(size):>4} visits" if kind in {"day", "rich"} else kind


def gap(run: Run, runs: Iterable[Run]) -> float:
    """How far a run is above the best known, or else above the best of all these runs, in percent.

    What is best known is a length; where something mandatory is left out, there is no gap.
    """
    if run["best"] is not None:
        return math.nan if run["left_out"] else 100 * (run["metres"] / run["best"] - 1)
    sound = [other["shares"] for other in runs if _comparable(run, other)]
    return 100 * (run["shares"] / min(sound) - 1) if sound else math.nan


def _comparable(run: Run, other: Run) -> bool:
    return other["case"] == run["case"] and not other["broken"]


def mean_gap(here: Sequence[Run], runs: Sequence[Run]) -> float:
    """The mean over the cases for which there is a gap."""
    gaps = [found for run in here if not math.isnan(found := gap(run, runs))]
    return statistics.fmean(gaps) if gaps else math.nan


def _those(runs: Sequence[Run], size: str, seconds: float, engine: str) -> list[Run]:
    return [
        run
        for run in runs
        if (group(run), run["seconds"], run["engine"]) == (size, seconds, engine)
    ]


def _row(size: str, seconds: float, engine: str, here: Sequence[Run], runs: Sequence[Run]) -> str:
    ratios = [ratio for run in here if (ratio := _ratio(run, runs)) is not None]
    firsts = [1_000 * run["first"] for run in here if run["first"] is not None]
    cells = [
        f"{size.strip()} ({len(here)})",
        f"{seconds:g}",
        NAMES[engine],
        _said(mean_gap(here, runs), "{:.2f} %"),
        _said(statistics.geometric_mean(ratios) if ratios else math.nan, "{:.3f}"),
        _said(max(ratios, default=math.nan), "{:.3f}"),
        str(sum(run["unassigned"] for run in here)),
        str(sum(run["broken"] > 0 for run in here)),
        f"{statistics.fmean(run['cpu'] for run in here):.1f}",
        _said(statistics.fmean(firsts) if firsts else math.nan, "{:.0f}"),
        str(max(run["megabytes"] for run in here)),
    ]
    return "| " + " | ".join(cells) + " |"


def _ratio(run: Run, runs: Sequence[Run]) -> float | None:
    """Our cost divided by this one's, at its budget or the longest of ours below."""
    own = [
        other
        for other in runs
        if other["engine"] == "milkround"
        and other["case"] == run["case"]
        and other["seed"] == run["seed"]
        and other["seconds"] <= run["seconds"]
    ]
    if not own or run["engine"] == "milkround":
        return None
    nearest = max(own, key=lambda other: other["seconds"])
    if run["best"] is not None and (run["left_out"] or nearest["left_out"]):
        return None
    ratio: float = nearest["shares"] / run["shares"]
    return ratio


def _said(value: float, form: str) -> str:
    return "" if math.isnan(value) else form.format(value)


def _where() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        check=False,
        capture_output=True,
        text=True,
    ).stdout.strip()
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    peers = ", ".join(f"{name} {version(name)}" for name in ("pyvrp", "pyvroom", "ortools"))
    load = os.getloadavg()[1]
    return (
        f"{datetime.now(UTC):%d %B %Y}, commit {commit}, {cpu}, one core, load average {load:.1f};"
        f" Python {platform.python_version()}, {peers}."
    )

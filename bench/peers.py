"""Ours and its peers side by side, at equal CPU seconds: ``python -m bench.peers --set solomon``.

Every run is a process of its own, pinned to one core, one at a time, and the watch counts the CPU
seconds of that process: whoever else uses the machine does not matter much. VROOM has no such
watch: it searches at level 5, for `--patience` times the longest budget of wall clock at most.
Every plan, ours too, is judged by the checker and priced by our bill (see `bench.child`).

Written into `--output`: `SET.jsonl` (every run), `SET.md` (the table) and `SET.svg` (the chart).
Runs that are in `SET.jsonl` already are not made again.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from bench.chart import chart
from bench.instances import GENERATED, SETS, SHIFTS, NoDataError, names
from bench.table import Run, table

PEERS: Final = ("milkround", "pyvrp", "vroom", "ortools")
PATIENCE: Final = 3.0
"""VROOM's time as a multiple of ours: we are to be better in a third of its time."""


def main() -> int:
    """Make all runs that are not there yet, then write the table and the chart."""
    options = _parser().parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    kept = options.output / f"{options.set}.jsonl"
    try:
        cases = names(options.set, sizes=options.sizes, seeds=options.seeds)[:: options.every]
    except NoDataError as error:
        sys.stderr.write(f"{error}\n")
        return 0
    known = _read(kept)
    with kept.open("a", encoding="utf-8") as file:
        for run in _asked(options, cases):
            if not any(_same(run, other) for other in known):
                found = run | _made(run, options.core)
                known.append(found)
                file.write(json.dumps(found) + "\n")
                file.flush()
                _tell(found)
    text = table(options.set, known)
    (options.output / f"{options.set}.md").write_text(text, encoding="utf-8")
    (options.output / f"{options.set}.svg").write_text(chart(known), encoding="utf-8")
    print(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--set", choices=SETS, required=True)
    parser.add_argument("--seconds", type=float, nargs="+", default=[1.0, 5.0, 10.0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SHIFTS))
    parser.add_argument(
        "--seeds", type=int, default=3, help="of generated days; of searches on instances"
    )
    parser.add_argument("--every", type=int, default=1, help="take every so-manieth case only")
    parser.add_argument("--engines", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--patience", type=float, default=PATIENCE)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--output", type=Path, default=Path("bench-results"))
    return parser


def _asked(options: argparse.Namespace, cases: Sequence[str]) -> Iterator[Run]:
    searches = 1 if options.set in GENERATED else options.seeds
    for case in cases:
        for engine in options.engines:
            if engine == "vroom":
                # It draws nothing: another search would find the same.
                patience = options.patience * max(options.seconds)
                yield {"case": case, "engine": engine, "seconds": patience, "seed": 1}
                continue
            for seconds in options.seconds:
                for seed in range(1, searches + 1):
                    yield {"case": case, "engine": engine, "seconds": seconds, "seed": seed}


def _same(run: Run, other: Run) -> bool:
    return all(run[name] == other[name] for name in ("case", "engine", "seconds", "seed"))


def _made(run: Run, core: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.child", run["engine"], run["case"]]
    command += [str(run["seconds"]), str(run["seed"]), "--core", str(core)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _tell(run: Run) -> None:
    sys.stderr.write(
        f"{run['case']:<20}{run['engine']:<10}{run['seconds']:>6g} s{run['cost']:>12,}"
        f"  left out {run['unassigned']}  broken {run['broken']}\n"
    )


def _read(kept: Path) -> list[Run]:
    if not kept.exists():
        return []
    return [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())

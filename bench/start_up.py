"""CPU seconds and memory of starts: ``python -m bench.start_up``.

Each command runs in new processes with bytecode in place; the least CPU time of them counts, and
the largest memory. The web application is made and asked for one page, without a price.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from bench.days import day
from routing.formats.native import write_plan, write_problem
from routing.solver import Budget, solve

APPLICATION: Final = (
    "import os; from collector.config import settings_from;"
    "from collector.installation import application;"
    "application(settings_from(os.environ)).test_client().get('/')"
)

COMMAND: Final = "from collector.cli import main; main(['--help'])"

MEASURE: Final = (
    "import json, re, resource, runpy, sys\n"
    "try: runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)\n"
    "except SystemExit: pass\n"
    "used = resource.getrusage(resource.RUSAGE_SELF)\n"
    "peak = int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
    "print(json.dumps([used.ru_utime + used.ru_stime, peak / 1024]), file=sys.stderr)\n"
)


class Start(NamedTuple):
    """Least CPU seconds of a start, and its largest memory in MB."""

    cpu: float
    megabytes: float


def measure(arguments: list[str], home: Path, times: int) -> Start:
    """Start a module with arguments several times."""
    return _least([_once([sys.executable, "-c", MEASURE, *arguments], home) for _ in range(times)])


def _least(starts: list[Start]) -> Start:
    return Start(min(each.cpu for each in starts), max(each.megabytes for each in starts))


def _once(command: list[str], home: Path) -> Start:
    environment = {**os.environ, "MILKROUND_HOME": str(home)}
    done = subprocess.run(  # noqa: S603
        command, env=environment, check=True, capture_output=True, text=True
    )
    return Start(*json.loads(done.stderr.splitlines()[-1]))


def main() -> None:
    """Print a row per start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    with TemporaryDirectory() as folder:
        home = Path(folder)
        problem, plan, application = home / "problem", home / "plan", home / "application.py"
        small = day(20, 2, seed=1)
        problem.write_text(write_problem(small), encoding="utf-8")
        plan.write_text(write_plan(solve(small, Budget(iterations=100))), encoding="utf-8")
        application.write_text(APPLICATION, encoding="utf-8")
        (home / "command.py").write_text(COMMAND, encoding="utf-8")
        os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{Path.cwd()}"
        for name, arguments in {
            "milkround --help": ["command"],
            "python -m routing --help": ["routing", "--help"],
            "python -m routing check": ["routing", "check", str(problem), str(plan)],
            "python -m routing compare": ["routing", "compare", str(problem), str(plan), str(plan)],
            "web application, one page": ["application"],
        }.items():
            start = measure(arguments, home, times)
            print(f"{name:28} {start.cpu:5.2f} CPU s {start.megabytes:5.0f} MB")


if __name__ == "__main__":
    main()

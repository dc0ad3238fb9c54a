"""The command of mutation testing: `python -m tests.mutants [AREA ...]`, or `make mutants`.

Without a name it takes the areas (`areas.toml`) with a file that differs from `--since`. Mutmut
spoils the functions of an area, one line at a time, in a copy of the tree, and runs the tests that
reach each. A fault that no test notices must stand in `survivors.toml` with its reason: otherwise
the command prints it and exits with 1. A later run in the same copy repeats only what changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from tests.mutants.survivors import known_survivors, survivors_in

ROOT = Path(__file__).parents[2]
SCRATCH = ROOT / ".mutants"
BUILT = ("static/dist", "collector/translations")
CONFIGURATION = """

[tool.mutmut]
source_paths = ["collector", "routing"]
only_mutate = {files}
also_copy = {folders}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-q", "-p", "no:cacheprovider"]
"""


def main(arguments: list[str] | None = None) -> int:
    """Spoil the chosen areas; return 1 if a fault survives without a reason."""
    areas = tomllib.loads((Path(__file__).parent / "areas.toml").read_text("utf-8"))
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("areas", nargs="*", help=f"areas: {', '.join(areas)}; or all")
    parser.add_argument("--since", default="HEAD~1", help="the commit to compare with")
    parser.add_argument("--children", default=os.cpu_count(), type=int, help="mutants at a time")
    asked = parser.parse_args(arguments)
    names = list(areas) if asked.areas == ["all"] else asked.areas or _changed(areas, asked.since)
    unknown = sorted(set(names) - set(areas))
    if unknown:
        parser.error(f"unknown area: {', '.join(unknown)}; there are {', '.join(areas)}")
    if not names:
        pass
    return max([_judge(name, areas[name], asked.children) for name in names], default=0)


def _changed(areas: dict[str, Any], since: str) -> list[str]:
    paths = _git("diff", "--name-only", since).splitlines()
    return [
        name
        for name, area in areas.items()
        if any(fnmatch(path, pattern) for path in paths for pattern in area["files"])
    ]


def _judge(name: str, area: dict[str, Any], children: int) -> int:
    """Spoil one area and print the faults without a reason."""
    scratch = SCRATCH / name
    _copy_tree(scratch, area)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(children)]
    finished = subprocess.run(command, cwd=scratch, check=False)
    if finished.returncode:
        return 1
    killed, alive = survivors_in(scratch)
    reasons = known_survivors()
    fresh = [survivor for survivor in alive if survivor not in reasons]
    total = killed + len(alive)
    for _survivor in fresh:
        pass
    return 1 if fresh or not total else 0


def _copy_tree(scratch: Path, area: dict[str, Any]) -> None:
    """Copy the files of the repository and what was built from them; only changes are written."""
    paths = set(_git("ls-files", "-co", "--exclude-standard").splitlines())
    built = {
        str(path.relative_to(ROOT))
        for folder in BUILT
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    for path in paths | built:
        source, target = ROOT / path, scratch / path
        if source.is_file() and not _same(source, target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    folders = sorted({path.split("/")[0] for path in paths} - {"collector", "routing", "tests"})
    with (scratch / "pyproject.toml").open("w", encoding="utf-8") as file:
        file.write((ROOT / "pyproject.toml").read_text("utf-8"))
        file.write(CONFIGURATION.format(folders=folders, **area))


def _same(source: Path, target: Path) -> bool:
    return target.exists() and target.stat().st_mtime_ns == source.stat().st_mtime_ns


def _git(*arguments: str) -> str:
    answer = subprocess.run(
        ["git", *arguments],  # noqa: S607 - git, as the developer has it
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return answer.stdout


if __name__ == "__main__":
    sys.exit(main())

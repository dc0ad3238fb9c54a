"""Faults that no test noticed, and the list of those that change nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

SURVIVED = 0
"""The exit code of pytest beside a fault that no test noticed."""
UNREACHED = 33
"""Mutmut's code of a fault in a function that no test calls."""
DIFFERENCES = """
import json, sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
json.dump({name: get_diff_for_mutant(name) for name in json.load(sys.stdin)}, sys.stdout)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """A fault by its function and its changed line, which outlive a renumbering of faults."""

    function: str
    before: str
    after: str


def known_survivors() -> dict[Survivor, str]:
    """Return the faults of `survivors.toml` with their reasons."""
    listed = tomllib.loads((Path(__file__).parent / "survivors.toml").read_text("utf-8"))
    return {
        Survivor(function=one["function"], before=one["before"], after=one["after"]): one["reason"]
        for one in listed.get("survivor", ())
    }


def survivors_in(scratch: Path) -> tuple[int, list[Survivor]]:
    """Return the number of faults that a test killed, and the others."""
    codes: dict[str, int] = {}
    for path in sorted((scratch / "mutants").rglob("*.meta")):
        found = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        codes.update({name: code for name, code in found.items() if code is not None})
    alive = [name for name, code in codes.items() if code in (SURVIVED, UNREACHED)]
    answer = subprocess.run(
        [sys.executable, "-c", DIFFERENCES],
        cwd=scratch,
        input=json.dumps(alive),
        check=True,
        capture_output=True,
        text=True,
    )
    differences: dict[str, str] = json.loads(answer.stdout)
    return len(codes) - len(alive), [survivor_of(*pair) for pair in differences.items()]


def survivor_of(name: str, difference: str) -> Survivor:
    """Read the fault out of a unified difference."""
    lines = [line for line in difference.splitlines() if line[:3] not in ("---", "+++")]
    return Survivor(
        function=_function_of(name),
        before=" ".join(line[1:].strip() for line in lines if line.startswith("-")),
        after=" ".join(line[1:].strip() for line in lines if line.startswith("+")),
    )


def _function_of(name: str) -> str:
    """Return the dotted name of the function or method that mutmut numbered."""
    module, _, mangled = name.split("__mutmut_", maxsplit=1)[0].rpartition(".")
    return f"{module}.{mangled.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"

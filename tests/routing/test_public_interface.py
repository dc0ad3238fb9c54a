"""The public interface of the library: complete, documented, and cheap to import."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import routing
from tests.routing.shell import ROOT

HEAVY = ("numba", "numpy", "ortools")


def loaded(program: str) -> list[str]:
    """Return the heavy packages that a program of its own loads."""
    report = f"import sys; print(*sorted(sys.modules.keys() & {set(HEAVY)!r}))"
    command = [sys.executable, "-c", f"{program}\n{report}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.split()


def imported_for_types() -> dict[str, tuple[str, str]]:
    """Return the module and the name there of each name imported for type checkers."""
    tree = ast.parse(Path(routing.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {
        alias.asname or alias.name: (str(node.module), alias.name)
        for node in imports
        for alias in node.names
    }


def test_every_public_name_is_that_of_its_module() -> None:
    homes = imported_for_types()
    assert sorted(homes) == sorted(routing.__all__)
    for name, (home, there) in homes.items():
        assert getattr(routing, name) is getattr(sys.modules[home], there)


def test_the_public_names_are_listed_and_others_do_not_exist() -> None:
    assert set(routing.__all__) <= set(dir(routing))
    with pytest.raises(AttributeError, match="module 'routing' has no attribute 'plan_everything'"):
        _ = routing.plan_everything  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "program",
    [
        "import routing",
        "import routing.checker.judge",
        "from routing import InvalidProblemError, Problem, Plan, check, compare, read_problem",
    ],
)
def test_values_and_checker_load_no_engine(program: str) -> None:
    assert loaded(program) == []


def test_the_search_loads_the_engines() -> None:
    assert loaded("from routing import solve") == sorted(HEAVY)


def test_the_example_of_the_documentation_runs() -> None:
    page = (ROOT / "docs" / "planner.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    documents = (ROOT / "docs" / "planning-format.md").read_text(encoding="utf-8")
    text, *_ = re.findall(r"```json\n(.*?)```", documents, flags=re.DOTALL)
    names = {"text": text}
    exec(program.replace("seconds=10", "iterations=50"), names)  # noqa: S102 - our own page
    assert names["answer"] == routing.write_plan(names["plan"])  # type: ignore[arg-type]

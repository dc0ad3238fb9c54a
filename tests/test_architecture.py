"""What the house promises about its own shape, beyond who imports whom."""

from __future__ import annotations

import ast
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(chain((ROOT / "collector").rglob("*.py"), (ROOT / "routing").rglob("*.py")))
BANNED_NAMES = {"utils", "helpers", "manager", "service", "common", "misc"}
MOST_LINES, LONGEST_FUNCTION = 400, 40


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_says_what_it_knows_and_knows_one_thing(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "its first line must say what it knows"
    assert len(source.splitlines()) <= MOST_LINES
    assert path.stem not in BANNED_NAMES
    if path.name == "__init__.py":
        assert len(tree.body) == 1, "a package's __init__ holds a docstring and nothing else"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_function_fits_the_eye(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            docstring = ast.get_docstring(node, clean=False) or ""
            told = len(docstring.splitlines())
            assert length - told <= LONGEST_FUNCTION, f"{node.name} has {length - told} lines"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_accident_is_swallowed(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            names = ast.unparse(node.type) if node.type else "everything"
            broad = names in {"everything", "Exception", "BaseException"}
            raised = any(isinstance(step, ast.Raise) for step in ast.walk(node))
            kept = any(
                (isinstance(step, ast.Name) and step.id == node.name)
                or (isinstance(step, ast.Attribute) and step.attr == "exception")
                for step in ast.walk(node)
            )
            assert raised or kept or not broad, f"line {node.lineno} catches {names}"


def test_only_surfaces_the_command_and_the_supervisor_open_transactions() -> None:
    allowed = ("collector/web/", "collector/cli", "collector/demo/", "collector/db.py")
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        opens = "with transaction()" in source or "compute_then_write(" in source
        name = relative(path)
        known = (
            name.startswith(allowed)
            or name.startswith("collector/jobs/")
            or name in {"collector/timers.py", "collector/notices/delivery.py"}
        )
        assert known or not opens, f"{name} opens a transaction"


def test_only_one_module_of_the_application_searches_a_problem() -> None:
    """That module refuses a search while a write transaction is open."""
    searches = {"explain", "explained", "insertions", "filled", "made_room", "relaxations"}
    allowed = "collector/planning/problem/searches.py"
    for path in (ROOT / "collector").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("routing"):
                named = searches & {alias.name for alias in node.names}
                assert not named or relative(path) == allowed, f"{relative(path)} imports {named}"


def test_only_one_file_converts_civil_time() -> None:
    for path in MODULES:
        if relative(path) == "collector/service_day.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "datetime.combine":
                raise AssertionError(f"{relative(path)}:{node.lineno} combines a date and a time")

"""Shape of the house: modules, functions, errors, transactions and civil time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = sorted(chain((ROOT / "collector").rglob("*.py"), (ROOT / "routing").rglob("*.py")))
BANNED_NAMES = {"utils", "helpers", "manager", "service", "common", "misc"}
MOST_LINES, LONGEST_FUNCTION = 400, 40


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(source(path))


LAZY = {ROOT / "routing", ROOT / "routing/simulation", ROOT / "routing/timing"}
"""Packages that load their modules at the first use."""


def faults_of_module(path: Path) -> Iterator[str]:
    if not ast.get_docstring(tree(path)):
        yield "has no docstring"
    if len(source(path).splitlines()) > MOST_LINES:
        yield f"has more than {MOST_LINES} lines"
    if path.stem in BANNED_NAMES:
        yield "has a name that says nothing"
    if path.name == "__init__.py" and path.parent not in LAZY and len(tree(path).body) > 1:
        yield "holds more than a docstring"


def faults_of_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            docstring = ast.get_docstring(node, clean=False) or ""
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            length -= len(docstring.splitlines())
            if length > LONGEST_FUNCTION:
                yield f"{node.name} has {length} lines"


def swallowed_errors(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            names = ast.unparse(node.type) if node.type else "everything"
            raised = any(isinstance(step, ast.Raise) for step in ast.walk(node))
            kept = any(
                (isinstance(step, ast.Name) and step.id == node.name)
                or (isinstance(step, ast.Attribute) and step.attr == "exception")
                for step in ast.walk(node)
            )
            if names in {"everything", "Exception", "BaseException"} and not (raised or kept):
                yield f"line {node.lineno} catches {names}"


def test_a_module_has_a_subject_and_fits_its_size() -> None:
    faults = {relative(path): list(faults_of_module(path)) for path in MODULES}
    assert {path: found for path, found in faults.items() if found} == {}


def test_a_function_fits_the_eye() -> None:
    faults = {relative(path): list(faults_of_functions(path)) for path in MODULES}
    assert {path: found for path, found in faults.items() if found} == {}


def test_no_error_is_swallowed() -> None:
    faults = {relative(path): list(swallowed_errors(path)) for path in MODULES}
    assert {path: found for path, found in faults.items() if found} == {}


DELIVERIES = (
    "collector/timers.py",
    "collector/notices/delivery.py",
    "collector/applications/delivery.py",
    "collector/rounds/leave_calendars.py",
)
"""Threads of the worker."""


def test_only_surfaces_the_command_and_the_supervisor_open_transactions() -> None:
    allowed = ("collector/web/", "collector/cli", "collector/demo/", "collector/db.py")
    for path in MODULES:
        text = source(path)
        opens = "with transaction()" in text or "compute_then_write(" in text
        name = relative(path)
        known = (
            name.startswith(allowed)
            or name.startswith("collector/jobs/")
            or name in set(DELIVERIES)
        )
        assert known or not opens, f"{name} opens a transaction"


def test_only_one_module_of_the_application_searches_a_problem() -> None:
    """That module refuses a search while a write transaction is open."""
    searches = {"explain", "explained", "insertions", "filled", "made_room", "relaxations"}
    allowed = "collector/planning/problem/searches.py"
    for path in MODULES:
        for node in ast.walk(tree(path)) if relative(path).startswith("collector") else ():
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("routing"):
                named = searches & {alias.name for alias in node.names}
                assert not named or relative(path) == allowed, f"{relative(path)} imports {named}"


def test_pages_leave_queries_to_the_capabilities() -> None:
    pages = [path for path in MODULES if relative(path).startswith("collector/web/")]
    assert [relative(path) for path in pages if "select(" in source(path)] == []


def test_only_one_file_converts_civil_time() -> None:
    for path in MODULES:
        if relative(path) == "collector/service_day.py":
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "datetime.combine":
                raise AssertionError(f"{relative(path)}:{node.lineno} combines a date and a time")

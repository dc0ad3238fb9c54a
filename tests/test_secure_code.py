"""Constructs that the code has nowhere, and the origin of every library."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for part in ("collector", "routing") for path in (ROOT / part).rglob("*.py"))
SCRIPTS = sorted(path for path in (ROOT / "static/js").rglob("*.js") if "dist" not in path.parts)
SHELLS = {"system", "popen", "getoutput", "getstatusoutput"}
OF_RE = {"compile", "match", "search", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
SERVER_HTML = {"board/dispatch.js", "board/moves.js"}
"""Scripts that set markup: a part of a page, which the server's templates have escaped."""
READ_ALONE = {"board/map-background.js"}
"""Scripts that read markup: the line of sources of the map, whose element escaped it."""


@cache
def calls(path: Path) -> tuple[ast.Call, ...]:
    tree = ast.parse(path.read_text("utf-8"))
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Call))


def named(call: ast.Call) -> tuple[str, str]:
    """Return the object and the name of a call: (`re`, `compile`); the object may be empty."""
    if isinstance(call.func, ast.Attribute):
        return ast.unparse(call.func.value), call.func.attr
    return "", ast.unparse(call.func)


def places(wanted: str, path: Path, call: ast.Call) -> str:
    return f"{path.relative_to(ROOT)}:{call.lineno} {wanted}"


def shells(path: Path) -> Iterator[str]:
    for call in calls(path):
        owner, name = named(call)
        asked = [word for word in call.keywords if word.arg == "shell"]
        if asked or (owner in {"os", "subprocess"} and name in SHELLS):
            yield places("starts a shell", path, call)


def test_no_command_is_started_by_a_shell() -> None:
    assert [found for path in MODULES for found in shells(path)] == []


def test_no_text_is_run_as_code_and_no_template_is_made_of_text() -> None:
    found = [
        places(name, path, call)
        for path in MODULES
        for call in calls(path)
        for owner, name in [named(call)]
        if (owner == "" and name in {"eval", "exec", "__import__"})
        or name == "render_template_string"
        or (name == "from_string" and "jinja" in owner)
    ]
    assert found == []


def is_fixed(pattern: ast.expr) -> bool:
    """Return whether a pattern is a literal with constants of the module or escaped texts."""
    if isinstance(pattern, ast.JoinedStr):
        inserted = [part.value for part in pattern.values if isinstance(part, ast.FormattedValue)]
        return all(
            (isinstance(part, ast.Name) and part.id.isupper())
            or (isinstance(part, ast.Call) and ast.unparse(part.func) == "re.escape")
            for part in inserted
        )
    return isinstance(pattern, ast.Constant)


def test_no_regular_expression_is_made_of_what_was_typed() -> None:
    found = [
        places(ast.unparse(call.args[0]), path, call)
        for path in MODULES
        for call in calls(path)
        if named(call)[0] == "re" and named(call)[1] in OF_RE and not is_fixed(call.args[0])
    ]
    assert found == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_runs_no_text_and_sets_text_as_text(path: Path) -> None:
    source, name = path.read_text("utf-8"), str(path.relative_to(ROOT / "static/js"))
    assert not re.search(
        r"\beval\(|new Function\(|document\.write|createContextualFragment", source
    )
    assert "insertAdjacentHTML" not in source
    sets = re.findall(r"\.(?:innerHTML|outerHTML)\s*\+?=(?!=)", source)
    assert not sets or name in SERVER_HTML
    reads = re.findall(r"\.(?:innerHTML|outerHTML)\b(?!\s*\+?=(?!=))", source)
    assert not reads or name in READ_ALONE


def test_every_python_library_is_of_the_index_with_its_hashes() -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    outside = [each for each in packages if "editable" not in each["source"]]
    assert len(outside) > 50
    for each in outside:
        assert each["source"] == {"registry": "https://pypi.org/simple"}, each["name"]
        files = [*each.get("wheels", ()), *([each["sdist"]] if "sdist" in each else ())]
        assert files, each["name"]
        assert all(file["hash"].startswith("sha256:") for file in files), each["name"]


REGISTRY = "https://registry.npmjs.org/"


def test_every_script_library_is_of_the_registry_with_its_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    outside = {name: each for name, each in packages.items() if name and not each.get("link")}
    assert outside
    for name, each in outside.items():
        # Without an address of its own a package is fetched from the registry that npm is set to.
        assert each.get("resolved", REGISTRY).startswith(REGISTRY), name
        assert each["integrity"].startswith("sha512-"), name

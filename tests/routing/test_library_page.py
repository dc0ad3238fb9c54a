"""`docs/library.md`: its program runs, and so it does from the wheel in a fresh environment."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import routing
from tests.routing.shell import ROOT

PAGE = (ROOT / "docs" / "library.md").read_text("utf-8")
TEN_LINES, QUESTIONS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
PICTURE = ROOT / "docs" / "pictures" / "library-plan.svg"


def test_the_programs_of_the_page_run_and_draw_its_picture() -> None:
    names: dict[str, Any] = {}
    exec(TEN_LINES.replace("seconds=1", "iterations=200"), names)  # noqa: S102 - our own page
    exec(QUESTIONS, names)  # noqa: S102 - our own page
    assert names["plan"].orders == {"ines": ("cleo", "bea", "anna")}
    assert names["svg"] == PICTURE.read_text("utf-8")


def test_the_first_program_has_ten_statements_after_its_imports() -> None:
    body = ast.parse(TEN_LINES).body
    assert sum(not isinstance(one, ast.Import | ast.ImportFrom) for one in body) == 10


def test_every_name_of_the_page_is_public() -> None:
    table = PAGE.partition("## The names")[2].partition("## Questions")[0]
    named = set(re.findall(r"`([A-Za-z_]+)`", table)) - {"Plan.draw"}
    assert named <= set(routing.__all__)


def test_the_reference_has_every_public_name_and_is_built_without_a_warning(
    tmp_path: Path,
) -> None:
    reference = ROOT / "docs" / "reference"
    listed = re.findall(r"auto\w+:: routing\.(\w+)", (reference / "index.rst").read_text("utf-8"))
    assert sorted(listed) == sorted(set(routing.__all__) - {"check_plan"})
    options = ("-q", "-W", "--keep-going", "-b", "html")
    done = _ran(sys.executable, "-m", "sphinx", *options, str(reference), str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.processes
def test_the_wheel_runs_the_page_where_the_repository_never_was(tmp_path: Path) -> None:
    """The wheel needs its three dependencies alone; they come from uv's cache or its index."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uv is None:
        pytest.skip("uv is not installed")
    wheels, folder = tmp_path / "wheels", tmp_path / "fresh"
    done = _ran(uv, "build", "--wheel", str(ROOT / "packages" / "routing"), "-o", str(wheels))
    assert done.returncode == 0, done.stderr
    (wheel,) = wheels.glob("milkround_routing-*.whl")
    assert _ran(uv, "venv", "--python", sys.executable, str(folder)).returncode == 0
    python = folder / "bin" / "python"
    done = _ran(uv, "pip", "install", "--python", str(python), str(wheel))
    if done.returncode != 0:
        pytest.skip(f"the dependencies are not at hand: {done.stderr.splitlines()[-1]}")
    program = f"import routing\nprint(routing.__file__)\n{TEN_LINES}\n{QUESTIONS}"
    done = _ran(str(python), "-c", program, at=tmp_path)
    assert done.returncode == 0, done.stderr
    where, found = done.stdout.splitlines()[:2]
    assert Path(where).is_relative_to(folder)
    assert found.startswith("['cleo', 'bea', 'anna'] 704")
    done = _ran(str(folder / "bin" / "milkround-routing"), "--version", at=tmp_path)
    assert done.stdout.startswith("milkround-routing ")


def _ran(*command: str, at: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        command, cwd=at, env=environment, capture_output=True, text=True, check=False
    )

"""Knows how a test gives the planner a command: what is asked, in this process or apart."""

import io
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from routing.__main__ import main
from tests.routing.builders import problem, shift, visit

ROOT = Path(__file__).parents[2]
ROUTING = [sys.executable, "-m", "routing"]
PATIENCE = 60
"""Seconds until a process that should be gone is given up on."""

Done = subprocess.CompletedProcess[str]

TOWN = problem(visit("anna"), visit("bea", (0, 300)), visit("dora", skills=["blood"]))
BUSY = problem(
    *(
        visit(name, name=f"{name}{copy}", service=60)
        for name in ("anna", "bea", "cleo", "dora")
        for copy in range(8)
    ),
    shifts=[shift("am", 0, 3_000, end="lab"), shift("pm", 1_000, 4_000, start="lab")],
)


Writer = Callable[[str, str], Path]


def run(*arguments: str | Path, text: str = "") -> Done:
    """Run a command in this process, which spares it the time to load the planner anew."""
    words = [str(argument) for argument in arguments]
    out, err = io.StringIO(), io.StringIO()
    with patch.object(sys, "stdin", io.StringIO(text)), redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
    return Done(words, code, out.getvalue(), err.getvalue())


def run_apart(*arguments: str | Path, text: str = "") -> Done:
    """Run a command as a shell does."""
    return subprocess.run(
        [*ROUTING, *map(str, arguments)],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE,
        check=False,
    )

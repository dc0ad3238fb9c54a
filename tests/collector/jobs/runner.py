"""A program of jobs for tests: it runs the Python that is its argument."""

from __future__ import annotations

from collections.abc import Sequence


def preload() -> None:
    """Load nothing."""


def main(arguments: Sequence[str]) -> int:
    """Run the argument."""
    exec(arguments[0], {})  # noqa: S102 - a test's own program
    return 0

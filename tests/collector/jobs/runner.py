"""A program that may be started ahead, for tests: it runs the Python it is given, or waits."""

from __future__ import annotations

import sys

from routing.process.worker import handed


def main() -> None:
    """Run it, at once or when it is handed over."""
    arguments = handed() if sys.argv[1:] == ["wait"] else sys.argv[1:]
    if arguments is not None:
        exec(arguments[0], {})  # noqa: S102 - a test's own program


if __name__ == "__main__":
    main()

"""Types and actions of the options of the command line."""

import argparse
import math
from typing import Any

from routing.process.streams import STANDARD, write_text


class ShownVersion(argparse.Action):
    """The option that prints the version; it is looked up only when it is asked for."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - argparse's own
        super().__init__(nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and end."""
        from importlib.metadata import version  # noqa: PLC0415 - 30 ms, for this option alone

        write_text(STANDARD, f"milkround {version('milkround')}\n")
        parser.exit()


def seconds(text: str) -> float:
    """Return a number of seconds that an option gives."""
    found = float(text)
    if not 0 <= found < math.inf:
        raise argparse.ArgumentTypeError(f"is no number of seconds: {text}")
    return found


def count(text: str) -> int:
    """Return a count that an option gives."""
    found = int(text)
    if found < 0:
        raise argparse.ArgumentTypeError(f"is negative: {text}")
    return found

"""Arguments of the command line."""

import argparse
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from routing.formats.known import FORMATS
from routing.process.streams import STANDARD, write_text

Command = Callable[[argparse.Namespace], int]

DISTRIBUTIONS: Final = ("milkround", "milkround-routing")
"""Distributions that bring the planner, the first of which is installed."""

COMMANDS: Final = {
    "solve": "make a plan",
    "check": "say which rules a plan breaks",
    "explain": "say why a visit is unassigned",
    "insertions": "price every legal place of a visit",
    "compare": "say what another plan does differently",
    "prices": "price each rule: a line of JSON per rule",
    "serve": "answer VROOM requests over HTTP",
    "warm": "compile everything ahead",
    "schema": "print the JSON Schema of the native format",
}


def parser(description: str | None, commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Parameters
    ----------
    commands : mapping
        The function of each command by its name; it takes the arguments and returns an exit code.
    """
    found = argparse.ArgumentParser(prog="python -m routing", description=description)
    found.add_argument("--version", action=_Version, help="print the version of Milkround")
    parsers = found.add_subparsers(required=True)
    for name, text in COMMANDS.items():
        one = parsers.add_parser(name, help=text)
        one.set_defaults(command=commands[name])
        if name == "solve":
            _solve(one)
        elif name == "serve":
            _serve(one)
        elif name == "prices":
            _prices(one)
        elif name not in {"warm", "schema"}:
            _judge(one, name)
    return found


def _judge(parser: argparse.ArgumentParser, name: str) -> None:
    """Add the arguments of a command about a plan."""
    parser.add_argument("problem", help="a file, or - for standard input")
    parser.add_argument("plan", help="a file, or - for standard input")
    _format(parser)
    if name in {"explain", "insertions"}:
        parser.add_argument("visit")
    if name == "compare":
        parser.add_argument("other", help="the other plan")
        parser.add_argument("--minutes", type=int, default=0, help="how much is no change")


class _Version(argparse.Action):
    """The option that prints the version; it is looked up only when it is asked for."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - argparse's own
        super().__init__(nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version and end."""
        # 30 ms, for this option alone.
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

        for name in DISTRIBUTIONS:
            with suppress(PackageNotFoundError):
                write_text(STANDARD, f"{name} {version(name)}\n")
                break
        parser.exit()


def _solve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("problem", help="a file, or - for standard input")
    _format(parser)
    _bounds(parser)
    parser.add_argument(
        "--start",
        help="a plan to begin from; if both are -, the first line is the problem and the rest it",
    )
    parser.add_argument("--output", default="-", help="a file, or - for standard output")
    parser.add_argument("--progress", choices=["json"], help="a line per better plan")
    choices = parser.add_mutually_exclusive_group()
    choices.add_argument(
        "--levels",
        action="store_true",
        help="with --progress: the last line has the cheapest and the safest plan as well",
    )
    choices.add_argument(
        "--replans",
        metavar="CHANGES",
        help="with --progress and --start: what people know, and the prices of changing it; the"
        " last line has the plan with the fewest changes and the cheapest as well; if it is - too,"
        " it is the line after the plan's",
    )


def _prices(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the prices of rules."""
    parser.add_argument("problem", help="a file, or - for standard input: a problem by line")
    parser.add_argument("plan", help="a file, or - with the problem: the line after it")
    parser.add_argument("--promise", action="append", default=[], metavar="VISIT")
    parser.add_argument(
        "--others",
        metavar="FILE",
        help="further problems by name to compare with; - with the problem: the third line",
    )
    _format(parser)
    _bounds(parser)


def _serve(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the server."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=_count, default=3000, help="0 takes a free one")
    parser.add_argument(
        "--at-once", type=_count, help="searches at the same time, as many as cores by default"
    )
    _lenient(parser)
    _bounds(parser)


def _bounds(parser: argparse.ArgumentParser) -> None:
    """Add the bounds of a search."""
    parser.add_argument("--seconds", type=_seconds, help="of search; 10 if nothing else is given")
    parser.add_argument(
        "--stall-seconds", type=_seconds, help="stop after so long without progress"
    )
    parser.add_argument("--iterations", type=_count, help="candidate moves: always the same plan")
    parser.add_argument("--threads", type=_count, help="how many cores to use, at most all")
    parser.add_argument("--seed", type=_count, help="another number, another search")


def _format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=sorted(FORMATS), default="native", help="of everything read or written"
    )
    _lenient(parser)


def _lenient(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lenient", action="store_true", help="ignore unknown fields, naming each once"
    )
    parser.add_argument(
        "--region",
        help="for locations without matrices: roads.npz of a region of `milkround region`, or"
        " osrm+http://HOST, or valhalla+http://HOST",
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"is no number of seconds: {text}")
    return seconds


def _count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError(f"is negative: {text}")
    return count

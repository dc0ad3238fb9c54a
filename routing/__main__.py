"""Knows the command line: ``python -m routing solve|check|explain|insertions``.

It exits with 0 when it is done, 1 when a plan breaks rules, 2 when the input is wrong and 3 when
no plan was found in time.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from routing.check.judge import check
from routing.errors import InvalidInputError, InvalidPlanError, NoPlanError, UnlawfulPlanError
from routing.explain import explain
from routing.formats.native import (
    plan_data,
    read_plan,
    read_problem,
    reason_data,
    write_plan,
)
from routing.insertion import insertions
from routing.parent import die_with_parent, die_with_reader
from routing.plan import Plan
from routing.problem import Problem
from routing.solve import Budget, solve

DONE: Final = 0
BREAKS_RULES: Final = 1
WRONG_INPUT: Final = 2
NO_PLAN: Final = 3

Arguments = argparse.Namespace

ERRORS: Final = {
    "invalid_problem": WRONG_INPUT,
    "invalid_plan": WRONG_INPUT,
    "unreadable": WRONG_INPUT,
    "no_plan": NO_PLAN,
    "unlawful_plan": BREAKS_RULES,
}
"""Per name an error has on a progress line, the exit code."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[Arguments], int] = options.command
    try:
        return command(options)
    except BrokenPipeError:
        # Nobody reads any more. Python would try to flush once again on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_PLAN
    except (InvalidInputError, NoPlanError, UnlawfulPlanError, OSError, UnicodeError) as error:
        return _failed(options, error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m routing", description=__doc__)
    commands = parser.add_subparsers(required=True)
    _solve_parser(commands.add_parser("solve", help="make a plan"))
    for name, command, visit, text in (
        ("check", _check, False, "say which rules a plan breaks"),
        ("explain", _explain, True, "say why a visit is unassigned"),
        ("insertions", _insertions, True, "price every legal place of a visit"),
    ):
        found = commands.add_parser(name, help=text)
        found.set_defaults(command=command)
        found.add_argument("problem", help="a file, or - for standard input")
        found.add_argument("plan", help="a file, or - for standard input")
        if visit:
            found.add_argument("visit")
    return parser


def _solve_parser(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_solve)
    parser.add_argument("problem", help="a file, or - for standard input")
    parser.add_argument("--seconds", type=float, help="of search; 10 if nothing else is given")
    parser.add_argument("--stall-seconds", type=float, help="stop after so long without progress")
    parser.add_argument("--iterations", type=int, help="candidate moves: always the same plan")
    parser.add_argument(
        "--start",
        help="a plan to begin from; if both are -, the first line is the problem and the rest it",
    )
    parser.add_argument("--output", default="-", help="a file, or - for standard output")
    parser.add_argument("--progress", choices=["json"], help="a line per better plan")
    parser.add_argument(
        "--die-with-parent",
        type=int,
        nargs="?",
        const=0,
        metavar="PID",
        help="never outlive the process (PID, if given) that started this one",
    )


def _solve(options: Arguments) -> int:
    if options.die_with_parent is not None:
        die_with_parent(options.die_with_parent or None)
    if options.progress:
        die_with_reader(sys.stdout.fileno())
    problem, start = _question(options)
    began = time.monotonic()

    def improved(plan: Plan) -> None:
        elapsed = round(time.monotonic() - began, 3)
        _line("improvement", seconds=elapsed, cost=plan.cost.total, plan=plan_data(plan))

    plan = solve(problem, _budget(options), start, improved if options.progress else None)
    if options.progress:
        _line("done", plan=plan_data(plan))
    if not options.progress or options.output != "-":
        _write(options.output, write_plan(plan) + "\n")
    return DONE


def _question(options: Arguments) -> tuple[Problem, Plan | None]:
    """Read the problem and the plan to begin from, where there is one."""
    if options.problem == options.start == "-":
        first, _, rest = _read("-").partition("\n")
        return read_problem(first), read_plan(rest)
    problem = read_problem(_read(options.problem))
    return problem, read_plan(_read(options.start)) if options.start else None


def _budget(options: Arguments) -> Budget:
    bounds = (options.seconds, options.stall_seconds, options.iterations)
    seconds = 10.0 if bounds == (None, None, None) else options.seconds
    return Budget(
        seconds=seconds,
        stall_seconds=options.stall_seconds,
        iterations=options.iterations,
    )


def _check(options: Arguments) -> int:
    problem, plan = _both(options)
    broken = check(problem, plan)
    for violation in broken:
        _say(violation.sentence)
    return BREAKS_RULES if broken else DONE


def _explain(options: Arguments) -> int:
    problem, plan = _both(options)
    _say(json.dumps(reason_data(explain(problem, plan, options.visit)), ensure_ascii=False))
    return DONE


def _insertions(options: Arguments) -> int:
    problem, plan = _both(options)
    for place in insertions(problem, plan, options.visit):
        found = {"shift": place.shift, "position": place.position, "price": place.price}
        _say(json.dumps(found, ensure_ascii=False))
    return DONE


def _both(options: Arguments) -> tuple[Problem, Plan]:
    if options.problem == options.plan == "-":
        raise InvalidPlanError("plan", "is on standard input, and so is the problem")
    return read_problem(_read(options.problem)), read_plan(_read(options.plan))


def _read(name: str) -> str:
    return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")


def _write(name: str, text: str) -> None:
    if name == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        Path(name).write_text(text, encoding="utf-8")


def _say(sentence: str) -> None:
    _write("-", sentence + "\n")


def _line(kind: str, **fields: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Write a line at once: whoever reads it may kill us the next moment and keep it."""
    _say(json.dumps({"kind": kind, **fields}, ensure_ascii=False))


def _failed(options: Arguments, error: Exception) -> int:
    name = _name(error)
    if getattr(options, "progress", None):
        _line("error", error=name, message=str(error))
    sys.stderr.write(f"{error}\n")
    return ERRORS[name]


def _name(error: Exception) -> str:
    if isinstance(error, InvalidInputError):
        return "invalid_plan" if isinstance(error, InvalidPlanError) else "invalid_problem"
    if isinstance(error, NoPlanError):
        return "no_plan"
    return "unlawful_plan" if isinstance(error, UnlawfulPlanError) else "unreadable"


if __name__ == "__main__":
    sys.exit(main())

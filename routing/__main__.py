"""Command line: ``python -m routing solve|check|explain|insertions|compare|prices|serve|...``.

Exit codes: 0 done, 1 a plan breaks rules, 2 wrong input, 3 no plan found in time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

import routing
from routing.analysis.compare import VisitDifference, compare
from routing.analysis.explain import explain
from routing.analysis.insertion import insertions
from routing.arguments import parser
from routing.checker.judge import check_plan
from routing.errors import (
    InvalidInputError,
    InvalidPlanError,
    NoPlanError,
    RegionError,
    SourceUnavailableError,
    UnlawfulPlanError,
)
from routing.formats.entry import lenient
from routing.formats.format import ReadProblem, WrittenPlan
from routing.formats.known import FORMATS
from routing.formats.native import cost_data, plan_data, reason_data
from routing.formats.schema import native_schema
from routing.plan import Plan
from routing.process.exit_codes import BREAKS_RULES, DONE, ERRORS, NO_PLAN, error_name
from routing.process.initial_plan import plan_of_document
from routing.process.reader_death import die_with_reader
from routing.process.stopping import Stopped, stoppable
from routing.process.streams import STANDARD, read_text, refuse_unwritable, write_text
from routing.schedule import assembled, retimed
from routing.units import Seconds

if TYPE_CHECKING:
    from routing.solver import OnImprovement

ERASE_REST: Final = "\x1b[K"
"""The terminal sequence that clears the rest of a line."""

Arguments = argparse.Namespace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser(__doc__, COMMANDS).parse_args(arguments)
    command: Callable[[Arguments], int] = options.command
    try:
        with _roads(options):
            lenience = getattr(options, "lenient", False)
            return _leniently(command, options) if lenience else command(options)
    except BrokenPipeError:
        # The reader is gone. Python would try to flush once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_PLAN
    except (
        InvalidInputError,
        NoPlanError,
        RegionError,
        SourceUnavailableError,
        UnlawfulPlanError,
        OSError,
    ) as error:
        return _failed(options, error)


def _roads(options: Arguments) -> AbstractContextManager[None]:
    """Return the block in which locations are travelled between by the roads of a region."""
    if (name := getattr(options, "region", None)) is None:
        return nullcontext()
    from routing.travel.chosen import chosen_roads  # noqa: PLC0415 - for this option alone

    return chosen_roads(name)


def _leniently(command: Callable[[Arguments], int], options: Arguments) -> int:
    """Run a command that ignores unknown fields, and name them on standard error."""
    with lenient() as ignored:
        code = command(options)
    if ignored:
        sys.stderr.write(f"Ignored: {', '.join(sorted(ignored))}\n")
    return code


def _solve(options: Arguments) -> int:
    if options.progress:
        die_with_reader(sys.stdout.fileno())
    refuse_unwritable(options.output)
    began = time.monotonic()
    question, start, changes = _question(options)
    loaded = time.monotonic()
    if options.progress and options.levels:
        plan, others = _levels(options, question, start)
    elif options.progress and start is not None and changes is not None:
        plan, others = _replans(options, question, start, changes)
    else:
        plan, others = _searched(options, question, start), {}
    solved = time.monotonic()
    if options.progress:
        _line("done", plan=plan_data(plan), **others)
    if not options.progress or options.output != "-":
        times = {"loading": int(1000 * (loaded - began)), "solving": int(1000 * (solved - loaded))}
        write_text(options.output, FORMATS[options.format].write_plan(question, plan, times))
    return DONE


def _searched(options: Arguments, question: ReadProblem, start: Plan | None) -> Plan:
    """Search, and report better plans to a program or to a terminal.

    A supervisor that reads progress lines kills this process and has the plans; for anybody else
    Ctrl-C and SIGTERM end the search with its best plan.
    """
    budget = _budget(options)
    if options.progress:
        return routing.solve(question.problem, budget, start, _told())
    show = _shown(options, question) if sys.stderr.isatty() else None
    found: list[Plan] = []

    def keep(plan: Plan) -> None:
        found[:] = [plan]
        if show is not None:
            show(plan)

    try:
        with stoppable():
            return routing.solve(question.problem, budget, start, keep)
    except Stopped:
        if not found:
            raise NoPlanError("the search was stopped before its first plan") from None
        sys.stderr.write("Stopped: the best plan so far is written.\n")
        return found[0]
    finally:
        if show is not None:
            sys.stderr.write("\n")


def _levels(
    options: Arguments, question: ReadProblem, start: Plan | None
) -> tuple[Plan, dict[str, Any]]:
    """Search for three plans; return the balanced one and the others for a program."""
    from routing.levels import solve_levels  # noqa: PLC0415 - loads the engines

    found = solve_levels(question.problem, _budget(options), start, _told())
    others = {"cheapest": plan_data(found.cheapest), "safest": plan_data(found.safest)}
    return found.balanced, {"levels": others}


def _replans(
    options: Arguments, question: ReadProblem, known: Plan, changes: str
) -> tuple[Plan, dict[str, Any]]:
    """Search for three re-plans; return the balanced one and the others for a program."""
    from routing.process.changes import read_changes  # noqa: PLC0415 - loads the engines
    from routing.replanning import replans  # noqa: PLC0415 - loads the engines

    told = read_changes(changes, question.problem)
    found = replans(
        question.problem,
        known,
        _budget(options),
        told.prices,
        told.promises,
        collectors=told.collectors,
        on_improvement=_told(),
    )
    others = {"fewest": found.fewest.plan, "cheapest": found.cheapest.plan}
    return found.balanced.plan, {"levels": {name: plan_data(plan) for name, plan in others.items()}}


def _told() -> OnImprovement:
    began = time.monotonic()

    def tell(plan: Plan) -> None:
        elapsed = round(time.monotonic() - began, 3)
        _line("improvement", seconds=elapsed, cost=plan.cost.total, plan=plan_data(plan))

    return tell


def _shown(options: Arguments, question: ReadProblem) -> OnImprovement:
    began = time.monotonic()

    def show(plan: Plan) -> None:
        elapsed, price = time.monotonic() - began, FORMATS[options.format].price(question, plan)
        line = f"{elapsed:.1f} s   cost {price}   unassigned {len(plan.unassigned)}"
        sys.stderr.write(f"\r{line}{ERASE_REST}")
        sys.stderr.flush()

    return show


def _question(options: Arguments) -> tuple[ReadProblem, Plan | None, str | None]:
    """Read the problem, the optional initial plan and the text of the prices of changing it."""
    spoken = FORMATS[options.format]
    if options.problem == options.start == "-":
        first, _, rest = read_text(STANDARD).partition("\n")
        changes = None
        if options.replans == "-":
            rest, _, changes = rest.partition("\n")
        elif options.replans:
            changes = read_text(options.replans)
        question = spoken.read(first)
        return question, _answer(question, spoken.read_plan(question, rest)), changes
    question = spoken.read(read_text(options.problem))
    changes = read_text(options.replans) if options.replans else None
    if options.start:
        known = _answer(question, spoken.read_plan(question, read_text(options.start)))
        return question, known, changes
    return question, plan_of_document(question), changes


def _answer(question: ReadProblem, answer: WrittenPlan) -> Plan:
    """Time and price a plan whose format has no times."""
    if isinstance(answer, Plan):
        return answer
    if isinstance(answer, Mapping):
        return retimed(question.problem, answer)
    return assembled(question.problem, tuple(answer))


def _budget(options: Arguments) -> routing.Budget:
    bounds = (options.seconds, options.stall_seconds, options.iterations)
    seconds = 10.0 if bounds == (None, None, None) else options.seconds
    chosen = {name: getattr(options, name) for name in ("threads", "seed")}
    cores = _cores()
    if options.threads is not None and options.threads > cores:
        sys.stderr.write(f"This machine has {cores} cores: the search uses {cores} threads.\n")
        chosen["threads"] = cores
    known = {one.name for one in fields(routing.Budget)}
    return routing.Budget(
        seconds=seconds,
        stall_seconds=options.stall_seconds,
        iterations=options.iterations,
        **{name: value for name, value in chosen.items() if name in known and value is not None},
    )


def _cores() -> int:
    """Return the cores that this process may use; not every system tells them apart."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _serve(options: Arguments) -> int:
    from routing.process.server import PlannerServer, serve  # noqa: PLC0415 - loads the engines

    address = (options.host, options.port)
    at_once = options.at_once or _cores()
    budget = _budget(options)
    serve(PlannerServer(address, budget, at_once=at_once, is_lenient=options.lenient))
    return DONE


def _warm(_: Arguments) -> int:
    from routing.warm import is_warm, warm  # noqa: PLC0415 - the compiled code takes a second to load

    if not is_warm():
        sys.stderr.write("Compiling the planner, once; it takes a minute or so.\n")
        warm()
    return DONE


def _schema(_: Arguments) -> int:
    _say(json.dumps(native_schema(), ensure_ascii=False, indent=2))
    return DONE


def _check(options: Arguments) -> int:
    question, (plan,) = _judged(options)
    broken = check_plan(question.problem, plan)
    for violation in broken:
        _say(violation.sentence)
    return BREAKS_RULES if broken else DONE


def _explain(options: Arguments) -> int:
    question, (plan,) = _judged(options)
    reason = explain(question.problem, plan, options.visit)
    _say(json.dumps(reason_data(reason), ensure_ascii=False))
    return DONE


def _insertions(options: Arguments) -> int:
    question, (plan,) = _judged(options)
    for place in insertions(question.problem, plan, options.visit):
        found = {
            "shift": place.shift,
            "position": place.position,
            "price": place.price,
            "parts": cost_data(place.parts),
        }
        _say(json.dumps(found, ensure_ascii=False))
    return DONE


def _compare(options: Arguments) -> int:
    _, (before, after) = _judged(options)
    found = compare(before, after, tolerance=Seconds(60 * options.minutes))
    data = {
        "moved": [_change(change) for change in found.moved],
        "retimed": [_change(change) for change in found.retimed],
        "before": cost_data(found.before),
        "after": cost_data(found.after),
    }
    _say(json.dumps(data, ensure_ascii=False))
    return DONE


def _prices(options: Arguments) -> int:
    """Write the best plan under all rules, then the price of each as it is found."""
    from routing.process.prices import price_lines  # noqa: PLC0415 - loads the engines

    text = read_text(options.problem)
    if options.problem == options.plan == "-":
        text, known, others = (*text.split("\n"), "", "")[:3]
    else:
        known = read_text(options.plan)
        others = read_text(options.others) if options.others else ""
    spoken = FORMATS[options.format]
    question = spoken.read(text)
    plan = _answer(question, spoken.read_plan(question, known))
    for kind, line in price_lines(
        question.problem, plan, _budget(options), options.promise, others
    ):
        _line(kind, **line)
    return DONE


def _change(change: VisitDifference) -> Mapping[str, Any]:
    return {
        "visit": change.visit,
        "before": asdict(change.before) if change.before else None,
        "after": asdict(change.after) if change.after else None,
    }


def _judged(options: Arguments) -> tuple[ReadProblem, Sequence[Plan]]:
    """Read the problem and the plans of the arguments."""
    plans = [options.plan, *([options.other] if "other" in options else [])]
    if [options.problem, *plans].count("-") > 1:
        raise InvalidPlanError("plan", "only one of the inputs can be on standard input")
    spoken = FORMATS[options.format]
    question = spoken.read(read_text(options.problem))
    return question, [
        _answer(question, spoken.read_plan(question, read_text(name))) for name in plans
    ]


def _say(sentence: str) -> None:
    write_text(STANDARD, sentence + "\n")


def _line(kind: str, **fields: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Write a line and flush it: the reader may kill this process at any moment."""
    _say(json.dumps({"kind": kind, **fields}, ensure_ascii=False))


def _failed(options: Arguments, error: Exception) -> int:
    name, sentence = error_name(error), str(error)
    if isinstance(error, OSError) and error.filename is not None:
        sentence = f"{error.filename}: {error.strerror}"
    if getattr(options, "progress", None):
        _line("error", error=name, message=sentence)
    elif options.command is _solve and (tell := FORMATS[options.format].write_error) is not None:
        _tell(options.output, tell(ERRORS[name], sentence))
    sys.stderr.write(f"{sentence}\n")
    return ERRORS[name]


def _tell(output: str, refusal: str) -> None:
    """Write a refusal where the plan was expected, unless that place is the trouble."""
    with suppress(OSError):
        write_text(output, refusal)


COMMANDS: Final = {
    "solve": _solve,
    "check": _check,
    "explain": _explain,
    "insertions": _insertions,
    "compare": _compare,
    "prices": _prices,
    "serve": _serve,
    "warm": _warm,
    "schema": _schema,
}

if __name__ == "__main__":
    sys.exit(main())

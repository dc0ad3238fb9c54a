"""Our JSON is exact both ways, strict, and what its documentation says."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from routing.errors import InvalidPlanError, InvalidProblemError
from routing.formats.native import (
    plan_data,
    plan_of,
    problem_data,
    read_plan,
    read_problem,
    write_plan,
    write_problem,
)
from routing.plan import Reason, ReasonCode, Remedy, Rule
from routing.problem import Place, Problem
from routing.schedule import retimed
from routing.solve import solve
from tests.routing.builders import FEW, pin, problem, shift, visit
from tests.routing.strategies import problems

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "native.schema.json").read_text(encoding="utf-8"))
EXAMPLES = re.findall(
    r"```json\n(.*?)```",
    (DOCS / "planning-format.md").read_text(encoding="utf-8"),
    flags=re.DOTALL,
)

FULL = problem(
    visit(
        "anna",
        (0, 10),
        (20, 30),
        name="visite n° 1 à Bègles",
        service=5,
        load={"ml": 3},
        ride={"milk": 7},
        skills=["blood"],
        shifts=["am"],
        penalty=0,
    ),
    visit("bea"),
    shifts=[shift("am", skills=["blood"], capacity={"ml": 9}), shift("pm", 5, 6, end="lab")],
    pins=[pin("visite n° 1 à Bègles", "am", 1), pin("bea")],
    skills=["blood", "interview"],
)


def valid(data: object) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(data)


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_problem_with_everything_comes_back_as_it_was():
    places = (Place(id="bank", latitude=44.8, longitude=-0.1, receives=True), *FULL.places[1:])
    full = replace(FULL, places=places)
    assert read_problem(write_problem(full)) == full
    valid(problem_data(full))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problems(most=6))
def test_every_problem_comes_back_as_it_was(asked: Problem):
    text = write_problem(asked)
    assert read_problem(text) == asked
    assert write_problem(read_problem(text)) == text
    valid(json.loads(text))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(problems(most=6))
def test_every_plan_comes_back_as_it_was(asked: Problem):
    plan = solve(asked, FEW)
    assert read_plan(write_plan(plan)) == plan
    assert plan_of(plan_data(plan)) == plan
    valid(plan_data(plan))


def test_a_reason_comes_back_with_everything():
    reason = Reason(
        code=ReasonCode.TOO_DEAR,
        sentence="Trop cher.",
        remedy=Remedy.RAISE_PENALTY,
        rule=Rule.OPTIONAL,
        shift="am",
    )
    plan = retimed(FULL, {})
    told = replace(plan, unassigned=tuple(replace(e, reason=reason) for e in plan.unassigned))
    assert read_plan(write_plan(told)) == told
    assert read_plan(write_plan(plan)) == plan


def test_the_documented_problem_has_the_documented_plan():
    asked, answer = EXAMPLES
    found = read_problem(asked)
    assert plan_data(solve(found, FEW)) == json.loads(answer)
    valid(json.loads(asked))
    valid(json.loads(answer))


def test_a_field_left_out_has_its_default():
    data = problem_data(problem(visit("anna")))
    for name in ("service", "load", "ride_limits", "skills"):
        del data["visits"][0][name]
    for name in ("capacity", "skills", "fixed_cost", "cents_per_hour", "profile"):
        del data["shifts"][0][name]
    del data["pins"]
    assert read_problem(json.dumps(data)) == problem(visit("anna"))


def changed(path: str, value: Any) -> str:  # noqa: ANN401 - any JSON
    """The full problem as text, with one entry set; `DELETED` takes it away."""
    data: Any = problem_data(FULL)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    target = data
    for step in steps:
        target = target[step]
    target[last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("colour", "red", "colour: is not a field of this format"),
        ("visits/1/colour", "red", "visits[1].colour: is not a field of this format"),
        ("shifts/0/breaks", [], "shifts[0].breaks: is not a field of this format"),
        ("travel/car/minutes", [], "travel.car.minutes: is not a field of this format"),
        ("version", 2, "version: is not 1, the only version this planner reads"),
        ("version", True, "version: is not 1, the only version this planner reads"),
        ("format", "vroom", "format: is not 'milkround-problem'"),
        ("visits/0/service", 1.0, "visits[0].service: is not a whole number"),
        ("visits/0/service", True, "visits[0].service: is not a whole number"),
        ("visits/0/service", "5", "visits[0].service: is not a whole number"),
        ("visits/0/penalty", None, "visits[0].penalty: is not a whole number"),
        ("visits/0/windows/0", [1], "visits[0].windows[0]: is not a pair of earliest and latest"),
        ("visits/0/windows/0", [9, 1], "visits[0].windows[0]: ends before it begins"),
        ("visits/0/skills", ["blood", "blood"], "visits[0].skills: names something twice"),
        ("visits/0/load", [], "visits[0].load: is not an object"),
        ("visits/0/place", 7, "visits[0].place: is not a string"),
        ("visits", {}, "visits: is not a list"),
        ("visits/0", 1, "visits[0]: is not an object"),
        ("visits/0", {"id": "v"}, "visits[0].place: is missing"),
        ("travel/car/seconds/0/1", 1.5, "travel.car.seconds[0][1]: is not a whole number"),
        ("places/0/receives", 1, "places[0].receives: is neither true nor false"),
        ("places/0/latitude", "north", "places[0].latitude: is not a number"),
    ],
)
def test_a_mistake_is_refused_and_its_path_named(path: str, value: object, sentence: str):
    with pytest.raises(InvalidProblemError, match=f"^{re.escape(sentence)}$"):
        read_problem(changed(path, value))


@pytest.mark.parametrize("text", ["", "{", "[]", "NaN", '{"a": NaN}', "[" * 100_000])
def test_what_is_not_a_problem_at_all_is_refused(text: str):
    with pytest.raises(InvalidProblemError, match=r"^document: "):
        read_problem(text)


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(InvalidProblemError, match="'version' stands twice"):
        read_problem('{"version": 1, "version": 1}')


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("cost/total", 1, "cost.total: the parts add up to"),
        ("metres", 1, "metres: the tours add up to"),
        ("seconds", 1, "seconds: the tours add up to"),
        ("unassigned/0/reason/code", "whim", "unassigned[0].reason.code: is none of"),
        ("tours/0/colour", 1, "tours[0].colour: is not a field of this format"),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(path: str, value: object, sentence: str):
    asked = problem(visit("anna"), visit("bea", skills=["blood"]))
    data: Any = plan_data(solve(asked, FEW))
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    target = data
    for step in steps:
        target = target[step]
    target[last] = value
    with pytest.raises(InvalidPlanError, match=f"^{re.escape(sentence)}"):
        read_plan(json.dumps(data))

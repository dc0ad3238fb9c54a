"""The native format: exact both ways, strict, and equal to its schema and documentation."""

import json
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from routing.checker.judge import check_plan
from routing.errors import InvalidPlanError, InvalidProblemError
from routing.formats import native_plan, native_problem
from routing.formats.docstring import attributes, summary
from routing.formats.native import (
    plan_data,
    plan_of,
    problem_data,
    read_plan,
    read_problem,
    write_plan,
    write_problem,
)
from routing.formats.record import Record
from routing.formats.schema import native_schema
from routing.plan import Plan, Rule
from routing.problem import Place, Problem
from routing.schedule import retimed
from routing.solver import solve
from tests.routing.builders import FEW, pin, problem, shift, visit
from tests.routing.formats.drawn import plans, problems
from tests.routing.scale import scaled

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


@settings(max_examples=scaled(80), deadline=None, derandomize=True)
@given(problems())
def test_every_problem_comes_back_as_it_was(asked: Problem):
    text = write_problem(asked)
    assert read_problem(text) == asked
    assert write_problem(read_problem(text)) == text
    valid(json.loads(text))


@settings(max_examples=scaled(200), deadline=None, derandomize=True)
@given(plans)
def test_every_plan_comes_back_as_it_was(plan: Plan):
    text = write_plan(plan)
    assert read_plan(text) == plan
    assert plan_of(plan_data(plan)) == plan
    valid(json.loads(text))


RECORDS = [
    (name, record)
    for module in (native_problem, native_plan)
    for name, record in vars(module).items()
    if isinstance(record, Record)
]


@pytest.mark.parametrize(("name", "record"), RECORDS)
def test_no_field_of_a_value_is_forgotten(name: str, record: Record[Any]):
    made = {one.name for one in fields(record.made) if one.init}
    assert set(record.codecs) == made - {"derived"}, name


def test_the_schema_is_generated_from_the_values():
    """`make schema` writes it anew."""
    assert native_schema() == SCHEMA


def test_the_schema_describes_every_value_and_the_words_of_every_enumeration():
    for name, definition in SCHEMA["$defs"].items():
        assert "description" in definition or "enum" in definition, name
    assert SCHEMA["$defs"]["rule"]["enum"] == list(Rule)
    visit_fields = SCHEMA["$defs"]["visit"]["properties"]
    assert visit_fields["deadline"]["description"] == "The last instant at which service may begin."
    assert visit_fields["service"]["default"] == 0
    assert "default" not in visit_fields["penalty"]


def test_a_description_is_the_attribute_of_a_docstring():
    class Parcel:
        """A parcel.

        Attributes
        ----------
        width, height : int
            In millimetres.
        label : str, optional
            The address.

            None for a bag.

        Raises
        ------
        ValueError
            It is too large.
        """

    assert summary(Parcel) == "A parcel."
    assert attributes(Parcel) == {
        "width": "In millimetres.",
        "height": "In millimetres.",
        "label": "The address. None for a bag.",
    }
    assert attributes(object) == {}


def test_the_documentation_names_every_field():
    text = (DOCS / "planning-format.md").read_text(encoding="utf-8")
    said = set(re.findall(r"`(?:\w+\[\]\.)*(\w+)`", text)) | set(re.findall(r'"(\w+)":', text))
    known = {field for _, record in RECORDS for field in (*record.required, *record.optional)}
    assert known <= said


def test_the_documented_problem_has_the_documented_plan():
    asked, _, answer, _ = EXAMPLES
    found = read_problem(asked)
    assert plan_data(solve(found, FEW)) == json.loads(answer)
    valid(json.loads(asked))
    valid(json.loads(answer))


def test_the_documented_day_with_more_of_the_rules_is_a_problem():
    valid(json.loads(EXAMPLES[1]))
    found = read_problem(EXAMPLES[1])
    plan = solve(found, FEW)
    assert (check_plan(found, plan), plan.unassigned) == ((), ())


def test_a_question_of_version_1_is_read():
    """Its shifts had one end; the application keeps the questions of its planning runs."""
    data = problem_data(FULL) | {"version": 1}
    for shift_data in data["shifts"]:
        (shift_data["end"],) = shift_data.pop("ends")
    assert read_problem(json.dumps(data)) == FULL


def test_a_plan_of_version_1_is_read():
    plan = retimed(FULL, {})
    data = plan_data(plan) | {"version": 1}
    for part in ("overtime", "lateness", "preferences", "zones", "imbalance"):
        del data["cost"][part]
    assert plan_of(data) == plan


def test_a_field_left_out_has_its_default():
    data = problem_data(problem(visit("anna")))
    assert set(data["visits"][0]) == {"id", "place", "windows"}
    assert set(data["shifts"][0]) == {"id", "collector", "start", "ends", "window", "cents_per_km"}
    assert "pins" not in data
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
        ("shifts/0/end", "bank", "shifts[0].end: is not a field of this format"),
        ("shifts/0/breaks", [{"id": "noon"}], "shifts[0].breaks[0].windows: is missing"),
        ("shifts/0/reload", {}, "shifts[0].reload.places: is missing"),
        ("balances", [{"measure": "luck"}], "balances[0].shifts: is missing"),
        ("travel/car/minutes", [], "travel.car.minutes: is not a field of this format"),
        ("version", 3, "version: is not 2, nor 1, which this planner still reads"),
        ("version", True, "version: is not 2, nor 1, which this planner still reads"),
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


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("shifts", []),
        ("dimensions", ["ml", "ml"]),
        ("places/0/id", ""),
        ("places/0/latitude", 91),
        ("travel/car/seconds/0/1", -1),
        ("travel/car/metres/0/1", 2**31),
        ("shifts/0/ends", []),
        ("shifts/0/ends", ["bank", "bank"]),
        ("shifts/0/reload", {"places": []}),
        ("shifts/0/reload", {"places": ["bank", "bank"]}),
        ("shifts/0/capacity", {"ml": -1}),
        ("shifts/0/fixed_cost", 2**31),
        ("shifts/0/breaks", [{"id": "noon", "windows": [], "duration": 5}]),
        ("visits/0/windows", []),
        ("visits/0/windows/0", [-1, 5]),
        ("visits/0/load", {"ml": -(2**31)}),
        ("visits/0/ride_limits", {"milk": -1}),
        ("visits/0/skills", ["blood", ""]),
        ("visits/0/service", -1),
        ("pins/0/position", -1),
        ("periods", [[0, 2**31]]),
    ],
)
def test_the_schema_and_the_reader_refuse_the_same_limits(path: str, value: object):
    text = changed(path, value)
    with pytest.raises(jsonschema.ValidationError):
        valid(json.loads(text))
    with pytest.raises(InvalidProblemError):
        read_problem(text)


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

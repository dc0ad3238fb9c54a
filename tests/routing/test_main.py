"""The command line, as a shell and a supervising process see it."""

import json
import os
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from routing.checker.judge import check_plan
from routing.formats.native import plan_of, read_plan, read_problem, write_plan, write_problem
from routing.schedule import retimed
from tests.routing.shell import BUSY, PATIENCE, ROOT, ROUTING, TOWN, Writer, run, run_apart


@pytest.mark.processes
def test_a_problem_on_standard_input_becomes_a_plan_on_standard_output():
    done = run_apart("solve", "-", "--iterations", "1000", text=write_problem(TOWN))
    assert (done.returncode, done.stderr) == (0, "")
    plan = read_plan(done.stdout)
    assert set(plan.orders["am"]) == {"anna", "bea"}
    assert check_plan(TOWN, plan) == ()


def test_a_plan_can_be_written_to_a_file_and_begun_from(on_disk: Writer, tmp_path: Path):
    asked, output = on_disk("problem.json", write_problem(TOWN)), tmp_path / "plan.json"
    first = run("solve", asked, "--iterations", "1000", "--output", output)
    assert (first.returncode, first.stdout) == (0, "")
    again = run("solve", asked, "--iterations", "1000", "--start", output)
    assert read_plan(again.stdout) == read_plan(output.read_text(encoding="utf-8"))


def test_a_problem_and_a_plan_to_begin_from_share_standard_input():
    first = retimed(BUSY, {"am": ["anna0", "bea0"]})
    question = f"{_one_line(write_problem(BUSY))}\n{write_plan(first)}"
    done = run("solve", "-", "--start", "-", "--iterations", "1", text=question)
    assert done.returncode == 0, done.stderr
    assert {"anna0", "bea0"} <= {
        name for tour in read_plan(done.stdout).tours for name in tour.visits
    }


def test_a_plan_to_begin_from_that_is_none_is_a_wrong_input():
    done = run("solve", "-", "--start", "-", text=f"{_one_line(write_problem(BUSY))}\nnothing")
    assert done.returncode == 2


def _one_line(text: str) -> str:
    return json.dumps(json.loads(text))


@pytest.mark.processes
def test_a_legal_plan_passes_and_an_illegal_one_is_told_why(on_disk: Writer):
    asked = on_disk("problem.json", write_problem(TOWN))
    legal = run("check", asked, "-", text=write_plan(retimed(TOWN, {"am": ["anna", "bea"]})))
    assert (legal.returncode, legal.stdout) == (0, "")
    # Dora at 400, Bea at 600: 300 s late; and nobody may draw Dora's blood.
    broken = run_apart("check", asked, "-", text=write_plan(retimed(TOWN, {"am": ["dora", "bea"]})))
    assert broken.returncode == 1
    assert broken.stdout.splitlines() == [
        "Shift am lacks the skill blood that visit dora requires.",
        "Service at visit bea on shift am begins 5 min after a window has closed.",
    ]


def test_a_visit_is_explained_and_its_places_are_priced(on_disk: Writer):
    asked = on_disk("problem.json", write_problem(TOWN))
    plan = on_disk("plan.json", write_plan(retimed(TOWN, {"am": ["bea"]})))
    why = run("explain", asked, plan, "dora")
    assert (why.returncode, json.loads(why.stdout)["rule"]) == (0, "skills")
    places = [
        json.loads(line) for line in run("insertions", asked, plan, "anna").stdout.splitlines()
    ]
    assert [(place["shift"], place["position"], place["price"]) for place in places] == [
        ("am", 0, 0),
        ("am", 1, 0),
    ]
    assert all(sum(place["parts"].values()) == 0 for place in places)


def test_two_plans_are_compared(on_disk: Writer):
    asked = on_disk("problem.json", write_problem(TOWN))
    before = on_disk("before.json", write_plan(retimed(TOWN, {"am": ["anna"]})))
    after = write_plan(retimed(TOWN, {"am": ["bea", "anna"]}))
    done = run("compare", asked, before, "-", text=after)
    found = json.loads(done.stdout)
    assert done.returncode == 0
    # Bea is new; Anna is served on the way back, at 300 instead of 100.
    assert [change["visit"] for change in found["moved"]] == ["bea"]
    assert found["moved"][0]["before"] is None
    assert found["moved"][0]["after"] == {"shift": "am", "position": 0, "begin": 200}
    assert [change["visit"] for change in found["retimed"]] == ["anna"]
    assert found["before"]["driving"] == 200
    assert found["after"]["driving"] == 400
    slack = run("compare", asked, before, "-", "--minutes", "4", text=after)
    assert json.loads(slack.stdout)["retimed"] == []


SQUARE = """SQUARE

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME
    0      0          0          0          0        100          0
    1      0         10          7          0        100          0
    2     10         10          2          0        100          0
    3     10          0          1          0        100          0
"""


def test_a_published_instance_is_answered_with_its_routes(on_disk: Writer):
    asked = on_disk("square.txt", SQUARE)
    done = run("solve", asked, "--format", "solomon", "--iterations", "1000")
    assert (done.returncode, done.stderr) == (0, "")
    routes, cost = done.stdout.splitlines()
    assert routes in {"Route #1: 1 2 3", "Route #1: 3 2 1"}
    assert cost == "Cost 40.0"
    judged = run("check", asked, "-", "--format", "solomon", text=done.stdout)
    assert (judged.returncode, judged.stdout) == (0, "")


def test_routes_that_break_rules_are_told_so(on_disk: Writer):
    asked = on_disk("square.txt", SQUARE.replace("  7  ", "  9  "))
    judged = run("check", asked, "-", "--format", "solomon", text="Route #1: 1 2 3\nCost 40\n")
    assert judged.returncode == 1
    assert len(judged.stdout.splitlines()) == 1


def test_a_wrong_line_is_named_on_standard_error():
    failed = run(
        "solve", "-", "--format", "solomon", text=SQUARE.replace("10         10", "10  ten")
    )
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.startswith("line 11: ")


def test_an_instance_nobody_can_serve_has_no_solution():
    far = SQUARE.replace("    3     10 ", "    3    100 ")
    failed = run("solve", "-", "--format", "solomon", "--iterations", "1000", text=far)
    assert (failed.returncode, failed.stdout) == (3, "")
    assert failed.stderr == "no plan that serves customers 3 was found\n"


@pytest.mark.processes
def test_progress_is_shown_on_a_terminal(on_disk: Writer):
    asked = on_disk("problem.json", write_problem(BUSY))
    ours, theirs = os.openpty()
    command = [*ROUTING, "solve", str(asked), "--seconds", "1"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT, timeout=PATIENCE, check=False
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert read_plan(done.stdout.decode())
    # One line, written over itself, and left at the end.
    assert re.search(r"\r\d+\.\d s   cost \d+   unassigned \d+", shown)
    assert shown.count("\n") == 1
    assert shown.endswith("\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "document: is not JSON"),
        (write_problem(TOWN).replace("[0, 300]", "[300, 0]"), "visits[1].windows[0]: ends before"),
        (write_problem(TOWN).replace('"place": "bea"', '"place": "bee"'), "visits[1].place: there"),
    ],
)
def test_a_wrong_input_is_named_on_standard_error(text: str, sentence: str):
    failed = run("solve", "-", text=text)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.startswith(sentence)


def test_a_file_that_cannot_be_read_is_a_wrong_input_and_is_named(tmp_path: Path):
    failed = run("solve", "nowhere.json")
    assert (failed.returncode, failed.stderr) == (2, "nowhere.json: No such file or directory\n")
    file = tmp_path / "latin.json"
    file.write_bytes("Inès".encode("latin-1"))
    failed = run("solve", file)
    assert (failed.returncode, failed.stderr) == (2, f"{file}: is not text in UTF-8\n")


def test_a_plan_that_could_not_be_written_is_not_searched_for(tmp_path: Path):
    output = tmp_path / "gone" / "plan.json"
    failed = run("solve", "-", "--output", output, text=write_problem(BUSY))
    assert failed.returncode == 2
    assert failed.stderr == f"{output.parent}: is no folder to write to\n"


@pytest.mark.parametrize("output", ["/dev/full", "/dev/null/plan.json", "/"])
def test_an_output_that_takes_no_byte_is_found_before_the_search(output: str):
    failed = run("solve", "-", "--output", output, "--seconds", "3600", text=write_problem(BUSY))
    assert failed.returncode == 2
    assert failed.stderr.startswith(output.removesuffix("/plan.json"))


def test_a_file_keeps_its_text_until_there_is_a_plan(tmp_path: Path):
    output = tmp_path / "plan.json"
    output.write_text("the plan of yesterday")
    failed = run("solve", "-", "--output", output, "--seconds", "0", text=write_problem(BUSY))
    assert (failed.returncode, output.read_text()) == (3, "the plan of yesterday")


def test_more_threads_than_cores_are_capped_with_a_note():
    words = ("solve", "-", "--iterations", "5", "--threads", "4096")
    done = run(*words, text=write_problem(TOWN))
    assert (done.returncode, done.stderr.count(" threads.\n")) == (0, 1)


def test_half_of_a_character_is_a_wrong_input():
    text = write_problem(TOWN).replace('"anna"', '"\\ud800"')
    failed = run("solve", "-", "--iterations", "1", text=text)
    assert failed.returncode == 2
    assert "has half of a character" in failed.stderr


def test_unknown_fields_are_ignored_on_request_and_each_is_named_once():
    asked = json.loads(write_problem(TOWN))
    for one in asked["visits"]:
        one["name"] = "Doe"
    words = ("solve", "-", "--iterations", "5")
    assert run(*words, text=json.dumps(asked)).stderr.startswith("visits[0].name: is not a field")
    done = run(*words, "--lenient", text=json.dumps(asked))
    assert (done.returncode, done.stderr) == (0, "Ignored: visits[].name\n")
    assert read_plan(done.stdout) == read_plan(run(*words, text=write_problem(TOWN)).stdout)


def test_the_version_is_told():
    told = run("--version")
    assert (told.returncode, told.stdout) == (0, f"milkround {version('milkround')}\n")


@pytest.mark.parametrize(
    "words",
    [
        ["solve"],
        ["solve", "-", "--seed", "-1"],
        ["draw", "problem.json"],
        ["solve", "-", "--format", "gpx"],
        ["solve", "-", "--seconds", "nan"],
        ["solve", "-", "--seconds", "-1"],
        ["solve", "-", "--iterations", "-1"],
        ["explain", "-", "plan.json"],
    ],
)
def test_a_command_that_is_none_is_a_wrong_input(words: list[str]):
    failed = run(*words)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert "usage: " in failed.stderr


def test_a_visit_that_is_not_there_is_a_wrong_input(on_disk: Writer):
    asked = on_disk("problem.json", write_problem(TOWN))
    failed = run("explain", asked, "-", "zoe", text=write_plan(retimed(TOWN, {})))
    assert (failed.returncode, failed.stderr) == (2, "visit 'zoe': is not in the problem\n")


def test_no_time_gives_no_plan():
    failed = run("solve", "-", "--seconds", "0", text=write_problem(BUSY))
    assert (failed.returncode, failed.stdout) == (3, "")
    assert failed.stderr == "no plan was found within the budget\n"


@pytest.mark.processes
def test_progress_is_a_line_per_better_plan_and_a_last_one():
    done = run_apart("solve", "-", "--seconds", "1", "--progress", "json", text=write_problem(BUSY))
    assert done.returncode == 0
    *improvements, last = map(json.loads, done.stdout.splitlines())
    assert improvements
    assert {line["kind"] for line in improvements} == {"improvement"}
    assert last["kind"] == "done"
    for line in [*improvements, last]:
        assert check_plan(BUSY, plan_of(line["plan"])) == ()
    costs = [line["cost"] for line in improvements]
    assert all(line["cost"] == line["plan"]["cost"]["total"] for line in improvements)
    assert last["plan"]["cost"]["total"] <= costs[-1]


@pytest.mark.processes
@pytest.mark.parametrize(
    ("text", "seconds", "error", "code"),
    [("{", "1", "invalid_problem", 2), (write_problem(BUSY), "0", "no_plan", 3)],
)
def test_an_error_is_a_line_of_progress_too(text: str, seconds: str, error: str, code: int):
    failed = run_apart("solve", "-", "--seconds", seconds, "--progress", "json", text=text)
    (line,) = map(json.loads, failed.stdout.splitlines())
    assert (failed.returncode, line["kind"], line["error"]) == (code, "error", error)
    assert failed.stderr == line["message"] + "\n"


def test_both_inputs_cannot_be_standard_input():
    assert run("check", "-", "-").returncode == 2


def test_what_is_written_can_be_read_again():
    assert read_problem(write_problem(BUSY)) == BUSY

"""Published solutions are read route by route, and the documentation of the texts is true."""

import re
from pathlib import Path

import pytest

from routing.errors import InvalidPlanError, InvalidProblemError
from routing.formats import solution
from routing.formats.known import FORMATS
from routing.schedule import retimed

DOCS = Path(__file__).parents[3] / "docs" / "benchmark-formats.md"
INSTANCE, SOLUTION = re.findall(
    r"```text\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL
)
TINY = solution.read(INSTANCE).problem


def test_the_documented_solution_is_that_of_the_documented_instance():
    solomon = FORMATS["solomon"]
    question = solomon.read(INSTANCE)
    orders = solomon.read_plan(question, SOLUTION)
    assert orders == {"1": ("1",), "2": ("2",)}
    plan = retimed(question.problem, {"1": ["1"], "2": ["2"]})
    assert solomon.write_plan(question, plan, {}) == SOLUTION
    assert solomon.price(question, plan) == "12.8"


def test_the_heads_of_routes_may_be_written_as_one_likes():
    assert solution.read_routes(TINY, "route # 7 : 2 1\n\nCOST 3\n") == {"1": ("2", "1")}
    assert solution.read_routes(TINY, "Route #1:\nRoute #2: 1 2\n") == {"1": (), "2": ("1", "2")}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Route #1: 1 9", "line 1: there is no customer 9"),
        ("Route #1: 1\nRoute #2: 1", "line 2: customer 1 is there twice"),
        ("Route #1: 1 1", "line 1: customer 1 is there twice"),
        ("Route #1: 1\n\nTour 2: 2", "line 3: is neither a route nor the cost"),
        ("Route #1: 1\nRoute #2: 2\nRoute #3:", "line 3: there is no vehicle for it; there are 2"),
    ],
)
def test_a_solution_of_something_else_is_refused_and_the_line_named(text: str, sentence: str):
    with pytest.raises(InvalidPlanError, match=f"^{re.escape(sentence)}$"):
        solution.read_routes(TINY, text)


COUNTED_WRONGLY = "NAME : n\nDIMENSION : 5\nDEMAND_SECTION\nTYPE : CVRP\n"

BROKEN = [
    "\n".join(INSTANCE.splitlines()[:4]),
    INSTANCE.replace("7    ", "ten  "),
    INSTANCE.rstrip().removesuffix("2"),
    "NAME : far\nDISTANCE : 200\n",
    COUNTED_WRONGLY,
]


@pytest.mark.parametrize("broken", BROKEN)
def test_what_the_documentation_says_of_a_wrong_file_is_said(broken: str):
    with pytest.raises(InvalidProblemError) as refused:
        solution.read(broken)
    assert f"| `{refused.value}` |" in DOCS.read_text(encoding="utf-8")

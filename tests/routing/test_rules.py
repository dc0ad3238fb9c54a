"""Every rule has one name in four places, and who judges shares no code with who searches.

The tests of the rules were tried on models spoilt on purpose: each constraint deleted, and each
bound made one second or one unit too strict or too loose. Each is caught, mostly by the rule's own
module: a gap between windows that is not closed by `..._does_not_serve_in_the_gap_...`, a ride one
second too short by `test_the_ride_home_may_take_the_limit_to_the_second`, a shift one second too
short by `test_the_engine_counts_travel_and_service`, a matrix read by columns by
`test_the_engine_reads_matrices_from_row_to_column`, a silent rule by
`test_a_plan_the_checker_refuses_is_never_returned`.
"""

import ast
import re
from pathlib import Path

import pytest

from routing.checker.judge import BILLS
from routing.checker.judge import RULES as JUDGED
from routing.model.build import RULES as MODELLED
from routing.plan import Rule

ROOT = Path(__file__).parents[2]
# What `check` and `model` hold besides their rules.
BESIDES = {
    "routing/checker": {"__init__", "judge", "violation", "walk", "bill"},
    "routing/model": {
        "__init__",
        "build",
        "routing_model",
        "search",
        "arrivals",
        "legs",
        "measures",
    },
    "tests/routing/rules": set(),
}
NAMES = {str(rule) for rule in Rule}


def modules(folder: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).glob("*.py")} - BESIDES[folder]


@pytest.mark.parametrize("folder", ["routing/checker", "routing/model"])
def test_a_rule_has_a_module_in_the_judge_and_in_the_engine(folder: str):
    assert modules(folder) == NAMES


def test_a_rule_has_a_module_of_tests():
    assert modules("tests/routing/rules") == {f"test_{name}" for name in NAMES}


def test_a_rule_has_a_heading_in_the_docs():
    text = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## `(\w+)`", text, flags=re.MULTILINE)) == NAMES


def test_a_heading_says_what_breaks_the_rule_and_what_to_do():
    text = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        if section.startswith("`"):
            assert "**Violation.**" in section
            assert "**Remedy.**" in section


def test_both_lists_of_rules_are_whole():
    assert set(JUDGED) | set(BILLS) == set(MODELLED) == set(Rule)


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    plain = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    return named | plain


def test_the_judge_imports_values_and_nothing_that_searches_or_times():
    # The price of a margin has one definition; it bears on the bill and on no rule.
    values = ("routing.plan", "routing.problem", "routing.units", "routing.margins")
    allowed = ("routing.checker", *values)
    for path in (ROOT / "routing/checker").glob("*.py"):
        ours = {name for name in imports(path) if name.startswith("routing")}
        assert all(name.startswith(allowed) for name in ours), path


def test_or_tools_is_known_to_the_model_and_the_master_alone():
    for path in (ROOT / "routing").rglob("*.py"):
        if path.parent.name not in {"model", "master"}:
            assert not any(name.startswith("ortools") for name in imports(path)), path

"""A visit is served by a shift with every skill, among the shifts it allows."""

import pytest

from routing.checker.judge import check_plan
from routing.plan import Rule
from routing.schedule import retimed
from tests.routing.builders import broken_by, engine, problem, shift, visit


@pytest.mark.parametrize(
    ("has", "legal"), [((), False), (("blood",), False), (("blood", "interview"), True)]
)
def test_a_shift_needs_every_skill(has: tuple[str, ...], *, legal: bool):
    asked = problem(visit("anna", skills=["blood", "interview"]), shifts=[shift("am", skills=has)])
    assert broken_by(asked, am=["anna"]) == (set() if legal else {Rule.SKILLS})
    assert engine(asked) == ({"am": ("anna",)} if legal else {})


def test_each_missing_skill_is_named():
    asked = problem(visit("anna", skills=["blood", "interview"]))
    found = check_plan(asked, retimed(asked, {"am": ["anna"]}))
    assert [violation.what for violation in found] == ["blood", "interview"]


def test_a_shift_may_know_more_than_is_asked():
    asked = problem(visit("anna"), shifts=[shift("am", skills=["blood"])])
    assert broken_by(asked, am=["anna"]) == set()
    assert engine(asked) == {"am": ("anna",)}


def test_the_skilled_shift_is_taken_though_it_is_dearer():
    asked = problem(
        visit("anna", skills=["blood"]),
        shifts=[shift("cheap"), shift("skilled", fixed=9_000, skills=["blood"])],
    )
    assert engine(asked) == {"skilled": ("anna",)}


@pytest.mark.parametrize(("allowed", "legal"), [(["am"], True), (["pm"], False), ([], False)])
def test_only_a_shift_the_visit_allows_serves_it(allowed: list[str], *, legal: bool):
    asked = problem(visit("anna", shifts=allowed), shifts=[shift("am"), shift("pm", 0, 10)])
    assert broken_by(asked, am=["anna"]) == (set() if legal else {Rule.SKILLS})
    assert engine(asked) == ({"am": ("anna",)} if legal else {})

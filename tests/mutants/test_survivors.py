"""The lists of mutation testing name what the tree has."""

import pkgutil
import tomllib
from pathlib import Path

import pytest

from tests.mutants.survivors import Survivor, known_survivors, survivor_of

ROOT = Path(__file__).parents[2]


def test_every_area_has_files_and_tests():
    areas = tomllib.loads((Path(__file__).parent / "areas.toml").read_text("utf-8"))
    missing = [
        pattern
        for area in areas.values()
        for pattern in (*area["files"], *area["tests"])
        if not any(ROOT.glob(pattern))
    ]
    assert areas
    assert missing == []


def test_every_listed_fault_lies_in_a_function_of_the_tree_and_has_a_reason():
    for survivor, reason in known_survivors().items():
        assert pkgutil.resolve_name(survivor.function)
        assert reason.endswith(".")


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("routing.checker.clock.x__off__mutmut_6", "routing.checker.clock._off"),
        ("routing.checker.walk.xǁWalkǁlabel__mutmut_12", "routing.checker.walk.Walk.label"),
    ],
)
def test_a_fault_is_known_by_its_function_and_its_lines(name: str, function: str):
    difference = (
        "--- a/check.py\n+++ b/check.py\n@@ -1,3 +1,3 @@\n def _off(by: int) -> str:\n"
        "-    return by < 0\n"
        "+    return by <= 0\n"
    )
    assert survivor_of(name, difference) == Survivor(
        function=function, before="return by < 0", after="return by <= 0"
    )

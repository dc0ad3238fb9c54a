"""The table of OWASP ASVS 5.0: each requirement is listed once, and each named test exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "security" / "asvs.md").read_text("utf-8")
STATES = ("met", "not met", "no subject")
ROW = re.compile(
    rf"^\| V(\S+)(?: to V(\S+))? \| .+ \| ({'|'.join(STATES)}) \| (.+) \|$", re.MULTILINE
)
WANTED = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.7": 2, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2,
    "8.1": 4, "8.2": 4, "8.3": 3, "8.4": 2,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 8, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
"""The highest number of each section: level 2, and level 3 in V6, V7, V8 and V14."""


def numbers(first: str, last: str) -> list[str]:
    section, _dot, begin = first.rpartition(".")
    end = (last or first).rpartition(".")[2]
    return [f"{section}.{number}" for number in range(int(begin), int(end) + 1)]


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_each_requirement_is_listed_once() -> None:
    listed = [number for row in ROW.findall(PAGE) for number in numbers(row[0], row[1])]
    wanted = [f"{part}.{number}" for part, last in WANTED.items() for number in range(1, last + 1)]
    assert listed == wanted


def test_each_met_requirement_names_a_test_that_exists() -> None:
    met = [row[3] for row in ROW.findall(PAGE) if row[2] == "met"]
    assert len(met) > 100
    for evidence in met:
        path, _colons, name = evidence.strip("`").partition("::")
        assert name in functions_of(path), evidence


def test_each_other_requirement_has_its_reason() -> None:
    for row in ROW.findall(PAGE):
        if row[2] != "met":
            assert len(row[3]) > 4, row


def test_the_sums_are_those_of_the_rows() -> None:
    said = re.search(r"(\d+) are met, (\d+) are not, and (\d+) have no subject", PAGE)
    assert said
    rows = ROW.findall(PAGE)
    for state, number in zip(STATES, said.groups(), strict=True):
        counted = sum(len(numbers(row[0], row[1])) for row in rows if row[2] == state)
        assert counted == int(number), state
    overview = (ROOT / "docs" / "security.md").read_text("utf-8")
    assert re.search(r"\s+".join(map(re.escape, said[0].split())), overview)

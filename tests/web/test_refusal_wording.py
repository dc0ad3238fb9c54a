"""The sentences of refusals: one sentence per code, in one module."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from collector.web.wording import ERRORS

WEB = Path(__file__).parents[2] / "collector" / "web"


def codes() -> Iterator[tuple[str, str]]:
    """Give each code of an `ERRORS` table with its module."""
    for path in WEB.rglob("*wording.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            named = isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "ERRORS"
            if named and isinstance(node.value, ast.Dict):
                for key in node.value.keys:
                    if isinstance(key, ast.Constant):
                        yield str(key.value), path.name


def test_a_code_has_one_sentence() -> None:
    places = defaultdict(list)
    for code, module in codes():
        places[code].append(module)
    assert {code: where for code, where in places.items() if len(where) > 1} == {}
    assert len(places) > 300
    assert places.keys() <= ERRORS.keys()

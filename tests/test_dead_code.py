"""Dead code: every function, method, property and class is used by the product itself."""

from __future__ import annotations

import re
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).parent.parent
ENTRY_POINTS = [
    "@*.get",
    "@*.post",
    "@*.delete",
    "@*.command*",
    "@*.errorhandler*",
    "@event.*",
    "@*.listens_for*",
    "@overload",
    "@intrinsic",
]
"""Decorators that hand a function to Flask, click, SQLAlchemy or Numba."""
KEPT = {
    "first_broken_link": "the audit chain's verification, for a command of the installation",
    "differences": "the comparison of models and schema, for the tests of migrations",
    "process_bind_param": "called by SQLAlchemy",
    "process_result_value": "called by SQLAlchemy",
    "load_config": "called by gunicorn",
    "__getattr__": "called by Python",
    "__dir__": "called by Python",
}
CODE = {"function", "method", "property", "class"}


def test_the_product_uses_all_of_its_code() -> None:
    found = Vulture(ignore_decorators=ENTRY_POINTS)
    found.scavenge([str(ROOT / "collector"), str(ROOT / "routing")])
    pages = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.*")
    )
    unused = {
        item.name: f"{item.filename.name}:{item.first_lineno}"
        for item in found.get_unused_code(min_confidence=60)
        if item.typ in CODE and not re.search(rf"\b{item.name}\b", pages)
    }
    assert {name: place for name, place in unused.items() if name not in KEPT} == {}
    assert KEPT.keys() - unused.keys() == set(), "used by now: take it off the list"

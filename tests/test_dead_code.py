"""Dead code: every function, method, property, class and constant is used by the product itself.

Tests do not count as users. Fields and columns are left out: rows, documents and forms use them
by name.
"""

from __future__ import annotations

import re
from pathlib import Path

from vulture import Vulture
from vulture.core import Item

ROOT = Path(__file__).parent.parent
ENTRY_POINTS = [
    "@*.get",
    "@*.post",
    "@*.delete",
    "@operation",
    "@*.command*",
    "@command*",
    "@*.errorhandler*",
    "@event.*",
    "@*.listens_for*",
    "@overload",
    "@intrinsic",
    "@infer_*",
    "@lower_*",
    "@_register*",
]
"""Decorators that hand a function to Flask, click, SQLAlchemy or Numba."""
KEPT = {
    "process_bind_param": "called by SQLAlchemy",
    "process_result_value": "called by SQLAlchemy",
    "get_suitable_cache_subpath": "called by Numba",
    "generic": "called by Numba",
    "generic_resolve": "called by Numba",
    "resolve_width": "called by Numba",
    "get_command": "called by click",
    "list_commands": "called by click",
    "format_commands": "called by click",
    "load_config": "called by gunicorn",
    "to_url": "called by Werkzeug",
    "do_GET": "called by http.server",
    "do_POST": "called by http.server",
    "log_message": "called by http.server",
    "__getattr__": "called by Python",
    "__init_subclass__": "called by Python",
    "__dir__": "called by Python",
}
CODE = {"function", "method", "property", "class"}


def is_constant_of_a_module(item: Item) -> bool:
    line = Path(item.filename).read_text(encoding="utf-8").splitlines()[item.first_lineno - 1]
    return item.typ == "variable" and item.name.isupper() and line.startswith(item.name)


def unused_in(*folders: Path) -> dict[str, str]:
    """Return the places of unused code, by name."""
    found = Vulture(ignore_decorators=ENTRY_POINTS)
    found.scavenge([str(folder) for folder in folders])
    return {
        item.name: f"{item.filename.name}:{item.first_lineno}"
        for item in found.get_unused_code(min_confidence=60)
        if item.typ in CODE or is_constant_of_a_module(item)
    }


def test_the_product_uses_all_of_its_code() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.*")]
    words = {word for page in pages for word in re.findall(r"\w+", page)}
    unused = unused_in(ROOT / "collector", ROOT / "routing")
    dead = {name: place for name, place in unused.items() if name not in words | KEPT.keys()}
    assert dead == {}
    assert KEPT.keys() - unused.keys() == set(), "used by now: take it off the list"


def test_dead_code_is_found(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "USED = 1\n"
        "FORGOTTEN = 2\n"
        "class Row:\n"
        "    COLUMN = 3\n"
        "    def forgotten_method(self): return USED\n"
        "def forgotten_function(): return Row()\n"
        "@blueprint.get('/')\n"
        "def page(): return ''\n",
        encoding="utf-8",
    )
    assert unused_in(tmp_path).keys() == {"FORGOTTEN", "forgotten_method", "forgotten_function"}

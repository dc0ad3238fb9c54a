"""Names and sentences of the whole tree: class names, rooms, prose, dotted names of the docs."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    path for house in ("collector", "routing") for path in (ROOT / house).rglob("*.py")
)
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
BOARD = Path("web") / "board"
INDEFINITE = re.compile(
    r"\b(?:what|whatever|who|whom|whoever|whose|somebody|someone|nobody|everybody|everyone"
    r"|anybody|anyone|those)\b",
    re.IGNORECASE,
)
MOST_PER_THOUSAND = 3
DOTTED = re.compile(r"`(\w+(?:\.\w+)+)(?:\(\))?`")
PACKAGES = {path.name for path in (ROOT / "collector").iterdir() if path.is_dir()}
FILES = re.compile(r"`((?:collector|routing|templates|static|tests|bench)/[\w./-]+)`")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def docstrings(path: Path) -> Iterator[str]:
    """Return every docstring of a module, of attributes too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.value.value


def per_thousand(texts: list[str]) -> float:
    """Return the indefinite persons and headless relatives per 1,000 words."""
    words = sum(len(text.split()) for text in texts)
    return 1000 * sum(len(INDEFINITE.findall(text)) for text in texts) / words


def test_a_class_name_means_one_thing_in_the_whole_tree() -> None:
    places = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_docstrings_name_their_subjects() -> None:
    texts = [text for path in MODULES for text in docstrings(path)]
    assert per_thousand(texts) <= MOST_PER_THOUSAND


def test_the_docs_name_their_subjects() -> None:
    texts = [CODE.sub(" ", page.read_text(encoding="utf-8")) for page in PAGES]
    assert per_thousand(texts) <= MOST_PER_THOUSAND


def test_the_changelog_names_its_subjects() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert per_thousand([CODE.sub(" ", text)]) <= MOST_PER_THOUSAND


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_dotted_name_and_file_of_a_page_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = [name for name in dotted_names(text) if not resolves(name)]
    missing += [name for name in FILES.findall(text) if not (ROOT / name).exists()]
    assert missing == []


def dotted_names(text: str) -> Iterator[str]:
    """Return the dotted names of a page that stand for code, in full."""
    for name in DOTTED.findall(text):
        first = name.partition(".")[0]
        if first in {"collector", "routing"}:
            yield name
        elif first in PACKAGES and not name.endswith((".py", ".md", ".html", ".json", ".csv")):
            yield f"collector.{name}"


def resolves(name: str) -> bool:
    """Return whether a dotted name is a module, or an attribute of one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def room_of(module: str) -> str:
    """Return the room of a module of the board: its folder, or its own name at the top."""
    return module.removeprefix("collector.web.board.").split(".")[0]


def test_a_page_of_the_board_has_the_name_of_its_room_in_its_address(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        module = app.view_functions[rule.endpoint].__module__
        if not module.startswith("collector.web.board.") or module.endswith(".blueprint"):
            continue
        beginning = {
            "day": "/board/days/<day>",
            "dispatch": "/board/days/<day>/dispatch",
        }.get(room_of(module), f"/board/{room_of(module).replace('_', '-')}")
        assert rule.rule.startswith(beginning), f"{module} serves {rule.rule}"


def test_a_page_of_the_board_is_drawn_from_the_templates_of_its_room() -> None:
    for path in (ROOT / "collector" / "web" / "board").rglob("*.py"):
        room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name in re.findall(r'"board/([\w/]+)\.html"', path.read_text(encoding="utf-8")):
            assert name.split("/")[0] == room, f"{path.name} draws {name}"


def test_templates_and_tests_of_the_board_lie_in_the_folders_of_its_rooms() -> None:
    rooms = folders(ROOT / "collector" / BOARD)
    assert folders(ROOT / "templates" / "board") == rooms
    assert folders(ROOT / "tests" / BOARD) == rooms


def folders(path: Path) -> set[str]:
    """Return the names of the folders of a folder."""
    return {each.name for each in path.iterdir() if each.is_dir()} - {"__pycache__"}

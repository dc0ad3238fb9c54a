"""Templates: short lines, the rooms of `collector/web`, every name found and every file used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, meta

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
WEB = ROOT / "collector" / "web"
LONGEST_LINE = 140
PAGE = re.compile(r"[\w/]+\.(?:html|txt)")
MESSAGES = {"email", "sms"}
"""Folders of one file per message: `collector/web/message_rendering.py` chooses by the channel."""
SHARED = {"components", "errors"}
"""Folders without a room: macros of all surfaces, and the pages of `framework/errors.py`."""
WITHOUT_PAGES = {"api", "framework"}


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


FILES = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
NAMES = frozenset(map(name_of, FILES))


def trees() -> Iterator[ast.Module]:
    for path in sorted((ROOT / "collector").rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def rendered_pages() -> set[str]:
    """Return every name of a page that the code writes down."""
    return {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and PAGE.fullmatch(node.value)
    }


def enqueued_messages() -> set[str]:
    """Return every `template="..."` by which a message is enqueued."""
    return {
        node.value.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and node.arg == "template"
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def referenced_templates(path: Path) -> set[str]:
    """Return the names that a template extends, includes or imports; each must be written out."""
    tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    names = set(meta.find_referenced_templates(tree))
    assert None not in names, "a computed name cannot be checked"
    return {name for name in names if name is not None}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_line_has_at_most_140_characters(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > LONGEST_LINE] == []


def test_every_folder_is_a_room_of_the_web_package() -> None:
    folders = {name_of(path) for path in TEMPLATES.rglob("*") if path.is_dir()}
    modules = {path.relative_to(WEB).with_suffix("").as_posix() for path in WEB.rglob("*.py")}
    packages = {path.parent.relative_to(WEB).as_posix() for path in WEB.rglob("*/__init__.py")}
    assert folders - MESSAGES - SHARED - modules - packages == set()
    assert packages - WITHOUT_PAGES - folders == set()


def test_every_name_is_a_file_and_every_file_is_rendered_included_or_imported() -> None:
    pages = rendered_pages().union(*map(referenced_templates, FILES))
    messages = {name for name in NAMES if name.partition("/")[0] in MESSAGES}
    assert len(pages) > 80
    assert pages - NAMES == set()
    assert NAMES - messages - pages == set()


def test_every_message_has_its_letter_and_no_letter_is_left_over() -> None:
    letters = {path.stem for path in (TEMPLATES / "email").iterdir()}
    short = {path.stem for path in (TEMPLATES / "sms").iterdir()}
    assert enqueued_messages() == letters
    assert short - letters == set()

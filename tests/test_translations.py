"""Both languages are whole: every sentence of the code has its French, with the same figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
METHODS = [("collector/**.py", "python"), ("templates/**.html", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
FIGURE = re.compile(r"%\(\w+\)\w")

Id = str | tuple[str, ...]


@pytest.fixture(scope="module")
def said() -> set[Id]:
    """Every sentence that the code says."""
    found: set[Id] = set()
    for folder in ("collector", "templates"):
        for _, _, message, _, _ in extract_from_dir(
            ROOT / folder,
            [(pattern.removeprefix(f"{folder}/"), by) for pattern, by in METHODS],
            keywords=KEYWORDS,
        ):
            found.add(message)
    return found


@pytest.fixture(scope="module")
def french() -> Catalog:
    path = ROOT / "collector" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


def test_every_sentence_has_its_french(said: set[Id], french: Catalog) -> None:
    assert len(said) > 500
    assert {sentence for sentence in said if not written(french.get(sentence))} == set()


def test_no_french_is_left_of_a_sentence_nobody_says(said: set[Id], french: Catalog) -> None:
    assert {message.id for message in french if message.id} - said == set()


def test_the_figures_are_the_same_in_both(french: Catalog) -> None:
    for message in french:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        for translated in strings:
            assert sorted(FIGURE.findall(translated)) in [
                sorted(FIGURE.findall(each)) for each in ids
            ], message.id


def written(message: Message | None) -> bool:
    if message is None:
        return False
    strings = [message.string] if isinstance(message.string, str) else message.string
    return all(strings)

"""Both languages are whole, and the French is set and worded as in `docs/glossary.md`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
METHODS = [("collector/**.py", "python"), ("templates/**.html", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
FIGURE = re.compile(r"%\(\w+\)\w")

UNITS = r"km|min|ml|L|°C|h|s|g|kg|€"
BARE = re.compile(
    rf"""
    (?<!\u00a0)(?:[;?!»€]|:(?!//|\d\d)|%(?!\())   # a sign without a no-break space before it
    | «(?!\u00a0)                                  # an opening mark without one after it
    | (?:\d|%\(\w+\)s)(?!\u00a0)\s(?:{UNITS})\b   # a figure that may part from its unit
    | \bh\ (?=\d\d)                               # hours that may part from their minutes
    """,
    re.VERBOSE,
)
"""Wrong setting. One no-break space serves everywhere: U+00A0, which every font has."""

DOTTED_DAY = re.compile(r"(?<!\d)\d{1,2}\.\d{1,2}\.(?!\d)|%d\.%m|\bd{1,2}\.M{1,2}\b|\.month \}\}\.")
"""A day as neither French nor English writes it: 02.12."""

READ_NOT_WRITTEN = {"%d.%m.%Y"}
"""Forms of a day that are accepted where a person types one."""

OTHER_WORDS = {
    r"collect(?:eur|rice)s?\b": "équipe de collecte, personne en tournée",
    r"coordina(?:teur|trice)s?\b": "coordination",
    r"administra(?:teur|trice)s?\b": "administration",
    r"une? collègue\b": "une personne de l'équipe",
    r"promesses?\b|promise?s?\b": "heure annoncée",
    r"(?<!heure de )(?<!heure de notre )passages?\b": "visite",
    r"zones?\b": "secteur",
    r"biberons?\b": "flacon",
    r"(?<!%\()\bpools?\b": "mélange",
    r"visites? fixée": "épinglée",
    r"avant le %": "au plus tard le",
}
"""Words that the glossary replaces, each with its replacement."""

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
        for translated in texts_of(message):
            assert sorted(FIGURE.findall(translated)) in [
                sorted(FIGURE.findall(each)) for each in ids
            ], message.id


def test_no_french_is_a_guess(french: Catalog) -> None:
    assert [message.id for message in french if message.id and message.fuzzy] == []


def test_a_french_sign_or_unit_never_parts_from_its_word(french: Catalog) -> None:
    texts = [*sentences(french), *questions()]
    assert len(texts) > 1500
    wrong = [text for text in texts if BARE.search(text)]
    assert wrong == [], "put a no-break space (U+00A0) before : ; ? ! % €, units and inside « »"


def test_one_space_and_one_apostrophe_are_used(french: Catalog) -> None:
    texts = [*sentences(french), *questions()]
    assert [text for text in texts if re.search(r"['\u2009\u202f]", text)] == []


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_french_has_one_word_for_one_thing(french: Catalog, word: str) -> None:
    found = re.compile(rf"\b(?:{word})", re.IGNORECASE)
    wrong = [text for text in sentences(french) if found.search(text)]
    assert wrong == [], f"write: {OTHER_WORDS[word]}"


def test_to_undo_and_to_cancel_have_their_own_words(french: Catalog) -> None:
    for message in french:
        english = " ".join([message.id] if isinstance(message.id, str) else message.id).lower()
        words = " ".join(texts_of(message)).lower()
        if re.search(r"\bund(?:o|one)\b", english):
            assert "annul" not in words, message.id
        if re.search(r"\bcancel|\bcall(?:ed)? (?:it |this visit )?off\b", english):
            assert "défai" not in words, message.id


def test_no_day_is_written_with_full_stops(french: Catalog) -> None:
    assert [text for text in sentences(french) if DOTTED_DAY.search(text)] == []
    for path in [*ROOT.glob("collector/**/*.py"), *ROOT.glob("templates/**/*.*")]:
        source = path.read_text()
        for form in READ_NOT_WRITTEN:
            source = source.replace(form, "")
        assert DOTTED_DAY.search(source) is None, path


def test_no_template_sets_a_colon_by_itself() -> None:
    """French has a no-break space before it: write `{{ colon }}` or `{{ semicolon }}`."""
    alone = re.compile(r"(?:\}\}|</\w+>|%\})[:;](?=\s)")
    paths = ROOT.glob("templates/**/*.*")
    assert [path.name for path in paths if alone.search(path.read_text())] == []


def sentences(catalog: Catalog) -> Iterator[str]:
    """Return every text of a catalogue."""
    for message in catalog:
        if message.id:
            yield from texts_of(message)


def texts_of(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def questions() -> Iterator[str]:
    """Return the French of the questions that banks begin with."""
    for path in ROOT.glob("collector/donors/presets/*.json"):
        for question in json.loads(path.read_text()):
            yield question["text"]["fr"]


def written(message: Message | None) -> bool:
    if message is None:
        return False
    return all(texts_of(message))

"""Public pages of a bank's texts: privacy notice, legal notice, accessibility statement."""

import re
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from collector.banks.models import PublicText, PublicTextKey
from collector.banks.queries import bank_by_slug, banks, public_texts_of
from collector.db import reading
from collector.web.framework.guards import anyone
from collector.web.public_words import TEXT_TITLES, text_key

blueprint = Blueprint("public_texts", __name__)

GAPS = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """A part of a line; a gap waits for the bank's words."""

    words: str
    is_gap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """A heading, a list or a paragraph of a public text, by lines."""

    kind: str
    lines: tuple[tuple[TextPart, ...], ...]


@blueprint.get("/<any(privacy, legal, accessibility):name>")
@anyone
def of_site(name: str) -> Response | str:
    """Open the text of the only bank here, or list the banks of this site."""
    with reading() as session:
        here = banks(session)
    if len(here) == 1:
        return redirect(url_for("public_texts.of_bank", slug=here[0].slug, name=name))
    return render_template(
        "public/text_banks.html", banks=here, name=name, title=TEXT_TITLES[PublicTextKey(name)]
    )


@blueprint.get("/banks/<slug>/<any(privacy, legal, accessibility):name>")
@anyone
def of_bank(slug: str, name: str) -> str:
    """Show a text of a bank; one that is missing or has gaps is announced as not completed."""
    key = text_key(name)
    with reading() as session:
        bank = bank_by_slug(session, slug)
        texts = [each for each in public_texts_of(session, bank.id) if each.key is key]
    row = _best(texts, str(get_locale()))
    return render_template(
        "public/text.html",
        bank=bank,
        title=TEXT_TITLES[key],
        row=row,
        blocks=text_blocks(row.text) if row else [],
    )


def text_blocks(text: str) -> list[TextBlock]:
    """Return a text by blocks: a line `## ...` is a heading, `- ...` an item of a list."""
    blocks = []
    for kind, lines in groupby(text.splitlines(), key=_kind):
        if kind == "heading":
            blocks += [TextBlock(kind=kind, lines=(_parts(line[3:]),)) for line in lines]
        elif kind == "list":
            blocks.append(TextBlock(kind=kind, lines=tuple(_parts(line[2:]) for line in lines)))
        elif kind == "paragraph":
            blocks.append(TextBlock(kind=kind, lines=tuple(map(_parts, lines))))
    return blocks


def _kind(line: str) -> str:
    if not line.strip():
        return "empty"
    if line.startswith("## "):
        return "heading"
    return "list" if line.startswith("- ") else "paragraph"


def _parts(line: str) -> tuple[TextPart, ...]:
    pieces = GAPS.split(line)
    return tuple(
        TextPart(words=words, is_gap=number % 2 == 1)
        for number, words in enumerate(pieces)
        if words
    )


def _best(texts: list[PublicText], language: str) -> PublicText | None:
    """Return the text to show: a complete one first, then one in the reader's language."""
    return min(texts, key=lambda each: (not each.complete, each.language != language), default=None)

"""Short guides by role, in both languages, with pictures of the demonstration.

A guide is a text file of `guide_texts`: a line `## anchor: Title` begins a section, `- ...` is
an item, `! picture: words` a picture, and `*...*` the name of a button or a page.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import get_locale, lazy_gettext
from flask_babel.speaklater import LazyString

from collector.errors import NotFound
from collector.people.models import Role
from collector.web.framework.assets import asset, has_asset
from collector.web.framework.guards import anyone

blueprint = Blueprint("guides", __name__, url_prefix="/guides")

TEXTS = Path(__file__).with_name("guide_texts")
TITLES: dict[str, LazyString] = {
    "donor": lazy_gettext("Guide for donors"),
    "collector": lazy_gettext("Guide for collectors"),
    "coordinator": lazy_gettext("Guide for coordinators"),
    "nurse": lazy_gettext("Guide for nurses and midwives"),
    "administrator": lazy_gettext("Guide for administrators"),
}
SECTIONS = {
    "board.morning": ("coordinator", "morning"),
    "board.inbox": ("coordinator", "requests"),
    "board.telephone": ("coordinator", "requests"),
    "board.requests": ("coordinator", "requests"),
    "board.days": ("coordinator", "day"),
    "board.publications": ("coordinator", "publish"),
    "board.dispatch": ("coordinator", "live"),
    "board.horizon": ("coordinator", "weeks"),
    "board.due": ("coordinator", "weeks"),
    "board.roster": ("coordinator", "roster"),
    "board.usual_weeks": ("coordinator", "roster"),
    "board.month": ("coordinator", "roster"),
    "board.material": ("coordinator", "material"),
    "board.day_close": ("coordinator", "close"),
    "board.candidates": ("nurse", "candidates"),
    "board.blood_tests": ("nurse", "blood"),
    "board.clinical_file": ("nurse", "decide"),
    "board.losses": ("nurse", "loss"),
    "board.questions": ("nurse", "candidates"),
    "board.donors": ("coordinator", "donors"),
    "board.new_donor": ("coordinator", "donors"),
    "board.opening": ("administrator", "opening"),
    "board.staff": ("administrator", "people"),
    "board.sites": ("administrator", "sites"),
    "board.fleet": ("administrator", "sites"),
    "board.policies": ("administrator", "rules"),
    "board.message_texts": ("administrator", "messages"),
    "outbox": ("administrator", "messages"),
    "board.applications": ("administrator", "neighbours"),
    "board.webhooks": ("administrator", "neighbours"),
    "board.installation": ("administrator", "care"),
    "donor.request": ("donor", "ask"),
    "donor.giving": ("donor", "ask"),
    "donor.receipt": ("donor", "receipt"),
    "donor.contact_preferences": ("donor", "privacy"),
    "my_data": ("donor", "privacy"),
    "screening": ("donor", "first"),
    "donor": ("donor", "ask"),
    "phone": ("collector", "start"),
    "board": ("coordinator", "morning"),
    "laboratory": ("nurse", "blood"),
}
"""Guide and section by the begin of an endpoint; the longest one counts."""
EMPHASIS = re.compile(r"\*(.+?)\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideBlock:
    """A paragraph, a list or a picture.

    Attributes
    ----------
    lines
        The texts, each as pieces; every second piece is the name of a button or a page.
    picture
        The name of a picture; empty for a text.
    """

    kind: str
    lines: tuple[tuple[str, ...], ...]
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideSection:
    """A section with its anchor; the first one of a guide has neither anchor nor title."""

    anchor: str
    title: str
    blocks: tuple[GuideBlock, ...]


@blueprint.get("/<name>")
@anyone
def guide(name: str) -> str:
    """Show the guide of a role in the reader's language."""
    if name not in TITLES:
        raise NotFound("http_404")
    language = str(get_locale())
    return render_template(
        "guides/guide.html",
        name=name,
        title=TITLES[name],
        titles=TITLES,
        sections=guide_sections(name, language),
        picture=picture_address,
        guide_language=language,
    )


@cache
def guide_sections(name: str, language: str) -> tuple[GuideSection, ...]:
    """Return a guide by sections."""
    path = TEXTS / f"{name}.{language}.txt"
    sections: list[GuideSection] = []
    for part in re.split(r"^(?=## )", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
        head, _newline, body = part.partition("\n") if part.startswith("## ") else ("", "", part)
        anchor, _colon, title = head.removeprefix("## ").partition(": ")
        sections.append(GuideSection(anchor=anchor, title=title, blocks=tuple(_blocks(body))))
    return tuple(sections)


def picture_address(picture: str) -> str:
    """Return the address of a picture in the reader's language; empty if it was not made."""
    name = f"guides/{picture}-{get_locale()}.webp"
    return asset(name) if has_asset(name) else ""


def guide_link() -> str:
    """Return the address of the section about the present page."""
    endpoint = request.endpoint or ""
    begins = (known for known in SECTIONS if endpoint == known or endpoint.startswith(f"{known}."))
    found = max(begins, key=len, default="")
    name, anchor = SECTIONS.get(found, (_guide_of_reader(), ""))
    return url_for("guides.guide", name=name, _anchor=anchor or None)


blueprint.add_app_template_global(guide_link)


def _guide_of_reader() -> str:
    roles = g.actor.roles if g.get("actor") else ()
    if Role.COORDINATOR in roles:
        return "coordinator"
    return "administrator" if Role.ADMIN in roles else "donor"


def _blocks(body: str) -> list[GuideBlock]:
    blocks = []
    for kind, group in groupby(body.splitlines(), key=_kind):
        lines = list(group)
        if kind == "picture":
            for line in lines:
                picture, _colon, words = line[2:].partition(": ")
                blocks.append(GuideBlock(kind=kind, lines=((words,),), picture=picture))
        elif kind != "empty":
            texts = [line.removeprefix("- ") for line in lines]
            blocks.append(
                GuideBlock(kind=kind, lines=tuple(tuple(EMPHASIS.split(text)) for text in texts))
            )
    return blocks


def _kind(line: str) -> str:
    if not line.strip():
        return "empty"
    if line.startswith("! "):
        return "picture"
    return "list" if line.startswith("- ") else "paragraph"

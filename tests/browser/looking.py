"""How a page of the phone is looked at: by axe, with a ruler, in every theme.

`MILKROUND_PICTURES=folder` keeps a picture of every page in every theme.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = os.environ.get("MILKROUND_PICTURES")
SMALLEST_TARGET = 48
THEMES = ("light", "dark", "sun")
ONLY_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}

TOUCHED = (
    "a, button, summary, .choice, .sides label, select, textarea, "
    "input:not([type=radio], [type=checkbox])"
)
SMALL = """([touched, least]) => [...document.querySelectorAll(touched)]
  .filter((each) => !each.closest(".skip, .sides label > *, [hidden]") && each.checkVisibility())
  .map((each) => [each.textContent || each.name, each.getBoundingClientRect()])
  .filter(([, box]) => box.height > 0 && (box.height < least || box.width < least))
  .map(([text, box]) => `${text} ${box.width}x${box.height}`)"""

CLIPPED = """() => [...document.querySelectorAll(".button, .tag, summary, .arrival, h1")]
  .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
  .map((each) => each.textContent)"""


def look(phone: Page, name: str, *, themes: Sequence[str] = THEMES) -> None:
    """Judge a page: everything by day, and its colours in the other themes."""
    for theme in THEMES if PICTURES else themes:
        with themed(phone, theme):
            found = Axe().run(phone, options=None if theme == "light" else ONLY_COLOURS)
            assert [each["id"] for each in found.response["violations"]] == [], (
                f"{name}, {theme}: {found.generate_report()}"
            )
            _picture(phone, f"{name}-{theme}")
    assert phone.evaluate(SMALL, [TOUCHED, SMALLEST_TARGET]) == [], name
    assert phone.evaluate(CLIPPED) == [], name
    assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth"), name


@contextmanager
def themed(phone: Page, theme: str) -> Iterator[None]:
    """Show a page in a theme, and as it was afterwards."""
    was = phone.evaluate("document.documentElement.dataset.theme ?? ''")
    phone.evaluate("(theme) => document.documentElement.dataset.theme = theme", theme)
    yield
    phone.evaluate("(theme) => document.documentElement.dataset.theme = theme", was)


def _picture(phone: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        phone.screenshot(path=Path(PICTURES) / f"{name}.png")
        phone.screenshot(path=Path(PICTURES) / f"{name}-whole.png", full_page=True)

"""Parts of a day's pane, which are not sent again unchanged."""

from collections.abc import Callable, Mapping
from hashlib import blake2b

from flask import Blueprint, request
from markupsafe import Markup

SEEN = "X-Seen-Parts"
"""Request header of the board's script: `name:stamp` of each part on the page, separated by
spaces."""


def part(name: str, caller: Callable[[], str]) -> Markup:
    """Return a part of the pane with its stamp; an empty one if the page has the same.

    The part is one element with `id` and `data-part`. It must not contain anything that differs
    between requests, such as a token.
    """
    html = str(caller()).strip()
    stamp = blake2b(html.encode(), digest_size=6).hexdigest()
    if _seen().get(name) == stamp:
        return Markup('<div id="{}" data-part data-same></div>').format(name)
    # It is our own template's markup, escaped where it was filled in.
    return Markup(html.replace(" data-part", f' data-part data-stamp="{stamp}"', 1))  # noqa: S704


def add_parts(blueprint: Blueprint) -> None:
    """Register `{% call part(name) %}` for the board's templates."""
    blueprint.add_app_template_global(part, "part")


def _seen() -> Mapping[str, str]:
    pairs = (each.partition(":") for each in request.headers.get(SEEN, "").split())
    return {name: stamp for name, _, stamp in pairs}

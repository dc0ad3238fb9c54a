"""The parts of a day's pane: what the reader has already is not sent again."""

from collections.abc import Callable, Mapping
from hashlib import blake2b

from flask import Blueprint, request
from markupsafe import Markup

SEEN = "X-Seen-Parts"
"""A header of the board's script: `name:stamp` of each part it shows, apart by a space."""


def part(name: str, caller: Callable[[], str]) -> Markup:
    """Return a part of the pane with its stamp, or an empty one where the reader has the same.

    The part is one element that bears `id` and `data-part`. It must say nothing that differs from
    one request to the next, such as a token.
    """
    html = str(caller()).strip()
    stamp = blake2b(html.encode(), digest_size=6).hexdigest()
    if _seen().get(name) == stamp:
        return Markup('<div id="{}" data-part data-same></div>').format(name)
    # It is our own template's markup, escaped where it was filled in.
    return Markup(html.replace(" data-part", f' data-part data-stamp="{stamp}"', 1))  # noqa: S704


def add_parts(blueprint: Blueprint) -> None:
    """Give the board's templates `{% call part(name) %}`."""
    blueprint.add_app_template_global(part, "part")


def _seen() -> Mapping[str, str]:
    pairs = (each.partition(":") for each in request.headers.get(SEEN, "").split())
    return {name: stamp for name, _, stamp in pairs}

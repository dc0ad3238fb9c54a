"""The weight of the donor's pages: at most 25 kB of script each."""

from __future__ import annotations

import gzip
import re

from flask import Flask

from collector.web.framework.assets import dist_folder
from tests.town import Town, sign_in

MOST_BYTES = 25_000
PAGES = (
    "/donor/",
    "/donor/request/",
    "/donor/visits/new",
    "/donor/contact-preferences",
    "/donor/giving",
)
OPEN = ("/", "/give", "/lactariums", "/banks/town/contact", "/sign-in", "/link/xxx")


def scripts_in(page: str) -> int:
    """Return how many bytes of script a page asks for, as they travel."""
    names = re.findall(r'<script[^>]* src="[^"]*/([^"/]+\.js)"', page)
    return sum(len(gzip.compress((dist_folder() / name).read_bytes())) for name in names)


def test_a_donors_pages_are_light_and_the_public_ones_need_no_script(
    app: Flask, town: Town
) -> None:
    dora, visitor = sign_in(app, bank=town.bank, donor=town.dora), app.test_client()
    weights = [scripts_in(dora.get(path).text) for path in PAGES]
    assert 0 < max(weights) <= MOST_BYTES
    assert [path for path in OPEN if scripts_in(visitor.get(path).text)] == []

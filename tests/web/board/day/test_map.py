"""The map's background: none by default, ranges of an archive, or one configured host."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from collector.app import create_app
from collector.config import MapSource, Settings, SettingsError, settings_from
from collector.db import db
from tests.builders import DAY
from tests.conftest import SetClock
from tests.tiny_map import tiny_map
from tests.town import Town, build_town, sign_in

TILES = "https://tiles.example/{z}/{x}/{y}.png"
PAGE = f"/board/days/{DAY}"


def policy_of(app: Flask, town: Town) -> dict[str, str]:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    told = claire.get(PAGE).headers["Content-Security-Policy"]
    return dict(part.split(" ", 1) for part in told.split("; "))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "region.pmtiles"
    path.write_bytes(tiny_map())
    return path


@pytest.fixture
def mapped(
    request: pytest.FixtureRequest, settings: Settings, clock: SetClock
) -> Iterator[tuple[Flask, Town]]:
    """Build the town in an installation with the background of the test."""
    app = create_app(replace(settings, map=request.param), clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        town = build_town()
    yield app, town
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_by_default_no_tile_is_requested(app: Flask, town: Town) -> None:
    policy = policy_of(app, town)
    assert (policy["img-src"], policy["connect-src"]) == ("'self' data:", "'self'")
    claire = sign_in(app, bank=town.bank, person=town.claire)
    background = re.search(
        r'name="map-background" content="([^"]*)"', claire.get(PAGE).get_data(as_text=True)
    )
    assert background is not None
    assert "http" not in background[1]
    assert "tiles" not in json.loads(unescape(background[1]))
    assert claire.get("/board/map-background/map.pmtiles").status_code == 404


@pytest.mark.parametrize(
    "mapped", [MapSource(url=TILES, attribution="© <b>Makers</b>")], indirect=True
)
def test_only_the_configured_host_is_in_the_policy(mapped: tuple[Flask, Town]) -> None:
    app, town = mapped
    policy = policy_of(app, town)
    assert policy["img-src"] == "'self' data: https://tiles.example"
    assert policy["connect-src"] == "'self'"
    claire = sign_in(app, bank=town.bank, person=town.claire)
    page = claire.get(PAGE).get_data(as_text=True)
    assert "https://tiles.example/{z}/{x}/{y}.png" in page
    assert "<b>Makers" not in page


def test_ranges_of_the_archive_are_served_to_the_board_only(
    settings: Settings, clock: SetClock, archive: Path
) -> None:
    app = create_app(replace(settings, map=MapSource(file=archive, attribution="©")), clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        town = build_town()
    claire = sign_in(app, bank=town.bank, person=town.claire)
    part = claire.get("/board/map-background/map.pmtiles", headers={"Range": "bytes=0-126"})
    assert (part.status_code, part.data) == (206, tiny_map()[:127])
    part.close()
    assert policy_of(app, town)["connect-src"] == "'self'"
    assert app.test_client().get("/board/map-background/map.pmtiles").status_code == 302
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_background_is_read_from_the_environment(tmp_path: Path, archive: Path) -> None:
    def read(text: str) -> MapSource | None:
        return settings_from({"MILKROUND_HOME": str(tmp_path), "MILKROUND_MAP": text}).map

    assert read("") is None
    tiles, near = read(TILES), read(str(archive))
    far = read("https://maps.example/a.pmtiles")
    assert tiles is not None
    assert near is not None
    assert far is not None
    assert (tiles.is_archive, tiles.host) == (False, "https://tiles.example")
    assert (near.is_archive, near.host, near.file) == (True, "", archive)
    assert (far.is_archive, far.host) == (True, "https://maps.example")
    for wrong in ("https://tiles.example/{z}.png", str(tmp_path / "none.pmtiles"), "ftp://x"):
        with pytest.raises(SettingsError, match="MILKROUND_MAP"):
            read(wrong)

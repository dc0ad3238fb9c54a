"""Addresses of built front-end files, each with a hash of its content."""

import json
from functools import cache
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, request, url_for

from collector.asset_root import asset_root

A_YEAR = 365 * 24 * 3600


class AssetsNotBuilt(Exception):  # noqa: N818 - it is a state of the checkout
    """The front end was not built."""


def init_app(app: Flask) -> None:
    """Add `asset('js/board.js')` to templates, and cache hashed files in browsers."""
    app.jinja_env.globals["asset"] = asset

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and request.path.startswith("/static/dist/"):
            if response.status_code >= HTTPStatus.BAD_REQUEST:
                # A file of the next version may be asked for before it is there.
                response.headers["Cache-Control"] = "no-store"
                return response
            response.cache_control.no_cache = None
            response.cache_control.max_age = A_YEAR
            response.cache_control.public = True
            response.cache_control.immutable = True
        return response


def asset(source: str) -> str:
    """Return the address of a source file's built form.

    Raises
    ------
    AssetsNotBuilt
        `static/dist` is missing, or has no such file.
    """
    built = manifest().get(source)
    if built is None:
        raise AssetsNotBuilt(f"{source} is not in static/dist; run `make assets`")
    return url_for("static", filename=f"dist/{built}")


def has_asset(source: str) -> bool:
    """Return whether a source file was built."""
    return source in manifest()


@cache
def manifest() -> dict[str, str]:
    """Return the built name by source name."""
    path = dist_folder() / "manifest.json"
    if not path.exists():
        raise AssetsNotBuilt("static/dist is not there; run `make assets`")
    pairs: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return pairs


def compressed_bytes(source: str) -> int:
    """Return the size of a built file as it travels to a browser."""
    built = dist_folder() / manifest()[source]
    compressed = built.with_name(f"{built.name}.br")
    return (compressed if compressed.exists() else built).stat().st_size


def dist_folder() -> Path:
    """Return the folder of the built files."""
    return asset_root() / "static" / "dist"

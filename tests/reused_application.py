"""One application for all tests of a process, as new for each of them."""

from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache

from collector import db
from collector.app import create_app
from collector.clock import Clock
from collector.config import Settings
from collector.places.geocoding import geocoder_named
from collector.web.board.dispatch.stream import Streams

ANYWHERE = {"home": Path(), "database_url": ""}
"""The settings that differ from test to test."""


class ReusedApplication:
    """An application whose six hundred addresses and templates are compiled once.

    Between two tests everything that was registered, set or replaced on it is put back.
    """

    def __init__(self, settings: Settings, bytecode_cache: BytecodeCache) -> None:
        self.settings = replace(settings, **ANYWHERE)
        self._app = create_app(settings)
        self._app.config["WTF_CSRF_ENABLED"] = False
        self._app.jinja_env.bytecode_cache = bytecode_cache
        self._attributes = {name: _copied(value) for name, value in vars(self._app).items()}
        self._config = dict(self._app.config)
        self._globals = dict(self._app.jinja_env.globals)

    def fits(self, settings: Settings) -> bool:
        """Return whether an application of these settings differs by its places only."""
        return replace(settings, **ANYWHERE) == self.settings

    def renew(self, settings: Settings, clock: Clock) -> Flask:
        """Return the application as `create_app` returns it, on another database."""
        app = self._app
        vars(app).clear()
        vars(app).update({name: _copied(value) for name, value in self._attributes.items()})
        _refill(app.config, self._config)
        _refill(app.jinja_env.globals, self._globals)
        del app.extensions["sqlalchemy"]
        app.extensions["milkround_settings"] = settings
        app.extensions["milkround_clock"] = clock
        app.extensions["milkround_geocoder"] = geocoder_named(settings.geocoder)
        app.extensions["milkround_streams"] = Streams()
        db.connect(app, settings.database_url)
        return app


def _copied(value: Any) -> Any:  # noqa: ANN401
    """Return the containers of a value anew, with the same things in them.

    The settings stay the object to which extensions hold on.
    """
    if type(value).__name__ == "Config":
        return value
    if isinstance(value, list):
        return [_copied(each) for each in value]
    if isinstance(value, dict):
        found = copy(value)
        found.update({key: _copied(each) for key, each in value.items()})
        return found
    return value


def _refill(kept: dict[str, Any], contents: dict[str, Any]) -> None:
    kept.clear()
    kept.update(contents)

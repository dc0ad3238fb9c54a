"""JSON of requests: bounded nesting, so that an odd body is a mistake of its sender (400)."""

from typing import Any, Final

from flask import Flask
from flask.json.provider import DefaultJSONProvider

DEEPEST: Final = 40
"""Most levels of lists and objects; a phone's event has five."""


class BoundedJson(DefaultJSONProvider):
    """Flask's JSON with a limit of nesting."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ANN401 - Flask's
        """Return the value of a text.

        Raises
        ------
        ValueError
            The text is no JSON, or is nested too deeply.
        """
        try:
            value = super().loads(s, **kwargs)
        except RecursionError as deep:
            raise ValueError("nested too deeply") from deep
        _refuse_deep(value)
        return value


def init_app(app: Flask) -> None:
    """Read every body with the limit."""
    app.json = BoundedJson(app)


def _refuse_deep(value: object) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise ValueError("nested too deeply")

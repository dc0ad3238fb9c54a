"""Parts of a numpydoc docstring, for descriptions in a schema."""

import inspect
import re
from collections.abc import Mapping

ATTRIBUTES = re.compile(
    r"^Attributes\n-+\n(?P<entries>.*?)(?=^\w[^\n]*\n-+\n|\Z)", re.MULTILINE | re.DOTALL
)
ENTRY = re.compile(r"^(?P<names>[\w, ]+) : [^\n]*\n(?P<text>(?: +[^\n]*\n?|\n)+)", re.MULTILINE)


def summary(documented: object) -> str:
    """Return the first paragraph of a class's docstring as one line."""
    return _one_line(_docstring(documented).split("\n\n")[0])


def attributes(documented: object) -> Mapping[str, str]:
    """Return the description of each attribute that has one, as one line."""
    section = ATTRIBUTES.search(_docstring(documented))
    return {
        name: _one_line(entry["text"])
        for entry in ENTRY.finditer(section["entries"] if section else "")
        for name in entry["names"].split(", ")
    }


def _docstring(documented: object) -> str:
    return inspect.getdoc(documented) or ""


def _one_line(text: str) -> str:
    return " ".join(text.split())

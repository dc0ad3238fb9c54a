"""JSON Schema of Milkround's own format, generated from its codecs and values."""

from typing import Any, Final

from routing.formats import native_plan, native_problem
from routing.formats.native import PLAN, PROBLEM, VERSION
from routing.formats.record import Data, Definitions, Record

DESCRIPTION: Final = (
    "A problem or a plan. Instants are whole seconds since the problem's epoch. A field left out "
    "has its default; where a description speaks of None, the default is None and cannot be "
    "written. The reader also refuses contradictions that a schema cannot express, such as names "
    "that do not exist and windows out of order."
)


def native_schema() -> Data:
    """Return the schema of a document: a problem or a plan of the present version."""
    definitions: Definitions = {}
    documents = [
        _document(PROBLEM, native_problem.PROBLEM, definitions),
        _document(PLAN, native_plan.PLAN, definitions),
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Milkround planning format, version {VERSION}",
        "description": DESCRIPTION,
        "oneOf": documents,
        "$defs": definitions,
    }


def _document(name: str, record: Record[Any], definitions: Definitions) -> Data:
    """Return a reference to the schema of a value, and add the head of a document to it."""
    reference = record.schema(definitions)
    value = definitions[reference["$ref"].rpartition("/")[2]]
    head = {"format": {"const": name}, "version": {"const": VERSION}}
    value["required"] = [*head, *value["required"]]
    value["properties"] = head | value["properties"]
    return reference

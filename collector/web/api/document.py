"""The OpenAPI 3.1 document, made of the table of operations and the types of their values."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, Final

import msgspec

from collector.applications.idempotency import LONGEST_KEY
from collector.web.api.inputs import JSON
from collector.web.api.once import HEADER
from collector.web.api.operations import Operation
from collector.web.framework.converters import LARGEST_KEY
from collector.web.framework.problems import MEDIA_TYPE

REFERENCE: Final = "#/components/schemas/{name}"
_ARGUMENT: Final = re.compile(r"<(?:(\w+):)?(\w+)>")

ARGUMENTS: Final[dict[str, dict[str, object]]] = {
    "int": {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY},
    "date": {"type": "string", "format": "date"},
    "": {"type": "string", "minLength": 1, "pattern": "^[^/]+$"},
}
"""The schema of a part of an address by its converter."""

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "mistakes"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "The error's stable name."},
        "detail": {"type": "string", "description": "A sentence with the remedy."},
        "mistakes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}

ERRORS: Final = {
    400: "The request is not well formed.",
    401: "The token is missing, unknown, revoked or expired.",
    403: "The token does not have the scope.",
    404: "The bank has no such resource.",
    409: "Another change came first.",
    412: "The resource has changed since its ETag was read.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A value is refused; `mistakes` names the field.",
    428: "The ETag of the resource is missing.",
    503: "The database does not answer; try again after `Retry-After` seconds.",
}
"""The errors of operations, by status."""

OF_EVERY: Final = frozenset({400, 401, 403, 404, 503})
OF_A_BODY: Final = frozenset({409, 413, 415, 422})
OF_A_MATCH: Final = frozenset({409, 412, 422, 428})


def openapi_document(operations: Iterable[Operation], groups: Mapping[str, str]) -> dict[str, Any]:
    """Return the document of these operations, and of their groups with a sentence each."""
    listed = tuple(operations)
    paths: dict[str, dict[str, Any]] = {}
    for each in listed:
        path = _ARGUMENT.sub(r"{\2}", each.rule)
        paths.setdefault(f"/api/v1{path}", {})[each.method.lower()] = _described(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Milkround",
            "version": version("milkround"),
            "description": "Donors, requests, rounds, containers and roster of a human milk bank.",
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": name, "description": text} for name, text in groups.items()],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(listed)[1] | {"Problem": PROBLEM},
        },
    }


def _described(each: Operation) -> dict[str, Any]:
    success = 201 if each.made else 200
    responses: dict[str, Any] = {str(success): _success(each)}
    for status in sorted(_errors_of(each)):
        responses[str(status)] = {
            "description": ERRORS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(name="Problem")}}},
        }
    found: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "description": f"Scope: `{each.scope.value}`.",
        "tags": [each.group],
        "parameters": [*_path_parameters(each), *_query_parameters(each), *_headers(each)],
        "responses": responses,
    }
    if each.body is not None:
        schema = _reference(each.body)
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return found


def _success(each: Operation) -> dict[str, Any]:
    headers: dict[str, Any] = {"ETag": {"schema": {"type": "string"}}}
    if each.made:
        headers["Location"] = {"schema": {"type": "string"}}
    content = {each.media_type: {"schema": _reference(each.answer)}}
    return {"description": each.summary, "headers": headers, "content": content}


def _errors_of(each: Operation) -> set[int]:
    found = set(OF_EVERY)
    if each.query is not None:
        found.add(422)
    if each.body is not None:
        found |= OF_A_BODY
    if each.matched:
        found |= OF_A_MATCH
    return found


def _path_parameters(each: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": ARGUMENTS[converter]}
        for converter, name in _ARGUMENT.findall(each.rule)
    ]


def _query_parameters(each: Operation) -> list[dict[str, Any]]:
    if each.query is None:
        return []
    (_, schemas) = msgspec.json.schema_components([each.query], ref_template=REFERENCE)
    schema = schemas[each.query.__name__]
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _given(value)}
        for name, value in schema["properties"].items()
    ]


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter: one without a value is left out, it is never null."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name not in {"anyOf", "default"}}
    if len(options) == 1:
        return {**kept, **options[0]}
    return {**kept, "anyOf": options} if options else kept


def _headers(each: Operation) -> list[dict[str, Any]]:
    if each.made:
        key = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"}
        words = "The same request with the same key is done once, within two days."
        return [{"name": HEADER, "in": "header", "schema": key, "description": words}]
    if each.matched:
        words = "The ETag of the resource as it was read."
        schema = {"type": "string", "minLength": 1}
        return [
            {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "schema": schema,
                "description": words,
            }
        ]
    return []


def _reference(kind: type) -> dict[str, Any]:
    return dict(_schemas_of((kind,))[0][0])


def _schemas(operations: Iterable[Operation]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    kinds = [kind for each in operations for kind in (each.answer, each.body) if kind is not None]
    return _schemas_of(tuple(dict.fromkeys(kinds)))


@cache
def _schemas_of(kinds: tuple[type, ...]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    found, components = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
    return list(found), components

"""Operations of the API: each names its address, scope, input and answer.

The OpenAPI document is made of the same table (`collector.web.api.document`).
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, g

from collector.applications.models import Scope
from collector.errors import Refused
from collector.web.api.inputs import JSON, Input, read_body, read_query
from collector.web.api.outputs import answer_struct
from collector.web.framework.problems import problem
from collector.web.wording import sentence

View = Callable[..., Any]

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation: a method at an address.

    Attributes
    ----------
    group
        The module of the operation.
    rule
        The address below `/api/v1`, as a rule of Flask.
    query, body
        The types of the parameters and of the body; None without any.
    answer
        The type of the answer.
    media_type
        The media type of the answer.
    made
        Whether it makes a row: it answers 201 with `Location`, and takes an `Idempotency-Key`.
    matched
        Whether it changes a row: it takes `If-Match` with the row's ETag.
    """

    name: str
    group: str
    method: str
    rule: str
    scope: Scope
    summary: str
    answer: type
    query: type[Input] | None = None
    body: type[Input] | None = None
    media_type: str = JSON
    made: bool = False
    matched: bool = False


OPERATIONS: Final[list[Operation]] = []


def operation(method: str, rule: str, **described: Any) -> Callable[[View], View]:  # noqa: ANN401
    """Register a view as an operation; it receives `query` and `body` as typed values.

    Parameters
    ----------
    described
        The other fields of `Operation`, but for its name and summary: those are the view's own.
    """

    def register(view: View) -> View:
        found = Operation(
            name=view.__name__,
            group=view.__module__.rpartition(".")[2],
            method=method,
            rule=rule,
            summary=(view.__doc__ or "").strip().splitlines()[0],
            **described,
        )
        OPERATIONS.append(found)
        answering = functools.partial(_answer, found, view)
        blueprint.add_url_rule(rule, endpoint=found.name, view_func=answering, methods=[method])
        return view

    return register


def _answer(found: Operation, view: View, **arguments: Any) -> Response:  # noqa: ANN401 - Flask's
    if found.scope not in g.caller.scopes:
        refused = Refused("scope_missing", scope=found.scope.value)
        return problem(403, refused.code, sentence(refused))
    if found.query is not None:
        arguments["query"] = read_query(found.query)
    if found.body is not None:
        arguments["body"] = read_body(found.body)
    return answer_struct(view(**arguments), media_type=found.media_type)

"""Errors of the API as problem documents (RFC 9457)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from flask import Response, jsonify, make_response, request

ADDRESS: Final = "/api/"
MEDIA_TYPE: Final = "application/problem+json"


def is_of_api() -> bool:
    """Return whether the request is one of the API, also where no route matches."""
    return request.path.startswith(ADDRESS)


def problem(
    status: int, code: str, text: str, *, mistakes: Sequence[dict[str, str]] = ()
) -> Response:
    """Answer a problem document.

    Parameters
    ----------
    code
        The error's code; the field `type` holds it as a URN too.
    text
        A sentence with the remedy.
    mistakes
        Fields with their own messages: `field`, `message`.
    """
    response = make_response(
        jsonify(
            type=f"urn:milkround:problem:{code}",
            title=HTTPStatus(status).phrase,
            status=status,
            code=code,
            detail=str(text),
            mistakes=list(mistakes),
        ),
        status,
    )
    response.mimetype = MEDIA_TYPE
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response

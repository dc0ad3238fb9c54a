"""Answers of the API: typed values as JSON, with ETag and pages."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
from flask import Response, make_response, request
from msgspec import Meta, Struct
from werkzeug.http import generate_etag

from collector.web.api.inputs import JSON, Input, Mistaken

Item = TypeVar("Item")
Row = TypeVar("Row")

MOST_ITEMS: Final = 200


class PageQuery(Input, frozen=True, kw_only=True):
    """The place in a list."""

    cursor: Annotated[str, Meta(max_length=40, description="`next_cursor` of the page before.")] = (
        ""
    )
    limit: Annotated[int, Meta(ge=1, le=MOST_ITEMS, description="Most items of the page.")] = 100

    @property
    def after(self) -> int:
        """The key of the last item of the page before; 0 for the first page.

        Raises
        ------
        Mistaken
            422: no page has given this cursor.
        """
        if not self.cursor:
            return 0
        try:
            key = int(base64.urlsafe_b64decode(self.cursor + "=="))
        except (binascii.Error, ValueError) as error:
            raise cursor_unknown() from error
        if not 0 <= key < 2**31:
            raise cursor_unknown()
        return key


class Page(Struct, Generic[Item], frozen=True, kw_only=True):
    """A page of a list."""

    items: list[Item]
    next_cursor: str | None
    """The cursor of the next page; null at the end."""


@dataclass(frozen=True, slots=True)
class Made:
    """A row that the request made, or had made before, and its address."""

    item: Struct
    address: str


def cursor_unknown() -> Mistaken:
    """Return the error of a cursor that no page has given."""
    text = "No page has given this cursor; leave it out for the first page."
    return Mistaken(HTTPStatus.UNPROCESSABLE_ENTITY, "cursor_unknown", "cursor", text)


def page_of(
    rows: Sequence[Row], query: PageQuery, key: Callable[[Row], int], item: Callable[[Row], Item]
) -> Page[Item]:
    """Return a page of rows, of which one more than the limit was read."""
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    text = base64.urlsafe_b64encode(str(key(shown[-1])).encode()).decode() if more else None
    cursor = text.rstrip("=") if text else None
    return Page(items=[item(row) for row in shown], next_cursor=cursor)


def etag_of(item: Struct) -> str:
    """Return the ETag of an answer: the hash of its JSON."""
    return generate_etag(msgspec.json.encode(item))


def require_match(item: Struct) -> None:
    """Compare `If-Match` with the present state of a row.

    Raises
    ------
    Mistaken
        428 without the header; 412: the row has changed.
    """
    if not request.if_match:
        text = "Read the resource and send its ETag as If-Match."
        raise Mistaken(HTTPStatus.PRECONDITION_REQUIRED, "match_needed", "If-Match", text)
    if not request.if_match.contains(etag_of(item)):
        text = "The resource has changed since. Read it again."
        raise Mistaken(HTTPStatus.PRECONDITION_FAILED, "match_failed", "If-Match", text)


def answer_struct(found: Any, *, media_type: str = JSON) -> Response:  # noqa: ANN401 - typed
    """Answer a value as JSON; 304 if the caller has it already."""
    item = found.item if isinstance(found, Made) else found
    response = make_response(msgspec.json.encode(item), 201 if isinstance(found, Made) else 200)
    response.mimetype = media_type
    if isinstance(found, Made):
        response.headers["Location"] = found.address
    response.set_etag(etag_of(item))
    response.headers["Cache-Control"] = "private, no-cache"
    if request.method == "GET":
        response.make_conditional(request)
    return response

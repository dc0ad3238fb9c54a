"""Writes of the API that are done once, however often their request arrives."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TypedDict

from flask import request
from sqlalchemy.orm import Session

from collector.applications.idempotency import (
    LONGEST_KEY,
    fingerprint_of,
    keep_result,
    result_of,
)
from collector.web.api.callers import caller
from collector.web.api.inputs import Mistaken
from collector.web.framework.context import now

HEADER: Final = "Idempotency-Key"
_KEY: Final = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


class KeyedRequest(TypedDict):
    """The request that a key belongs to."""

    application_id: int
    key: str
    fingerprint: str


def done_once(session: Session, write: Callable[[], int]) -> int:
    """Write and return the key of the new row, or return that of an earlier request's row.

    Without an `Idempotency-Key` it writes each time.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return write()
    if not _KEY.fullmatch(key):
        text = f"The key has 1 to {LONGEST_KEY} visible ASCII characters."
        raise Mistaken(HTTPStatus.UNPROCESSABLE_ENTITY, "input_mistaken", HEADER, text)
    known: KeyedRequest = {
        "application_id": caller().id,
        "key": key,
        "fingerprint": fingerprint_of(request.method, request.full_path, request.get_data()),
    }
    before = result_of(session, **known)
    if before is not None:
        return before
    made = write()
    keep_result(session, now=now(), bank_id=caller().bank_id, made_id=made, **known)
    return made

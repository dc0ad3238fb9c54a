"""JSON answers of a server of travel times, with a limit of time and of size."""

import json
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from routing.errors import SourceUnavailableError

SECONDS: Final = 10.0
LARGEST: Final = 2**27
"""Bytes of an answer at most."""


def answer_of(address: str, *, body: object = None) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON that a server answers, also to a request that it refuses.

    Raises
    ------
    SourceUnavailableError
        The server is away, too slow, or answers something else.
    """
    host = urlsplit(address).netloc
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    try:
        request = Request(address, data=data, headers=headers)  # noqa: S310 - of the operator
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - of the operator
            text = answer.read(LARGEST)
    except HTTPError as refusal:
        text = refusal.read(LARGEST)
        refusal.close()
    except (OSError, HTTPException, ValueError) as away:
        # The address holds positions of doors, so the sentence names the host alone.
        raise SourceUnavailableError(f"{host} does not answer: {away}") from away
    try:
        return json.loads(text)
    except ValueError:
        raise SourceUnavailableError(f"{host} answers no JSON") from None

"""Requests larger than the limit, and methods that no route takes."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.town import Town, sign_in

LIMIT = 8 * 1024 * 1024
IMPORT = "/board/inbox/imports"


@pytest.mark.parametrize(("size", "status"), [(LIMIT - 10_000, 422), (LIMIT, 413)])
def test_a_file_of_more_than_eight_megabytes_is_refused_with_a_sentence(
    app: Flask, town: Town, size: int, status: int
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    kind = 'multipart/form-data; boundary="edge"'
    part = b'--edge\r\nContent-Disposition: form-data; name="kind"\r\n\r\ndonors\r\n'
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    answer = claire.post(
        IMPORT, data=part + head + b"," * size + b"\r\n--edge--\r\n", headers={"Content-Type": kind}
    )
    assert answer.status_code == status
    assert ("That file is too large." in answer.text) is (status == 413)
    answer.close()


def test_no_route_takes_trace_connect_or_a_strange_method(app: Flask, town: Town) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    for method in ("TRACE", "TRACK", "CONNECT", "DEBUG"):
        for client in (app.test_client(), claire):
            for path in ("/", "/sign-in", "/board/morning", "/static/x"):
                answer = client.open(path, method=method, headers={"X-Mine": "echo-me"})
                assert answer.status_code == 405, (method, path)
                assert "echo-me" not in answer.text

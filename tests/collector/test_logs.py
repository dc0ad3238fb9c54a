"""Logs: JSON lines with a request's id, and nothing personal in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from collector.db import reading, transaction
from collector.logs import configure_logs
from collector.web.framework.guards import anyone
from tests.town import Town, sign_in

CANARY = "Zdravka Kanariova"


@pytest.fixture
def stream() -> Iterator[StringIO]:
    """The log of this process, as it was configured for a service."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = StringIO()
    configure_logs("auto", written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def broken(kind: str):
    def view() -> str:
        if kind == "value":
            raise ValueError(f"{CANARY} is no number")
        with transaction() as session:
            session.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": CANARY})
        return ""

    return view


def test_a_request_is_one_line_with_its_route_and_without_its_address(
    app: Flask, stream: StringIO
) -> None:
    token = "a" * 43
    answer = app.test_client().get(f"/link/{token}")
    (line,) = [line for line in lines(stream) if line["event"] == "answered"]
    assert line["route"] == "/link/<token>"
    assert (line["method"], line["status"]) == ("GET", answer.status_code)
    assert line["request"] == answer.headers["X-Request-ID"]
    assert isinstance(line["milliseconds"], int)
    assert line["timestamp"].endswith("Z")
    assert token not in stream.getvalue()


def test_the_line_of_a_refusal_names_its_code_and_the_actor(
    app: Flask, town: Town, stream: StringIO
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    claire.get(f"/board/donors/{town.stranger_donor}")
    claire.get("/board/bank/people")
    claire.post("/board/donors/new", data={"first_name": "x" * 5_000})
    app.config["WTF_CSRF_ENABLED"] = True
    claire.post("/board/donors/new", data={"first_name": "Dora"})
    found = [line for line in lines(stream) if line.get("status", 0) >= 400]
    told = [(line["status"], line["refused"], line["actor"]) for line in found]
    hers = f"person:{town.claire}"
    assert told == [
        (404, "not_found", hers),
        (403, "http_403", hers),
        (422, "", hers),
        # A forged form is refused before its session is looked at.
        (400, "form_too_old", ""),
    ]


@pytest.mark.parametrize(
    ("given", "kept"), [("proxy-1234567", True), ("short", False), ("x\ty" * 9, False)]
)
def test_the_id_of_a_proxy_is_kept_if_it_is_one(app: Flask, given: str, *, kept: bool) -> None:
    answer = app.test_client().get("/sign-in", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept


@pytest.mark.own_application
@pytest.mark.parametrize("kind", ["value", "database"])
def test_an_error_is_told_by_its_class_and_stack_without_its_text(
    app: Flask, stream: StringIO, kind: str
) -> None:
    app.add_url_rule("/try/broken", "session.broken", anyone(broken(kind)))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/try/broken")
    assert answer.status_code in {500, 503}
    assert "Kanariova" not in stream.getvalue()
    told = [line for line in lines(stream) if line["level"] == "error"]
    assert {line["request"] for line in told} == {answer.headers["X-Request-ID"]}
    if kind == "value":
        (line,) = told
        assert line["error"] == "ValueError"
        assert line["stack"][-1].endswith(" view")


def test_no_name_of_the_town_is_in_the_log_of_a_walk_through_the_board(
    app: Flask, town: Town, stream: StringIO
) -> None:
    desk = sign_in(app, bank=town.bank, person=town.claire)
    for path in ("/board/morning", "/board/inbox", "/board/donors", f"/board/donors/{town.dora}"):
        desk.get(path, follow_redirects=True)
    with app.app_context(), reading() as session:
        values = session.execute(
            text("SELECT first_name, family_name, phone, email FROM donors")
        ).all()
    written = stream.getvalue()
    assert len(lines(stream)) >= 4
    personal = {each for row in values for each in row if each and len(each) > 3}
    assert len(personal) > 4
    assert not {each for each in personal if each in written}


def test_a_terminal_gets_readable_lines(app: Flask) -> None:
    assert app
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = StringIO()
    try:
        configure_logs("text", written)
        logging.getLogger("collector.test").warning("the timers wait")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert "the timers wait" in written.getvalue()
    assert not written.getvalue().startswith("{")

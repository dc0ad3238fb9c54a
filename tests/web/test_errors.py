"""What went wrong, as an answer: in words, as a page or as JSON, with nothing of our insides."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask, abort
from sqlalchemy.exc import OperationalError

from collector.errors import Conflict, NotFound, Refused
from collector.web.framework.guards import anyone
from collector.web.wording import ERRORS

ROOT = Path(__file__).parents[2] / "collector"
JSON = {"Accept": "application/json"}

pytestmark = pytest.mark.own_application


@pytest.fixture
def broken(app: Flask) -> Flask:
    """The application with addresses that go wrong in every way."""
    away = OperationalError("SELECT secret", {}, ConnectionRefusedError("password=hunter2"))
    for name, error in {
        "refused": Refused("file_empty"),
        "conflict": Conflict("changed_meanwhile"),
        "missing": NotFound("not_found"),
        "away": away,
        "accident": ZeroDivisionError("secret"),
    }.items():
        app.add_url_rule(f"/try/{name}", f"session.{name}", anyone(raising(error)))
    app.add_url_rule("/try/teapot", "session.teapot", anyone(lambda: abort(418)))
    app.add_url_rule("/try/gateway", "session.gateway", anyone(lambda: abort(504)))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def raising(error: Exception):
    def view() -> str:
        raise error

    return view


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("refused", 422, "file_empty"),
        ("conflict", 409, "changed_meanwhile"),
        ("missing", 404, "not_found"),
        ("away", 503, "http_503"),
        ("accident", 500, "http_500"),
        ("teapot", 418, "http_400"),
        ("gateway", 504, "http_500"),
        ("no-such-page", 404, "http_404"),
    ],
)
def test_an_error_is_told_in_words_as_a_page_and_as_json(
    broken: Flask, name: str, status: int, code: str
) -> None:
    client = broken.test_client()
    told = client.get(f"/try/{name}", headers=JSON)
    assert told.status_code == status
    assert told.get_json() == {"error": code, "message": str(told.get_json()["message"])}
    page = client.get(f"/try/{name}", headers={"Accept": "text/html", "Accept-Language": "fr"})
    assert page.status_code == status
    shown = re.sub(r"<(head|script)\b.*?</\1>|<[^>]*>", " ", page.text, flags=re.DOTALL)
    assert code not in page.text
    assert str(status) not in shown
    assert "http_" not in page.text
    for inside in ("secret", "hunter2", "Traceback"):
        assert inside not in page.text
        assert inside not in told.text


def test_every_code_that_can_be_raised_has_its_sentence() -> None:
    raised = {
        node.args[0].value
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"Refused", "NotFound", "Conflict"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(raised) > 20
    assert raised - set(ERRORS) == set()


def test_titles_of_error_pages_differ(broken: Flask) -> None:
    titles = {}
    for name in ("refused", "conflict", "missing", "away", "accident", "teapot"):
        page = broken.test_client().get(f"/try/{name}", headers={"Accept": "text/html"})
        titles[name] = re.findall(r"<title>(.*?)</title>", page.text)[0]
    assert len(set(titles.values())) == len(titles)
    assert titles["missing"] == "Page not found"

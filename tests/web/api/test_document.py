"""The API against its own document: generated requests, generated wrong ones, no fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from collector.app import create_app
from collector.db import db
from collector.web.api.blueprint import GROUPS
from collector.web.api.document import openapi_document
from collector.web.api.operations import OPERATIONS
from tests.conftest import SetClock, settings_of
from tests.town import MORNING, Town
from tests.web.api.callers import ApiClient, new_token

pytestmark = pytest.mark.hypothesis


class Served:
    """The application of the present test: the generated tests are made before there is one."""

    app: Flask
    token: str

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return self.app(environ, start)


served = Served()
# A request without If-Match is answered 428, which the tool does not expect of its own accord.
CONFIG = SchemathesisConfig.from_dict(
    {"checks": {"missing_required_header": {"expected-statuses": [422, 428]}}}
)
schema = schemathesis.openapi.from_dict(openapi_document(OPERATIONS, GROUPS), config=CONFIG)
schema.app = served


@pytest.fixture(scope="module")
def served_town(
    built_town: tuple[Path, Town], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A town of its own for all generated requests."""
    path, town = built_town
    home = tmp_path_factory.mktemp("api")
    copy = home / "town.sqlite3"
    copy.write_bytes(path.read_bytes())
    served.app = create_app(settings_of(f"sqlite:///{copy}", home), clock=SetClock(MORNING))
    served.app.testing = False
    served.token = new_token(served.app, town)
    yield
    with served.app.app_context():
        db.engine.dispose()


@pytest.mark.usefixtures("served_town")
@schema.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[
        HealthCheck.filter_too_much,
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
)
def test_no_request_finds_a_fault(case: schemathesis.Case) -> None:
    # A value of the right form may still be refused: a window in the past, an unknown donor.
    case.call_and_validate(
        headers={"Authorization": f"Bearer {served.token}"},
        excluded_checks=[positive_data_acceptance],
    )


def test_the_document_names_every_operation(app: Flask, api: ApiClient) -> None:
    document = api.read("/openapi.json")
    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    rules = {
        (method, _without_converters(rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.document"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == rules
    assert document["openapi"] == "3.1.0"


def _without_converters(rule: str) -> str:
    return "/".join(
        "{" + part.strip("<>").rpartition(":")[2] + "}" if part.startswith("<") else part
        for part in rule.split("/")
    )

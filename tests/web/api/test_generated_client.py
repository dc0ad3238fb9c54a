"""A Python client that openapi-python-client made of the document, against a real server."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from collector.db import db
from collector.web.api.blueprint import GROUPS
from collector.web.api.document import openapi_document
from collector.web.api.operations import OPERATIONS
from tests.town import Town
from tests.web.api.callers import new_token

TOOLS = Path(sys.executable).parent


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a generated package, on the path of imports."""
    home = tmp_path_factory.mktemp("generated")
    document = home / "openapi.json"
    document.write_text(json.dumps(openapi_document(OPERATIONS, GROUPS)))
    command = [TOOLS / "openapi-python-client", "generate", "--meta", "none"]
    places = ["--path", document, "--output-path", home / "milkround_client"]
    done = subprocess.run(
        [*command, *places, "--fail-on-warning"],
        env=os.environ | {"PATH": f"{TOOLS}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(home)
        yield "milkround_client"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of a server of the town."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.session.remove()


def test_a_generated_client_reads_makes_and_cancels(
    app: Flask, town: Town, address: str, generated: str
) -> None:
    def part(name: str) -> ModuleType:
        return importlib.import_module(f"{generated}.{name}")

    models = part("models")
    client = part("client").AuthenticatedClient(base_url=address, token=new_token(app, town))
    with client:
        donors = part("api.donors.list_donors").sync(client=client, limit=2)
        assert [donor.first_name for donor in donors.items] == ["Dora", "Elise"]
        rest = part("api.donors.list_donors").sync(client=client, cursor=donors.next_cursor)
        assert [donor.first_name for donor in rest.items] == ["Fanny"]
        window = models.WindowInput(day=date(2026, 11, 26), opens="09:00:00", closes="12:00:00")
        wanted = models.NewRequest(
            donor_id=town.dora, windows=[window], bottles=4, volume_ml=800,
            oldest_on=date(2026, 11, 10),
        )  # fmt: skip
        made = part("api.requests.make_request").sync(
            client=client, body=wanted, idempotency_key="k1"
        )
        read: Any = part("api.requests.get_one_request").sync_detailed(made.id, client=client)
        assert read.parsed == made
        gone = part("api.requests.cancel_request").sync(
            made.id, client=client, if_match=read.headers["etag"]
        )
        assert gone.state == models.PickupState.CANCELLED
        wrong = part("api.requests.get_one_request").sync(999, client=client)
        assert isinstance(wrong, models.Problem)
        assert wrong.code == "not_found"

"""Sign-in by a provider that another team wrote, in a process of its own."""

from __future__ import annotations

import sys
import urllib.request
from subprocess import DEVNULL, Popen

import pytest

from collector.config import Settings
from collector.processes import Processes, free_port
from tests.conftest import SetClock
from tests.web.provider import go
from tests.web.test_oidc import DESK, START, with_provider

pytestmark = pytest.mark.processes
ACCOUNT = b'{"email": "claire@town.example", "email_verified": true}'


@pytest.mark.usefixtures("town")
def test_the_flow_works_with_oidc_provider_mock(
    settings: Settings, clock: SetClock, first_port: int
) -> None:
    port = free_port("127.0.0.1", first_port)
    program = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with Popen(program, stdout=DEVNULL, stderr=DEVNULL) as process:
        try:
            Processes().wait_for_port("127.0.0.1", port)
            here = f"http://127.0.0.1:{port}"
            json = {"Content-Type": "application/json"}
            account = urllib.request.Request(  # noqa: S310 - our own address
                f"{here}/users/claire", data=ACCOUNT, headers=json, method="PUT"
            )
            urllib.request.urlopen(account).close()  # noqa: S310 - likewise
            claire = with_provider(settings, clock, here).test_client()
            asked = claire.get(START).headers["Location"]
            answer = claire.get(go(asked, b"sub=claire&action=authorize"))
            assert answer.status_code == 303, answer.text
            assert claire.get(DESK).headers["Location"].startswith("/account/proof")
        finally:
            process.terminate()

"""A held writer lock: pages that only read still come, writers are told to try again."""

from __future__ import annotations

import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from collector.db import sqlite
from collector.processes import Processes, free_port
from collector.server import THREADS

LOOPBACK = "127.0.0.1"
WORKERS = 2
pytestmark = pytest.mark.processes


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_port: int) -> Iterator[int]:
    """Serve an empty installation."""
    found = free_port(LOOPBACK, first_port)
    monkeypatch.setenv("MILKROUND_HOME", str(tmp_path))
    monkeypatch.setenv("PUBLIC_URL", f"http://{LOOPBACK}:{found}")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with Processes() as processes:
        processes.start(["serve", "--port", str(found)], log=tmp_path / "log")
        processes.wait_for_port(LOOPBACK, found)
        yield found


def post_link(port: int, *, language: str) -> tuple[int, str, str | None]:
    """Use a sign-in link, which writes; return status, page and Retry-After."""
    address = f"http://{LOOPBACK}:{port}/sign-in"
    with urllib.request.urlopen(address) as page:
        cookie = page.headers["Set-Cookie"].split(";")[0]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert token
    request = urllib.request.Request(
        f"http://{LOOPBACK}:{port}/link/{'a' * 43}",
        data=f"csrf_token={token[1]}".encode(),
        headers={"Cookie": cookie, "Accept-Language": language, "Accept": "text/html"},
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - likewise
            return answer.status, answer.read().decode(), None
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode(), refused.headers["Retry-After"]


def test_pages_come_while_every_thread_could_wait_for_the_lock(port: int, tmp_path: Path) -> None:
    ended, answers = list[str](), list[tuple[int, str, str | None]]()

    def write(language: str) -> None:
        answers.append(post_link(port, language=language))
        ended.append("write")

    with closing(sqlite.connect(tmp_path / "milkround.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writers = [
            threading.Thread(target=write, args=(("en", "fr")[number % 2],))
            for number in range(WORKERS * THREADS)
        ]
        for writer in writers:
            writer.start()
        for _ in range(8):
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/sign-in") as page:
                assert page.status == 200
        ended.append("read")
        for writer in writers:
            writer.join()
        other.execute("ROLLBACK")
    assert ended[-1] == "write", "the pages waited for every writer"
    assert {(status, after) for status, _, after in answers} == {(503, "5")}
    shown = " ".join(page for _, page, _ in answers)
    assert "Another change is still being stored" in shown
    assert "Une autre modification" in shown
    assert post_link(port, language="en")[0] != 503

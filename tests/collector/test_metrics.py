"""Metrics: counted over the processes of the server, and served on a port of their own."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from collector.processes import Processes, free_port

LOOPBACK = "127.0.0.1"
pytestmark = pytest.mark.processes


def scrape(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
    return {name: float(value) for name, value in pairs}


def test_requests_of_every_process_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_port: int
) -> None:
    web = free_port(LOOPBACK, first_port)
    monkeypatch.setenv("MILKROUND_HOME", str(tmp_path))
    monkeypatch.setenv("PUBLIC_URL", f"http://{LOOPBACK}:{web}")
    monkeypatch.setenv("MILKROUND_METRICS", "on")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with Processes() as processes:
        processes.start(["serve", "--port", str(web)], log=tmp_path / "web.log")
        processes.wait_for_port(LOOPBACK, web)
        for _ in range(40):
            urllib.request.urlopen(f"http://{LOOPBACK}:{web}/sign-in").close()
        own = free_port(LOOPBACK, web + 1)
        processes.start(["metrics", "--port", str(own)], log=tmp_path / "metrics.log")
        processes.wait_for_port(LOOPBACK, own)
        found = scrape(own)
    asked = 'milkround_requests_total{method="GET",route="/sign-in",status="200"}'
    assert found[asked] == 40
    assert found['milkround_request_seconds_count{route="/sign-in"}'] == 40
    assert found['milkround_jobs{state="dead"}'] == 0
    assert found['milkround_messages{state="owed"}'] == 0
    assert found["milkround_phones_silent"] == 0
    assert found["milkround_solver_seconds_count"] == 0
    assert found["milkround_last_backup_timestamp_seconds"] == 0

"""Addresses of version 0.1 lead to today's pages."""

from __future__ import annotations

import pytest
from flask import Flask

from collector.web.moved_pages import MOVED


@pytest.mark.parametrize("old", sorted(MOVED))
def test_an_old_address_leads_to_a_page_that_exists(app: Flask, old: str) -> None:
    asked = old.replace("<day>", "2026-11-24").replace("<int:donor_id>", "1")
    answer = app.test_client().get(f"{asked}?page=2")
    assert answer.status_code == 308
    new = answer.headers["Location"]
    assert new.endswith("?page=2")
    rules = {rule.rule for rule in app.url_map.iter_rules() if "moved" not in rule.endpoint}
    pattern = MOVED[old]
    assert any(rule == pattern or rule.startswith(f"{pattern}/") for rule in rules)


def test_what_follows_an_old_address_is_kept(app: Flask) -> None:
    answer = app.test_client().post("/board/requests/new?day=2026-11-24")
    assert answer.status_code == 308
    assert answer.headers["Location"] == "/board/inbox/requests/new?day=2026-11-24"
    answer = app.test_client().get("/board/days/2026-11-24/live/disruptions/7")
    assert answer.headers["Location"] == "/board/days/2026-11-24/dispatch/disruptions/7"

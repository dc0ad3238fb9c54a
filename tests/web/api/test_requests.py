"""Requests in the API: made once, changed and cancelled only by whoever read them last."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from collector.audit.models import AuditEntry
from collector.db import reading
from collector.pickups.models import Pickup
from tests.town import Town
from tests.web.api.callers import ApiClient


def body_for(town: Town, **changes: object) -> dict[str, Any]:
    window = {"day": "2026-11-26", "opens": "09:00:00", "closes": "12:00:00"}
    known = {"donor_id": town.dora, "bottles": 4, "volume_ml": 800, "oldest_on": "2026-11-10"}
    return known | {"windows": [window]} | changes


def test_a_request_is_made_by_an_application_and_waits_for_an_answer(
    app: Flask, api: ApiClient, town: Town
) -> None:
    made = api.send("POST", "/requests", json=body_for(town, note="Ring twice"))
    assert made.status_code == 201, made.get_data(as_text=True)
    assert made.headers["Location"] == f"/api/v1/requests/{made.json['id']}"
    assert (made.json["state"], made.json["bottles"]) == ("asked", 4)
    assert api.read(f"/requests/{made.json['id']}") == made.json
    with app.app_context(), reading() as session:
        act = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert act is not None
        assert act.action == "pickup asked"
        assert act.actor.startswith("application:")


def test_a_request_that_is_sent_twice_with_its_key_is_made_once(
    app: Flask, api: ApiClient, town: Town
) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answers = [api.send("POST", "/requests", json=body_for(town), headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count(Pickup.id))) == 5
    other = api.send("POST", "/requests", json=body_for(town, bottles=5), headers=key)
    assert (other.status_code, other.json["code"]) == (422, "key_used_otherwise")


def test_a_change_needs_the_present_etag(api: ApiClient, town: Town) -> None:
    path = f"/requests/{town.pickups[0]}"
    seen = api.send("GET", path).headers["ETag"]
    assert api.send("PATCH", path, json={"note": "x"}).status_code == 428
    done = api.send("PATCH", path, json={"note": "Ring"}, headers={"If-Match": seen})
    assert (done.status_code, done.json["note"]) == (200, "Ring")
    late = api.send("PATCH", path, json={"note": "y"}, headers={"If-Match": seen})
    assert (late.status_code, late.json["code"]) == (412, "match_failed")
    assert api.read(path)["note"] == "Ring"
    fresh = api.send("GET", path)
    assert fresh.headers["ETag"] == done.headers["ETag"]
    again = api.send("GET", path, headers={"If-None-Match": fresh.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_other_windows_make_a_request_wait_again(api: ApiClient, town: Town) -> None:
    path = f"/requests/{town.pickups[0]}"
    seen = api.send("GET", path).headers["ETag"]
    windows = [{"day": "2026-11-27", "opens": "09:00:00", "closes": "11:00:00"}]
    done = api.send("PATCH", path, json={"windows": windows}, headers={"If-Match": seen})
    assert (done.json["state"], done.json["windows"]) == ("asked", windows)


def test_a_cancelled_request_stays_readable(api: ApiClient, town: Town) -> None:
    path = f"/requests/{town.pickups[0]}"
    seen = api.send("GET", path).headers["ETag"]
    done = api.send("DELETE", path, headers={"If-Match": seen})
    assert (done.status_code, done.json["state"]) == (200, "cancelled")
    assert api.read(path)["state"] == "cancelled"


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"bottles": "4"}, 422, "bottles"),
        ({"bottles": True}, 422, "bottles"),
        ({"bottles": 151}, 422, "bottles"),
        ({"windows": []}, 422, "windows"),
        ({"windows": [{"day": "2026-11-26", "opens": "9", "closes": "12:00:00"}]}, 422,
         "windows[0].opens"),
        ({"colour": "blue"}, 422, ""),
        ({"oldest_on": "0001-01-01"}, 422, "oldest_on"),
        ({"windows": [{"day": "9999-12-31", "opens": "09:00:00", "closes": "12:00:00"}]}, 422,
         "windows[0].day"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_field(
    api: ApiClient, town: Town, changes: dict[str, Any], status: int, field: str
) -> None:
    answer = api.send("POST", "/requests", json=body_for(town, **changes))
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    named = [mistake["field"] for mistake in answer.json["mistakes"]]
    assert named == ([field] if field else [])


def test_a_rule_of_the_bank_refuses_in_words(api: ApiClient, town: Town) -> None:
    past = [{"day": "2026-11-01", "opens": "09:00:00", "closes": "12:00:00"}]
    answer = api.send("POST", "/requests", json=body_for(town, windows=past))
    assert answer.status_code == 422
    assert answer.json["detail"]
    unknown = api.send("POST", "/requests", json=body_for(town, donor_id=town.stranger_donor))
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [(b"{", "application/json", 400), (b"", "application/json", 400),
     (b"\xff", "application/json", 400),
     (b"{}", "text/plain", 415)],
)  # fmt: skip
def test_a_body_that_is_no_json_is_refused(
    api: ApiClient, content: bytes, kind: str, status: int
) -> None:
    answer = api.send("POST", "/requests", data=content, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_a_list_is_read_page_by_page(api: ApiClient, town: Town) -> None:
    first = api.read("/requests?limit=2")
    second = api.read(f"/requests?limit=2&cursor={first['next_cursor']}")
    keys = [each["id"] for page in (first, second) for each in page["items"]]
    assert (keys, second["next_cursor"]) == (list(town.pickups), None)
    for cursor in ("?", "AAAA", "LTE", "OTk5OTk5OTk5OTk5"):
        answer = api.send("GET", f"/requests?cursor={cursor}")
        assert (answer.status_code, answer.json["code"]) == (422, "cursor_unknown")
    twice = api.send("GET", "/requests?limit=1&limit=2")
    assert twice.json["mistakes"][0]["field"] == "limit"


def test_a_list_is_narrowed_by_state_day_and_donor(api: ApiClient, town: Town) -> None:
    day = api.read("/requests")["items"][0]["windows"][0]["day"]
    one = api.read(f"/requests?donor_id={town.dora}&day={day}&state=accepted")["items"]
    assert [each["donor_id"] for each in one] == [town.dora]
    assert api.read("/requests?day=2030-01-01")["items"] == []


def test_an_address_of_nothing_answers_a_problem_too(api: ApiClient) -> None:
    answer = api.send("GET", "/nothing", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    wrong = api.send("PUT", "/requests")
    assert wrong.status_code == 405
    assert set(wrong.headers["Allow"].split(", ")) >= {"GET", "POST"}

"""Replay of the requests with which a phone of 0.1 emptied its outbox."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from itertools import chain
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.upgrade.recorded import PHONES, SENT, connected, events_of, photos_of, rows_of

pytestmark = pytest.mark.twin

JSON = {"Accept": "application/json"}
ANA = 4
WRITTEN = (
    "round_events",
    "door_records",
    "door_photos",
    "containers",
    "custody_entries",
    "box_readings",
    "excursions",
    "incidents",
)
NEW_TOKENS = ("csrf_token", "now")


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    """Ana's phone with its session; CSRF tokens are required."""
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    client.set_cookie("milkround_phone", PHONES["ana"]["cookies"]["milkround_phone"])
    return client


def ask(phone: FlaskClient, sent: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a test's answer
    """Repeat a recorded request, with a new token if it had one."""
    headers = dict(sent["headers"])
    if sent["with_token"]:
        headers["X-CSRFToken"] = phone.get("/phone/session", headers=JSON).get_json()["csrf_token"]
    body = {"json": sent["json"]} if sent["json"] is not None else {}
    if sent["bytes"] is not None:
        body = {"data": base64.b64decode(sent["bytes"])}
    return phone.open(sent["path"], method=sent["method"], headers=headers, **body)


def test_the_recording_has_every_kind_of_event() -> None:
    kinds = {event["kind"] for event in events_of("ana") if event["status"] == "waiting"}
    assert kinds == {
        "acknowledged", "started", "box_read", "en_route", "arrived", "collected", "not_done",
        "postponed", "incident", "undone", "handed_over", "closed",
    }  # fmt: skip
    said = list(chain.from_iterable(each["json"] for each in SENT if each["json"]))
    waiting = [event for event in events_of("ana") if event["status"] == "waiting"]
    assert [event["client_id"] for event in said] == [event["client_id"] for event in waiting]


def test_each_request_of_an_old_phone_is_answered_as_before(phone: FlaskClient) -> None:
    for sent in SENT:
        answer = ask(phone, sent)
        assert answer.status_code == sent["status"], sent["path"]
        if sent["answer"] is not None:
            assert_holds(answer.get_json(), sent["answer"], sent["path"])


def assert_holds(now: Any, before: Any, where: str) -> None:  # noqa: ANN401 - any JSON
    """Assert that an answer contains the recorded one; it may have more."""
    if isinstance(before, dict):
        for name, value in before.items():
            assert name in now, f"{where} {name}"
            if name not in NEW_TOKENS:
                assert_holds(now[name], value, f"{where} {name}")
    elif isinstance(before, list) and before and isinstance(before[0], dict):
        assert len(now) == len(before), where
        for one, other in zip(now, before, strict=True):
            assert_holds(one, other, where)
    else:
        assert now == before, where


def test_every_event_becomes_a_row_and_a_second_sending_changes_nothing(
    phone: FlaskClient, database_url: str
) -> None:
    for sent in SENT:
        ask(phone, sent)
    with connected(database_url) as engine:
        once = rows_of(engine)
    assert_kept(once)
    again = [ask(phone, sent).get_json() for sent in SENT if sent["method"] == "POST"]
    outcomes = chain.from_iterable(each.get("outcomes", []) for each in again)
    assert {each["status"] for each in outcomes} == {"duplicate"}
    with connected(database_url) as engine:
        twice = rows_of(engine)
    assert {name: twice[name] for name in WRITTEN} == {name: once[name] for name in WRITTEN}


def assert_kept(rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """Assert that each event and each photo is a row with its whole content."""
    kept = {row["client_id"]: row for row in rows["round_events"]}
    for event in events_of("ana"):
        row = kept[event["client_id"]]
        assert (row["kind"], row["pickup_id"]) == (event["kind"], event["pickup"])
        assert (row["sequence"], row["device"]) == (event["sequence"], event["device"])
        assert row["person_id"] == ANA
        for name, value in event["payload"].items():
            assert_same_entry(row["payload"][name], value)
    pictures = {row["client_id"]: bytes(row["jpeg"]) for row in rows["door_photos"]}
    for name, jpeg in photos_of("ana"):
        assert pictures[name] == jpeg


def assert_same_entry(kept: Any, sent: Any) -> None:  # noqa: ANN401 - any JSON
    """Assert that an entry of a payload is kept; an instant may have another format."""
    if isinstance(sent, list) and sent and isinstance(sent[0], dict):
        for one, other in zip(kept, sent, strict=True):
            for name, value in other.items():
                assert name.endswith("_at") or one[name] == value
    else:
        assert kept == sent


def test_the_bottles_of_an_old_phone_are_received(phone: FlaskClient, database_url: str) -> None:
    handed = next(each for each in events_of("ana") if each["kind"] == "handed_over")
    for sent in SENT:
        ask(phone, sent)
    with connected(database_url) as engine:
        states = {row["number"]: row["state"] for row in rows_of(engine)["containers"]}
    assert {states[number] for number in handed["payload"]["containers"]} == {"received"}


def test_an_old_phone_recognises_that_its_token_expired(
    phone: FlaskClient,
) -> None:
    (sent,) = (each for each in SENT if each["json"])
    headers = {**sent["headers"], "X-CSRFToken": "of yesterday"}
    answer = phone.post(sent["path"], headers=headers, json=sent["json"])
    assert (answer.status_code, answer.get_json()["error"]) == (400, "form_too_old")


def test_a_refused_record_is_refused_again_and_a_waiting_one_is_accepted(app: Flask) -> None:
    phone = app.test_client()
    phone.set_cookie("milkround_phone", PHONES["bruno"]["cookies"]["milkround_phone"])
    refused, waits = (
        [event for event in events_of("bruno") if event["status"] == status]
        for status in ("refused", "waiting")
    )
    path = f"/phone/rounds/{waits[0]['round']}/events"
    outcomes = phone.post(path, json=[*refused, *waits], headers=JSON).get_json()["outcomes"]
    told = [(each["status"], each["code"]) for each in outcomes]
    assert told == [("refused", "container_taken"), ("accepted", None)]

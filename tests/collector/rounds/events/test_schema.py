"""The schema of the phone's events: every field's refusal, its stored form, its stored row."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from collector.errors import Refused
from collector.rounds.events.schema import event_of_row, parse_event, stored_payload
from collector.rounds.models import EventKind, RoundEvent

Sent = dict[str, Any]
Path = tuple[str | int, ...]

HIGHEST = 2**31 - 1
KINDS = [kind.value for kind in EventKind]
UUID = "1C9F5D9E-6B1A-4C6E-9D2B-0A1B2C3D4E5F"
MOST = {
    "sequence": HIGHEST,
    "pickup": HIGHEST,
    "revision": HIGHEST,
    "site": HIGHEST,
    "bottles": 200,
    "volume_ml": 60_000,
    "count": 200,
    "empties_left": 500,
    "kilometres": 2000,
    "stock": 5000,
}
CELSIUS = {"celsius", "box_celsius", "freezer_celsius"}
OF_A_VISIT = {"en_route", "arrived", "collected", "not_done", "postponed", "address_shown"}
OF_A_VISIT |= {"incident", "undone"}
RECORD = {
    "bottles": 7,
    "volume_ml": 1400,
    "volume_declared": False,
    "freezer_celsius": -19.55,
    "storage_ok": True,
    "containers": ["mr-1", " MR-2 "],
    "refused": [{"count": 1, "reason": "thawed"}],
    "empties_left": 6,
    "note": " by the gate ",
    "for_office": True,
    "tubes": [{"number": "t-1", "drawn_at": "2026-11-24T09:00:00.123+01:00"}],
    "box": " c-07",
    "seal": "S1",
    "pump": "P1",
    "photo": UUID,
    "checks": {"pump_return": True, "blood_sample": False},
}
PAYLOADS: dict[str, Sent] = {
    "acknowledged": {"revision": 3},
    "started": {"boxes": [{"box": "1", "celsius": -20}]},
    "box_read": {"box": "c-07", "celsius": -3.04},
    "en_route": {},
    "arrived": {},
    "collected": RECORD,
    "not_done": {
        "reason": "nobody_home",
        "note": "n",
        "rebook": True,
        "for_office": True,
        "photo": "7D3F6C9E-3B0B-4B57-9E3E-1B1E5B1C2A10",
    },
    "postponed": {"note": "n"},
    "address_shown": {},
    "incident": {"kind": "clock", "note": "n", "site": 4},
    "undone": {"undoes": UUID, "reason": "mistake"},
    "handed_over": {
        "site": 3,
        "containers": ["a", "B "],
        "box_celsius": -20,
        "boxes": [{"box": "1", "celsius": 4}],
        "receiver": " Rose ",
        "note": "",
    },
    "closed": {"kilometres": 81, "stock": 4, "note": ""},
}


def event(kind: str) -> Sent:
    return {
        "client_id": UUID,
        "kind": kind,
        "pickup": 31,
        "sequence": 5,
        "device_at": "2026-11-24T08:00:00.123Z",
        "device": UUID,
        "payload": copy.deepcopy(PAYLOADS[kind]),
    }


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every field and item of a JSON value."""
    entries: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        entries = iter(value.items())
    elif isinstance(value, list):
        entries = iter(enumerate(value))
    for key, child in entries:
        yield (*path, key)
        yield from paths(child, (*path, key))


def changed(kind: str, path: Path, value: object) -> Sent:
    """Return an event with another value at a path."""
    found: Any = (sent := event(kind))
    for key in path[:-1]:
        found = found[key]
    found[path[-1]] = value
    return sent


def name_of(path: Path) -> str:
    """Return the field that a refusal names: `checks` for a purpose, a list for its item."""
    names = [key for key in path if isinstance(key, str)]
    return "checks" if "checks" in names else names[-1]


def refusal(sent: object) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as refused:
        parse_event(sent)
    return refused.value.code, dict(refused.value.figures)


def out_of_range(name: str) -> tuple[str, dict[str, object]]:
    return "figure_out_of_range", {"field": name, "least": 0, "most": MOST[name]}


FIELDS = [
    (kind, path)
    for kind in KINDS
    for path in paths(event(kind))
    if path != ("pickup",) or kind in OF_A_VISIT
]


@pytest.mark.parametrize("wrong", [[[]], 2.5, "\ud800"], ids=repr)
@pytest.mark.parametrize(("kind", "path"), FIELDS, ids=str)
def test_a_field_of_another_type_is_refused_by_its_name(
    kind: str, path: Path, wrong: object
) -> None:
    name = name_of(path)
    if name in CELSIUS and wrong == 2.5:
        return
    expected = out_of_range(name) if name in MOST else ("event_unreadable", {"field": name})
    assert refusal(changed(kind, path, wrong)) == expected


@pytest.mark.parametrize(("kind", "path"), [f for f in FIELDS if name_of(f[1]) in MOST], ids=str)
def test_a_figure_is_refused_outside_of_its_bounds(kind: str, path: Path) -> None:
    name = name_of(path)
    for wrong in (-1, MOST[name] + 1, 10**30, True):
        assert refusal(changed(kind, path, wrong)) == out_of_range(name)
    for right in (0, MOST[name]):
        parse_event(changed(kind, path, right))


@pytest.mark.parametrize(("kind", "path"), [f for f in FIELDS if name_of(f[1]) in CELSIUS], ids=str)
def test_a_temperature_is_refused_outside_of_its_bounds(kind: str, path: Path) -> None:
    figures = {"field": name_of(path), "coldest": -90, "warmest": 30}
    for wrong in (-90.1, 30.1, float("nan"), float("inf")):
        assert refusal(changed(kind, path, wrong)) == ("temperature_out_of_range", figures)
    for right in (-90, 30):
        parse_event(changed(kind, path, right))
    if path[-1] != "freezer_celsius":
        assert refusal(changed(kind, path, None)) == ("box_celsius_needed", {})


@pytest.mark.parametrize("kind", KINDS)
def test_a_required_field_that_is_missing_is_refused_like_a_wrong_one(kind: str) -> None:
    required = {"client_id", "kind", "sequence", "device_at"}
    required |= {"pickup"} if kind in OF_A_VISIT - {"incident", "undone"} else set()
    for name in required:
        sent = {key: value for key, value in event(kind).items() if key != name}
        expected = out_of_range(name) if name in MOST else ("event_unreadable", {"field": name})
        assert refusal(sent) == expected


@pytest.mark.parametrize("text", ["note", "receiver", "seal", "pump"])
@pytest.mark.parametrize("sign", ["\x00", "\ud800"])
def test_a_text_that_a_database_cannot_store_is_refused(text: str, sign: str) -> None:
    kind = "handed_over" if text == "receiver" else "collected"
    sent = changed(kind, ("payload", text), f"a{sign}b")
    assert refusal(sent) == ("event_unreadable", {"field": text})


@pytest.mark.parametrize("kind", KINDS)
def test_fields_that_the_bank_does_not_know_are_ignored(kind: str) -> None:
    sent = event(kind)
    more = sent | {"colour": "red", "payload": sent["payload"] | {"colour": "red"}}
    assert parse_event(more) == parse_event(sent)


def test_a_list_of_null_is_empty_and_containers_of_null_are_all() -> None:
    lists = {"containers": None, "refused": None, "tubes": None, "checks": None}
    sent = event("collected")
    record = parse_event(sent | {"payload": sent["payload"] | lists}).payload
    assert stored_payload(parse_event(sent | {"payload": record.as_payload()}))["tubes"] == []
    handed = parse_event(changed("handed_over", ("payload", "containers"), None))
    assert stored_payload(handed)["containers"] is None


def test_a_record_is_stored_in_one_form() -> None:
    stored = json.loads(json.dumps(stored_payload(parse_event(event("collected")))))
    assert stored == RECORD | {
        "freezer_celsius": -19.6,
        "containers": ["MR-1", "MR-2"],
        "note": "by the gate",
        "tubes": [{"number": "T-1", "drawn_at": "2026-11-24T08:00:00.123000+00:00"}],
        "box": "C-07",
        "photo": UUID.lower(),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_is_the_same_when_its_row_is_loaded(kind: str) -> None:
    sent = parse_event(event(kind))
    row = RoundEvent(
        client_id=sent.client_id,
        pickup_id=sent.pickup,
        kind=sent.kind,
        sequence=sent.sequence,
        device_at=sent.device_at,
        device=sent.device or "",
        payload=json.loads(json.dumps(stored_payload(sent))),
    )
    assert event_of_row(row) == sent

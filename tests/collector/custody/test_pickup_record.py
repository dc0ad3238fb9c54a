from __future__ import annotations

from typing import Any

import pytest

from collector.custody.pickup_record import LONGEST_NOTE, PickupRecordFlag, read_door
from collector.errors import Refused

PLAIN: dict[str, Any] = {
    "bottles": 7,
    "volume_ml": 1400,
    "freezer_celsius": -19.5,
    "storage_ok": True,
    "containers": ["mr-1", " MR-2 "],
    "refused": [{"count": 1, "reason": "thawed"}],
    "empties_left": 6,
    "note": " by the garden gate ",
}
NO_CHECK = {"freezer_celsius": None, "storage_ok": None}
NO_MILK = {"bottles": 0, "volume_ml": 0, "containers": [], "refused": []}


def test_a_record_is_read_once_and_kept_as_it_was_read() -> None:
    door = read_door(PLAIN | {"beside": "the point"}, milk_expected=True)
    assert door.containers == ("MR-1", "MR-2")
    assert door.note == "by the garden gate"
    assert "beside" not in door.as_payload()
    assert read_door(door.as_payload(), milk_expected=True) == door


def test_a_visit_without_milk_needs_no_look_at_the_freezer() -> None:
    door = read_door(PLAIN | NO_MILK | NO_CHECK, milk_expected=False)
    assert (door.bottles, door.freezer_celsius, door.storage_ok) == (0, None, None)


@pytest.mark.parametrize(
    "found",
    [{"bottles": 1, "volume_ml": 100}, {"refused": [{"count": 1, "reason": "too_old"}]}],
)
def test_milk_found_where_none_was_expected_needs_the_look(found: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="freezer_celsius_needed"):
        read_door(PLAIN | NO_MILK | NO_CHECK | found, milk_expected=False)


def test_a_visit_for_milk_that_found_none_is_no_record() -> None:
    with pytest.raises(Refused, match="nothing_collected"):
        read_door(PLAIN | NO_MILK, milk_expected=True)


@pytest.mark.parametrize(
    ("celsius", "storage_ok", "flags"),
    [
        (-18.0, True, []),
        (-17.9, True, [PickupRecordFlag.FREEZER_WARM]),
        (-18.0, False, [PickupRecordFlag.STORAGE_NOT_OK]),
        (-17.9, False, [PickupRecordFlag.FREEZER_WARM, PickupRecordFlag.STORAGE_NOT_OK]),
    ],
)
def test_what_quality_must_look_at_is_flagged_from_the_first_tenth_of_a_degree(
    celsius: float, storage_ok: object, flags: list[str]
) -> None:
    said = {"freezer_celsius": celsius, "storage_ok": storage_ok}
    assert read_door(PLAIN | said, milk_expected=True).flags(-18) == flags


def test_the_longest_note_is_kept_and_a_longer_one_refused() -> None:
    note = "n" * LONGEST_NOTE
    assert read_door(PLAIN | {"note": note}, milk_expected=True).note == note
    with pytest.raises(Refused, match="event_unreadable"):
        read_door(PLAIN | {"note": note + "n"}, milk_expected=True)

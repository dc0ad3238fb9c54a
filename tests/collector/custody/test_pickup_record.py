from __future__ import annotations

from typing import Any

import pytest

from collector.custody.payload_fields import LONGEST_NOTE, parse
from collector.custody.pickup_record import PickupRecord, PickupRecordFlag, judge
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


def judged(payload: dict[str, Any], *, milk_expected: bool) -> PickupRecord:
    record = parse(payload, PickupRecord)
    judge(record, milk_expected=milk_expected)
    return record


def test_a_record_is_parsed_and_stored_in_one_form() -> None:
    record = judged(PLAIN | {"beside": "the point"}, milk_expected=True)
    assert record.containers == ("MR-1", "MR-2")
    assert record.note == "by the garden gate"
    assert "beside" not in record.as_payload()
    assert judged(record.as_payload(), milk_expected=True) == record


def test_a_visit_without_milk_needs_no_check_of_the_storage() -> None:
    record = judged(PLAIN | NO_MILK | NO_CHECK, milk_expected=False)
    assert (record.bottles, record.freezer_celsius, record.storage_ok) == (0, None, None)


@pytest.mark.parametrize(
    "found",
    [{"bottles": 1, "volume_ml": 100}, {"refused": [{"count": 1, "reason": "too_old"}]}],
)
def test_milk_found_where_none_was_expected_needs_the_check(found: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="freezer_celsius_needed"):
        judged(PLAIN | NO_MILK | NO_CHECK | found, milk_expected=False)


def test_a_visit_for_milk_that_found_none_is_no_record() -> None:
    with pytest.raises(Refused, match="nothing_collected"):
        judged(PLAIN | NO_MILK, milk_expected=True)


@pytest.mark.parametrize(
    ("celsius", "storage_ok", "flags"),
    [
        (-18.0, True, []),
        (-17.9, True, [PickupRecordFlag.FREEZER_WARM]),
        (-18.0, False, [PickupRecordFlag.STORAGE_NOT_OK]),
        (-17.9, False, [PickupRecordFlag.FREEZER_WARM, PickupRecordFlag.STORAGE_NOT_OK]),
    ],
)
def test_a_record_is_flagged_from_the_first_tenth_of_a_degree(
    celsius: float, storage_ok: object, flags: list[str]
) -> None:
    said = {"freezer_celsius": celsius, "storage_ok": storage_ok}
    assert judged(PLAIN | said, milk_expected=True).flags(-18) == flags


def test_the_longest_note_is_kept_and_a_longer_one_refused() -> None:
    note = "n" * LONGEST_NOTE
    assert judged(PLAIN | {"note": note}, milk_expected=True).note == note
    with pytest.raises(Refused, match="event_unreadable"):
        judged(PLAIN | {"note": note + "n"}, milk_expected=True)


@pytest.mark.parametrize(
    ("tubes", "containers", "number"),
    [(["T-1", "B-2"], ["B-1", "B-2"], "B-2"), (["T-1", "t-1"], [], "T-1")],
)
def test_a_label_that_is_there_twice_is_named(
    tubes: list[str], containers: list[str], number: str
) -> None:
    drawn = [{"number": tube, "drawn_at": "2026-11-24T09:00:00Z"} for tube in tubes]
    with pytest.raises(Refused, match=f"container_twice .number={number}"):
        judged(PLAIN | {"containers": containers, "tubes": drawn}, milk_expected=True)

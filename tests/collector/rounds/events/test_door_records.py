"""Records at a door: their rules, refusals, remarks and marks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from collector.custody.models import Container, ContainerState, DoorRecord, RefusalReason
from collector.donors.models import Donor
from collector.pickups.models import PickupState
from collector.rounds.events.intake import EventStatus
from collector.rounds.incidents import open_remarks
from tests.phone_round import collected, phone_event
from tests.sending_phone import Phone
from tests.town import MORNING

pytestmark = pytest.mark.twin

ACCEPTED, DUPLICATE, REFUSED = EventStatus


def test_refused_bottles_are_kept_with_their_reason(phone: Phone) -> None:
    dora = phone.town.pickups[0]
    phone.send(collected(dora, refused=[{"count": 2, "reason": "thawed"}]))
    assert phone.pickup().state is PickupState.PARTLY_COLLECTED
    refused = phone.session().scalars(
        select(Container).where(Container.state == ContainerState.REFUSED_AT_DOOR)
    )
    assert [each.refused_because for each in refused] == [RefusalReason.THAWED] * 2


def test_a_visit_with_every_bottle_refused_has_failed(phone: Phone) -> None:
    dora = phone.town.pickups[0]
    refused = [{"count": 8, "reason": "thawed"}]
    phone.send(collected(dora, bottles=0, volume_ml=0, refused=refused))
    assert (phone.pickup().state, phone.pickup().failure) == (PickupState.FAILED, "milk_refused")


def test_a_visit_that_was_not_done_has_failed_with_its_reason(phone: Phone) -> None:
    phone.send(phone_event("not_done", phone.town.pickups[0], reason="nobody_home"))
    assert (phone.pickup().state, phone.pickup().failure) == (PickupState.FAILED, "nobody_home")


def test_a_remark_for_the_office_waits_until_it_is_settled_or_undone(phone: Phone) -> None:
    dora, elise, _fanny = phone.town.pickups
    record = collected(dora, sequence=1, note="Her bell is broken", for_office=True)
    phone.send(record)
    phone.send(phone_event("not_done", elise, sequence=2, reason="access", note="for me alone"))
    (remark,) = open_remarks(phone.session(), phone.town.bank)
    assert (remark.note, remark.pickup_id) == ("Her bell is broken", dora)
    undone = phone_event("undone", dora, sequence=3, undoes=record["client_id"], reason="mistake")
    phone.send(undone)
    assert open_remarks(phone.session(), phone.town.bank) == []


def test_a_telephone_that_was_not_reached_is_marked_on_the_donors_file(phone: Phone) -> None:
    dora, elise, _fanny = phone.town.pickups
    phone.send(phone_event("not_done", dora, reason="nobody_home", phone_unreached=True))
    phone.send(phone_event("not_done", elise, sequence=2, reason="nobody_home"))
    marked = [phone.session().get_one(Donor, phone.pickup(i).donor_id) for i in (0, 1)]
    assert [donor.phone_unreached_on for donor in marked] == [MORNING.date(), None]


@pytest.mark.parametrize("undone_first", [False, True])
def test_undoing_the_record_takes_back_that_the_telephone_was_not_reached(
    phone: Phone, *, undone_first: bool
) -> None:
    dora = phone.town.pickups[0]
    told = phone_event("not_done", dora, reason="nobody_home", phone_unreached=True)
    undo = phone_event("undone", dora, sequence=2, undoes=told["client_id"], reason="mistake")
    for event in [undo, told] if undone_first else [told, undo]:
        phone.send(event)
    donor = phone.session().get_one(Donor, phone.pickup().donor_id)
    assert donor.phone_unreached_on is None


def test_a_freezer_warmer_than_the_policy_is_accepted_and_flagged(phone: Phone) -> None:
    phone.send(collected(phone.town.pickups[0], freezer_celsius=-17.9))
    phone.send(collected(phone.town.pickups[1], sequence=2, freezer_celsius=-18.0))
    flags = phone.session().scalars(select(DoorRecord.flags).order_by(DoorRecord.id))
    assert list(flags) == [["freezer_warm"], []]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"freezer_celsius": None}, "freezer_celsius_needed"),
        ({"freezer_celsius": -90.1}, "temperature_out_of_range"),
        ({"freezer_celsius": 30.1}, "temperature_out_of_range"),
        ({"freezer_celsius": float("nan")}, "temperature_out_of_range"),
        ({"freezer_celsius": "-19"}, "event_unreadable"),
        ({"storage_ok": None}, "storage_check_needed"),
        ({"storage_ok": "yes"}, "event_unreadable"),
        ({"bottles": -1}, "figure_out_of_range"),
        ({"bottles": 201}, "figure_out_of_range"),
        ({"bottles": True}, "figure_out_of_range"),
        ({"volume_ml": 60_001}, "figure_out_of_range"),
        ({"volume_ml": 0}, "bottles_and_volume_differ"),
        ({"bottles": 0, "volume_ml": 0}, "nothing_collected"),
        ({"refused": [{"count": 1, "reason": "ugly"}]}, "event_unreadable"),
        ({"refused": [{"count": 201, "reason": "thawed"}]}, "figure_out_of_range"),
        ({"containers": ["A"] * 2}, "container_twice"),
        ({"containers": [str(n) for n in range(8)]}, "more_labels_than_bottles"),
        ({"note": "\x00"}, "event_unreadable"),
        ({"note": "\ud800"}, "event_unreadable"),
    ],
)
def test_a_record_with_a_mistake_is_refused_by_name(
    phone: Phone, changes: dict[str, Any], code: str
) -> None:
    outcome = phone.send(collected(phone.town.pickups[0], **changes))
    assert (outcome.status, outcome.code) == (REFUSED, code)
    assert phone.pickup().state is PickupState.PUBLISHED


@pytest.mark.parametrize("celsius", [-90, 30, -18, 0])
def test_the_coldest_and_the_warmest_permitted_are_accepted(phone: Phone, celsius: int) -> None:
    outcome = phone.send(collected(phone.town.pickups[0], freezer_celsius=celsius))
    assert outcome.status is ACCEPTED


@pytest.mark.parametrize(
    "frame",
    [
        {"client_id": "7"},
        {"client_id": None},
        {"kind": "exploded"},
        {"pickup": None},
        {"pickup": "31"},
        {"sequence": -1},
        {"sequence": 2**31},
        {"device_at": "yesterday"},
        {"device_at": "2026-11-24T08:00:00"},
        {"payload": [1]},
    ],
)
def test_an_unreadable_frame_is_refused(phone: Phone, frame: dict[str, Any]) -> None:
    outcome = phone.send(collected(phone.town.pickups[0]) | frame)
    assert outcome.status is REFUSED

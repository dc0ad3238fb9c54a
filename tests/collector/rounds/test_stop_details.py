"""Details of a published stop that changed, and the revision that tells the collector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.models import AuditEntry
from collector.db import transaction
from collector.donors.models import Donor, DonorState, SerologyOutcome, WhySuspended
from collector.donors.queries import get_donor
from collector.errors import NotFound
from collector.notices.models import Notice
from collector.pickups.actions import change
from collector.pickups.drafts import draft_of
from collector.pickups.models import HoldReason, Pickup, PickupHold, PickupState, Purpose
from collector.pickups.queries import get_pickup
from collector.places.models import Address
from collector.rounds.models import EventKind, Publication, Round, RoundEvent
from collector.rounds.stop_details import (
    UntoldChange,
    leave_untold,
    tell_collector,
    untold_changes,
)
from tests.builders import DAY
from tests.phone_round import publish_round
from tests.town import MORNING, Town

ILL = (HoldReason.ILLNESS,)


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:
    """A transaction in which Ana's round of two visits is published."""
    with app.app_context(), transaction() as session:
        publish_round(session, town.shifts[0], town.pickups[:2])
        yield session


def untold(session: Session, town: Town) -> list[UntoldChange]:
    session.flush()
    session.expire_all()
    return untold_changes(session, bank_id=town.bank, today=DAY)


def named(changes: list[UntoldChange]) -> dict[str, tuple[object, object]]:
    return {one.name: (one.before, one.after) for each in changes for one in each.details}


def tell(session: Session, town: Town) -> Round:
    session.flush()
    session.expire_all()
    return tell_collector(
        session, now=MORNING, bank_id=town.bank, day=DAY, pickup_id=town.pickups[0], actor="system"
    )


def test_what_is_as_published_asks_nothing(session: Session, town: Town) -> None:
    assert untold(session, town) == []


def test_a_changed_door_code_is_asked_about_and_told_with_the_next_revision(
    session: Session, town: Town
) -> None:
    pickup = session.get_one(Pickup, town.pickups[0])
    donor = session.get_one(Donor, pickup.donor_id)
    address = session.get_one(Address, donor.address_id)
    address.access_notes, donor.phone = "code 51A3", "+33 6 39 98 00 01"
    pickup.purposes = [Purpose.COLLECTION, Purpose.BLOOD_SAMPLE]
    found = named(untold(session, town))
    assert found.keys() == {"access", "phone", "purposes"}
    assert found["access"][1] == "code 51A3"
    assert found["purposes"] == (("collection",), ("collection", "blood_sample"))

    before = session.scalars(select(Round.published)).one() or {}
    told = tell(session, town)
    after = told.published or {}
    assert (told.revision, after["revision"]) == (2, 2)
    first, second = after["stops"]
    assert first["address"]["access_notes"] == "code 51A3"
    for kept in ("window", "arrives_at", "code"):
        assert first.get(kept) == before["stops"][0].get(kept)
    assert second == before["stops"][1]
    assert untold(session, town) == []
    assert [each.revision for each in session.scalars(select(Publication))] == [2]
    notices = session.scalars(select(Notice.template)).all()
    assert list(notices) == ["round_published"]


@pytest.mark.parametrize("cause", ["hold", "suspension"])
def test_a_hold_and_a_suspension_are_told_without_their_reason(
    session: Session, town: Town, cause: str
) -> None:
    pickup = session.get_one(Pickup, town.pickups[0])
    if cause == "hold":
        hold = PickupHold(bank_id=town.bank, reason=HoldReason.ILLNESS, opened_at=MORNING)
        hold.pickup_id = pickup.id
        session.add(hold)
    else:
        session.get_one(Donor, pickup.donor_id).state = DonorState.SUSPENDED
    assert named(untold(session, town)) == {"milk_held": (False, True)}
    stop = (tell(session, town).published or {})["stops"][0]
    assert stop["milk_held"] is True
    assert "illness" not in str(stop)


def test_a_settled_visit_and_a_day_that_is_over_ask_nothing(session: Session, town: Town) -> None:
    pickup = session.get_one(Pickup, town.pickups[0])
    pickup.note = "Ring twice"
    assert named(untold(session, town)) == {"note": ("", "Ring twice")}
    late = untold_changes(session, bank_id=town.bank, today=DAY + timedelta(days=1))
    assert late == []
    pickup.state = PickupState.COLLECTED
    assert untold(session, town) == []
    with pytest.raises(NotFound):
        tell(session, town)


def test_another_bank_asks_and_tells_nothing(session: Session, town: Town) -> None:
    session.get_one(Pickup, town.pickups[0]).note = "Ring twice"
    session.flush()
    assert untold_changes(session, bank_id=town.bank + 1, today=DAY) == []


@pytest.mark.parametrize("state", [PickupState.PUBLISHED, PickupState.ASKED])
def test_a_blood_result_that_is_not_clear_and_a_yes_at_once_are_told(
    session: Session, town: Town, state: PickupState
) -> None:
    pickup = session.get_one(Pickup, town.pickups[0])
    if state is PickupState.PUBLISHED:
        donor = get_donor(session, town.bank, pickup.donor_id)
        donor.serologies[-1].outcome = SerologyOutcome.NOT_CLEAR
    else:
        change(
            session,
            now=MORNING - timedelta(days=1),
            bank_id=town.bank,
            pickup_id=pickup.id,
            actor="person:1",
            draft=replace(draft_of(get_pickup(session, town.bank, pickup.id)), health=ILL),
        )
    assert session.get_one(Pickup, pickup.id).state is state
    assert named(untold(session, town)) == {"milk_held": (False, True)}
    assert (tell(session, town).published or {})["stops"][0]["milk_held"] is True
    assert untold(session, town) == []


def test_a_settled_visit_that_is_asked_anew_asks_nothing(session: Session, town: Town) -> None:
    pickup = session.get_one(Pickup, town.pickups[0])
    pickup.state = PickupState.ASKED
    hold = PickupHold(bank_id=town.bank, reason=HoldReason.ILLNESS, opened_at=MORNING)
    hold.pickup_id = pickup.id
    session.add(hold)
    assert named(untold(session, town)) == {"milk_held": (False, True)}
    round_ = session.scalars(select(Round)).one()
    session.add(
        RoundEvent(
            bank_id=town.bank,
            client_id="unwell",
            round_id=round_.id,
            pickup_id=pickup.id,
            person_id=town.ana,
            kind=EventKind.NOT_DONE,
            sequence=1,
            device_at=MORNING,
            received_at=MORNING,
            payload={},
        )
    )
    assert untold(session, town) == []


def test_a_change_that_is_left_untold_asks_again_after_a_further_change(
    session: Session, town: Town
) -> None:
    pickup = session.get_one(Pickup, town.pickups[0])
    pickup.note = "Ring twice"
    session.flush()
    session.expire_all()
    about = {"bank_id": town.bank, "day": DAY, "pickup_id": town.pickups[0], "actor": "system"}
    leave_untold(session, now=MORNING, **about)
    assert [change.is_left for change in untold(session, town)] == [True]
    assert session.scalars(select(Round.revision)).all() == [1]
    assert session.scalars(select(AuditEntry.action)).all()[-1] == "details left untold"
    session.get_one(Pickup, town.pickups[0]).note = "Ring three times"
    assert [change.is_left for change in untold(session, town)] == [False]


def test_an_expired_blood_test_holds_no_milk_if_blood_is_drawn(
    session: Session, town: Town
) -> None:
    pickup = session.get_one(Pickup, town.pickups[0])
    donor = session.get_one(Donor, pickup.donor_id)
    donor.state, donor.suspended_because = DonorState.SUSPENDED, WhySuspended.SEROLOGY_LAPSED
    assert named(untold(session, town)).keys() == {"milk_held"}
    pickup = session.get_one(Pickup, town.pickups[0])
    pickup.purposes = [Purpose.COLLECTION, Purpose.BLOOD_SAMPLE]
    assert named(untold(session, town)).keys() == {"purposes"}

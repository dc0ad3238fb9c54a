"""Two files that were joined by mistake are two again: to each what was hers."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.queries import first_broken_link, history_of
from collector.donors.models import CallBack, Donor, DonorState, Screening, SealedIdentity, Serology
from collector.donors.queries import donors_by_email, get_donor
from collector.errors import NotFound, Refused
from collector.notices.models import Notice
from collector.pickups.giving import giving_of, plan_giving, start_loss
from collector.pickups.models import Pickup, PickupState
from collector.privacy.actions import erase
from collector.privacy.merge import GIVING
from collector.privacy.queries import as_json
from collector.privacy.separation import part_files
from tests.builders import DAY, MORNING, add_pickup
from tests.collector.privacy.test_merge import join, second, session
from tests.collector.privacy.test_privacy import over
from tests.town import Town

pytestmark = pytest.mark.twin

__all__ = ["second", "session"]

COLUMNS = tuple(each.name for each in Donor.__table__.columns if each.name != "version")
PLACE = ("latitude", "longitude", "source", "provider", "score", "set_at")


def snapshot(session: Session, town: Town, donor_id: int) -> dict[str, Any]:
    """Return what a file is and holds."""
    session.flush()
    donor = get_donor(session, town.bank, donor_id)
    address, giving = donor.address, giving_of(session, donor_id)
    held = {
        row.__name__: sorted(session.scalars(select(row.id).where(row.donor_id == donor_id)))
        for row in (Pickup, Serology, CallBack, Screening)
    }
    told = Notice.recipient == f"donor:{donor_id}"
    return {
        **as_json(donor, *COLUMNS),
        **as_json(address, "line", "postcode", "town", "access_notes"),
        "position": as_json(address.position, *PLACE) if address.position else None,
        "giving": giving and as_json(giving, *GIVING),
        "notices": sorted(session.scalars(select(Notice.id).where(told))),
        **held,
    }


def part(session: Session, town: Town, number: str, *, reason: str = "She has a twin") -> Donor:
    return part_files(
        session, now=MORNING, bank_id=town.bank, number=number, actor="person:1", reason=reason
    )


def test_parted_again_both_files_are_what_they_were(
    session: Session, town: Town, second: Donor
) -> None:
    visit = add_pickup(session, second, windows=((DAY + timedelta(days=3), time(9), time(12)),))
    visit.state = PickupState.ASKED
    start_loss(session, now=MORNING, bank_id=town.bank, donor_id=second.id, actor="donor")
    session.flush()
    before = [snapshot(session, town, key) for key in (town.dora, second.id)]
    join(session, town, kept=town.dora, gone=second.id)
    assert snapshot(session, town, town.dora) != before[0]
    assert donors_by_email(session, "dodo@elsewhere.example") == []
    part(session, town, second.number)
    assert [snapshot(session, town, key) for key in (town.dora, second.id)] == before
    assert [each.id for each in donors_by_email(session, "dodo@elsewhere.example")] == [second.id]
    assert session.scalars(select(SealedIdentity)).all() == []


@pytest.mark.parametrize("kept_has_position", [True, False])
def test_a_file_with_an_address_on_the_map_goes_and_comes_back(
    session: Session, town: Town, second: Donor, *, kept_has_position: bool
) -> None:
    kept, gone = (town.elise, town.dora) if kept_has_position else (second.id, town.dora)
    session.get_one(Pickup, town.pickups[0]).state = PickupState.ASKED
    before = snapshot(session, town, gone)
    join(session, town, kept=kept, gone=gone)
    part(session, town, before["number"])
    assert snapshot(session, town, gone) == before


def test_what_came_after_stays_with_the_file_that_stayed(
    session: Session, town: Town, second: Donor
) -> None:
    hours = ((DAY + timedelta(days=3), time(9), time(12)),)
    went_on, waits = (add_pickup(session, second, windows=hours) for _ in range(2))
    went_on.state = waits.state = PickupState.ASKED
    dora = get_donor(session, town.bank, town.dora)
    dora.email = None
    start_loss(session, now=MORNING, bank_id=town.bank, donor_id=second.id, actor="donor")
    join(session, town, kept=town.dora, gone=second.id)
    assert dora.email == "dodo@elsewhere.example"
    dora.email, went_on.state = "dora@new.example", PickupState.ACCEPTED
    weeks = {"paused_from": DAY, "paused_until": DAY, "tapering": True, "last_gift": False}
    plan_giving(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="donor", **weeks)
    part(session, town, second.number)
    assert (dora.email, dora.baby_born_on) == ("dora@new.example", date(2026, 8, 1))
    assert (went_on.donor_id, waits.donor_id) == (town.dora, second.id)
    hers, theirs = giving_of(session, town.dora), giving_of(session, second.id)
    assert hers is not None
    assert theirs is not None
    assert (hers.tapering, hers.bereaved_at) == (True, None)
    assert (theirs.tapering, theirs.bereaved_at) == (False, MORNING)


def test_the_chain_keeps_who_parted_them_and_why(
    session: Session, town: Town, second: Donor
) -> None:
    join(session, town, kept=town.dora, gone=second.id)
    with pytest.raises(Refused) as refused:
        part(session, town, second.number, reason=" ")
    assert refused.value.code == "reason_missing"
    part(session, town, second.number)
    for key in (town.dora, second.id):
        last = history_of(session, bank_id=town.bank, subject=f"donor:{key}")[-1]
        assert (last.action, last.actor, last.details["reason"]) == (
            "files parted",
            "person:1",
            "She has a twin",
        )
    assert first_broken_link(session, town.bank) is None
    with pytest.raises(NotFound):
        part(session, town, second.number)


def test_what_was_joined_twice_is_parted_the_way_it_came(
    session: Session, town: Town, second: Donor
) -> None:
    session.get_one(Pickup, town.pickups[0]).state = PickupState.ASKED
    dora = get_donor(session, town.bank, town.dora)
    join(session, town, kept=town.dora, gone=second.id)
    join(session, town, kept=town.elise, gone=town.dora)
    with pytest.raises(Refused) as refused:
        part(session, town, second.number)
    assert refused.value.code == "part_later_first"
    part(session, town, dora.number)
    part(session, town, second.number)
    assert second.state is DonorState.INTERVIEWED or second.state is DonorState.CANDIDATE
    assert session.scalars(select(Screening.donor_id)).all() == [second.id]


def test_an_erased_donors_seals_go_with_her(session: Session, town: Town, second: Donor) -> None:
    join(session, town, kept=town.dora, gone=second.id)
    over(session, town, taken=False)
    erase(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="person:1")
    assert session.scalars(select(SealedIdentity)).all() == []
    with pytest.raises(NotFound):
        part(session, town, second.number)


def test_a_number_that_was_erased_is_not_parted(session: Session, town: Town) -> None:
    over(session, town, taken=True)
    erase(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="person:1")
    with pytest.raises(NotFound):
        part(session, town, get_donor(session, town.bank, town.dora).number)

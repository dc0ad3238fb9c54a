"""Slots: lawful, in order of time, and the last one promised to one donor only."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta
from time import perf_counter

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from collector.banks.models import Policy, Site
from collector.db import db, reading, transaction
from collector.donors.queries import get_donor
from collector.errors import Conflict
from collector.people.models import Person
from collector.pickups.drafts import PickupDraft, draft_of
from collector.pickups.enquiries import confirm, get_enquiry, hold_slot, save_enquiry
from collector.pickups.models import Enquiry, HoldReason, Pickup, PickupState
from collector.planning.booking.availability import Availability, find_availability
from collector.planning.booking.slot_prices import Slot
from collector.planning.booking.slots import (
    RequestedVisit,
    find_slots,
    slot_basis,
    still_fits,
    turn_page,
)
from collector.rounds.actions import open_day
from collector.rounds.models import DayPlan
from collector.shifts.models import RosterShift
from tests.builders import DAY, MORNING, add_absence, add_donor, add_pickup, add_shift
from tests.conftest import SetClock
from tests.town import Town

pytestmark = pytest.mark.twin

MORE = 1500
OTHER_DAY = DAY + timedelta(days=2)
ASKED = PickupDraft(bottles=8, volume_ml=MORE, oldest_on=DAY - timedelta(days=20))


def offered(app: Flask, town: Town, donor: int) -> list[Slot]:
    with app.app_context(), reading() as session:
        requested = RequestedVisit(
            donor=get_donor(session, town.bank, donor), draft=PickupDraft(bottles=8, volume_ml=MORE)
        )
        told = find_availability(session, now=MORNING, requested=requested)
        return find_slots(
            session, now=MORNING, bank_id=town.bank, requested=requested, days=told.days
        )


def take(app: Flask, town: Town, donor: int, slot: Slot) -> bool:
    """Take a slot as the page does: read the basis, compute, turn the page, hold."""
    with app.app_context():
        try:
            for _ in range(300):
                with reading() as session:
                    looked = slot_basis(session, bank_id=town.bank, day=slot.day)
                    fits = still_fits(
                        session,
                        now=MORNING,
                        bank_id=town.bank,
                        requested=RequestedVisit(
                            donor=get_donor(session, town.bank, donor),
                            draft=PickupDraft(bottles=8, volume_ml=MORE),
                        ),
                        day=slot.day,
                        opens=slot.opens,
                        closes=slot.closes,
                    )
                if not fits:
                    return False
                try:
                    with transaction() as session:
                        turn_page(session, bank_id=town.bank, day=slot.day, basis=looked)
                        hold_slot(
                            session,
                            get_enquiry(session, donor_id=donor),
                            now=MORNING,
                            day=slot.day,
                            opens=slot.opens,
                            closes=slot.closes,
                        )
                except Conflict:
                    continue
                return True
        finally:
            db.session.remove()
    raise AssertionError("never came to an answer")


def enquire(app: Flask, town: Town, donors: list[int]) -> None:
    with app.app_context(), transaction() as session:
        for key in donors:
            save_enquiry(
                session, now=MORNING, donor=get_donor(session, town.bank, key), draft=ASKED
            )


def furnish(app: Flask, town: Town, *, capacity: int = 200, donors: int = 1) -> list[int]:
    """Add a day with one shift of Ana's, with capacity for so many bottles, and donors."""
    with app.app_context(), transaction() as session:
        site = session.get_one(RosterShift, town.shifts[0]).start_site_id
        ana = session.get_one(Person, town.ana)

        add_shift(
            session,
            ana,
            session.get_one(Site, site),
            day=OTHER_DAY,
            capacity_bottles=capacity,
        )
        return [
            add_donor(
                session,
                town.bank,
                first_name=f"Nora {index}",
                latitude=44.80 + index / 10_000,
                signed_by_id=town.claire,
            ).id
            for index in range(donors)
        ]


def test_slots_lie_on_days_with_shifts_in_order_of_time(app: Flask, town: Town) -> None:
    (nora,) = furnish(app, town)
    found = offered(app, town, nora)
    assert {slot.day for slot in found} == {DAY, OTHER_DAY}
    moments = [(slot.day, slot.opens) for slot in found]
    assert moments == sorted(moments)
    assert len(found) == 4
    for slot in found:
        assert time(8) <= slot.opens < slot.closes <= time(17)


def test_a_day_with_every_collector_off_duty_is_not_offered(app: Flask, town: Town) -> None:
    (nora,) = furnish(app, town)
    with app.app_context(), transaction() as session:
        for key in (town.ana, town.bruno):
            add_absence(session, town.bank, key)
    assert {slot.day for slot in offered(app, town, nora)} == {OTHER_DAY}


def test_slots_lie_within_the_hours_on_duty(app: Flask, town: Town) -> None:
    (nora,) = furnish(app, town)
    with app.app_context(), transaction() as session:
        for key in (town.ana, town.bruno):
            add_absence(session, town.bank, key, begins=time(10))
    on_day = [slot for slot in offered(app, town, nora) if slot.day == DAY]
    assert on_day
    assert all(slot.closes <= time(10) for slot in on_day)


def test_a_day_with_an_open_request_is_not_offered(app: Flask, town: Town) -> None:
    furnish(app, town)
    assert {slot.day for slot in offered(app, town, town.dora)} == {OTHER_DAY}


def test_pricing_slots_writes_nothing(app: Flask, town: Town) -> None:
    (nora,) = furnish(app, town)
    offered(app, town, nora)
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(DayPlan)) == 0
        assert session.scalar(select(func.count()).select_from(Pickup)) == 4


def test_a_held_slot_is_offered_to_no_other_donor_for_ten_minutes(
    app: Flask, town: Town, clock: SetClock
) -> None:
    first, second = furnish(app, town, capacity=8, donors=2)
    enquire(app, town, [first, second])
    slot = next(slot for slot in offered(app, town, first) if slot.day == OTHER_DAY)
    assert take(app, town, first, slot)
    assert OTHER_DAY not in {slot.day for slot in offered(app, town, second)}
    assert not take(app, town, second, slot)
    clock.advance(minutes=10)
    with app.app_context(), reading() as session:
        requested = RequestedVisit(
            donor=get_donor(session, town.bank, second),
            draft=PickupDraft(bottles=8, volume_ml=MORE),
        )
        assert still_fits(
            session,
            now=clock.now(),
            bank_id=town.bank,
            requested=requested,
            day=slot.day,
            opens=slot.opens,
            closes=slot.closes,
        )


def test_a_confirmed_slot_stays_taken_and_is_accepted_at_once(app: Flask, town: Town) -> None:
    first, second = furnish(app, town, capacity=8, donors=2)
    enquire(app, town, [first, second])
    slot = next(slot for slot in offered(app, town, first) if slot.day == OTHER_DAY)
    assert take(app, town, first, slot)
    with app.app_context(), transaction() as session:
        pickup = confirmed(session, town, first)
        assert (pickup.state, pickup.promised_at) == (PickupState.ACCEPTED, MORNING)
        assert [tuple(w) for w in [(w.day, w.opens, w.closes) for w in pickup.windows]] == [
            (slot.day, slot.opens, slot.closes)
        ]
        assert session.scalars(select(Enquiry.donor_id)).all() == [second]
    assert not take(app, town, second, slot)


def test_a_yes_to_a_health_question_keeps_the_slot_and_waits_for_a_nurse(
    app: Flask, town: Town
) -> None:
    (nora,) = furnish(app, town)
    with app.app_context(), transaction() as session:
        asked = PickupDraft(
            bottles=8,
            volume_ml=MORE,
            oldest_on=DAY - timedelta(days=20),
            health=(HoldReason.ILLNESS,),
        )
        save_enquiry(session, now=MORNING, donor=get_donor(session, town.bank, nora), draft=asked)
    assert take(app, town, nora, offered(app, town, nora)[0])
    with app.app_context(), transaction() as session:
        pickup = confirmed(session, town, nora)
        assert (pickup.state, len(pickup.holds)) == (PickupState.ASKED, 1)


def test_a_slot_of_a_plan_that_was_edited_since_is_computed_again(app: Flask, town: Town) -> None:
    furnish(app, town)
    with app.app_context():
        with reading() as session:
            looked = slot_basis(session, bank_id=town.bank, day=OTHER_DAY)
        with transaction() as session:
            open_day(session, bank_id=town.bank, day=OTHER_DAY)
        with pytest.raises(Conflict), transaction() as session:
            turn_page(session, bank_id=town.bank, day=OTHER_DAY, basis=looked)


def test_of_two_hundred_donors_at_once_one_gets_the_last_slot(app: Flask, town: Town) -> None:
    donors = furnish(app, town, capacity=8, donors=200)
    enquire(app, town, donors)
    slot = next(slot for slot in offered(app, town, donors[0]) if slot.day == OTHER_DAY)
    start = threading.Barrier(10)

    def run(hers: list[int]) -> int:
        start.wait()
        return sum(take(app, town, donor, slot) for donor in hers)

    with ThreadPoolExecutor(10) as pool:
        taken = sum(pool.map(run, [donors[index::10] for index in range(10)]))
    assert taken == 1
    with app.app_context(), reading() as session:
        held = session.scalars(select(Enquiry).where(Enquiry.held_until.is_not(None))).all()
        assert len(held) == 1


def test_too_little_milk_gets_the_day_on_which_there_is_enough(app: Flask, town: Town) -> None:
    (nora,) = furnish(app, town)
    with app.app_context(), reading() as session:
        requested = RequestedVisit(
            donor=get_donor(session, town.bank, nora), draft=PickupDraft(bottles=2, volume_ml=200)
        )
        told = find_availability(session, now=MORNING, requested=requested)
    # The bank comes from 400 ml; the prior says 100 ml a day.
    assert told.standing is Availability.BELOW_MINIMUM
    assert told.fits_on == MORNING.date() + timedelta(days=2)


def test_a_donor_too_far_away_gets_both_distances(app: Flask, town: Town) -> None:
    (nora,) = furnish(app, town)
    with app.app_context(), transaction() as session:
        session.execute(
            update(Policy)
            .where(Policy.bank_id == town.bank, Policy.key == "radius_km")
            .values(value="2")
        )
    with app.app_context(), reading() as session:
        requested = RequestedVisit(
            donor=get_donor(session, town.bank, nora), draft=PickupDraft(bottles=8, volume_ml=MORE)
        )
        told = find_availability(session, now=MORNING, requested=requested)
    assert (told.standing, told.away_km, told.radius_km) == (Availability.TOO_FAR, 5, 2)


def test_slots_of_a_bank_with_many_rounds_take_less_than_a_second(app: Flask, town: Town) -> None:
    """Two weeks, four collectors a day, six promised visits each."""
    with app.app_context(), transaction() as session:
        site = session.scalars(select(Site)).first()
        assert site is not None
        people = [
            Person(
                bank_id=town.bank,
                name=f"C{index}",
                email=f"c{index}@town.example",
                phone="",
                language="fr",
                active=True,
                grants=[],
            )
            for index in range(4)
        ]
        session.add_all(people)
        session.flush()
        for ahead in range(2, 12):
            day = MORNING.date() + timedelta(days=ahead)
            for index, person in enumerate(people):
                add_shift(session, person, site, day=day)
                for door in range(6):
                    donor = add_donor(
                        session,
                        town.bank,
                        latitude=44.7 + index / 20 + door / 200,
                        signed_by_id=town.claire,
                    )
                    pickup = add_pickup(session, donor, windows=((day, time(8), time(17)),))
                    pickup.promised_at = MORNING
    (nora,) = furnish(app, town)
    offered(app, town, nora)  # what is compiled is compiled by now
    began = perf_counter()
    found = offered(app, town, nora)
    spent = perf_counter() - began
    assert len(found) >= 3
    assert spent < 3, f"{spent:.2f} s, three times what is promised on an idle machine"


def confirmed(session: Session, town: Town, donor: int) -> Pickup:

    draft = draft_of(get_enquiry(session, donor_id=donor))
    return confirm(
        session,
        now=MORNING,
        donor=get_donor(session, town.bank, donor),
        actor=f"donor:{donor}",
        draft=replace(draft, do_not_ring=True),
    )


def test_a_slot_that_is_not_kept_as_often_as_the_bank_wants_is_not_offered(
    app: Flask, town: Town
) -> None:
    (nora,) = furnish(app, town)
    assert offered(app, town, nora), "rounds that leave on time keep the promise"
    with app.app_context(), transaction() as session:
        # Rounds leave two hours late on a typical day: no promise of two hours is kept on 95 %.
        rule = Policy.bank_id == town.bank, Policy.key == "late_start_minutes"
        session.execute(update(Policy).where(*rule).values(value="120"))
    assert offered(app, town, nora) == []
    with app.app_context(), transaction() as session:
        rule = Policy.bank_id == town.bank, Policy.key == "late_start_minutes"
        session.execute(update(Policy).where(*rule).values(value="15"))
    assert offered(app, town, nora)

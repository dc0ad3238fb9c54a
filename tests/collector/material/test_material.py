"""Stock by place, the donor's ledger, loans with reminders, and the loads of rounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.queries import first_broken_link
from collector.banks.models import FleetVehicle
from collector.custody.models import DoorRecord
from collector.db import transaction
from collector.donor_contact.loan_reminders import queue_loan_reminders
from collector.donors.models import Donor
from collector.errors import Conflict, NotFound, Refused
from collector.material.actions import (
    MovementDraft,
    add_device,
    book_movement,
    count_stock,
    end_loan,
    extend_loan,
    lend,
    movement_mistakes,
    retire_device,
)
from collector.material.models import MaterialItem, MovementKind
from collector.material.queries import (
    StockPlace,
    ledger_of,
    loads_of_day,
    loans_of,
    losses_since,
    stock_of,
)
from collector.notices.models import Notice
from collector.pickups.models import Pickup
from collector.rounds.events.intake import accept_events
from collector.shifts.models import RosterShift
from tests.builders import MORNING
from tests.phone_round import collected, publish_round
from tests.town import Town

BOTTLES = MaterialItem.BOTTLES
TODAY = MORNING.date()
WHO = {"now": MORNING, "actor": "person:1"}


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:
    assert town.bank
    with app.app_context(), transaction() as opened:
        yield opened


@pytest.fixture
def van(session: Session, town: Town) -> StockPlace:
    vehicle = FleetVehicle(
        bank_id=town.bank,
        name="Van",
        plate="",
        capacity_bottles=100,
        capacity_ml=20_000,
        capacity_tubes=10,
        service_due_on=None,
        retired_on=None,
    )
    session.add(vehicle)
    session.flush()
    return StockPlace(vehicle_id=vehicle.id)


def book(
    session: Session,
    town: Town,
    kind: MovementKind,
    quantity: int,
    *,
    item: MaterialItem = BOTTLES,
    origin: StockPlace | None = None,
    target: StockPlace | None = None,
    donor: int | None = None,
) -> None:
    draft = MovementDraft(
        item=item, kind=kind, quantity=quantity, origin=origin, target=target, donor_id=donor
    )
    assert movement_mistakes(draft) == []
    book_movement(session, bank_id=town.bank, draft=draft, **WHO)


def test_stock_goes_from_the_supplier_to_the_site_the_van_and_the_donor_and_back(
    session: Session, town: Town, van: StockPlace
) -> None:
    site = StockPlace(site_id=town.site)
    book(session, town, MovementKind.RECEIVED, 200, target=site)
    book(session, town, MovementKind.MOVED, 60, origin=site, target=van)
    book(session, town, MovementKind.TO_DONOR, 12, origin=van, donor=town.dora)
    book(session, town, MovementKind.FROM_DONOR, 2, target=van, donor=town.dora)
    book(session, town, MovementKind.LOST, 3, origin=site)
    stock = stock_of(session, town.bank)
    assert (stock[site, BOTTLES], stock[van, BOTTLES]) == (137, 50)
    ledger = ledger_of(session, bank_id=town.bank, donor_id=town.dora)
    assert (ledger.out[BOTTLES], ledger.back[BOTTLES]) == (12, 2)
    assert losses_since(session, town.bank, since=MORNING) == {BOTTLES: 3}
    assert first_broken_link(session, town.bank) is None


def test_a_place_gives_no_more_than_it_has(session: Session, town: Town, van: StockPlace) -> None:
    book(session, town, MovementKind.RECEIVED, 5, target=van)
    with pytest.raises(Refused) as refused:
        book(session, town, MovementKind.LOST, 6, origin=van)
    assert refused.value.figures == {"left": 5}


@pytest.mark.parametrize("counted", [0, 7, 12])
def test_a_count_books_the_difference(
    session: Session, town: Town, van: StockPlace, counted: int
) -> None:
    book(session, town, MovementKind.RECEIVED, 7, target=van)
    made = count_stock(session, bank_id=town.bank, place=van, item=BOTTLES, counted=counted, **WHO)
    assert stock_of(session, town.bank).get((van, BOTTLES), 0) == counted
    assert (made is None) == (counted == 7)


def test_each_kind_needs_its_ends() -> None:
    def fields(kind: MovementKind, **ends: StockPlace | int) -> list[str]:
        draft = MovementDraft(item=BOTTLES, kind=kind, quantity=1, **ends)  # type: ignore[arg-type]
        return [mistake.field for mistake in movement_mistakes(draft)]

    here = StockPlace(site_id=1)
    assert fields(MovementKind.RECEIVED) == ["target"]
    assert fields(MovementKind.MOVED) == ["origin", "target"]
    assert fields(MovementKind.MOVED, origin=here, target=here) == ["target"]
    assert fields(MovementKind.TO_DONOR, origin=here) == ["donor_id"]
    assert fields(MovementKind.LOST, origin=here) == []
    draft = MovementDraft(item=BOTTLES, kind=MovementKind.LOST, quantity=0, origin=here)
    assert [mistake.code for mistake in movement_mistakes(draft)] == ["number_out_of_bounds"]


def test_a_place_or_donor_of_another_bank_is_not_found(session: Session, town: Town) -> None:
    here = StockPlace(site_id=town.site)
    draft = MovementDraft(item=BOTTLES, kind=MovementKind.RECEIVED, quantity=1, target=here)
    with pytest.raises(NotFound):
        book_movement(session, bank_id=town.other_bank, draft=draft, **WHO)
    with pytest.raises(NotFound):
        book(session, town, MovementKind.FROM_DONOR, 1, target=here, donor=town.stranger_donor)


def test_bottles_left_at_a_door_leave_the_van_until_the_record_is_undone(
    session: Session, town: Town, van: StockPlace
) -> None:
    book(session, town, MovementKind.RECEIVED, 50, target=van)
    session.get_one(RosterShift, town.shifts[0]).vehicle = "Van"
    round_ = publish_round(session, town.shifts[0], town.pickups[:1])
    accept_events(
        session,
        now=MORNING + timedelta(days=1, hours=4),
        bank_id=town.bank,
        person_id=town.ana,
        round_id=round_.id,
        sent=[collected(town.pickups[0], empties_left=8)],
    )
    record = session.scalars(select(DoorRecord)).one()
    assert stock_of(session, town.bank)[van, BOTTLES] == 42
    assert ledger_of(session, bank_id=town.bank, donor_id=town.dora).out[BOTTLES] == 8
    record.withdrawn_at = MORNING
    session.flush()
    assert stock_of(session, town.bank)[van, BOTTLES] == 50


def test_a_round_loads_what_its_visits_need(session: Session, town: Town, van: StockPlace) -> None:
    book(session, town, MovementKind.RECEIVED, 10, target=van)
    session.get_one(RosterShift, town.shifts[0]).vehicle = "Van"
    first, second = (session.get_one(Pickup, key) for key in town.pickups[:2])
    first.empties_wanted, first.kit_wanted = 8, ["labels"]
    second.empties_wanted, second.purposes = 6, ["first_interview", "blood_sample"]
    publish_round(session, town.shifts[0], town.pickups[:2])
    session.expire_all()
    (load,) = loads_of_day(session, bank_id=town.bank, day=date(2026, 11, 24))
    assert load.needed == {BOTTLES: 14, MaterialItem.LABELS: 1, MaterialItem.KITS: 1}
    assert (load.short(BOTTLES), load.short(MaterialItem.LABELS), load.blood) == (4, 1, 1)


@pytest.fixture
def pump(session: Session, town: Town) -> int:
    device = add_device(
        session, bank_id=town.bank, serial="P-17", name="Pump", site_id=town.site, **WHO
    )
    return device.id


def lend_to_dora(session: Session, town: Town, pump: int, due_on: date) -> int:
    loan = lend(
        session, bank_id=town.bank, device_id=pump, donor_id=town.dora, due_on=due_on, **WHO
    )
    return loan.id


def test_a_device_is_lent_once_extended_and_returned(
    session: Session, town: Town, pump: int
) -> None:
    key = lend_to_dora(session, town, pump, TODAY + timedelta(days=30))
    with pytest.raises(Conflict):
        lend_to_dora(session, town, pump, TODAY + timedelta(days=30))
    with pytest.raises(Conflict):
        retire_device(session, bank_id=town.bank, device_id=pump, **WHO)
    later = TODAY + timedelta(days=60)
    assert extend_loan(session, bank_id=town.bank, loan_id=key, due_on=later, **WHO).due_on == later
    end_loan(session, bank_id=town.bank, loan_id=key, lost=False, **WHO)
    with pytest.raises(Conflict):
        end_loan(session, bank_id=town.bank, loan_id=key, lost=True, **WHO)
    assert loans_of(session, bank_id=town.bank) == []
    (loan,) = ledger_of(session, bank_id=town.bank, donor_id=town.dora).loans
    assert (loan.returned_on, loan.is_open) == (TODAY, False)


def test_a_lost_device_is_retired(session: Session, town: Town, pump: int) -> None:
    key = lend_to_dora(session, town, pump, TODAY)
    loan = end_loan(session, bank_id=town.bank, loan_id=key, lost=True, **WHO)
    assert (loan.lost_on, loan.device.retired_on) == (TODAY, TODAY)
    with pytest.raises(Refused) as refused:
        lend_to_dora(session, town, pump, TODAY)
    assert refused.value.code == "device_retired"


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "loan_due_past"), (731, "loan_due_too_far"), (0, None), (730, None)]
)
def test_the_day_of_return_lies_within_two_years(
    session: Session, town: Town, pump: int, days: int, code: str | None
) -> None:
    due_on = TODAY + timedelta(days=days)
    if code is None:
        assert lend_to_dora(session, town, pump, due_on)
        return
    with pytest.raises(Refused) as refused:
        lend_to_dora(session, town, pump, due_on)
    assert refused.value.code == code


def test_a_serial_number_is_unique(session: Session, town: Town, pump: int) -> None:
    assert pump
    for serial, code in (("P-17", "serial_known"), ("", "serial_missing")):
        with pytest.raises(Refused) as refused:
            add_device(session, bank_id=town.bank, serial=serial, name="", site_id=town.site, **WHO)
        assert refused.value.code == code


def test_the_donor_is_reminded_three_days_before_and_seven_days_after_once(
    session: Session, town: Town, pump: int
) -> None:
    lend_to_dora(session, town, pump, TODAY + timedelta(days=10))
    sent: dict[int, list[str]] = {}
    for days in range(25):
        now = MORNING + timedelta(days=days)
        queue_loan_reminders(session, bank_id=town.bank, now=now)
        templates = session.scalars(select(Notice.template).where(Notice.owed_at == now))
        sent[days] = list(templates)
    assert {days: each for days, each in sent.items() if each} == {
        7: ["device_due"],
        17: ["device_overdue"],
    }
    assert session.get_one(Donor, town.dora).email

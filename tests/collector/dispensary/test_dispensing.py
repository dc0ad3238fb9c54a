"""Dispensing: scenario 9 of the design, two people, and what the wards do with the milk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from collector.dispensary.dispensing.checking import HandOver, hand_over
from collector.dispensary.dispensing.picking import cancel_dispensing, lay_back
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.actions import undo_fate
from collector.dispensary.fates.models import MilkFate, ReactionHold
from collector.dispensary.fates.queries import bottles_out, fates_of, open_links
from collector.dispensary.fates.reactions import ReactionDraft, report_reaction
from collector.dispensary.lists.sealing import recipients_to_seal, seal_due
from collector.dispensary.orders.models import Prescription
from collector.dispensary.returns.actions import (
    ReturnDraft,
    ask_to_destroy,
    propose_restock,
    sign_destruction,
    sign_restock,
    take_back,
    take_destruction_back,
)
from collector.dispensary.returns.models import ReturnVerdict
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.destroying.queries import contents_of
from collector.laboratory.destructions.models import DestructionMethod, DestructionReason
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.pooling.models import Bottle, Lot
from collector.laboratory.release.leaving import bottle_to_leave, released_stock
from collector.pickups.models import MilkLine
from collector.recipients.sealing import write_identity
from tests.dispensary_bench import BOX, TODAY, DispensaryBench, open_dispensary
from tests.release_bench import LATER
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def dana(app: Flask, town: Town) -> Iterator[DispensaryBench]:
    with open_dispensary(app, town) as bench:
        yield bench


def rows(dana: DispensaryBench) -> int:
    return dana.session.scalar(select(func.count(DispensedBottle.id))) or 0


def bottle(dana: DispensaryBench, number: str) -> Bottle:
    return dana.session.scalars(select(Bottle).where(Bottle.number == number)).one()


def test_scenario_9_one_winner_of_a_bottle(dana: DispensaryBench) -> None:
    (label,) = dana.lot(1)
    mine = dana.begin(dana.order(dana.child("a"), 100))
    other = dana.begin(dana.order(dana.child("a"), 100), by=dana.dirk)
    dana.pick(mine, label)
    with pytest.raises(Conflict, match="bottle_gone"):
        dana.pick(other, label, by=dana.dirk)
    assert rows(dana) == 1
    dana.pick(mine, label)
    assert rows(dana) == 1, "a second scan changes nothing"


def test_scenario_9_four_refusals_with_four_codes(dana: DispensaryBench) -> None:
    expired, held, own = (
        dana.lot(1, days=-1),
        dana.lot(1),
        dana.lot(1, line=MilkLine.OWN_CHILD, donor="elise"),
    )
    child = dana.child("a")
    dispensing = dana.begin(dana.order(child, 300))
    dana.lab.hold(HoldSubject.LOT, bottle(dana, held[0]).lot_id)
    for label, code in (
        (expired[0], "bottle_expired"),
        (held[0], "bottle_held"),
        (own[0], "bottle_of_other_child"),
    ):
        with pytest.raises(Refused, match=code):
            dana.pick(dispensing, label)
    free = dana.lot(1)[0]
    row = dana.session.scalars(select(Prescription)).one()
    row.valid_from = row.valid_until = TODAY - timedelta(days=1)
    with pytest.raises(Refused, match="prescription_not_valid"):
        dana.pick(dispensing, free)
    assert rows(dana) == 0


def test_scenario_9_picker_and_checker_are_two(dana: DispensaryBench) -> None:
    label, other = dana.lot(2)
    dispensing = dana.begin(dana.order(dana.child("a"), 200))
    dana.pick(dispensing, label)
    with pytest.raises(Refused, match="picked_by_another"):
        dana.pick(dispensing, other, by=dana.dirk)
    with pytest.raises(Refused, match="two_people_needed"):
        dana.check(dispensing, label, by=dana.dana)
    with pytest.raises(Refused, match="label_not_checked"):
        dana.hand_over(dispensing)
    dana.check(dispensing)
    with pytest.raises(Refused, match="bottles_not_checked"):
        dana.hand_over(dispensing)
    with pytest.raises(Refused, match="bottle_not_picked"):
        dana.check(dispensing, other)
    with pytest.raises(Refused, match="checked_by_another"):
        dana.check(dispensing, label, by=dana.quentin)
    dana.check(dispensing, label)
    dana.hand_over(dispensing)
    dana.hand_over(dispensing)
    assert (dispensing.picked_by_id, dispensing.checked_by_id) == (dana.dana, dana.dirk)
    assert bottle(dana, label).left_at == LATER
    with pytest.raises(Refused, match="bottle_gone"):
        bottle_to_leave(dana.session, bank_id=dana.bank, text=label, today=TODAY)
    dispensing.checked_by_id = dispensing.picked_by_id
    with pytest.raises(IntegrityError, match="two_people"):
        dana.session.flush()


def test_a_hold_after_the_pick_stops_the_hand_over(dana: DispensaryBench) -> None:
    label, other = dana.lot(2)
    dispensing = dana.begin(dana.order(dana.child("a"), 200))
    dana.pick(dispensing, label)
    dana.pick(dispensing, other)
    told = dana.by(dana.dana) | {"dispensing_id": dispensing.id}
    lay_back(dana.session, **told, text=other)
    dana.check(dispensing, label)
    given = HandOver(box="", celsius=-19.0, carrier="Nord")
    with pytest.raises(Refused, match="box_missing"):
        hand_over(dana.session, **(told | dana.by(dana.dirk)), given=given, today=TODAY)
    dana.lab.hold(HoldSubject.LOT, bottle(dana, label).lot_id)
    with pytest.raises(Refused, match="bottle_held"):
        dana.hand_over(dispensing)
    cancel_dispensing(dana.session, **told)
    with pytest.raises(Conflict, match="dispensing_over"):
        dana.hand_over(dispensing)
    assert bottle(dana, label).left_at is None
    assert BOX.celsius == -19.0


def test_dispensed_milk_leaves_the_stock_and_its_fates_add_up(dana: DispensaryBench) -> None:
    first, second, third = dana.lot(3)
    child = dana.child("a")
    before = released_stock(dana.session, bank_id=dana.bank, today=TODAY)
    dana.dispense(dana.order(child, 200), first, second)
    after = released_stock(dana.session, bank_id=dana.bank, today=TODAY)
    assert (before.bottles, after.bottles, after.volume_ml) == (3, 1, 100)
    dana.receive(first)
    dana.receive(first)
    with pytest.raises(NotFound, match="bottle_not_of_ward"):
        dana.receive(third)
    with pytest.raises(NotFound, match="bottle_not_of_ward"):
        dana.fate(first, MilkFate.GIVEN, ward=dana.depot)
    dana.fate(first, MilkFate.GIVEN, volume_ml=70, client_id="form-1")
    dana.fate(first, MilkFate.GIVEN, volume_ml=70, client_id="form-1")
    with pytest.raises(Refused, match="volume_above_rest"):
        dana.fate(first, MilkFate.WASTED, volume_ml=31)
    with pytest.raises(Refused, match="bottle_of_other_child"):
        dana.fate(first, MilkFate.GIVEN, recipient_id=dana.child("b").id)
    with pytest.raises(Refused, match="thawed_too_long"):
        dana.fate(first, MilkFate.GIVEN, thawed_at=LATER - timedelta(hours=25))
    wasted = dana.fate(first, MilkFate.WASTED)
    with pytest.raises(Conflict, match="bottle_settled"):
        dana.fate(first, MilkFate.GIVEN)
    fates = fates_of(dana.session, [wasted.dispensed_bottle_id])[wasted.dispensed_bottle_id]
    assert [(each.fate, each.volume_ml) for each in fates] == [("given", 70), ("wasted", 30)]
    assert [each.bottle.number for each in bottles_out(dana.session, bank_id=dana.bank)] == [second]
    told = dana.by(dana.wanda) | {"ward_id": dana.ward, "fate_id": wasted.id}
    with pytest.raises(NotFound):
        undo_fate(dana.session, **(told | {"ward_id": dana.depot}))
    undo_fate(dana.session, **told)
    out = bottles_out(dana.session, bank_id=dana.bank, ward_id=dana.ward)
    assert [each.open_ml for each in out] == [30, 100]


def test_a_reaction_holds_every_lot_that_the_child_received(dana: DispensaryBench) -> None:
    first, second, third = dana.lot(1), dana.lot(1), dana.lot(2)
    child, other = dana.child("a"), dana.child("a")
    dana.dispense(dana.order(child, 200), *first, *second)
    dana.dispense(dana.order(other, 100), third[0])
    told = dana.by(dana.wanda) | {"recipient_id": child.id, "today": TODAY}
    told["draft"] = ReactionDraft(
        fell_ill_on=TODAY, words="Fever, Baby Durand", reason="Suspected reaction"
    )
    with pytest.raises(NotFound):
        report_reaction(dana.session, **told, ward_id=dana.depot)
    report_reaction(dana.session, **told, ward_id=dana.ward)
    held = set(dana.session.scalars(select(LaboratoryHold.subject_id)))
    assert held == {bottle(dana, label).lot_id for label in (*first, *second)}
    assert len(dana.session.scalars(select(ReactionHold)).all()) == 2
    assert set(dana.session.scalars(select(LaboratoryHold.reason))) == {"Suspected reaction"}
    with pytest.raises(Refused, match="bottle_held"):
        dana.fate(first[0], MilkFate.GIVEN)
    assert dana.fate(third[0], MilkFate.GIVEN).volume_ml == 100


def test_a_depot_tells_the_recipients_afterwards(dana: DispensaryBench) -> None:
    (label,) = dana.lot(1)
    dana.dispense(dana.order(None, 100), label)
    asked = {"bank_id": dana.bank, "now": LATER + timedelta(days=31), "days": 30}
    (link,) = open_links(dana.session, **asked)
    assert (link.number, link.open_ml, link.is_overdue) == (label, 100, True)
    with pytest.raises(Refused, match="recipient_missing"):
        dana.fate(label, MilkFate.GIVEN, ward=dana.depot)
    with pytest.raises(NotFound, match="recipient_unknown"):
        dana.fate(label, MilkFate.GIVEN, ward=dana.depot, recipient_id=dana.child("a").id)
    child = dana.child("b")
    child.ward_id = dana.depot
    dana.fate(label, MilkFate.GIVEN, ward=dana.depot, recipient_id=child.id)
    assert open_links(dana.session, **asked) == []


def test_returns_and_destructions_take_two(dana: DispensaryBench) -> None:
    first, second, third = dana.lot(3)
    dispensing = dana.dispense(dana.order(dana.child("a"), 200), first, second)
    cold = ReturnDraft(sealed=True, never_thawed=True, logged=True)
    told = dana.by(dana.dana)
    with pytest.raises(NotFound, match="bottle_not_out"):
        take_back(dana.session, **told, text=third, draft=cold)
    back = take_back(dana.session, **told, text=first, draft=cold)
    assert take_back(dana.session, **told, text=first, draft=cold) is back
    propose_restock(dana.session, **told, return_id=back.id)
    with pytest.raises(Refused, match="two_people_needed"):
        sign_restock(dana.session, **told, return_id=back.id)
    with pytest.raises(Refused, match="quality_and_dispenser_needed"):
        sign_restock(dana.session, **dana.by(dana.dirk), return_id=back.id)
    sign_restock(dana.session, **dana.by(dana.quentin), return_id=back.id)
    assert bottle(dana, first).left_at is None
    dana.dispense(dana.order(dana.child("b"), 100), first)

    dana.fate(second, MilkFate.GIVEN, volume_ml=40)
    opened = take_back(dana.session, **told, text=second, draft=cold)
    with pytest.raises(Refused, match="return_not_cold"):
        propose_restock(dana.session, **told, return_id=opened.id)
    asked = {"reason": DestructionReason.RETURNED, "method": DestructionMethod.POURED}
    gone = ask_to_destroy(dana.session, **told, text=second, **asked)
    assert [each.volume_ml for each in contents_of(dana.session, gone)] == [60]
    with pytest.raises(Refused, match="thing_on_list"):
        ask_to_destroy(dana.session, **told, text=second, **asked)
    with pytest.raises(Refused, match="two_people_needed"):
        sign_destruction(dana.session, **told, destruction_id=gone.id, seen=1)
    sign_destruction(dana.session, **dana.by(dana.dirk), destruction_id=gone.id, seen=1)
    assert opened.verdict is ReturnVerdict.DESTROY
    with pytest.raises(Conflict, match="bottle_gone"):
        ask_to_destroy(dana.session, **told, text=first, **asked)
    broken = ask_to_destroy(dana.session, **told, text=third, **asked)
    take_destruction_back(dana.session, **told, destruction_id=broken.id)
    with pytest.raises(Refused, match="destruction_ended"):
        sign_destruction(dana.session, **dana.by(dana.dirk), destruction_id=broken.id, seen=1)
    assert bottle(dana, third).left_at is None
    assert isinstance(dispensing, Dispensing)
    assert dana.session.get_one(Lot, bottle(dana, third).lot_id).bank_id == dana.bank


def test_an_identity_is_sealed_ninety_days_after_the_last_milk(dana: DispensaryBench) -> None:
    (label,) = dana.lot(1)
    child = dana.child("a")
    who = {"recipient_id": child.id, "name": "Bo", "hospital_number": "", "born_on": None}
    write_identity(dana.session, bank_id=dana.bank, **who)
    dana.dispense(dana.order(child, 100), label)
    late = {"bank_id": dana.bank, "now": LATER + timedelta(days=98)}
    assert recipients_to_seal(dana.session, **late) == [], "a bottle has no fate"
    dana.fate(label, MilkFate.GIVEN)
    early = late | {"now": LATER + timedelta(days=90)}
    assert recipients_to_seal(dana.session, **early) == [], "the prescription lasted seven days"
    assert seal_due(dana.session, **late) == 1
    assert recipients_to_seal(dana.session, **late) == []

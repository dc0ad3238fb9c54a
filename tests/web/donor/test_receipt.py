"""After a visit: the receipt and its corrections, and the donors due."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from collector.custody.models import DoorRecord
from collector.db import reading, transaction
from collector.pickups.models import Correction, MilkLine, Pickup
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.donor.test_donor import publish, words
from tests.web.request_forms import record_door


def test_the_receipt_is_right_or_corrected_within_two_days(
    app: Flask, town: Town, clock: SetClock
) -> None:
    publish(app, town)
    record_door(app, town)
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    url = f"/donor/visits/{town.pickups[0]}"
    said = words(dora.get(f"{url}/receipt")).replace("\xa0", " ")
    assert "7 bottles, 1.4 L , -19 °C" in said
    assert "So far you gave 1.4 L in 1 visit." in said
    assert "6 empty bottles" in said
    assert "Seal 0412" in said
    data = {"bottles": "8", "volume_ml": "1600", "words": "One more"}
    clock.advance(hours=48)
    assert dora.post(f"{url}/corrections", data=data).status_code == 303
    clock.advance(seconds=1)
    assert dora.post(f"{url}/corrections", data=data).status_code == 422
    with app.app_context(), reading() as session:
        assert session.scalars(select(Correction.bottles)).all() == [8]
        assert session.scalars(select(DoorRecord.bottles)).all() == [7], "the record stays"
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert "she says 8 bottles" in words(claire.get("/board/horizon/due"))
    claire.post("/board/horizon/due/corrections/1")
    assert "she says 8 bottles" not in words(claire.get("/board/horizon/due"))


def test_a_volume_that_was_not_measured_is_the_donors_own_on_the_receipt(
    app: Flask, town: Town
) -> None:
    publish(app, town)
    record_door(app, town, declared=True)
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    page = words(dora.get(f"/donor/visits/{town.pickups[0]}/receipt")).replace("\xa0", " ")
    assert "7 bottles, 1.4 L (as you declared)" in page


def test_the_coordinator_sees_the_donors_that_will_be_due(app: Flask, town: Town) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    page = words(claire.get("/board/horizon/due"))
    assert "Dora Martin" in page
    assert "Gina" not in page, "another bank's"


def test_the_receipt_of_her_own_childs_milk_thanks_for_no_gift(app: Flask, town: Town) -> None:
    publish(app, town)
    record_door(app, town)
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, town.pickups[0]).line = MilkLine.OWN_CHILD
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    said = words(dora.get(f"/donor/visits/{town.pickups[0]}/receipt"))
    assert "for my own child in hospital" in said
    assert "So far you gave" not in said

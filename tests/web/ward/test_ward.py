"""The pages of a ward: its own children and bottles alone, and one button for a reaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import delete, select

from collector.db import transaction
from collector.donors.models import Donor
from collector.laboratory.holds.models import LaboratoryHold
from collector.recipients.models import Recipient, WardMember
from tests.dispensary_bench import TODAY
from tests.dispensary_cast import NAME, NUMBER, CounterCast, open_counter
from tests.town import Town
from tests.web.sign_ins import text


@pytest.fixture
def cast(app: Flask, town: Town) -> Iterator[CounterCast]:
    with open_counter(app, town) as found:
        yield found


def test_a_child_is_enrolled_and_prescribed(cast: CounterCast) -> None:
    wanda = cast["wanda"]
    form = {"weeks": "27", "days": "3", "birth_weight_g": "950", "weight_g": "1010"}
    nameless = wanda.post("/ward/recipients", data=form)
    assert nameless.status_code == 422
    assert "Give the name or the hospital number." in text(nameless)
    assert 'value="950"' in text(nameless)
    late = wanda.post("/ward/recipients", data=form | {"name": "Bo", "weeks": "45"})
    assert "from 20 to 44 weeks" in text(late)
    answer = wanda.post("/ward/recipients", data=form | {"name": "Bo"})
    assert answer.status_code == 303
    page = answer.headers["Location"]
    days = {"valid_from": TODAY.isoformat(), "valid_until": TODAY.isoformat()}
    unsigned = wanda.post(f"{page}/prescriptions", data=days | {"ml_per_day": "90"})
    assert "Give the name of the physician." in text(unsigned)
    sheet = {"document": (BytesIO(b"%PDF-1.7 signed"), "sheet.pdf")}
    kept = wanda.post(
        f"{page}/prescriptions",
        data=days | {"prescriber": "Dr M", "ml_per_kg_day": "150"} | sheet,
    )
    assert kept.status_code == 303
    assert "152 ml a day" in text(wanda.get(page))
    assert wanda.post(f"{page}/weight", data={"weight_g": "1100"}).status_code == 303
    assert "165 ml a day" in text(wanda.get(page))
    ended = wanda.post("/ward/recipients/prescriptions/2/end", follow_redirects=True)
    assert "The prescription has ended." in text(ended)


def test_the_identity_is_shown_once_it_is_opened(cast: CounterCast) -> None:
    page = f"/ward/recipients/{cast.child_id}"
    assert NAME not in text(cast["wanda"].get(page))
    opened = text(cast["wanda"].post(f"{page}/identity"))
    assert NAME in opened
    assert NUMBER in opened
    assert NAME not in text(cast["wanda"].get(page))


def test_a_ward_sees_its_own_children_and_bottles_alone(cast: CounterCast) -> None:
    order = cast.order(100)
    cast.dispense(order, cast.labels[0])
    willa, page = cast["willa"], f"/ward/recipients/{cast.child_id}"
    assert willa.get(page).status_code == 404
    for act in ("identity", "weight", "prescriptions", "reactions"):
        assert willa.post(f"{page}/{act}", data={"weight_g": "1000"}).status_code == 404, act
    assert willa.post(f"/ward/orders/{order}/cancellation").status_code == 404
    assert willa.post("/ward/recipients/prescriptions/1/end").status_code == 404
    refused = willa.post("/ward/bottles/arrivals", data={"label": cast.labels[0]})
    assert refused.status_code == 422
    assert "was not handed over to this ward" in text(refused)
    assert cast.code not in text(willa.get("/ward/recipients"))
    assert cast.labels[0] not in text(willa.get("/ward/bottles"))
    with cast.read() as session:
        numbers = set(session.scalars(select(Donor.number)))
    for url in ("/ward/orders", "/ward/bottles", page, "/ward/recipients", "/ward/bottles/fate"):
        shown = cast["wanda"].get(url).get_data(as_text=True)
        assert not [number for number in numbers if number in shown], url


def test_one_button_reports_a_reaction(cast: CounterCast) -> None:
    cast.dispense(cast.order(100), cast.labels[0])
    page = f"/ward/recipients/{cast.child_id}"
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    early = cast["wanda"].post(f"{page}/reactions", data={"fell_ill_on": tomorrow, "words": "x"})
    assert early.status_code == 422
    assert "This day has not come yet." in text(early)
    answer = cast["wanda"].post(f"{page}/reactions", data={}, follow_redirects=True)
    assert "held at once" in text(answer)
    with cast.read() as session:
        reasons = list(session.scalars(select(LaboratoryHold.reason)))
    assert reasons == ["A ward reports a suspected reaction."]
    form = {"label": cast.labels[0], "fate": "given"}
    held = cast["wanda"].post("/ward/bottles/fate", data=form)
    assert held.status_code == 422


def test_yesterdays_orders_again_and_a_cancellation(cast: CounterCast) -> None:
    order = cast.order(120)
    tomorrow = TODAY + timedelta(days=1)
    days = {"of": TODAY.isoformat(), "needed_on": tomorrow.isoformat()}
    again = cast["wanda"].post("/ward/orders/repetition", data=days, follow_redirects=True)
    assert "1 order is repeated." in text(again)
    twice = cast["wanda"].post("/ward/orders/repetition", data=days, follow_redirects=True)
    assert "0 orders are repeated." in text(twice)
    doubled = cast["wanda"].post(
        "/ward/orders",
        data={"recipient": cast.code, "needed_on": TODAY.isoformat(), "volume_ml": "10"},
    )
    assert doubled.status_code == 409
    url = f"/ward/orders/{order}/cancellation"
    assert cast["wanda"].post(url, data={"reason": ""}).status_code == 422
    assert cast["wanda"].post(url, data={"reason": "Gone home"}).status_code == 303


def test_a_depot_orders_and_tells_the_child(cast: CounterCast) -> None:
    form = {"recipient": "", "needed_on": TODAY.isoformat(), "volume_ml": "100"}
    assert cast["willa"].post("/ward/orders", data=form).status_code == 303
    page = cast.begin(1)
    cast.scan(page, cast.labels[0], by="dana")
    assert cast.scan(page, "O/00001-3", by="dirk").status_code in {200, 422}
    with cast.read() as session:
        assert session.scalars(select(Recipient.id)).all() == [cast.child_id]


def test_a_nurse_without_a_ward_is_told_so(cast: CounterCast) -> None:
    with transaction() as session:
        session.execute(delete(WardMember))
    for url in ("/ward/orders", "/ward/recipients", "/ward/bottles", "/ward/bottles/fate"):
        assert "the dispensary assigns you" in text(cast["wanda"].get(url))
    assert cast["wanda"].post("/ward/recipients", data={"weeks": "30"}).status_code == 422

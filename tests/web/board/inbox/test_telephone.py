"""Donors whom no message reaches: to be called, with the words to say, ticked off."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.db import reading, transaction
from collector.donors.contact import notify_donor
from collector.donors.models import Donor
from collector.notices.queries import due_notices
from collector.pickups.giving import start_loss
from collector.pickups.models import Pickup, PickupState
from tests.town import MORNING, Town, sign_in

HOURS = {"day": "2026-11-24", "opens": "09:00", "closes": "11:00"}


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def tell(app: Flask, town: Town, *, phone: str | None, template: str, **figures: object) -> None:
    with app.app_context(), transaction() as session:
        donor = session.get_one(Donor, town.dora)
        donor.email, donor.phone = None, phone
        key = town.pickups[0]
        once = f"{template} pickup:{key} {figures.get('opens')}"
        notify_donor(session, donor, now=MORNING, once=once, template=template, **figures)


def words(client: FlaskClient, address: str) -> str:
    return re.sub(r"\s+", " ", client.get(address).text)


def test_a_donor_with_a_landline_is_to_be_called_and_ticked_off(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    assert "To be called" not in words(claire, "/board/inbox")
    tell(app, town, phone="+33 5 36 49 00 01", template="visit_promised", **HOURS)
    page = words(claire, "/board/inbox")
    assert "To be called" in page
    assert 'href="tel:+33536490001"' in page
    assert "We come to you on Tuesday 24 November between 09:00 and 11:00." in page
    assert "Donors to tell by telephone" in words(claire, "/board/morning")
    with app.app_context(), reading() as session:
        assert due_notices(session, now=MORNING) == [], "no transport may take it"

    last = re.findall(r'name="last" value="(\d+)"', page)[0]
    claire.post(f"/board/inbox/telephone/{town.dora}", data={"last": last})
    assert "To be called" not in words(claire, "/board/inbox")
    file = words(claire, f"/board/donors/{town.dora}")
    assert "message told by telephone" in file
    assert "donor:" not in file
    outbox = words(claire, "/outbox/")
    assert "telephone call · told" in outbox
    claire.post(f"/outbox/{last}/attempts")
    assert "To be called" in words(claire, "/board/inbox")


def test_the_latest_message_about_a_visit_is_told_and_a_later_one_is_not_ticked_off(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    tell(app, town, phone=None, template="visit_promised", **HOURS)
    first = re.findall(r'name="last" value="(\d+)"', words(claire, "/board/inbox"))[0]
    tell(app, town, phone=None, template="visit_withdrawn", day="2026-11-24")
    page = words(claire, "/board/inbox")
    assert "We cannot come on Tuesday 24 November" in page
    assert "We come to you on Tuesday" not in page
    assert "no telephone, no e-mail: write to 1 rue du Port" in page
    claire.post(f"/board/inbox/telephone/{town.dora}", data={"last": first})
    assert "We cannot come on Tuesday 24 November" in words(claire, "/board/inbox")


@pytest.mark.parametrize("cause", ["day over", "visit over", "loss", "receipt"])
def test_nothing_is_told_that_is_over_or_hurts(
    app: Flask, town: Town, claire: FlaskClient, cause: str
) -> None:
    figures = HOURS | ({"day": "2026-11-01"} if cause == "day over" else {})
    template = "receipt" if cause == "receipt" else "visit_promised"
    tell(app, town, phone="+33 5 36 49 00 01", template=template, **figures)
    with app.app_context(), transaction() as session:
        if cause == "visit over":
            session.get_one(Pickup, town.pickups[0]).state = PickupState.COLLECTED
        if cause == "loss":
            start_loss(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="system")
    assert "To be called" not in words(claire, "/board/inbox")

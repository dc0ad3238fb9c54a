"""Names of towns on a map: from the addresses of the bank, then from postcodes around them."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from collector.db import transaction
from collector.places.models import Address, PostcodePlace
from collector.places.towns import towns_of
from tests.town import Town


def test_towns_of_most_addresses_come_first_then_postcodes_around(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        addresses = session.scalars(
            select(Address).where(Address.bank_id == town.bank, Address.position.has())
        ).all()
        for address in addresses:
            address.town = "Pessac"
        addresses[0].town = "Talence"
        session.flush()
        middle = towns_of(session, town.bank)[0]
        for name, away in (("Cestas", 0.1), ("Talence", 0.1), ("Toulouse", 3.0)):
            place = {"latitude": middle.latitude + away, "longitude": middle.longitude}
            session.add(PostcodePlace(postcode=f"{name}", town=name, **place))
        session.flush()
        assert [each.name for each in towns_of(session, town.bank)] == [
            "Pessac",
            "Talence",
            "Cestas",
        ]
        assert towns_of(session, town.bank + 1_000) == []

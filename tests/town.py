"""The town of the tests: one bank, two collectors, three donors, and a stranger's bank next door.

The cast: Claire coordinates and is a midwife, Ana and Bruno collect, Dora, Elise and Fanny give
milk; Sophie coordinates another bank and may see nothing of this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from collector.banks.actions import found_bank
from collector.db import db, transaction
from collector.people.actions import add_person, make_link
from collector.people.models import Person, Role, WebSession
from tests.builders import MORNING, add_donor, add_pickup, add_shift, add_site

__all__ = ["MORNING", "Town", "build_town", "sign_in"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The keys of everyone and everything in it."""

    bank: int
    site: int
    claire: int
    ana: int
    bruno: int
    adele: int
    dora: int
    elise: int
    fanny: int
    pickups: tuple[int, ...]
    shifts: tuple[int, ...]
    other_bank: int
    sophie: int
    stranger_donor: int
    stranger_pickup: int


def build_town() -> Town:
    """Put the town into the application's database."""
    with transaction() as session:
        bank = found_bank(session, now=MORNING, slug="town", name="Town bank", town="Town")
        site = add_site(session, bank.id)

        def person(name: str, *roles: Role) -> int:
            email = f"{name.lower()}@town.example"
            added = add_person(
                session, bank_id=bank.id, name=name, email=email, roles=roles, language="en"
            )
            return added.id

        claire = person("Claire", Role.COORDINATOR, Role.PROFESSIONAL)
        adele = person("Adele", Role.ADMIN)
        ana, bruno = person("Ana", Role.COLLECTOR), person("Bruno", Role.COLLECTOR)
        donors = [
            add_donor(
                session,
                bank.id,
                first_name=name,
                email=f"{name.lower()}@home.example",
                latitude=latitude,
                signed_by_id=claire,
                language="en",
            )
            for name, latitude in (("Dora", 44.80), ("Elise", 44.85), ("Fanny", 44.90))
        ]
        pickups = tuple(add_pickup(session, donor).id for donor in donors)
        shifts = tuple(
            add_shift(session, session.get_one(Person, key), site).id for key in (ana, bruno)
        )
        other = found_bank(session, now=MORNING, slug="other", name="Other bank", town="Other")
        sophie = add_person(
            session,
            bank_id=other.id,
            name="Sophie",
            email="sophie@other.example",
            roles=[role for role in Role if role is not Role.DONOR],
            language="en",
        )
        stranger = add_donor(session, other.id, first_name="Gina", email="gina@home.example")
        return Town(
            bank=bank.id,
            site=site.id,
            claire=claire,
            ana=ana,
            bruno=bruno,
            adele=adele,
            dora=donors[0].id,
            elise=donors[1].id,
            fanny=donors[2].id,
            pickups=pickups,
            shifts=shifts,
            other_bank=other.id,
            sophie=sophie.id,
            stranger_donor=stranger.id,
            stranger_pickup=add_pickup(session, stranger).id,
        )


def sign_in(
    app: Flask, *, bank: int, person: int | None = None, donor: int | None = None
) -> FlaskClient:
    """Return a browser that went through a sign-in link."""
    clock = app.extensions["milkround_clock"]
    with app.app_context():
        with transaction() as session:
            token = make_link(
                session, now=clock.now(), bank_id=bank, person_id=person, donor_id=donor
            )
        db.session.remove()
    client = app.test_client()
    answer = client.post(f"/link/{token}")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    if person is not None:
        prove(app, person, clock.now())
    return client


def prove(app: Flask, person: int, now: datetime) -> None:
    """Record the second factor of a person's sessions; `test_factors` gives a real one."""
    with app.app_context():
        with transaction() as session:
            session.execute(
                update(WebSession).where(WebSession.person_id == person).values(proved_at=now)
            )
        db.session.remove()

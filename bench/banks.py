"""A bank to measure on: collectors, and donors around it who asked for a visit.

Made with the tests' builders; the same every time.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from datetime import time as wall
from random import Random

from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from collector.banks.actions import found_bank
from collector.banks.models import Policy
from collector.banks.policies import PolicyKey
from collector.clock import SystemClock
from collector.db import transaction
from collector.people.actions import add_person, make_link
from collector.people.models import Person, Role
from collector.service_day import ServiceDay
from tests.builders import add_donor, add_pickup, add_shift, add_site

HOURS = ((wall(8), wall(13)), (wall(8), wall(18)))


def furnished(
    session: Session, *, rounds: int, visits: int, days: int = 1
) -> tuple[int, Sequence[date], int]:
    """Make a bank and so many days from tomorrow on, each of so many shifts and visits.

    Returns
    -------
    The bank, its days, and Claire, who coordinates it.
    """
    now, dice = SystemClock().now(), Random(1)  # noqa: S311 - a game, not a secret
    slug = f"bench-{rounds}-{visits}"
    bank = found_bank(session, now=now, slug=slug, name="Bench bank", town="Pessac")
    today = ServiceDay.of(now, bank.zone).day
    site = add_site(session, bank.id)
    # Five minutes at a door: twenty-five of them lie within the ride limit of the first.
    session.execute(
        update(Policy)
        .where(Policy.bank_id == bank.id, Policy.key == PolicyKey.COLLECTION_MINUTES)
        .values(value="5")
    )

    def person(name: str, role: Role) -> Person:
        email = f"{name.lower()}@{slug}.example"
        return add_person(
            session, bank_id=bank.id, name=name, email=email, roles=[role], language="en"
        )

    claire = person("Claire", Role.COORDINATOR)
    collectors = [person(f"Collector{number}", Role.COLLECTOR) for number in range(rounds)]
    asked = [today + timedelta(days=1 + number) for number in range(days)]
    for day in asked:
        for collector in collectors:
            shift = add_shift(session, collector, site, day=day)
            shift.capacity_bottles, shift.capacity_ml = 1_000, 1_000_000
        for number in range(visits):
            donor = add_donor(
                session,
                bank.id,
                first_name=f"Dora {number}",
                latitude=44.785 + dice.uniform(-0.08, 0.08),
                longitude=-0.66 + dice.uniform(-0.08, 0.08),
                serology_until=day + timedelta(days=40),
                signed_by_id=claire.id,
            )
            donor.baby_born_on = day - timedelta(days=90)
            windows = ((day, *HOURS[number % 2]),)
            add_pickup(session, donor, oldest_on=day - timedelta(days=20), windows=windows)
    return bank.id, asked, claire.id


def link_of(app: Flask, bank: int, claire: int) -> str:
    """Return a sign-in token."""
    with app.app_context(), transaction() as session:
        return make_link(session, now=SystemClock().now(), bank_id=bank, person_id=claire)

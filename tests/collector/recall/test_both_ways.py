"""Both ways: a child is in the forward walk of a donor exactly if she is in its walk back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.custody.models import Container
from collector.db import reading
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.models import BottleFate, MilkFate
from collector.dispensary.orders.models import MilkOrder
from collector.donors.models import Donor
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool, PoolInput
from collector.laboratory.reception.models import Intake
from collector.recall.models import RecallSubject
from collector.recall.outside import donors_of_recipient, recipients_of
from collector.recall.walk import Origin, forward, remaining_files
from collector.recipients.models import Recipient
from tests.builders import add_donor
from tests.dispensary_bench import DispensaryBench
from tests.laboratory_bench import open_bench
from tests.recall_bench import fill_row
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town

DONORS, CHILDREN, POOLS, BOTTLES, PAIRS = 40, 30, 60, 4, 1000


@pytest.fixture
def dana(app: Flask, town: Town) -> Iterator[DispensaryBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield DispensaryBench(ReleaseBench(bench, session))


def fill_bank(dana: DispensaryBench, draw: random.Random) -> tuple[list[int], list[int]]:
    """Write a random bank: pools of one to three donors, bottles here, out, back, given on."""
    session, bank = dana.session, dana.bank
    donors = [
        add_donor(session, bank, first_name=f"D{n}", email=f"d{n}@home.example").id
        for n in range(DONORS)
    ]
    # Every eighth file was merged into the one before it.
    for place in range(7, DONORS, 8):
        session.get_one(Donor, donors[place]).joined_into_id = donors[place - 1]
    children = [dana.child(ml=None).id for _ in range(CHILDREN)]
    session.flush()
    for place in range(POOLS):
        pool = fill_row(
            session, MilkPool, bank_id=bank, number=f"P{place}", made_by_id=dana.dana,
            closed_by_id=dana.dana,
        )  # fmt: skip
        for turn, donor in enumerate(draw.sample(donors, draw.randint(1, 3))):
            _input(session, dana, pool.id, donor, f"{place}-{turn}", draw)
        lot = fill_row(session, Lot, bank_id=bank, pool_id=pool.id, cycle_id=None)
        for division in range(BOTTLES):
            bottle = fill_row(
                session, Bottle, bank_id=bank, lot_id=lot.id, number=f"B{place}-{division}",
                volume_ml=100,
            )  # fmt: skip
            _way_of(session, dana, bottle.id, children, draw)
    session.flush()
    return donors, children


def _input(
    session: Session, dana: DispensaryBench, pool: int, donor: int, name: str, draw: random.Random
) -> None:
    container = fill_row(
        session, Container, bank_id=dana.bank, number=name, donor_id=donor,
        pickup_id=dana.lab.bench.dora, taken_over_at=LATER,
    )  # fmt: skip
    intake = fill_row(
        session, Intake, bank_id=dana.bank, container_id=container.id,
        site_id=dana.lab.bench.town.site, taken_by_id=dana.dana, volume_ml=150, line="donated",
        child_of_id=None,
    )  # fmt: skip
    undone = draw.random() < 0.15
    fill_row(
        session, PoolInput, bank_id=dana.bank, pool_id=pool, intake_id=intake.id,
        added_by_id=dana.dana, withdrawn_at=LATER if undone else None,
    )  # fmt: skip


def _way_of(
    session: Session, dana: DispensaryBench, bottle: int, children: list[int], draw: random.Random
) -> None:
    """Leave a bottle here, lay it back, hand it over, take it back, or give it to a child."""
    way = draw.choice(("here", "laid back", "picked", "delivered", "restocked", "given", "depot"))
    if way == "here":
        return
    child = draw.choice(children)
    order = fill_row(
        session, MilkOrder, bank_id=dana.bank, ward_id=dana.ward, recipient_id=child,
        asked_by_id=dana.wanda, volume_ml=100, needed_on=LATER.date() + timedelta(days=bottle),
    )  # fmt: skip
    dispensing = fill_row(
        session, Dispensing, bank_id=dana.bank, order_id=order.id, ward_id=dana.ward,
        recipient_id=None if way == "depot" else child, picked_by_id=dana.dana,
        checked_by_id=dana.dirk, handed_over_at=None if way == "picked" else LATER,
    )  # fmt: skip
    row = fill_row(
        session, DispensedBottle, bank_id=dana.bank, dispensing_id=dispensing.id, bottle_id=bottle,
        withdrawn_at=LATER if way == "laid back" else None,
        returned_at=LATER if way == "restocked" else None,
    )  # fmt: skip
    if way in {"given", "depot"}:
        undone = draw.random() < 0.2
        fill_row(
            session, BottleFate, bank_id=dana.bank, dispensed_bottle_id=row.id,
            fate=MilkFate.GIVEN, volume_ml=60, recipient_id=draw.choice(children),
            recorded_by_id=dana.wanda, withdrawn_at=LATER if undone else None,
        )  # fmt: skip


def test_a_thousand_random_pairs_agree_both_ways(dana: DispensaryBench) -> None:
    draw = random.Random(25)  # noqa: S311
    donors, children = fill_bank(dana, draw)
    session, bank = dana.session, dana.bank
    assert session.scalar(select(Recipient.id).limit(1)) is not None
    agree = both = 0
    for _ in range(PAIRS):
        donor, child = draw.choice(donors), draw.choice(children)
        reach = forward(
            session,
            bank_id=bank,
            origin=Origin(subject=RecallSubject.DONOR, subject_id=donor),
        )
        ahead = child in recipients_of(session, reach)
        (kept,) = remaining_files(session, bank_id=bank, donors=[donor])
        back = kept in donors_of_recipient(session, bank_id=bank, recipient_id=child)
        agree += ahead == back
        both += ahead and back
    assert agree == PAIRS
    # The bank is neither empty nor one heap: both answers occur often.
    assert PAIRS / 20 < both < PAIRS - PAIRS / 20

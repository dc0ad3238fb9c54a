"""The counter of the dispensary: released lots, two wards, Dana and Dirk, Wanda and Willa."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from collector.custody.models import Container
from collector.db import reading
from collector.dispensary.allocation.actions import allocate_orders
from collector.dispensary.allocation.choice import AllocationPlan
from collector.dispensary.allocation.models import BottleAllocation
from collector.dispensary.dispensing.checking import HandOver, check_bottle, check_label, hand_over
from collector.dispensary.dispensing.picking import begin_dispensing, pick_bottle
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.actions import FateDraft, receive_bottle, record_fate
from collector.dispensary.fates.models import BottleFate, MilkFate
from collector.dispensary.orders.actions import OrderDraft, ask_for_milk
from collector.dispensary.orders.codes import order_code
from collector.dispensary.orders.models import MilkOrder
from collector.dispensary.orders.prescriptions import PrescriptionDraft, write_prescription
from collector.donors.models import Donor
from collector.laboratory.labels.numbers import bottle_number
from collector.laboratory.pooling.models import (
    Bottle,
    Lot,
    LotState,
    MilkPool,
    PoolInput,
    PoolState,
)
from collector.laboratory.pooling.numbering import next_pool_number
from collector.laboratory.reception.models import Intake, IntakeState
from collector.people.actions import add_person
from collector.people.models import Role
from collector.pickups.models import MilkLine
from collector.recipients.actions import (
    RecipientDraft,
    assign_member,
    enrol_recipient,
    link_mother,
    write_ward,
)
from collector.recipients.models import Recipient
from tests.laboratory_bench import open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town

TODAY = LATER.date()
BOX = HandOver(box="Box 3", celsius=-19.0, carrier="Coursier Nord")
STAFF = {
    "dana": Role.DISPENSER,
    "dirk": Role.DISPENSER,
    "wanda": Role.WARD,
    "willa": Role.WARD,
}
BORN = {"a": (26, 900), "b": (30, 1300), "c": (33, 1700), "d": (40, 3200)}
"""Weeks and grams at birth of a child of each class."""


class DispensaryBench:
    """Dana and Dirk dispense; Wanda's ward is Neonatology, Willa's is a depot elsewhere."""

    def __init__(
        self, lab: ReleaseBench, *, containers: dict[str, list[str]] | None = None
    ) -> None:
        self.lab, self.session, self.bank = lab, lab.session, lab.bench.town.bank
        self.quentin = lab.quentin
        self.containers = containers or lab.take_over(dora=4, elise=3)
        self.dana, self.dirk, self.wanda, self.willa = (
            add_person(
                self.session,
                bank_id=self.bank,
                name=name.capitalize(),
                email=f"{name}@town.example",
                roles=[role],
                language="en",
            ).id
            for name, role in STAFF.items()
        )
        by = self.by(self.dana)
        self.ward = write_ward(self.session, **by, establishment="CHU", name="Neonatology").id
        self.depot = write_ward(
            self.session, **by, establishment="Clinic", name="Maternity", is_depot=True
        ).id
        assign_member(self.session, **by, ward_id=self.ward, member_id=self.wanda)
        assign_member(self.session, **by, ward_id=self.depot, member_id=self.willa)

    def by(self, person: int, at: datetime = LATER) -> dict[str, Any]:
        return {"now": at, "bank_id": self.bank, "person_id": person}

    def lot(
        self,
        count: int,
        volume_ml: int = 100,
        *,
        days: int = 90,
        donor: str = "dora",
        line: MilkLine = MilkLine.DONATED,
        **intake: Any,  # noqa: ANN401
    ) -> list[str]:
        """Write a released lot of one container; return the numbers of its bottles."""
        number = self.containers[donor].pop(0)
        row = self.session.scalars(
            select(Intake)
            .join(Container, Container.id == Intake.container_id)
            .where(Container.number == number)
        ).one()
        mother = self.session.get_one(Container, row.container_id).donor_id
        row.state, row.line = IntakeState.POOLED, line
        row.child_of_id = mother if line is MilkLine.OWN_CHILD else None
        for name, value in intake.items():
            setattr(row, name, value)
        pool = self._pool(line, row)
        lot = Lot(
            bank_id=self.bank,
            pool_id=pool.id,
            expires_on=TODAY + timedelta(days=days),
            state=LotState.RELEASED,
        )
        self.session.add(lot)
        self.session.flush()
        numbers = [bottle_number(pool.number, division) for division in range(1, 2 * count + 9)]
        made = [each for each in numbers if each is not None][:count]
        told = {"bank_id": self.bank, "lot_id": lot.id, "volume_ml": volume_ml}
        rows = [told | {"number": each, "filled_at": LATER} for each in made]
        self.session.execute(insert(Bottle), rows)
        return made

    def _pool(self, line: MilkLine, intake: Intake) -> MilkPool:
        pool = MilkPool(
            bank_id=self.bank,
            number=next_pool_number(self.session, bank_id=self.bank, today=TODAY),
            line=line,
            state=PoolState.CLOSED,
            made_by_id=self.lab.leo,
            made_at=LATER,
            closed_by_id=self.lab.leo,
            closed_at=LATER,
            sampled_ml=0,
            discarded_ml=0,
            loss_reason="",
        )
        self.session.add(pool)
        self.session.flush()
        self.session.add(
            PoolInput(
                bank_id=self.bank,
                pool_id=pool.id,
                intake_id=intake.id,
                added_by_id=self.lab.leo,
                added_at=LATER,
                withdrawn_at=None,
            )
        )
        return pool

    def child(
        self,
        need: str = "a",
        *,
        ml: int | None = 600,
        ward: int | None = None,
        **changes: Any,  # noqa: ANN401
    ) -> Recipient:
        """Enrol a child of a class on Wanda's ward, with a prescription of a week."""
        weeks, grams = BORN[need]
        usual: dict[str, Any] = {
            "gestation_days": weeks * 7,
            "birth_weight_g": grams,
            "weight_g": grams,
            "indication": "Short bowel" if need == "d" else "",
        }
        child = enrol_recipient(
            self.session,
            **self.by(self.wanda),
            ward_id=ward or self.ward,
            draft=RecipientDraft(**(usual | changes)),
        )
        if ml is not None:
            self.prescribe(child, ml_per_day=ml)
        return child

    def prescribe(self, child: Recipient, **changes: Any) -> None:  # noqa: ANN401
        usual: dict[str, Any] = {
            "prescriber": "Dr Martin",
            "valid_from": TODAY,
            "valid_until": TODAY + timedelta(days=7),
        }
        draft = PrescriptionDraft(**(usual | changes))
        told = self.by(self.wanda)
        write_prescription(self.session, **told, recipient_id=child.id, draft=draft)

    def tie(self, child: Recipient, donor: int) -> None:
        number = self.session.get_one(Donor, donor).number
        told = self.by(self.dana)
        link_mother(self.session, **told, recipient_id=child.id, donor_number=number)

    def order(
        self, child: Recipient | None, ml: int, *, on: date = TODAY, at: datetime = LATER
    ) -> MilkOrder:
        return ask_for_milk(
            self.session,
            **self.by(self.wanda if child else self.willa, at),
            ward_id=self.ward if child else self.depot,
            draft=OrderDraft(recipient_id=child.id if child else None, needed_on=on, volume_ml=ml),
            today=TODAY,
        )

    def allocate(self, at: datetime = LATER, *, days: int = 3) -> AllocationPlan:
        return allocate_orders(
            self.session,
            **self.by(self.dana, at),
            today=at.date(),
            until=at.date() + timedelta(days=days),
        )

    def kept(self, order: MilkOrder) -> list[str]:
        """Return the numbers of the bottles that are kept for an order."""
        return list(
            self.session.scalars(
                select(Bottle.number)
                .join(BottleAllocation, BottleAllocation.bottle_id == Bottle.id)
                .where(BottleAllocation.order_id == order.id, BottleAllocation.ended_at.is_(None))
                .order_by(BottleAllocation.id)
            )
        )

    def begin(self, order: MilkOrder, *, by: int | None = None) -> Dispensing:
        told = self.by(by or self.dana)
        return begin_dispensing(self.session, **told, order_id=order.id, today=TODAY)

    def pick(self, dispensing: Dispensing, label: str, *, by: int | None = None) -> DispensedBottle:
        told = self.by(by or self.dana)
        key = dispensing.id
        return pick_bottle(self.session, **told, dispensing_id=key, text=label, today=TODAY)

    def check(self, dispensing: Dispensing, *labels: str, by: int | None = None) -> None:
        told = self.by(by or self.dirk) | {"dispensing_id": dispensing.id}
        check_label(self.session, **told, text=order_code(dispensing.order_id))
        for label in labels:
            check_bottle(self.session, **told, text=label, today=TODAY)

    def hand_over(self, dispensing: Dispensing, *, by: int | None = None) -> Dispensing:
        told = self.by(by or self.dirk)
        return hand_over(self.session, **told, dispensing_id=dispensing.id, given=BOX, today=TODAY)

    def dispense(self, order: MilkOrder, *labels: str) -> Dispensing:
        """Pick, check and hand over bottles of an order."""
        dispensing = self.begin(order)
        for label in labels:
            self.pick(dispensing, label)
        self.check(dispensing, *labels)
        return self.hand_over(dispensing)

    def receive(self, label: str) -> None:
        told = self.by(self.wanda)
        receive_bottle(self.session, **told, ward_id=self.ward, text=label)

    def fate(
        self,
        label: str,
        fate: MilkFate,
        *,
        ward: int | None = None,
        **draft: Any,  # noqa: ANN401
    ) -> BottleFate:
        told = self.by(self.willa if ward == self.depot else self.wanda)
        return record_fate(
            self.session,
            **told,
            ward_id=ward or self.ward,
            text=label,
            draft=FateDraft(fate=fate, **draft),
            today=TODAY,
        )


@contextmanager
def open_dispensary(app: Flask, town: Town) -> Iterator[DispensaryBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield DispensaryBench(ReleaseBench(bench, session))

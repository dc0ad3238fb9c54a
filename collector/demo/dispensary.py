"""The demonstration's dispensary: two wards, three days of orders, a depot, one reaction.

The acts are those of the product, at instants of then. The orders of the demonstration's day wait
for the visitor, who finds the stock short: the reaction of the day before holds a part of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.demo.bank import CHECKER, DEPOT_NURSE, DISPENSER, NURSE
from collector.demo.bench import DemoBench
from collector.dispensary.allocation.actions import allocate_orders
from collector.dispensary.allocation.overrides import agree_to_override, propose_override
from collector.dispensary.dispensing.checking import (
    HandOver,
    check_bottle,
    check_label,
    hand_over,
)
from collector.dispensary.dispensing.picking import begin_dispensing, pick_bottle
from collector.dispensary.dispensing.sums import dispensed_sums
from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.actions import FateDraft, receive_bottle, record_fate
from collector.dispensary.fates.models import MilkFate
from collector.dispensary.fates.queries import open_links
from collector.dispensary.fates.reactions import ReactionDraft, report_reaction
from collector.dispensary.lists.orders import OrderLine, orders_of
from collector.dispensary.orders.actions import OrderDraft, ask_for_milk
from collector.dispensary.orders.codes import order_code
from collector.dispensary.orders.models import MilkOrder, WaitReason
from collector.dispensary.orders.prescriptions import (
    PrescriptionDraft,
    daily_ml,
    prescription_on,
    write_prescription,
)
from collector.laboratory.pooling.models import Bottle
from collector.people.models import Person
from collector.recipients.actions import (
    RecipientDraft,
    assign_member,
    enrol_recipient,
    write_ward,
)
from collector.recipients.models import Recipient
from collector.recipients.sealing import write_identity

Act = tuple[datetime, Callable[[datetime], None]]

SERVED_DAYS = 3
DEPOT_BEFORE, DEPOT_ML = 2, 240
"""Days before the demonstration's day on which the depot is served, and its millilitres."""
DEPOT_NOTE = "Le dépôt est vide ; prochaine navette dans dix jours."
ORDERED_AT, KEPT_AT, SENT_AT, GIVEN_AT = time(6, 30), time(9), time(10), time(15)
ILL_AT = time(17)
BOX = HandOver(box="Glacière 3", celsius=-19.5, carrier="Service transport du CHU")
CHILDREN = (
    ("Bébé Lefèvre", 25, 780, 150, ""),
    ("Bébé Roussel", 27, 940, 140, ""),
    ("Bébé Caron", 30, 1350, 160, ""),
    ("Bébé Noël", 31, 1450, 170, ""),
    ("Bébé Masson", 33, 1720, 170, ""),
    ("Bébé Picard", 33, 1760, 170, ""),
    ("Bébé Aubert", 33, 1790, 180, ""),
    ("Bébé Vidal", 38, 2900, 160, "Grêle court"),
    ("Bébé Renard", 37, 3100, 150, "Atrésie de l'œsophage, opérée"),
)
"""Name, weeks and grams at birth, prescribed millilitres per kilogram and day, indication."""
ILL = 1
"""The child that falls ill, by its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispensaryReport:
    """Sums of the dispensary.

    Attributes
    ----------
    orders_served
        Orders of which bottles were handed over.
    open_links
        Bottles of depots whose recipient is not told.
    """

    bottles_dispensed: int
    orders_served: int
    open_links: int


@dataclass(slots=True, kw_only=True)
class DemoDispensary:
    """The wards and the counter of the demonstration."""

    bench: DemoBench
    dispenser: int
    checker: int
    nurse: int
    depot_nurse: int
    ward: int = 0
    depot: int = 0
    children: list[Recipient] = field(default_factory=list)

    @classmethod
    def of(cls, bench: DemoBench) -> "DemoDispensary":
        """Return the dispensary of the demonstration bank."""

        def person(email: str) -> int:
            return bench.session.scalars(select(Person.id).where(Person.email == email)).one()

        return cls(
            bench=bench,
            dispenser=person(DISPENSER),
            checker=person(CHECKER),
            nurse=person(NURSE),
            depot_nurse=person(DEPOT_NURSE),
        )

    def acts(self) -> Iterator[Act]:
        """Yield the acts of the dispensary with their instants."""
        first = self.bench.day - timedelta(days=SERVED_DAYS)
        yield self.bench.instant(first, time(6)), self.open
        for before in range(SERVED_DAYS, 0, -1):
            day = self.bench.day - timedelta(days=before)
            yield self.bench.instant(day, ORDERED_AT), partial(self.order, day)
            yield self.bench.instant(day, KEPT_AT), partial(self.keep, day)
            yield self.bench.instant(day, SENT_AT), partial(self.send, day)
            yield self.bench.instant(day, GIVEN_AT), partial(self.give, day)
        yesterday = self.bench.day - timedelta(days=1)
        yield self.bench.instant(yesterday, ILL_AT), self.report_illness
        yield self.bench.instant(yesterday, time(18)), partial(self.order, self.bench.day)

    def open(self, at: datetime) -> None:
        """Write the wards, their nurses, the children and their prescriptions."""
        session, by = self.bench.session, self.bench.by(self.dispenser, at)
        self.ward = write_ward(
            session, **by, establishment="CHU de Bordeaux", name="Réanimation néonatale"
        ).id
        self.depot = write_ward(
            session, **by, establishment="CH de Libourne", name="Maternité", is_depot=True
        ).id
        assign_member(session, **by, ward_id=self.ward, member_id=self.nurse)
        assign_member(session, **by, ward_id=self.depot, member_id=self.depot_nurse)
        self.children = [self._enrol(at, *child) for child in CHILDREN]

    def order(self, day: date, at: datetime) -> None:
        """Order the milk of a day, as it is prescribed."""
        session = self.bench.session
        for child in self.children:
            found = prescription_on(session, child.id, day)
            if found is not None:
                draft = OrderDraft(
                    recipient_id=child.id,
                    needed_on=day,
                    volume_ml=daily_ml(found, child.weight_g),
                )
                self._ask(at, self.nurse, self.ward, draft)
        if day == self.bench.day - timedelta(days=DEPOT_BEFORE):
            draft = OrderDraft(recipient_id=None, needed_on=day, volume_ml=DEPOT_ML)
            self._ask(at, self.depot_nurse, self.depot, draft)

    def keep(self, day: date, at: datetime) -> None:
        """Keep bottles for the orders of a day; two people serve the depot in any case."""
        by = self.bench.by(self.dispenser, at)
        session = self.bench.session
        allocate_orders(session, **by, today=day, until=day)
        for line in self._lines(day, at):
            if line.order.recipient_id is None and line.order.waits_because is WaitReason.SHORTAGE:
                order: dict[str, Any] = {"order_id": line.order.id}
                propose_override(session, **by, **order, note=DEPOT_NOTE)
                agree_to_override(session, **self.bench.by(self.checker, at), **order, today=day)

    def send(self, day: date, at: datetime) -> None:
        """Pick, check and hand over the kept bottles of a day."""
        for line in self._lines(day, at):
            if line.kept:
                self._send(line, day, at)

    def give(self, day: date, at: datetime) -> None:
        """Receive the bottles of a day and give them; of the depot's one stays untold."""
        session = self.bench.session
        for child in self.children:
            for number in self._numbers(child.id, day):
                by = self.bench.by(self.nurse, at)
                receive_bottle(session, **by, ward_id=self.ward, text=number)
                draft = FateDraft(fate=MilkFate.GIVEN)
                record_fate(session, **by, ward_id=self.ward, text=number, draft=draft, today=day)
        for number in self._numbers(None, day)[1:]:
            by = self.bench.by(self.depot_nurse, at)
            draft = FateDraft(fate=MilkFate.WASTED, note="Décongelé, non donné")
            record_fate(session, **by, ward_id=self.depot, text=number, draft=draft, today=day)

    def report_illness(self, at: datetime) -> None:
        """Report that a child fell ill: its milk is held at once."""
        day = self.bench.day - timedelta(days=1)
        report_reaction(
            self.bench.session,
            **self.bench.by(self.nurse, at),
            ward_id=self.ward,
            recipient_id=self.children[ILL].id,
            draft=ReactionDraft(
                fell_ill_on=day,
                words="Fièvre et apnées depuis midi ; hémocultures en cours.",
                reason="Un service signale une réaction suspecte.",
            ),
            today=day,
        )

    def _enrol(
        self, at: datetime, name: str, weeks: int, grams: int, ml: int, indication: str
    ) -> Recipient:
        session, by = self.bench.session, self.bench.by(self.nurse, at)
        draft = RecipientDraft(
            gestation_days=weeks * 7,
            birth_weight_g=grams,
            weight_g=grams,
            indication=indication,
        )
        child = enrol_recipient(session, **by, ward_id=self.ward, draft=draft)
        write_identity(
            session,
            bank_id=self.bench.bank_id,
            recipient_id=child.id,
            name=name,
            hospital_number=f"IPP {80_000_000 + child.id}",
            born_on=None,
        )
        first = self.bench.day - timedelta(days=SERVED_DAYS)
        prescription = PrescriptionDraft(
            prescriber="Dr Hélène Marchand",
            valid_from=first,
            valid_until=self.bench.day + timedelta(days=10),
            ml_per_kg_day=ml,
        )
        write_prescription(session, **by, recipient_id=child.id, draft=prescription)
        return child

    def _ask(self, at: datetime, person: int, ward: int, draft: OrderDraft) -> None:
        ask_for_milk(
            self.bench.session,
            **self.bench.by(person, at),
            ward_id=ward,
            draft=draft,
            today=at.astimezone(self.bench.zone).date(),
        )

    def _lines(self, day: date, at: datetime) -> list[OrderLine]:
        bank_id = self.bench.bank_id
        return orders_of(self.bench.session, bank_id=bank_id, day=day, now=at)

    def _send(self, line: OrderLine, day: date, at: datetime) -> None:
        session, numbers = self.bench.session, [each.bottle.number for each in line.kept]
        by, second = self.bench.by(self.dispenser, at), self.bench.by(self.checker, at)
        found = begin_dispensing(session, **by, order_id=line.order.id, today=day)
        key: dict[str, Any] = {"dispensing_id": found.id}
        for number in numbers:
            pick_bottle(session, **by, **key, text=number, today=day)
        check_label(session, **second, **key, text=order_code(line.order.id))
        for number in numbers:
            check_bottle(session, **second, **key, text=number, today=day)
        hand_over(session, **second, **key, given=BOX, today=day)

    def _numbers(self, recipient_id: int | None, day: date) -> list[str]:
        """Return the bottles that were handed over for a child, or for the depot, on a day."""
        found = (
            select(Bottle.number)
            .join(DispensedBottle, DispensedBottle.bottle_id == Bottle.id)
            .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
            .join(MilkOrder, MilkOrder.id == Dispensing.order_id)
            .where(MilkOrder.needed_on == day, MilkOrder.recipient_id == recipient_id)
            .order_by(DispensedBottle.id)
        )
        return list(self.bench.session.scalars(found))


def report_dispensary(session: Session, *, bank_id: int, now: datetime) -> DispensaryReport:
    """Return the sums of the dispensary."""
    sums = dispensed_sums(session, bank_id=bank_id)
    days = policies_of(session, bank_id)[PolicyKey.OPEN_LINK_DAYS]
    return DispensaryReport(
        bottles_dispensed=sums.bottles,
        orders_served=sums.orders,
        open_links=len(open_links(session, bank_id=bank_id, now=now, days=days)),
    )

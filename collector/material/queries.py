"""Questions of material: stock, the donor's ledger, losses, loans, and the loads of rounds.

Empty bottles that a collector left at a door come from the pick-up records that stand: an undo on
the phone puts them back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from collector.banks.fleet import vehicle_known
from collector.custody.models import DoorRecord
from collector.custody.queries import kits_of
from collector.errors import NotFound
from collector.material.models import (
    Loan,
    LoanDevice,
    MaterialItem,
    MaterialMovement,
    MovementKind,
)
from collector.pickups.models import Kit, Pickup, Purpose
from collector.rounds.models import DayPlan, Round, RoundStop
from collector.shifts.models import RosterShift


class StockPlace(NamedTuple):
    """A site or a vehicle that holds material."""

    site_id: int | None = None
    vehicle_id: int | None = None


Stock = Mapping[tuple[StockPlace, MaterialItem], int]


def stock_of(session: Session, bank_id: int) -> Stock:
    """Return the pieces of each item at each place; below zero, more left than was booked in."""
    stock: Counter[tuple[StockPlace, MaterialItem]] = Counter()
    rows = session.execute(
        select(
            MaterialMovement.item,
            MaterialMovement.from_site_id,
            MaterialMovement.from_vehicle_id,
            MaterialMovement.to_site_id,
            MaterialMovement.to_vehicle_id,
            func.sum(MaterialMovement.quantity),
        )
        .where(MaterialMovement.bank_id == bank_id)
        .group_by(
            MaterialMovement.item,
            MaterialMovement.from_site_id,
            MaterialMovement.from_vehicle_id,
            MaterialMovement.to_site_id,
            MaterialMovement.to_vehicle_id,
        )
    )
    for item, from_site, from_vehicle, to_site, to_vehicle, quantity in rows:
        stock[StockPlace(from_site, from_vehicle), item] -= quantity
        stock[StockPlace(to_site, to_vehicle), item] += quantity
    for place, pieces in _left_at_doors(session, bank_id):
        stock[place, MaterialItem.BOTTLES] -= pieces
    outside = StockPlace()
    return {key: pieces for key, pieces in stock.items() if key[0] != outside}


def _left_at_doors(session: Session, bank_id: int) -> Iterator[tuple[StockPlace, int]]:
    """Yield the empty bottles left by rounds, from their vehicle or else their first site.

    Only those count that were left after the first movement of bottles of the bank: before it,
    nothing had been booked in.
    """
    first = session.scalar(
        select(func.min(MaterialMovement.made_at)).where(
            MaterialMovement.bank_id == bank_id, MaterialMovement.item == MaterialItem.BOTTLES
        )
    )
    if first is None:
        return
    vehicles = {vehicle.name: vehicle.id for vehicle in vehicle_known(session, bank_id)}
    rows = session.execute(
        select(RosterShift.vehicle, RosterShift.start_site_id, func.sum(DoorRecord.empties_left))
        .join(RoundStop, RoundStop.pickup_id == DoorRecord.pickup_id)
        .join(Round, Round.id == RoundStop.round_id)
        .join(RosterShift, RosterShift.id == Round.shift_id)
        .where(
            DoorRecord.bank_id == bank_id,
            DoorRecord.withdrawn_at.is_(None),
            DoorRecord.device_at >= first,
            RosterShift.collector_id == DoorRecord.collector_id,
        )
        .group_by(RosterShift.vehicle, RosterShift.start_site_id)
    )
    for vehicle, site_id, pieces in rows:
        known = vehicles.get(vehicle)
        yield (StockPlace(vehicle_id=known) if known else StockPlace(site_id=site_id)), pieces or 0


def latest_movements(session: Session, bank_id: int, *, most: int) -> list[MaterialMovement]:
    """Return the latest movements, newest first."""
    rows = select(MaterialMovement).where(MaterialMovement.bank_id == bank_id)
    return list(session.scalars(rows.order_by(MaterialMovement.id.desc()).limit(most)))


def losses_since(session: Session, bank_id: int, *, since: datetime) -> dict[MaterialItem, int]:
    """Return the pieces lost since an instant, by item."""
    rows = session.execute(
        select(MaterialMovement.item, func.sum(MaterialMovement.quantity))
        .where(
            MaterialMovement.bank_id == bank_id,
            MaterialMovement.kind == MovementKind.LOST,
            MaterialMovement.made_at >= since,
        )
        .group_by(MaterialMovement.item)
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorLedger:
    """The material of one donor.

    Attributes
    ----------
    out, back
        Pieces handed to the donor and returned, by item; bottles include those of visits.
    loans
        Her loans, open ones first.
    """

    out: Mapping[MaterialItem, int]
    back: Mapping[MaterialItem, int]
    loans: tuple[Loan, ...]

    @property
    def items(self) -> tuple[MaterialItem, ...]:
        """The items that she had at all."""
        return tuple(
            item for item in MaterialItem if self.out.get(item, 0) or self.back.get(item, 0)
        )


def ledger_of(session: Session, *, bank_id: int, donor_id: int) -> DonorLedger:
    """Return the ledger of a donor: full bottles that were collected count as back."""
    kits = kits_of(session, bank_id=bank_id, donor_id=donor_id)
    out = Counter({MaterialItem.BOTTLES: kits.left})
    back = Counter({MaterialItem.BOTTLES: kits.fetched})
    rows = session.execute(
        select(MaterialMovement.item, MaterialMovement.kind, func.sum(MaterialMovement.quantity))
        .where(MaterialMovement.bank_id == bank_id, MaterialMovement.donor_id == donor_id)
        .group_by(MaterialMovement.item, MaterialMovement.kind)
    )
    for item, kind, pieces in rows:
        (out if kind is MovementKind.TO_DONOR else back)[item] += pieces
    return DonorLedger(
        out=out,
        back=back,
        loans=tuple(loans_of(session, bank_id=bank_id, donor_id=donor_id)),
    )


def devices_of(session: Session, bank_id: int) -> list[LoanDevice]:
    """Return the devices of a bank, by serial number."""
    rows = select(LoanDevice).where(LoanDevice.bank_id == bank_id)
    return list(session.scalars(rows.order_by(LoanDevice.serial)))


def loans_of(session: Session, *, bank_id: int, donor_id: int | None = None) -> list[Loan]:
    """Return the loans of a donor, or every open loan of the bank; the earliest due first."""
    rows = (
        select(Loan)
        .options(joinedload(Loan.device), joinedload(Loan.donor))
        .where(Loan.bank_id == bank_id)
    )
    if donor_id is None:
        rows = rows.where(Loan.returned_on.is_(None), Loan.lost_on.is_(None))
    else:
        rows = rows.where(Loan.donor_id == donor_id)
    found = session.scalars(rows.order_by(Loan.due_on, Loan.id))
    return sorted(found, key=lambda loan: not loan.is_open)


def open_loan_of(session: Session, *, bank_id: int, device_id: int) -> Loan | None:
    """Return the open loan of a device, if any."""
    return session.scalar(
        select(Loan).where(
            Loan.bank_id == bank_id,
            Loan.device_id == device_id,
            Loan.returned_on.is_(None),
            Loan.lost_on.is_(None),
        )
    )


def get_loan(session: Session, bank_id: int, loan_id: int) -> Loan:
    """Return a loan of a bank with its device and its donor.

    Raises
    ------
    NotFound
        The bank has no such loan.
    """
    loan = session.scalar(
        select(Loan)
        .options(joinedload(Loan.device), joinedload(Loan.donor))
        .where(Loan.bank_id == bank_id, Loan.id == loan_id)
    )
    if loan is None:
        raise NotFound("not_found", kind="loans")
    return loan


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLoad:
    """Load of one round before its start.

    Attributes
    ----------
    needed
        Pieces that its visits need, by item.
    aboard
        Pieces in its vehicle by the books; empty for a shift without a vehicle of the fleet.
    pumps_back
        Visits at which a pump is returned.
    blood
        Visits at which blood is drawn.
    """

    round: Round
    needed: Mapping[MaterialItem, int]
    aboard: Mapping[MaterialItem, int]
    pumps_back: int
    blood: int

    def short(self, item: MaterialItem) -> int:
        """Return the pieces that the vehicle lacks."""
        return max(0, self.needed.get(item, 0) - max(0, self.aboard.get(item, 0)))


def loads_of_day(session: Session, *, bank_id: int, day: date) -> list[RoundLoad]:
    """Return the loads of the rounds of a day that have visits, by letter."""
    rounds = session.scalars(
        select(Round)
        .join(DayPlan, DayPlan.id == Round.day_plan_id)
        .options(
            joinedload(Round.shift).joinedload(RosterShift.collector),
            joinedload(Round.stops).joinedload(RoundStop.pickup),
        )
        .where(DayPlan.bank_id == bank_id, DayPlan.day == day)
        .order_by(Round.letter)
    ).unique()
    stock = stock_of(session, bank_id)
    vehicles = {vehicle.name: vehicle.id for vehicle in vehicle_known(session, bank_id)}
    return [
        _load(round_, stock, vehicles.get(round_.shift.vehicle))
        for round_ in rounds
        if round_.stops
    ]


def _load(round_: Round, stock: Stock, vehicle_id: int | None) -> RoundLoad:
    pickups = [stop.pickup for stop in round_.stops]
    place = StockPlace(vehicle_id=vehicle_id)
    aboard = {item: stock.get((place, item), 0) for item in MaterialItem} if vehicle_id else {}
    return RoundLoad(
        round=round_,
        needed=material_needed(pickups),
        aboard=aboard,
        pumps_back=_visits(pickups, Purpose.PUMP_RETURN),
        blood=_visits(pickups, Purpose.BLOOD_SAMPLE),
    )


def material_needed(pickups: Iterable[Pickup]) -> dict[MaterialItem, int]:
    """Return the pieces that visits need: empty bottles, and one set of each kit asked for."""
    needed: Counter[MaterialItem] = Counter()
    for pickup in pickups:
        needed[MaterialItem.BOTTLES] += pickup.empties_wanted
        needed[MaterialItem.LABELS] += Kit.LABELS in pickup.kit_wanted
        needed[MaterialItem.PUMP_PARTS] += Kit.PUMP_PARTS in pickup.kit_wanted
        needed[MaterialItem.KITS] += Purpose.FIRST_INTERVIEW in pickup.purposes
    return {item: pieces for item, pieces in needed.items() if pieces}


def _visits(pickups: Iterable[Pickup], purpose: Purpose) -> int:
    return sum(purpose in pickup.purposes for pickup in pickups)

"""Material of the demonstration: a delivery, stock in each vehicle, two pumps, one of them lent."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.fleet import vehicle_known
from collector.banks.models import Bank, SiteKind
from collector.banks.queries import sites_of
from collector.donors.models import Donor, DonorState
from collector.material.actions import MovementDraft, add_device, book_movement, lend
from collector.material.models import MaterialItem, MaterialMovement, MovementKind
from collector.material.queries import StockPlace

DELIVERED = {
    MaterialItem.BOTTLES: 1200,
    MaterialItem.LABELS: 400,
    MaterialItem.KITS: 25,
    MaterialItem.TABLETS: 600,
    MaterialItem.PUMP_PARTS: 40,
}
ABOARD = {MaterialItem.BOTTLES: 80, MaterialItem.LABELS: 10, MaterialItem.PUMP_PARTS: 3}
PUMPS = ("TL-0412", "TL-0413")
LENT_FOR = timedelta(days=60)


def stock_material(session: Session, bank: Bank, *, now: datetime, day: date) -> None:
    """Book the stock of the bank and lend a pump, once."""
    known = select(MaterialMovement.id).where(MaterialMovement.bank_id == bank.id)
    if session.scalar(known.limit(1)) is not None:
        return
    main = next(site for site in sites_of(session, bank.id) if site.kind is SiteKind.BANK)
    store = StockPlace(site_id=main.id)
    for item, pieces in DELIVERED.items():
        _book(session, bank, MovementKind.RECEIVED, item, pieces, now=now, target=store)
    for vehicle in vehicle_known(session, bank.id):
        target = StockPlace(vehicle_id=vehicle.id)
        for item, pieces in ABOARD.items():
            _book(
                session,
                bank,
                MovementKind.MOVED,
                item,
                pieces,
                now=now,
                origin=store,
                target=target,
            )
    _lend_pump(session, bank, main.id, now=now, day=day)


def _lend_pump(session: Session, bank: Bank, site_id: int, *, now: datetime, day: date) -> None:
    devices = [
        add_device(
            session,
            now=now,
            bank_id=bank.id,
            actor="system",
            serial=serial,
            name="Tire-lait",
            site_id=site_id,
        )
        for serial in PUMPS
    ]
    donor_id = session.scalars(
        select(Donor.id)
        .where(Donor.bank_id == bank.id, Donor.state == DonorState.ELIGIBLE)
        .order_by(Donor.id)
    ).first()
    if donor_id is not None:
        lend(
            session,
            now=now,
            bank_id=bank.id,
            actor="system",
            device_id=devices[0].id,
            donor_id=donor_id,
            due_on=day + LENT_FOR,
        )


def _book(
    session: Session,
    bank: Bank,
    kind: MovementKind,
    item: MaterialItem,
    pieces: int,
    *,
    now: datetime,
    target: StockPlace,
    origin: StockPlace | None = None,
) -> None:
    draft = MovementDraft(item=item, kind=kind, quantity=pieces, origin=origin, target=target)
    book_movement(session, now=now, bank_id=bank.id, actor="system", draft=draft)

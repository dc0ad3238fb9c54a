"""Lists of handling: destroyed milk, scans, prints of labels, volumes by donor."""

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from collector.custody.models import Container
from collector.donors.models import Donor
from collector.laboratory.destructions.models import DestroyedItem, Destruction
from collector.laboratory.lists.period import AnySelect, ListPeriod
from collector.laboratory.pooling.models import Bottle, LabelPrint, Lot, MilkPool
from collector.laboratory.reception.models import BenchScan, Intake, IntakeState
from collector.people.models import Person


def destroyed_milk(period: ListPeriod) -> AnySelect:
    """Return the statement of the destroyed milk with its witness."""
    destroyer, witness = aliased(Person), aliased(Person)
    return (
        select(
            Container.number.label("container"),
            Bottle.number.label("bottle"),
            func.coalesce(DestroyedItem.rest_ml, Bottle.volume_ml, Intake.volume_ml).label(
                "volume_ml"
            ),
            Destruction.reason,
            Destruction.method,
            Destruction.note,
            destroyer.name.label("destroyed_by"),
            witness.name.label("witness"),
            Destruction.witnessed_at,
        )
        .join(Destruction, Destruction.id == DestroyedItem.destruction_id)
        .join(destroyer, destroyer.id == Destruction.begun_by_id)
        .join(witness, witness.id == Destruction.witness_id)
        .outerjoin(Bottle, Bottle.id == DestroyedItem.bottle_id)
        .outerjoin(Intake, Intake.id == DestroyedItem.intake_id)
        .outerjoin(Container, Container.id == Intake.container_id)
        .where(period.holds(Destruction.bank_id, Destruction.witnessed_at))
        .where(DestroyedItem.withdrawn_at.is_(None))
        .order_by(DestroyedItem.id)
    )


def scans_done(period: ListPeriod) -> AnySelect:
    """Return the statement of the scans."""
    return (
        select(BenchScan.task, BenchScan.text, BenchScan.refused, BenchScan.at)
        .where(period.holds(BenchScan.bank_id, BenchScan.at))
        .order_by(BenchScan.id)
    )


def prints_made(period: ListPeriod) -> AnySelect:
    """Return the statement of the prints of labels."""
    return (
        select(
            MilkPool.number.label("pool"),
            LabelPrint.layout,
            LabelPrint.copies,
            LabelPrint.reprint,
            LabelPrint.reason,
            LabelPrint.printed_at,
        )
        .join(Lot, Lot.id == LabelPrint.lot_id)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(period.holds(LabelPrint.bank_id, LabelPrint.printed_at))
        .order_by(LabelPrint.id)
    )


def donors_volumes(period: ListPeriod) -> AnySelect:
    """Return the statement of the volumes by donor."""

    def volume_of(state: IntakeState) -> ColumnElement[int]:
        return func.sum(case((Intake.state == state, Intake.volume_ml), else_=0))

    return (
        select(
            Donor.number.label("donor"),
            func.count(Intake.id).label("containers"),
            func.sum(Intake.volume_ml).label("taken_ml"),
            volume_of(IntakeState.REFUSED).label("refused_ml"),
            volume_of(IntakeState.DESTROYED).label("destroyed_ml"),
        )
        .join(Container, Container.donor_id == Donor.id)
        .join(Intake, Intake.container_id == Container.id)
        .where(period.holds(Intake.bank_id, Intake.taken_at), Intake.withdrawn_at.is_(None))
        .group_by(Donor.id, Donor.number)
        .order_by(Donor.number)
    )

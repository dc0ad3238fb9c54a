"""Milk outside of the house: the wards, the children and the ends of bottles."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.models import BottleFate, MilkFate
from collector.laboratory.destructions.models import DestroyedItem, Destruction
from collector.laboratory.pooling.models import Bottle, Lot
from collector.recall.models import RecallFate, Whereabouts
from collector.recall.receipts import receipts
from collector.recall.walk import Keys, MilkReach, batches, donors_behind, pools_received

ENDS = {
    MilkFate.GIVEN: RecallFate.GIVEN,
    MilkFate.WASTED: RecallFate.THROWN_AWAY,
    MilkFate.NOT_FOUND: RecallFate.NOT_FOUND,
}
"""The fate in a recall of each end on a ward; milk that was sent back has none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOutside:
    """A part of a bottle that was handed over: its volume, its ward, its child and its end."""

    ward_id: int
    recipient_id: int | None
    volume_ml: int
    whereabouts: Whereabouts
    fate: RecallFate | None


def parts_outside(session: Session, bottles: Keys) -> dict[int, list[PartOutside]]:
    """Return the parts of the bottles that are out, by bottle; the open part comes first."""
    found: dict[int, list[PartOutside]] = {}
    for batch in batches(bottles):
        rows = session.execute(_out().where(DispensedBottle.bottle_id.in_(batch))).all()
        fates: dict[int, list[BottleFate]] = defaultdict(list)
        for keys in batches([row.id for row in rows]):
            for fate in session.scalars(
                select(BottleFate)
                .where(BottleFate.dispensed_bottle_id.in_(keys), BottleFate.withdrawn_at.is_(None))
                .order_by(BottleFate.id)
            ):
                fates[fate.dispensed_bottle_id].append(fate)
        for row in rows:
            found[row.bottle_id] = _parts(
                row.volume_ml, row.ward_id, row.recipient_id, fates[row.id]
            )
    return found


def _out() -> Select[int, int, int, int, int | None]:
    """Return the statement of the bottles that were handed over and did not come into stock."""
    return (
        select(
            DispensedBottle.id,
            DispensedBottle.bottle_id,
            Bottle.volume_ml,
            Dispensing.ward_id,
            Dispensing.recipient_id,
        )
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .join(Bottle, Bottle.id == DispensedBottle.bottle_id)
        .where(
            Dispensing.handed_over_at.is_not(None),
            DispensedBottle.withdrawn_at.is_(None),
            DispensedBottle.returned_at.is_(None),
        )
    )


def _parts(
    volume_ml: int, ward_id: int, recipient_id: int | None, fates: Sequence[BottleFate]
) -> list[PartOutside]:
    open_ml = volume_ml - sum(each.volume_ml for each in fates)
    found = []
    if open_ml > 0:
        found.append(
            PartOutside(
                ward_id=ward_id,
                recipient_id=recipient_id,
                volume_ml=open_ml,
                whereabouts=Whereabouts.AT_WARD,
                fate=None,
            )
        )
    for each in fates:
        sent_back = each.fate is MilkFate.RETURNED
        found.append(
            PartOutside(
                ward_id=ward_id,
                recipient_id=each.recipient_id or recipient_id,
                volume_ml=each.volume_ml,
                whereabouts=Whereabouts.SENT_BACK if sent_back else Whereabouts.AT_WARD,
                fate=ENDS.get(each.fate),
            )
        )
    return found


def destroyed_bottles(session: Session, bottles: Keys) -> set[int]:
    """Return the bottles that were destroyed before a witness."""
    found = set[int | None]()
    for batch in batches(bottles):
        found |= set(
            session.scalars(
                select(DestroyedItem.bottle_id)
                .join(Destruction, Destruction.id == DestroyedItem.destruction_id)
                .where(
                    DestroyedItem.bottle_id.in_(batch),
                    DestroyedItem.withdrawn_at.is_(None),
                    Destruction.witnessed_at.is_not(None),
                )
            )
        )
    return {key for key in found if key is not None}


def recipients_of(session: Session, reach: MilkReach) -> set[int]:
    """Return the children with a bottle of a reach."""
    found = set[int]()
    bottles = [
        *(
            select(Bottle.id).join(Lot, Lot.id == Bottle.lot_id).where(Lot.pool_id.in_(batch))
            for batch in batches(reach.pools)
        ),
        *(select(Bottle.id).where(Bottle.id.in_(batch)) for batch in batches(reach.bottles)),
    ]
    for statement in bottles:
        found |= set(session.scalars(select(receipts(statement).c.recipient_id).distinct()))
    return found


def donors_of_recipient(session: Session, *, bank_id: int, recipient_id: int) -> set[int]:
    """Return the remaining files of the donors of a child's milk: the walk backwards."""
    pools = pools_received(session, bank_id=bank_id, recipient_id=recipient_id)
    return donors_behind(session, bank_id=bank_id, pools=pools)

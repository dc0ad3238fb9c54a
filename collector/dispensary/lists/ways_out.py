"""Ways of bottles out of the bank: order, ward, hand-over and fates, for the chain of a number.

No recipient is named: the chain is a page of donors too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.models import BottleFate
from collector.dispensary.fates.queries import fates_of
from collector.dispensary.orders.codes import order_code
from collector.recipients.models import Ward


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A hand-over of a bottle with its order, its ward and its fates."""

    row: DispensedBottle
    dispensing: Dispensing
    ward: Ward
    order: str
    fates: Sequence[BottleFate]

    @property
    def people(self) -> Iterator[int]:
        """The keys of its people."""
        yield self.dispensing.picked_by_id
        yield from filter(None, (self.dispensing.checked_by_id, self.row.arrived_by_id))
        yield from (fate.recorded_by_id for fate in self.fates)


def ways_out(session: Session, bottles: Collection[int]) -> dict[int, list[WayOut]]:
    """Return the hand-overs of bottles, oldest first, by bottle."""
    rows = session.execute(
        select(DispensedBottle, Dispensing, Ward)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .join(Ward, Ward.id == Dispensing.ward_id)
        .where(
            DispensedBottle.bottle_id.in_(bottles),
            DispensedBottle.withdrawn_at.is_(None),
            Dispensing.handed_over_at.is_not(None),
        )
        .order_by(DispensedBottle.id)
    ).all()
    fates = fates_of(session, [row.id for row, _, _ in rows])
    found: dict[int, list[WayOut]] = defaultdict(list)
    for row, dispensing, ward in rows:
        found[row.bottle_id].append(
            WayOut(
                row=row,
                dispensing=dispensing,
                ward=ward,
                order=order_code(dispensing.order_id),
                fates=fates.get(row.id, []),
            )
        )
    return found

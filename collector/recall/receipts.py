"""Receipts: the bottles that children received, as the one statement of both ways of a walk."""

from typing import Any

from sqlalchemy import Select, Subquery, and_, select, union
from sqlalchemy.orm import aliased

from collector.dispensary.dispensings.models import DispensedBottle, Dispensing
from collector.dispensary.fates.models import BottleFate, MilkFate


def receipts(bottles: Select[int] | None = None) -> Subquery[Any]:
    """Return the pairs of a bottle and a child: handed over for it, or given to it.

    A bottle that was laid back before the hand-over, or that stands in stock again, was received by
    no child.

    Parameters
    ----------
    bottles
        The statement of the bottles in question; None for all.

    Returns
    -------
    Subquery
        Columns `bottle_id` and `recipient_id`.
    """
    gone = and_(
        Dispensing.handed_over_at.is_not(None),
        DispensedBottle.withdrawn_at.is_(None),
        DispensedBottle.returned_at.is_(None),
    )
    if bottles is not None:
        gone = and_(gone, DispensedBottle.bottle_id.in_(bottles))
    delivered = (
        select(DispensedBottle.bottle_id, Dispensing.recipient_id)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .where(gone, Dispensing.recipient_id.is_not(None))
    )
    fate = aliased(BottleFate)
    given = (
        select(DispensedBottle.bottle_id, fate.recipient_id)
        .join(Dispensing, Dispensing.id == DispensedBottle.dispensing_id)
        .join(fate, fate.dispensed_bottle_id == DispensedBottle.id)
        .where(
            gone,
            fate.fate == MilkFate.GIVEN,
            fate.withdrawn_at.is_(None),
            fate.recipient_id.is_not(None),
        )
    )
    return union(delivered, given).subquery()

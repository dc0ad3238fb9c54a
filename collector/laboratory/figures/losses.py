"""Loss of milk by donor: volumes of a period that were refused or destroyed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from collector.custody.models import Container
from collector.donors.models import Donor
from collector.laboratory.figures.periods import Period
from collector.laboratory.reception.models import Intake, IntakeState

MOST_DONORS = 10
"""Donors that the page names; the list of losses has all of them."""
LOST_ML = func.sum(
    case(
        (Intake.state.in_((IntakeState.REFUSED, IntakeState.DESTROYED)), Intake.volume_ml),
        else_=0,
    )
)
"""Volume refused at the reception or destroyed before it was pooled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorLoss:
    """The milk of a donor that was taken over, and the part that was lost."""

    number: str
    taken_ml: int
    lost_ml: int

    @property
    def percent(self) -> float:
        """The part that was lost."""
        return 100 * self.lost_ml / self.taken_ml


def losses_by_donor(session: Session, period: Period) -> Sequence[DonorLoss]:
    """Return the donors with the largest losses, by the day of the reception."""
    rows = session.execute(
        select(Donor.number, func.sum(Intake.volume_ml), LOST_ML)
        .join(Container, Container.donor_id == Donor.id)
        .join(Intake, Intake.container_id == Container.id)
        .where(period.holds(Intake.bank_id, Intake.taken_at), Intake.withdrawn_at.is_(None))
        .group_by(Donor.id, Donor.number)
        .having(LOST_ML > 0)
        .order_by(LOST_ML.desc(), Donor.number)
        .limit(MOST_DONORS)
    )
    return [DonorLoss(number=number, taken_ml=taken, lost_ml=lost) for number, taken, lost in rows]

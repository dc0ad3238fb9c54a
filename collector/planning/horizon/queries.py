"""Queries of the coming weeks: the latest problem, its job, the requests made of its days."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.jobs.models import Job
from collector.jobs.queries import get_job
from collector.pickups.models import Pickup
from collector.planning.models import Horizon


def latest_horizon(session: Session, bank_id: int) -> Horizon | None:
    """Return the question that was posed last about the weeks to come."""
    return session.scalar(
        select(Horizon).where(Horizon.bank_id == bank_id).order_by(Horizon.id.desc()).limit(1)
    )


def job_of(session: Session, horizon: Horizon) -> Job | None:
    """Return the job that solves a problem of weeks."""
    if horizon.job_id is None:
        return None
    return get_job(session, bank_id=horizon.bank_id, job_id=horizon.job_id)


def proposal_key(horizon: Horizon, donor_id: int) -> str:
    """Return what makes a proposal to a donor the same one."""
    return f"horizon:{horizon.id} donor:{donor_id}"


def requests_by_donor(session: Session, horizon: Horizon) -> dict[int, Pickup]:
    """Return the requests that were made of an answer, by donor."""
    rows = session.scalars(
        select(Pickup).where(
            Pickup.bank_id == horizon.bank_id, Pickup.once.startswith(f"horizon:{horizon.id} ")
        )
    )
    return {row.donor_id: row for row in rows}

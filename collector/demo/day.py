"""The demonstration's day: requests, plan, publication and, on demand, its events to the end."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from time import perf_counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.clock import Clock
from collector.custody.queries import count_received
from collector.db import reading, transaction
from collector.demo.bank import (
    COORDINATOR,
    DISPENSER,
    NURSE,
    RELEASER,
    ask_for_day,
    demonstration_bank,
    permit_emptyings,
)
from collector.demo.dispensary import DispensaryReport, report_dispensary
from collector.demo.history import write_history
from collector.demo.laboratory import LaboratoryReport, report_laboratory, write_laboratory
from collector.demo.play import said_of
from collector.demo.recalls import RecallReport, report_recall
from collector.jobs.models import JobState
from collector.jobs.queries import get_job
from collector.people.actions import make_link
from collector.people.models import Person
from collector.pickups.models import Pickup, PickupState, PickupWindow
from collector.planning.optimise.actions import request_plan
from collector.planning.problem.lawfulness import broken_rules
from collector.rounds.actions import publish
from collector.rounds.events.intake import EventStatus, accept_events
from collector.rounds.models import DayPlan, Round
from collector.rounds.queries import day_plan
from collector.service_day import ServiceDay
from collector.web.board.wording import reason

LINKS_LIVE = timedelta(hours=12)
COLLECTOR = "ana@lactarium.example"


class PlanFailed(Exception):  # noqa: N818 - it tells what happened
    """The day could not be planned; the job's error has the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUnassigned:
    """An unassigned visit with its reason."""

    donor: str
    town: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """The result of a day played without a server."""

    visits: int
    planned: int
    unassigned: list[DemoUnassigned]
    rounds: int
    km: float
    minutes: int
    violations: int
    revision: int
    events_accepted: int
    containers_received: int
    laboratory: LaboratoryReport
    dispensary: DispensaryReport
    recall: RecallReport
    seconds: float

    def as_json(self) -> dict[str, object]:
        """Return the report as plain values, those of its parts beside the others."""
        told: dict[str, object] = asdict(self)
        for part in (self.laboratory, self.dispensary, self.recall):
            told |= asdict(part)
        for name in ("laboratory", "dispensary", "recall"):
            del told[name]
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The paths of links that sign in: a donor's and those of the staff."""

    donor: str
    phone: str
    board: str
    laboratory: str
    dispensary: str
    ward: str


def prepare(clock: Clock) -> tuple[int, date]:
    """Make the demonstration bank, its history and its requests; return bank and day."""
    with transaction() as session:
        bank = demonstration_bank(session, now=clock.now())
        day = ServiceDay.of(clock.now(), bank.zone).day
    if write_history(bank.id, day):
        write_laboratory(bank.id, day, now=clock.now())
        with transaction() as session:
            permit_emptyings(session, bank.id, now=clock.now())
    with transaction() as session:
        ask_for_day(session, bank, now=clock.now(), day=day)
    return bank.id, day


def plan_and_publish(
    clock: Clock,
    bank_id: int,
    day: date,
    *,
    seconds: int,
    iterations: int | None = None,
    work: Callable[[], object],
) -> None:
    """Plan an unpublished day by the job queue, and publish it.

    Parameters
    ----------
    seconds, iterations
        Limits of the search, in time and in work.
    work
        Runs the queue until it is empty.

    Raises
    ------
    PlanFailed
        The job ended in another state than done.
    """
    with reading() as session:
        known = day_plan(session, bank_id=bank_id, day=day)
    if known is not None and known.revision > 0:
        return
    with transaction() as session:
        job_id = request_plan(
            session,
            now=clock.now(),
            bank_id=bank_id,
            day=day,
            asked_by="system",
            seconds=seconds,
            iterations=iterations,
        ).id
    work()
    with transaction() as session:
        job = get_job(session, bank_id=bank_id, job_id=job_id)
        if job.state is not JobState.DONE:
            raise PlanFailed(job.error or job.state)
        publish(
            session,
            now=clock.now(),
            bank_id=bank_id,
            day=day,
            version=_plan_of(session, bank_id, day).version,
            person_id=_person(session, COORDINATOR).id,
        )


def drive(clock: Clock, bank_id: int, day: date) -> int:
    """Send every collector's events of the day, and return the number accepted."""
    with reading() as session:
        plan = _plan_of(session, bank_id, day)
        rounds = [round_ for round_ in plan.rounds if round_.published]
    return sum(_drive_round(clock, round_, until=None) for round_ in rounds)


def drive_until_now(clock: Clock, bank_id: int, day: date) -> int:
    """Send the other collectors' events until now; the visitor's collector has not begun."""
    with reading() as session:
        plan, tried = _plan_of(session, bank_id, day), _person(session, COLLECTOR).id
        rounds = [
            round_
            for round_ in plan.rounds
            if round_.published and round_.shift.collector_id != tried
        ]
    return sum(_drive_round(clock, round_, until=clock.now()) for round_ in rounds)


def report(clock: Clock, bank_id: int, day: date, *, events: int, since: float) -> DemoReport:
    """Return the result of the day; `since` is the `perf_counter` at its start."""
    with reading() as session:
        plan = _plan_of(session, bank_id, day)
        driven = [round_ for round_ in plan.rounds if round_.stops]
        zone = session.get_one(Bank, bank_id).zone
        return DemoReport(
            visits=_asked_for(session, bank_id, day),
            planned=sum(len(round_.stops) for round_ in driven),
            unassigned=[
                DemoUnassigned(
                    donor=left.pickup.donor.number,
                    town=left.pickup.donor.address.town,
                    reason=reason(left.reason, left.details),
                )
                for left in plan.unplanned
            ],
            rounds=len(driven),
            km=round(sum(round_.metres for round_ in driven) / 1000, 1),
            minutes=sum(_minutes(round_) for round_ in driven),
            violations=len(broken_rules(session, bank_id=bank_id, day=day)),
            revision=plan.revision,
            events_accepted=events,
            containers_received=count_received(
                session, bank_id=bank_id, day=ServiceDay.of(clock.now(), zone)
            ),
            laboratory=report_laboratory(session, bank_id=bank_id, day=day),
            dispensary=report_dispensary(session, bank_id=bank_id, now=clock.now()),
            recall=report_recall(session, bank_id=bank_id),
            seconds=round(perf_counter() - since, 1),
        )


def links(clock: Clock, bank_id: int, day: date) -> Links:
    """Create sign-in links for a donor with a visit today and for five of the staff."""
    with transaction() as session:
        plan = _plan_of(session, bank_id, day)
        donor_id = next(stop.pickup.donor_id for round_ in plan.rounds for stop in round_.stops)

        def link(*, person_id: int | None = None, donor_id: int | None = None) -> str:
            token = make_link(
                session,
                now=clock.now(),
                bank_id=bank_id,
                person_id=person_id,
                donor_id=donor_id,
                lives=LINKS_LIVE,
            )
            return f"/link/{token}#go"

        return Links(
            donor=link(donor_id=donor_id),
            phone=link(person_id=_person(session, COLLECTOR).id),
            board=link(person_id=_person(session, COORDINATOR).id),
            laboratory=link(person_id=_person(session, RELEASER).id),
            dispensary=link(person_id=_person(session, DISPENSER).id),
            ward=link(person_id=_person(session, NURSE).id),
        )


def _drive_round(clock: Clock, round_: Round, *, until: datetime | None) -> int:
    with transaction() as session:
        results = accept_events(
            session,
            now=clock.now(),
            bank_id=round_.bank_id,
            person_id=round_.shift.collector_id,
            round_id=round_.id,
            sent=list(said_of(round_.published or {}, until=until)),
        )
    return sum(result.status is EventStatus.ACCEPTED for result in results)


def _plan_of(session: Session, bank_id: int, day: date) -> DayPlan:
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None:
        raise PlanFailed(f"{day} has no plan")
    return plan


def _person(session: Session, email: str) -> Person:
    return session.scalars(select(Person).where(Person.email == email)).one()


def _asked_for(session: Session, bank_id: int, day: date) -> int:
    """Return the number of visits accepted for a day."""
    accepted = (
        select(func.count(func.distinct(PickupWindow.pickup_id)))
        .join(Pickup, Pickup.id == PickupWindow.pickup_id)
        .where(
            PickupWindow.bank_id == bank_id,
            PickupWindow.day == day,
            Pickup.state.not_in({PickupState.ASKED, PickupState.CANCELLED}),
        )
    )
    return session.scalar(accepted) or 0


def _minutes(round_: Round) -> int:
    if round_.departs_at is None or round_.returns_at is None:
        return 0
    return int((round_.returns_at - round_.departs_at).total_seconds()) // 60

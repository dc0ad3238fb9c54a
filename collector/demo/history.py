"""Ninety days before the demonstration's day: rounds, records, containers and messages.

`visits_before` alone decides the history, by one seeded generator: the same day gives the same
visits. `write_history` lets the application's own actions write them, at instants of then, so that
each row has the shape and the rules of a row of today.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from random import Random
from typing import Any
from uuid import uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.custody.excursions import assess, decide
from collector.custody.models import Excursion, ExcursionDecision
from collector.db import reading, transaction
from collector.demo.bank import COORDINATOR, QUALITY, TEAMS, pickup_of, put_teams_on_duty
from collector.demo.cast import ALL_DAY, FIRST_VISIT_AT, CastMember, DemoRequest, cast
from collector.demo.driving import driven
from collector.demo.play import PLAYED, Said, Snapshot, said_of
from collector.demo.towns import AROUND_BORDEAUX, BASSIN_AND_MEDOC, LIBOURNAIS
from collector.donor_contact.reminders import evening_reminders, queue_reminders, receipts
from collector.donors.models import Donor
from collector.errors import NotFound
from collector.notices.actions import record_sent
from collector.notices.models import Notice, NoticeState
from collector.people.models import Person
from collector.pickups.models import PickupState
from collector.pickups.states import move_to
from collector.planning.dispatch.forecasts import keep_forecasts, settle_forecasts
from collector.planning.learning.actions import learned_of, write_learned
from collector.planning.problem.build import DayFacts, load_facts
from collector.planning.problem.objectives import AT_ONCE, problem_with_objectives
from collector.planning.problem.searches import fill
from collector.planning.problem.write_back import reload_day, update_pickup_states, write_rounds
from collector.rounds.actions import open_day, publish
from collector.rounds.events.intake import accept_events
from collector.rounds.models import DayPlan, Round
from collector.rounds.queries import day_plan
from collector.service_day import ServiceDay
from collector.web.message_rendering import render_notice

DAYS = 90
SEED = "milkround"
RHYTHM_DAYS = (14, 28)
"""Least and most days between two visits of a donor."""
ML_PER_BOTTLE = 185
NOT_DONE = 0.03
REFUSED_BOTTLE = 0.04
WARM_FREEZER = 0.01
REASONS = ("nobody_home", "nobody_home", "donor_unwell", "nothing_ready")

ANA, BRUNO, CHANTAL, DENISE = range(len(TEAMS))
ASKED, PUBLISHED, REMINDED, NIGHT = time(10), time(15), time(18), time(19)
"""Civil times: of a request, of a publication and its reminders on the day before, of receipts."""
TEXTS_KEPT = timedelta(days=30)
"""Age up to which messages of the history have a text, and rounds a forecast at the departure.

Rendering the messages takes a third of the history."""
BOX = "B1"
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVisit:
    """A visit of the past.

    Attributes
    ----------
    member, team
        Places in the cast and among the teams.
    asked_before
        Days from the request to the visit.
    """

    day: date
    member: int
    team: int
    bottles: int
    asked_before: int


def visits_before(day: date) -> list[PastVisit]:
    """Return the visits of the ninety days before a day, in the order of their days."""
    found = [
        visit for number, member in enumerate(cast()) for visit in _visits(number, member, day)
    ]
    return sorted(found, key=lambda visit: (visit.day, visit.team, visit.member))


def write_history(bank_id: int, day: date) -> int:
    """Write the history of a bank once, and return its visits."""
    with reading() as session:
        earlier = select(DayPlan.id).where(DayPlan.bank_id == bank_id, DayPlan.day < day)
        if session.scalar(earlier.limit(1)) is not None:
            return 0
    visits = visits_before(day)
    for past, of_day in groupby(visits, key=lambda visit: visit.day):
        with_text = day - past <= TEXTS_KEPT
        _write_day(bank_id, past, list(of_day), with_text=with_text)
    learn_until(bank_id, day)
    return len(visits)


def learn_until(bank_id: int, day: date) -> None:
    """Let a bank learn from its rounds before a day, as in the night before it."""
    with reading() as session:
        night = ServiceDay(day, get_bank(session, bank_id).zone).epoch
        found = learned_of(session, bank_id=bank_id, now=night)
    with transaction() as session:
        write_learned(session, found, bank_id=bank_id, now=night)


def _visits(number: int, member: CastMember, day: date) -> Iterator[PastVisit]:
    """Yield the visits of one donor, from her last one back."""
    if number == FIRST_VISIT_AT:
        return
    dice = _dice(f"donor {number}")
    team, weekday = _team(number, member)
    since = member.request.oldest_days if member.request else member.began_days
    last = day - timedelta(days=max(since, 1))
    while True:
        last -= timedelta(days=(last.isoweekday() - weekday) % 7)
        if last < day - timedelta(days=DAYS):
            return
        yield PastVisit(
            day=last,
            member=number,
            team=team,
            bottles=dice.randint(5, 13),
            asked_before=dice.randint(2, 6),
        )
        last -= timedelta(days=dice.randint(*RHYTHM_DAYS))


def _team(number: int, member: CastMember) -> tuple[int, int]:
    """Return the team that came to a donor, and its weekday, Monday being 1."""
    if member.town in AROUND_BORDEAUX:
        return (ANA, 2) if number % 2 else (ANA, 4)
    if member.town in BASSIN_AND_MEDOC:
        return BRUNO, 5
    return (DENISE, 4) if member.town in LIBOURNAIS else (CHANTAL, 2)


def _write_day(bank_id: int, day: date, visits: list[PastVisit], *, with_text: bool) -> None:
    """Write one day: requests, plan, publication, the phones' events, messages, excursions."""
    with transaction() as session:
        _ask(session, bank_id, day, visits)
        open_day(session, bank_id=bank_id, day=day)
    with reading() as session:
        problem, start = problem_with_objectives(_facts(session, bank_id, day), AT_ONCE)
        plan = fill(problem, start)
    with transaction() as session:
        facts = _facts(session, bank_id, day)
        write_rounds(session, facts=facts, problem=problem, plan=plan, rounds=facts.rounds)
        placed = {int(name) for order in plan.orders.values() for name in order}
        update_pickup_states(facts.pickups, placed=placed)
        for key in facts.pickups.keys() - placed:
            move_to(facts.pickups[key], PickupState.CANCELLED)
        rounds = _publish(session, reload_day(session, facts.plan))
        for each in rounds:
            _drive(session, each, _dice(f"round {day} {each.letter}"), foretold=with_text)
        night = facts.service_day.instant(NIGHT)
        for each in rounds:
            settle_forecasts(session, now=night, bank_id=bank_id, round_id=each.id)
        queue_reminders(session, receipts(session, bank_id=bank_id, now=night), now=night)
        _deliver(session, bank_id, with_text=with_text)
        _settle_excursions(session, bank_id, now=night)


def _facts(session: Session, bank_id: int, day: date) -> DayFacts:
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None:
        raise NotFound("not_found", kind="day_plans")
    return load_facts(session, plan)


def _ask(session: Session, bank_id: int, day: date, visits: list[PastVisit]) -> None:
    """Put the teams of a day on duty, and add the requests of the donors."""
    zone = get_bank(session, bank_id).zone
    donors = list(session.scalars(select(Donor).where(Donor.bank_id == bank_id).order_by(Donor.id)))
    teams = sorted({visit.team for visit in visits})
    on_duty = [TEAMS[team] for team in teams]
    put_teams_on_duty(session, bank_id, day, on_duty, now=ServiceDay(day, zone).epoch)
    for visit in visits:
        asked_on = ServiceDay(day - timedelta(days=visit.asked_before), zone)
        asked = DemoRequest(
            hours=ALL_DAY,
            bottles=visit.bottles,
            volume_ml=visit.bottles * ML_PER_BOTTLE,
            oldest_days=RHYTHM_DAYS[0] - 1,
            empties_wanted=visit.bottles,
        )
        donor = donors[visit.member]
        asked_at = asked_on.instant(ASKED)
        session.add(pickup_of(donor, asked, PickupState.ACCEPTED, asked_at=asked_at, day=day))
    session.flush()


def _publish(session: Session, plan: DayPlan) -> list[Round]:
    """Publish a day on the day before, remind its donors, and return its published rounds."""
    zone = get_bank(session, plan.bank_id).zone
    eve = ServiceDay(plan.day - timedelta(days=1), zone)
    publish(
        session,
        now=eve.instant(PUBLISHED),
        bank_id=plan.bank_id,
        day=plan.day,
        version=plan.version,
        person_id=_person(session, COORDINATOR),
    )
    rounds = [each for each in reload_day(session, plan).rounds if each.published]
    keep_forecasts(session, now=eve.instant(PUBLISHED), bank_id=plan.bank_id, day=plan.day)
    for each in rounds:
        evening = eve.instant(REMINDED)
        found = evening_reminders(session, round_id=each.id, now=evening)
        queue_reminders(session, found, now=evening)
    return sorted(rounds, key=lambda each: each.departs_at or eve.end)


def _drive(session: Session, round_: Round, dice: Random, *, foretold: bool) -> None:
    """Send a round's events when its collector is back; the departure at once, if it is foretold.

    Forecasts of the departure take a tenth of the history: only its last month has them.
    """
    published = round_.published or {}
    started, *rest = _events(driven(published, dice), dice)
    if foretold:
        _send(session, round_, [started])
        left_at = datetime.fromisoformat(started["device_at"]) + A_MINUTE
        day = date.fromisoformat(published["day"])
        keep_forecasts(session, now=left_at, bank_id=round_.bank_id, day=day)
    _send(session, round_, rest if foretold else [started, *rest])


def _send(session: Session, round_: Round, sent: list[Said]) -> None:
    accept_events(
        session,
        now=datetime.fromisoformat(sent[-1]["device_at"]) + A_MINUTE,
        bank_id=round_.bank_id,
        person_id=round_.shift.collector_id,
        round_id=round_.id,
        sent=sent,
    )


def _events(round_: Snapshot, dice: Random) -> Iterator[Said]:
    """Yield the events of a round of the past: some visits fail, some bottles stay."""
    declared = {stop["pickup"]: stop for stop in round_["stops"]}
    number, handed = 0, None
    for said in said_of(round_):
        number = said["sequence"]
        if said["kind"] == "started":
            yield said | {"payload": {"boxes": [_box(dice)]}}
        elif said["kind"] == "collected":
            yield _decided(said, declared[said["pickup"]], dice)
        elif said["kind"] == "handed_over":
            handed = said
            box = _box(dice)
            payload = {"site": said["payload"]["site"], "boxes": [box]}
            yield said | {"payload": payload | {"box_celsius": box["celsius"]}}
        else:
            yield said
    if handed is not None:
        kilometres = round(round_["metres"] * dice.uniform(1.0, 1.08) / 1000)
        yield handed | {
            "client_id": str(uuid5(PLAYED, f"{round_['round']} closed")),
            "kind": "closed",
            "sequence": number + 1,
            "payload": {"kilometres": kilometres},
        }


def _decided(said: Said, stop: Snapshot, dice: Random) -> Said:
    """Return the event that settles a visit: collected, or not done."""
    if dice.random() < NOT_DONE:
        return said | {"kind": "not_done", "payload": {"reason": dice.choice(REASONS)}}
    refused = int(dice.random() < REFUSED_BOTTLE)
    bottles = max(1, stop["bottles"] + dice.choice((-1, 0, 0, 0, 1)) - refused)
    warm = dice.random() < WARM_FREEZER
    payload = said["payload"] | {
        "bottles": bottles,
        "volume_ml": bottles * (ML_PER_BOTTLE + dice.randint(-25, 25)),
        "freezer_celsius": round(-14.0 if warm else dice.gauss(-20, 0.8), 1),
        "box": BOX,
        "refused": [{"reason": "thawed", "count": refused}] if refused else [],
    }
    return said | {"payload": payload}


def _box(dice: Random) -> dict[str, Any]:
    return {"box": BOX, "celsius": round(dice.gauss(-21, 0.7), 1)}


def _deliver(session: Session, bank_id: int, *, with_text: bool) -> None:
    """Mark the messages of the day as sent when they were queued."""
    owed = select(Notice).where(Notice.bank_id == bank_id, Notice.state == NoticeState.OWED)
    for notice in session.scalars(owed.order_by(Notice.id)):
        record_sent(notice, now=notice.owed_at, subject="", body=None)
        if with_text:
            letter = render_notice(session, notice, now=notice.owed_at)
            notice.subject, notice.body = letter.subject, letter.body
    session.flush()


def _settle_excursions(session: Session, bank_id: int, *, now: datetime) -> None:
    """Let one person assess each warm temperature of the day, and another decide."""
    waiting = select(Excursion).where(Excursion.bank_id == bank_id, Excursion.decision.is_(None))
    for excursion in session.scalars(waiting.order_by(Excursion.id)):
        assess(
            session,
            now=now,
            bank_id=bank_id,
            excursion_id=excursion.id,
            person_id=_person(session, COORDINATOR),
            assessment="Congélateur ouvert peu avant la visite ; flacons durs au toucher.",
        )
        decide(
            session,
            now=now,
            bank_id=bank_id,
            excursion_id=excursion.id,
            person_id=_person(session, QUALITY),
            decision=ExcursionDecision.KEEP,
        )


def _dice(name: str) -> Random:
    """Return the generator of one part of the history, the same in each run."""
    return Random(f"{SEED} {name}")  # noqa: S311 - a story, no secret


def _person(session: Session, email: str) -> int:
    return session.scalars(select(Person.id).where(Person.email == email)).one()

"""The week of the recording: Monday driven, Tuesday published twice, open work that morning."""

# ruff: noqa: I001 - its imports are modules of commit 1ef976c

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from bank import MONDAY, SUNDAY, TUESDAY, WEDNESDAY, Recorded
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.custody.excursions import assess, decide
from collector.custody.models import Excursion, ExcursionDecision
from collector.db import reading, transaction
from collector.donors.queries import get_donor
from collector.jobs.supervisor import run_once
from collector.notices.actions import note_failure
from collector.notices.models import Notice
from collector.people.feeds import make_feed
from collector.pickups.enquiries import hold_slot, write_down
from collector.pickups.queries import get_pickup
from collector.pickups.windows import Ask
from collector.planning.ahead.due_dates import Levers
from collector.planning.ahead.horizon import ask_for_days
from collector.planning.ahead.slots import seen, turn_page
from collector.planning.by_hand.editing import By
from collector.planning.by_hand.moves import Place, move
from collector.planning.by_hand.pinning import pin
from collector.planning.day.actions import PLAN_DAY, ask_for_plan
from collector.planning.models import DisruptionKind
from collector.planning.road.disruptions import Telling, tell
from collector.planning.solving.solver import plan_day
from collector.rounds.actions import open_day, publish
from collector.rounds.incidents import decide_incident
from collector.rounds.models import DayPlan, Incident, IncidentDecision, Round
from collector.rounds.receipts import correct
from collector.rounds.reminders import owe_reminders

ANA, BRUNO = "A", "B"
STOPS = ("dora", "elise", "fanny", "gaelle", "hana", "ward")
OTHER_PHONE = str(uuid5(NAMESPACE_URL, "the phone of Monday"))
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


def at(day: date, wall: str) -> datetime:
    """Return an instant of the recording, in UTC."""
    return datetime.combine(day, time.fromisoformat(wall), tzinfo=UTC)


def monday(recorded: Recorded) -> None:
    """Plan Monday by the planner, publish it, and drive it to its end."""
    with recorded.app.app_context():
        recorded.clock.instant = SUNDAY + timedelta(hours=4)
        with transaction() as session:
            ask_for_plan(
                session,
                now=recorded.clock.now(),
                bank_id=recorded.bank[0],
                day=MONDAY,
                asked_by=recorded.actor("claire"),
                seconds=1,
            )
        run_once({PLAN_DAY: plan_day}, clock=recorded.clock, enter=recorded.app.app_context)
        _publish(recorded, MONDAY)
    remind(recorded, SUNDAY.date(), "17:30")
    _drive(recorded)
    _look_into_it(recorded)
    remind(recorded, MONDAY, "14:30")
    with recorded.app.app_context(), transaction() as session:
        nora = get_pickup(session, recorded.bank[0], recorded.visits["nora"])
        correct(
            session,
            nora,
            now=recorded.clock.now(),
            actor=f"donor:{nora.donor_id}",
            bottles=4,
            volume_ml=800,
            words="There were four.",
        )


def tuesday(recorded: Recorded) -> None:
    """Plan Tuesday by hand, and publish it."""
    recorded.clock.instant = at(MONDAY, "15:00")
    with recorded.app.app_context():
        with transaction() as session:
            open_day(session, bank_id=recorded.bank[0], day=TUESDAY)
        for number, name in enumerate(STOPS):
            _move(recorded, name, ANA, number)
        _move(recorded, "manon", BRUNO, 0)
        _move(recorded, "lou", BRUNO, 1)
        _move(recorded, "olga again", BRUNO, 2)
        _move(recorded, "olga again", None)
        with transaction() as session:
            pin(
                session,
                by=By(now=recorded.clock.now(), actor=recorded.actor("claire")),
                bank_id=recorded.bank[0],
                day=TUESDAY,
                version=_plan(session, recorded, TUESDAY).version,
                pickups=[recorded.visits["dora"]],
                pinned=True,
            )
        _publish(recorded, TUESDAY)
    remind(recorded, MONDAY, "17:30")


def second_revision(recorded: Recorded) -> None:
    """Let Fanny come before Élise, and publish Tuesday again."""
    with recorded.app.app_context():
        _move(recorded, "fanny", ANA, 1)
        _publish(recorded, TUESDAY, why="Fanny leaves at ten.")


def answer_incident(recorded: Recorded) -> None:
    """Answer the incident that Ana reported before the start."""
    with recorded.app.app_context(), transaction() as session:
        told = session.scalars(select(Incident).where(Incident.decision.is_(None))).one()
        decide_incident(
            session,
            now=recorded.clock.now(),
            bank_id=recorded.bank[0],
            incident_id=told.id,
            person_id=recorded.people["claire"],
            decision=IncidentDecision.GO_ON,
            note="The van is at the back.",
        )


def leave_open(recorded: Recorded) -> None:
    """Enter a disruption, two planning jobs and a held slot."""
    bank, claire, now = recorded.bank[0], recorded.actor("claire"), recorded.clock.now()
    with recorded.app.app_context(), transaction() as session:
        told = Telling(kind=DisruptionKind.ROAD, round_id=round_of(recorded, ANA), minutes=20)
        tell(session, now=now, bank_id=bank, day=TUESDAY, telling=told, actor=claire)
        levers = Levers(minimum_ml=400, radius_km=150)
        ask_for_days(session, now=now, bank_id=bank, weeks=2, levers=levers, asked_by=claire)
        ask_for_plan(session, now=now, bank_id=bank, day=WEDNESDAY, asked_by=claire, seconds=2)
        fanny = get_donor(session, bank, recorded.donors["fanny"])
        asked = Ask(bottles=3, volume_ml=600, oldest_on=date(2026, 11, 20), freezer_quarters=1)
        enquiry = write_down(session, now=now, donor=fanny, asked=asked)
        page = seen(session, bank_id=bank, day=WEDNESDAY)
        turn_page(session, bank_id=bank, day=WEDNESDAY, seen=page)
        hold_slot(session, enquiry, now=now, day=WEDNESDAY, opens=time(8), closes=time(12))


def feeds(recorded: Recorded) -> list[str]:
    """Return two secret calendar addresses: of Ana's shifts, and of all shifts."""
    found = []
    with recorded.app.app_context(), transaction() as session:
        for name, everybody in (("ana", False), ("claire", True)):
            for _ in range(2):  # The first one is revoked by the second.
                token = make_feed(
                    session,
                    now=recorded.clock.now(),
                    person_id=recorded.people[name],
                    everybody=everybody,
                )
            found.append(f"/calendar/{token}.ics")
    return found


def one_that_failed(recorded: Recorded) -> None:
    """Mark the oldest message of the outbox as failed for good."""
    with recorded.app.app_context(), transaction() as session:
        owed = select(Notice).where(Notice.state == "owed").order_by(Notice.id)
        failed = session.scalars(owed).first()
        note_failure(failed, now=recorded.clock.now(), trouble="refused 550", for_good=True)


def remind(recorded: Recorded, day: date, wall: str) -> None:
    """Run the reminders at this moment, and send them."""
    recorded.clock.instant = at(day, wall)
    with recorded.app.app_context():
        with transaction() as session:
            owe_reminders(session, now=recorded.clock.now())
        recorded.carry()


def round_of(recorded: Recorded, letter: str, day: date = TUESDAY) -> int:
    """Return the key of a round by its letter."""
    wanted = select(Round.id).join(DayPlan).where(DayPlan.day == day, Round.letter == letter)
    with recorded.app.app_context(), reading() as session:
        return session.scalars(wanted).one()


def _drive(recorded: Recorded) -> None:
    """Post the events of Monday: a warm freezer, a warm box, a closed road."""
    recorded.clock.instant = at(MONDAY, "07:00")
    phone, round_ = recorded.sign_in(person="ana"), round_of(recorded, "A", MONDAY)
    nora, olga = recorded.visits["nora"], recorded.visits["olga"]
    photo = str(uuid5(NAMESPACE_URL, "a photo of Monday"))
    drawn = at(MONDAY, "08:20").isoformat()
    said = [
        ("started", None, {"boxes": [{"box": "C-07", "celsius": -21}]}),
        ("incident", None, {"kind": "road", "note": "The bridge is closed.", "site": None}),
        ("arrived", nora, {}),
        ("collected", nora, _door(3, celsius=-19.5, containers=["MR-1"], photo=photo, seal="0412")),
        ("arrived", olga, {}),
        (
            "collected",
            olga,
            _door(2, celsius=-12.0, tubes=[{"number": "T-1", "drawn_at": drawn}])
            | {"checks": {"blood_sample": True}, "refused": [{"count": 1, "reason": "thawed"}]},
        ),
        ("box_read", None, {"box": "C-07", "celsius": -9.5}),
        (
            "handed_over",
            None,
            {
                "site": recorded.sites["Lactarium"],
                "containers": None,
                "box_celsius": -19.0,
                "boxes": [{"box": "C-07", "celsius": -19.0}],
                "receiver": "Luc",
                "note": "",
            },
        ),
        ("closed", None, {"kilometres": 31, "stock": None, "note": ""}),
    ]
    events = [
        {
            "client_id": str(uuid5(NAMESPACE_URL, f"{kind} {number}")),
            "kind": kind,
            "pickup": pickup,
            "sequence": number,
            "device_at": (at(MONDAY, "07:10") + timedelta(minutes=10 * number)).isoformat(),
            "device": OTHER_PHONE,
            "payload": payload,
        }
        for number, (kind, pickup, payload) in enumerate(said, start=1)
    ]
    _post(phone, f"/phone/rounds/{round_}", events, photo)


def _post(phone: FlaskClient, path: str, events: list[dict[str, object]], photo: str) -> None:
    headers = {"X-Milkround-Device": OTHER_PHONE, "X-Milkround-Unsent": str(len(events))}
    phone.get("/phone/rounds", headers=headers)
    outcomes = phone.post(f"{path}/events", json=events).get_json()["outcomes"]
    refused = [each for each in outcomes if each["status"] != "accepted"]
    kept = phone.post(f"{path}/photos/{photo}", data=JPEG, content_type="image/jpeg")
    if refused or kept.status_code != 200:
        raise RuntimeError(f"Monday was not taken: {refused} {kept.status}")


def _door(bottles: int, *, celsius: float, **more: object) -> dict[str, object]:
    return {
        "bottles": bottles,
        "volume_ml": 200 * bottles,
        "freezer_celsius": celsius,
        "storage_ok": True,
        "containers": [],
        "refused": [],
        "empties_left": bottles,
        "note": "",
        "box": "C-07",
        **more,
    }


def _look_into_it(recorded: Recorded) -> None:
    """Answer Monday's incident; assess both excursions and decide one."""
    recorded.clock.instant = at(MONDAY, "13:00")
    who = {"now": recorded.clock.now(), "bank_id": recorded.bank[0]}
    with recorded.app.app_context(), transaction() as session:
        decide_incident(
            session,
            **who,
            incident_id=session.scalars(select(Incident.id)).one(),
            person_id=recorded.people["claire"],
            decision=IncidentDecision.DONE,
            note="By the ring road.",
        )
        for key in session.scalars(select(Excursion.id)).all():
            assess(
                session,
                **who,
                excursion_id=key,
                person_id=recorded.people["nadia"],
                assessment="Read twice.",
            )
        decide(
            session,
            **who,
            excursion_id=key,
            person_id=recorded.people["luc"],
            decision=ExcursionDecision.DISCARD,
            note="Too long.",
        )


def _move(recorded: Recorded, visit: str, letter: str | None, place: int = 0) -> None:
    to = "tray" if letter is None else f"{round_of(recorded, letter)}:{place}"
    with transaction() as session:
        move(
            session,
            by=By(now=recorded.clock.now(), actor=recorded.actor("claire"), reason="she phoned"),
            bank_id=recorded.bank[0],
            day=TUESDAY,
            version=_plan(session, recorded, TUESDAY).version,
            pickups=[recorded.visits[visit]],
            place=Place.read(to),
        )


def _publish(recorded: Recorded, day: date, *, why: str = "") -> None:
    with transaction() as session:
        publish(
            session,
            now=recorded.clock.now(),
            bank_id=recorded.bank[0],
            day=day,
            version=_plan(session, recorded, day).version,
            person_id=recorded.people["claire"],
            why=why,
        )
    recorded.carry()


def _plan(session: Session, recorded: Recorded, day: date) -> DayPlan:
    wanted = select(DayPlan).where(DayPlan.bank_id == recorded.bank[0], DayPlan.day == day)
    return session.scalars(wanted).one()

"""Publication of a day: revisions, snapshots, promises, notices, simultaneous publications."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.queries import first_broken_link
from collector.db import db, reading, transaction
from collector.errors import Conflict, NotFound, Refused
from collector.notices.models import Notice
from collector.pickups.models import MilkLine, Pickup, PickupState
from collector.rounds.actions import edit_day, open_day, publish
from collector.rounds.models import DayPlan, Publication, Round, RoundState, Unplanned
from collector.rounds.queries import day_plan, get_round
from collector.service_day import ServiceDay
from tests.builders import DAY, MORNING
from tests.collector.rounds.days import PARIS, draft
from tests.town import Town

pytestmark = pytest.mark.twin

TEN = ServiceDay(DAY, PARIS).epoch + timedelta(hours=10)
MINUTE = timedelta(minutes=1)


def published(session: Session, town: Town, *, version: int | None = None) -> Publication:
    plan = the_plan(session, town)
    return publish(
        session,
        now=MORNING,
        bank_id=town.bank,
        day=DAY,
        version=plan.version if version is None else version,
        person_id=town.claire,
    )


def the_plan(session: Session, town: Town) -> DayPlan:
    plan = day_plan(session, bank_id=town.bank, day=DAY)
    assert plan is not None
    return plan


def notices(session: Session, template: str) -> list[Notice]:
    rows = session.scalars(select(Notice).where(Notice.template == template).order_by(Notice.id))
    return list(rows)


def touch(session: Session, town: Town) -> None:
    """Change the draft as a move would: a later version."""
    the_plan(session, town).edits += 1
    session.flush()


def test_the_first_publication_freezes_rounds_that_have_stops(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN), (town.pickups[1], TEN + 30 * MINUTE)]})
        first = published(session, town)
        ana, bruno = the_plan(session, town).rounds
        assert (first.revision, ana.revision, ana.state) == (1, 1, RoundState.PUBLISHED)
        assert (bruno.revision, bruno.state, bruno.published) == (0, RoundState.DRAFT, None)
        assert ana.published is not None
        assert ana.published["revision"] == 1
        assert [stop["pickup"] for stop in ana.published["stops"]] == list(town.pickups[:2])
        assert len({stop["code"] for stop in ana.published["stops"]}) == 2
        assert session.get_one(Pickup, town.pickups[0]).state is PickupState.PUBLISHED
        assert session.get_one(Pickup, town.pickups[2]).state is PickupState.ACCEPTED
        assert first_broken_link(session, town.bank) is None


def test_a_donor_is_promised_two_hours_and_a_collector_her_round(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN)]})
        published(session, town)
        (promise,) = notices(session, "visit_promised")
        assert promise.recipient == f"donor:{town.dora}"
        assert promise.figures == {
            "pickup": town.pickups[0],
            "day": "2026-11-24",
            "opens": "09:00",
            "closes": "11:00",
        }
        (round_,) = notices(session, "round_published")
        assert (round_.recipient, round_.figures["letter"]) == (f"person:{town.ana}", "A")


def test_only_rounds_that_changed_take_the_new_revision(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN)], 1: [(town.pickups[1], TEN)]})
        published(session, town)
        draft(
            session,
            town,
            {0: [(town.pickups[0], TEN)], 1: [(town.pickups[1], TEN), (town.pickups[2], TEN)]},
        )
        second = published(session, town)
        ana, bruno = the_plan(session, town).rounds
        assert (second.revision, ana.revision, bruno.revision) == (2, 1, 2)
        assert second.changes["rounds"] == [
            {
                "round": bruno.id,
                "letter": "B",
                "first": False,
                "added": [town.pickups[2]],
                "removed": [],
                "retimed": [],
            }
        ]
        assert second.changes["promised"] == [town.pickups[2]]
        assert len(notices(session, "visit_promised")) == 3
        assert len(notices(session, "round_published")) == 3


@pytest.mark.parametrize(
    ("later", "times_told"), [(60 * MINUTE, 1), (61 * MINUTE, 2), (-60 * MINUTE, 1)]
)
def test_a_donor_is_notified_again_only_if_the_promise_is_no_longer_true(
    app: Flask, town: Town, later: timedelta, times_told: int
):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN)]})
        published(session, town)
        draft(session, town, {0: [(town.pickups[0], TEN + later)]})
        published(session, town)
        assert len(notices(session, "visit_promised")) == times_told


def test_a_promise_that_is_changed_back_is_notified_again(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        for begins in (TEN, TEN + 180 * MINUTE, TEN):
            draft(session, town, {0: [(town.pickups[0], begins)]})
            published(session, town)
        opens = [notice.figures["opens"] for notice in notices(session, "visit_promised")]
        assert opens == ["09:00", "12:00", "09:00"]


def test_a_visit_taken_out_after_publication_is_withdrawn_once(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN), (town.pickups[1], TEN)]})
        published(session, town)
        draft(session, town, {0: [(town.pickups[1], TEN)]})
        assert notices(session, "visit_withdrawn") == []
        second = published(session, town)
        assert second.changes["withdrawn"] == [town.pickups[0]]
        (withdrawn,) = notices(session, "visit_withdrawn")
        assert withdrawn.recipient == f"donor:{town.dora}"
        draft(session, town, {0: [(town.pickups[1], TEN), (town.pickups[2], TEN)]})
        published(session, town)
        assert len(notices(session, "visit_withdrawn")) == 1


def test_a_round_that_became_empty_is_published_as_such(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN)]})
        published(session, town)
        draft(session, town, {1: [(town.pickups[0], TEN)]})
        published(session, town)
        ana, bruno = the_plan(session, town).rounds
        assert ana.published is not None
        assert (ana.revision, ana.published["stops"]) == (2, [])
        assert bruno.revision == 2
        assert len(notices(session, "visit_promised")) == 1


def test_a_visit_its_donor_cancelled_is_left_out_and_she_hears_nothing(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN), (town.pickups[1], TEN)]})
        published(session, town)
        session.get_one(Pickup, town.pickups[0]).state = PickupState.CANCELLED
        touch(session, town)
        published(session, town)
        ana = the_plan(session, town).rounds[0]
        assert [stop.pickup_id for stop in ana.stops] == [town.pickups[1]]
        assert ana.published is not None
        assert [stop["pickup"] for stop in ana.published["stops"]] == [town.pickups[1]]
        assert notices(session, "visit_withdrawn") == []


def test_a_request_that_was_changed_goes_back_to_the_tray(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN), (town.pickups[1], TEN)]})
        session.get_one(Pickup, town.pickups[0]).state = PickupState.ASKED
        published(session, town)
        (left,) = session.scalars(select(Unplanned)).all()
        assert (left.pickup_id, left.reason) == (town.pickups[0], "request_changed")


def test_states_that_phones_have_set_since_are_kept(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN)], 1: [(town.pickups[1], TEN)]})
        published(session, town)
        ana = the_plan(session, town).rounds[0]
        ana.state = RoundState.STARTED
        session.get_one(Pickup, town.pickups[0]).state = PickupState.COLLECTED
        session.flush()
        draft(session, town, {1: [(town.pickups[1], TEN), (town.pickups[2], TEN)]}, only={1})
        published(session, town)
        ana, bruno = the_plan(session, town).rounds
        assert (ana.state, ana.revision, bruno.revision) == (RoundState.STARTED, 1, 2)
        assert session.get_one(Pickup, town.pickups[0]).state is PickupState.COLLECTED


def test_nothing_new_is_not_published(app: Flask, town: Town):
    with app.app_context():
        with transaction() as session:
            draft(session, town, {0: [(town.pickups[0], TEN)]})
            published(session, town)
        with pytest.raises(Refused, match="nothing_to_publish"), transaction() as session:
            published(session, town)


def test_a_publication_of_an_older_version_is_refused_with_the_new_state(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN)]})
        old = the_plan(session, town).version
        published(session, town)
        with pytest.raises(Conflict) as stale:
            published(session, town, version=old)
        present = the_plan(session, town).version
        assert present > old
        assert stale.value.figures == {"version": present, "revision": 1}


def test_of_two_simultaneous_publications_one_is_refused(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN)]})
        version = the_plan(session, town).version
    ready, outcomes = threading.Barrier(2), []

    def press() -> None:
        with app.app_context():
            try:
                ready.wait()
                with transaction() as session:
                    outcomes.append(published_at(session, town, version))
            except Conflict as conflict:
                outcomes.append(conflict)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (lost,) = [each for each in outcomes if isinstance(each, Conflict)]
    assert [each for each in outcomes if isinstance(each, int)] == [1]
    with app.app_context(), reading() as session:
        present = the_plan(session, town).version
        assert lost.figures == {"version": present, "revision": 1}
        assert len(session.scalars(select(Publication)).all()) == 1
        assert len(notices(session, "visit_promised")) == 1


def published_at(session: Session, town: Town, version: int) -> int:
    return publish(
        session, now=MORNING, bank_id=town.bank, day=DAY, version=version, person_id=town.claire
    ).revision


def test_an_edit_raises_the_version_and_a_second_edit_of_it_is_refused(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN)]})
        version = the_plan(session, town).version
        edited = edit_day(session, bank_id=town.bank, day=DAY, version=version)
        assert edited.version == version + 1
        with pytest.raises(Conflict, match=f"changed_meanwhile .version={version + 1}"):
            edit_day(session, bank_id=town.bank, day=DAY, version=version)


def test_another_banks_rows_do_not_exist(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        draft(session, town, {0: [(town.pickups[0], TEN)]})
        plan = the_plan(session, town)
        round_ = plan.rounds[0]
        assert day_plan(session, bank_id=town.other_bank, day=DAY) is None
        with pytest.raises(NotFound):
            get_round(session, bank_id=town.other_bank, round_id=round_.id)
        with pytest.raises(NotFound):
            edit_day(session, bank_id=town.other_bank, day=DAY, version=plan.version)
        with pytest.raises(NotFound):
            publish(
                session,
                now=MORNING,
                bank_id=town.other_bank,
                day=DAY,
                version=plan.version,
                person_id=town.sophie,
            )


def test_the_letter_of_a_round_stays(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        before = [
            (round_.letter, round_.shift_id)
            for round_ in open_day(session, bank_id=town.bank, day=DAY).rounds
        ]
        again = [
            (round_.letter, round_.shift_id)
            for round_ in open_day(session, bank_id=town.bank, day=DAY).rounds
        ]
        assert before == again == [("A", town.shifts[0]), ("B", town.shifts[1])]
        assert session.scalars(select(Round)).all()


def test_a_stop_bears_the_line_of_its_milk_and_an_older_revision_stays(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, town.pickups[1]).line = MilkLine.OWN_CHILD
        draft(session, town, {0: [(town.pickups[0], TEN), (town.pickups[1], TEN + 30 * MINUTE)]})
        published(session, town)
        (ana, _bruno) = the_plan(session, town).rounds
        stops = (ana.published or {})["stops"]
        assert [stop["line"] for stop in stops] == ["donated", "own_child"]
        older = [{key: stop[key] for key in stop if key != "line"} for stop in stops[:1]]
        ana.published = (ana.published or {}) | {"stops": [*older, stops[1]]}
        session.flush()
        with pytest.raises(Refused, match="nothing_to_publish"):
            published(session, town)

"""The problem of a day: windows on the nights of a clock change, service, loads, penalties."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from collector.banks.calendar import close_on
from collector.banks.models import Jurisdiction
from collector.banks.policies import Policies, preset_rows
from collector.db import transaction
from collector.donors.models import Donor, DonorState
from collector.errors import Refused
from collector.people.models import Person
from collector.pickups.models import (
    HoldReason,
    Pickup,
    PickupHold,
    PickupState,
    PickupWindow,
    Purpose,
)
from collector.pickups.queries import get_pickup
from collector.planning.optimise.runs import create_run
from collector.planning.problem.build import (
    PENALTY,
    load_facts,
    penalty,
    service_seconds,
    time_windows,
)
from collector.planning.problem.plannability import not_plannable
from collector.rounds.models import RoundState
from collector.service_day import ServiceDay
from collector.shifts.models import RosterShift
from tests.builders import DAY, MORNING, add_donor, add_pickup, add_shift, add_site
from tests.collector.planning.days import planned, posed, the_plan
from tests.town import Town

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3600
QUARTER = HOUR // 4
"""Duration of the hand-over at the bank."""
POLICIES = Policies(preset_rows(1, Jurisdiction.FRANCE))

walls = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))


def asked(*windows: tuple[date, time, time], purposes: tuple[Purpose, ...] = ()) -> Pickup:
    return Pickup(
        purposes=[purpose.value for purpose in purposes or (Purpose.COLLECTION,)],
        windows=[
            PickupWindow(day=day, opens=opens, closes=closes) for day, opens, closes in windows
        ],
        freezer_nearly_full=False,
        oldest_on=None,
        donor=Donor(serologies=[]),
    )


@pytest.mark.parametrize(
    ("day", "earliest", "latest"),
    [
        # 2026-10-25 has 25 hours: 9 o'clock on the wall is 10 hours after midnight.
        (date(2026, 10, 25), 10 * HOUR, 12 * HOUR),
        # 2026-03-29 has 23 hours: 9 o'clock on the wall is 8 hours after midnight.
        (date(2026, 3, 29), 8 * HOUR, 10 * HOUR),
        (date(2026, 11, 24), 9 * HOUR, 11 * HOUR),
    ],
)
def test_a_window_is_in_elapsed_seconds_whatever_the_clock_did(
    day: date, earliest: int, latest: int
):
    (window,) = time_windows(asked((day, time(9), time(11))), ServiceDay(day, PARIS))
    assert (window.earliest, window.latest) == (earliest, latest)


@given(
    st.sampled_from([date(2026, 10, 25), date(2026, 3, 29), DAY]),
    st.lists(st.tuples(walls, walls), max_size=6),
)
def test_any_windows_become_ascending_windows_apart(day: date, spans: list[tuple[time, time]]):
    rows = [(day, min(span), max(span)) for span in spans]
    service_day = ServiceDay(day, PARIS)
    found = time_windows(asked(*rows), service_day)
    assert all(window.earliest <= window.latest for window in found)
    assert all(ahead.latest < after.earliest for ahead, after in pairwise(found))
    for _, opens, closes in rows:
        for wall in (opens, closes):
            second = service_day.seconds(service_day.instant(wall))
            assert any(window.earliest <= second <= window.latest for window in found)


def test_windows_on_other_days_are_not_of_this_day():
    elsewhere = (date(2026, 11, 25), time(9), time(11))
    here = (DAY, time(14), time(15))
    (window,) = time_windows(asked(elsewhere, here), ServiceDay(DAY, PARIS))
    assert (window.earliest, window.latest) == (14 * HOUR, 15 * HOUR)


@pytest.mark.parametrize(
    ("purposes", "minutes"),
    [
        ((Purpose.COLLECTION,), 12),
        ((Purpose.COLLECTION, Purpose.MATERIAL_DROP), 17),
        ((Purpose.COLLECTION, Purpose.BLOOD_SAMPLE), 22),
        ((Purpose.FIRST_INTERVIEW, Purpose.BLOOD_SAMPLE, Purpose.MATERIAL_DROP), 45),
    ],
)
def test_minutes_add_up_and_a_first_visit_covers_everything(
    purposes: tuple[Purpose, ...], minutes: int
):
    assert service_seconds(asked(purposes=purposes), POLICIES) == 60 * minutes


def test_a_penalty_is_higher_if_a_clock_runs_out():
    pickup = asked()
    assert penalty(pickup, on=DAY, policies=POLICIES) == PENALTY
    # 90 days: milk of 27 August may be fetched up to 25 November, tomorrow.
    pickup.oldest_on = date(2026, 8, 27)
    old = penalty(pickup, on=DAY, policies=POLICIES)
    pickup.freezer_nearly_full = True
    assert PENALTY < old < penalty(pickup, on=DAY, policies=POLICIES)


def test_loads_limits_and_skills_follow_from_the_purposes(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        donor = add_donor(session, town.bank)
        blood = add_pickup(session, donor, purposes=(Purpose.COLLECTION, Purpose.BLOOD_SAMPLE))
        drop = add_pickup(session, donor, purposes=(Purpose.MATERIAL_DROP,))
        _, problem = posed(session, town)
        both, nothing = problem.visit(str(blood.id)), problem.visit(str(drop.id))
        plain = problem.visit(str(town.pickups[0]))
        assert both
        assert nothing
        assert plain
        assert dict(both.load) == {"bottles": 8, "ml": 1500, "tubes": 1}
        assert dict(both.ride_limits) == {"milk": 6 * HOUR - QUARTER, "tubes": 4 * HOUR - QUARTER}
        assert (both.skills, plain.skills) == ({"blood"}, frozenset())
        assert dict(plain.ride_limits) == {"milk": 6 * HOUR - QUARTER}
        assert (set(nothing.load.values()), dict(nothing.ride_limits)) == ({0}, {})


def test_the_problem_contains_no_name(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        run, _ = posed(session, town)
        assert not [name for name in ("Dora", "Martin", "Ana", "Port") if name in str(run.problem)]


def test_starts_and_ends_may_differ_and_shifts_keep_their_hours(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        home = add_site(session, town.bank, name="Home", latitude=44.9, receives=False)
        bank = add_site(session, town.bank, name="Bank 2")
        bruno = session.get_one(Person, town.bruno)
        shift = add_shift(session, bruno, home, end=bank, begins=time(18), ends=time(18, 30))
        _, problem = posed(session, town)
        found = problem.shift(str(shift.id))
        assert found is not None
        assert (found.start, found.ends) == (f"site:{home.id}", (f"site:{bank.id}",))
        assert (found.window.earliest, found.window.latest) == (18 * HOUR, 18 * HOUR + 1800)
        assert not problem.place(found.start).receives


@pytest.mark.parametrize(
    ("reason", "spoil"),
    [
        ("not_eligible", lambda pickup: setattr(pickup.donor, "state", DonorState.EXCLUDED)),
        ("serology_lapses", lambda pickup: pickup.donor.serologies.clear()),
        ("no_position", lambda pickup: setattr(pickup.donor.address, "position", None)),
        ("below_minimum", lambda pickup: setattr(pickup, "volume_ml", 399)),
        (
            "held",
            lambda pickup: pickup.holds.append(
                PickupHold(bank_id=pickup.bank_id, reason=HoldReason.ILLNESS, opened_at=MORNING)
            ),
        ),
    ],
)
def test_a_request_that_cannot_be_planned_is_in_the_tray_with_its_reason(
    app: Flask, town: Town, reason: str, spoil: object
):
    assert callable(spoil)
    with app.app_context(), transaction() as session:
        donor = add_donor(session, town.bank)
        pickup = add_pickup(session, donor)
        session.flush()
        spoil(loaded(session, pickup.id))
        session.flush()
        session.expire_all()
        _, problem = posed(session, town)
        assert problem.visit(str(pickup.id)) is None
        plan = planned(session, town)
        assert [(left.pickup_id, left.reason) for left in plan.unplanned] == [(pickup.id, reason)]


def test_the_minimum_volume_itself_is_enough_and_only_milk_is_measured(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        donor = add_donor(session, town.bank)
        enough = add_pickup(session, donor, volume_ml=400)
        blood = add_pickup(
            session, donor, volume_ml=100, purposes=(Purpose.COLLECTION, Purpose.BLOOD_SAMPLE)
        )
        _, problem = posed(session, town)
        assert problem.visit(str(enough.id))
        assert problem.visit(str(blood.id))


def test_serology_counts_on_the_day_of_the_visit(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        last_day = add_pickup(session, add_donor(session, town.bank, serology_until=DAY))
        day_before = date(2026, 11, 23)
        late = add_pickup(session, add_donor(session, town.bank, serology_until=day_before))
        whole = loaded(session, late.id)
        assert not_plannable(whole, on=day_before, policies=POLICIES) == "no_window"
        assert not_plannable(whole, on=DAY, policies=POLICIES) == "serology_lapses"
        assert not_plannable(loaded(session, last_day.id), on=DAY, policies=POLICIES) is None


def test_the_break_of_a_shift_is_in_the_problem_with_its_hours(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        shift = session.get_one(RosterShift, town.shifts[0])
        shift.break_minutes, shift.break_from, shift.break_until = 45, time(12), time(14)
        session.flush()
        _run, problem = posed(session, town)
    found = next(each for each in problem.shifts if each.id == str(town.shifts[0]))
    (lunch,) = found.breaks
    assert lunch.duration == 45 * 60
    assert (lunch.windows[0].earliest, lunch.windows[0].latest) == (12 * 3600, (13 * 60 + 15) * 60)
    assert [each.breaks for each in problem.shifts if each is not found] == [()]


def test_a_closing_day_leaves_no_shift_to_plan(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        close_on(session, now=MORNING, bank_id=town.bank, actor="system", day=DAY, name="")
        with pytest.raises(Refused, match="no_shift_to_plan"):
            create_run(session, now=MORNING, bank_id=town.bank, day=DAY)


def test_a_day_without_a_shift_is_refused(app: Flask, town: Town):
    with (
        app.app_context(),
        transaction() as session,
        pytest.raises(Refused, match="no_shift_to_plan"),
    ):
        create_run(session, now=MORNING, bank_id=town.bank, day=date(2026, 11, 30))


def test_a_round_that_has_started_is_history(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        plan.rounds[0].state = RoundState.STARTED
        session.flush()
        facts = load_facts(session, the_plan(session, town))
        assert [round_.letter for round_ in facts.rounds] == ["B"]
        assert facts.pickups == {}


def test_a_visit_planned_on_another_day_is_not_in_the_problem(app: Flask, town: Town):
    other = date(2026, 11, 25)
    with app.app_context(), transaction() as session:
        pickup = add_pickup(
            session,
            add_donor(session, town.bank),
            windows=((DAY, time(8), time(18)), (other, time(8), time(18))),
        )
        planned(session, town)
        assert pickup.state is PickupState.PLANNED
        site = add_site(session, town.bank, name="Annex")
        add_shift(session, session.get_one(Person, town.ana), site, day=other)
        run = create_run(session, now=MORNING, bank_id=town.bank, day=other)
        assert run.problem["visits"] == []
        assert run.posed_at == datetime(2026, 11, 23, 7, tzinfo=UTC)


def loaded(session: Session, key: int) -> Pickup:
    bank_id = session.get_one(Pickup, key).bank_id
    session.expire_all()
    return get_pickup(session, bank_id, key)

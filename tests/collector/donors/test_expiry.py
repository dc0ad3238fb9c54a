"""Expiry of blood tests: suspension at the bank's midnight, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from collector.banks.queries import policies_of
from collector.db import transaction
from collector.donors import actions
from collector.donors.eligibility import EligibilityReason, EligibilityVerdict, judge
from collector.donors.expiry import blood_tests_due, has_expired, suspend_expired
from collector.donors.models import Donor, DonorState, Serology, SerologyOutcome, WhySuspended
from collector.donors.queries import donors_of, get_donor
from collector.errors import Refused
from collector.service_day import ServiceDay
from collector.timers import run_due_tasks
from tests.builders import MORNING
from tests.conftest import SetClock
from tests.town import Town

pytestmark = pytest.mark.twin

PARIS = ZoneInfo("Europe/Paris")
LAST_DAY = date(2027, 1, 31)
"""Through which the town's blood tests count."""


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:
    assert town
    with app.app_context(), transaction() as session:
        yield session


def midnight_after(day: date) -> datetime:
    return ServiceDay(day, PARIS).end


@given(
    until=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    wall=st.times(),
    days=st.integers(-3, 3),
)
def test_it_lapses_at_the_banks_midnight_whatever_the_clock_does(
    until: date, wall: time, days: int
) -> None:
    clear = Serology(drawn_on=date(2019, 1, 1), outcome=SerologyOutcome.CLEAR, valid_until=until)
    donor = Donor(serologies=[clear])
    instant = ServiceDay(until + timedelta(days=days), PARIS).instant(wall)
    today = ServiceDay.of(instant, PARIS).day
    assert has_expired(donor, today=today) is (instant >= midnight_after(until))


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2026, 10, 25), date(2028, 2, 29)])
def test_on_nights_of_clock_change_and_on_leap_days_the_last_second_still_counts(
    day: date,
) -> None:
    clear = Serology(drawn_on=date(2026, 1, 1), outcome=SerologyOutcome.CLEAR, valid_until=day)
    donor, end = Donor(serologies=[clear]), midnight_after(day)
    for instant, gone in ((end - timedelta(seconds=1), False), (end, True)):
        assert has_expired(donor, today=ServiceDay.of(instant, PARIS).day) is gone


def test_the_timer_suspends_once_and_keeps_why(session: Session, town: Town) -> None:
    end = midnight_after(LAST_DAY)
    own, other = {"bank_id": town.bank}, {"bank_id": town.other_bank}
    assert suspend_expired(session, now=end - timedelta(seconds=1), **own) == 0
    assert suspend_expired(session, now=end, **own) == 3
    assert suspend_expired(session, now=end, **own) == 0
    assert suspend_expired(session, now=end, **other) == 1, "the stranger's bank is apart"
    dora = get_donor(session, town.bank, town.dora)
    assert (dora.state, dora.suspended_because) == (
        DonorState.SUSPENDED,
        WhySuspended.SEROLOGY_LAPSED,
    )


def test_a_lapse_still_lets_a_blood_sample_be_drawn_at_the_visit(
    session: Session, town: Town
) -> None:
    suspend_expired(session, now=midnight_after(LAST_DAY), bank_id=town.bank)
    dora = get_donor(session, town.bank, town.dora)
    policies = policies_of(session, town.bank)
    judged = judge(dora, on=LAST_DAY + timedelta(days=1), policies=policies)
    assert (judged.verdict, judged.reasons) == (
        EligibilityVerdict.NEEDS_REVIEW,
        (EligibilityReason.SEROLOGY_LAPSED,),
    )


def test_a_clear_result_ends_a_suspension_by_the_timer_and_no_other(
    session: Session, town: Town
) -> None:
    now = midnight_after(LAST_DAY)
    who = {"now": now, "bank_id": town.bank, "actor": f"person:{town.claire}"}
    actions.change_state(
        session,
        **who,
        donor_id=town.elise,
        to=DonorState.SUSPENDED,
        because=WhySuspended.ILLNESS,
    )
    suspend_expired(session, now=now, bank_id=town.bank)
    today = LAST_DAY + timedelta(days=1)
    for key in (town.dora, town.elise):
        pending = actions.record_serology(
            session, **who, donor_id=key, drawn_on=today, outcome=SerologyOutcome.PENDING
        )
        assert get_donor(session, town.bank, key).state is DonorState.SUSPENDED
        actions.answer_serology(
            session, **who, serology_id=pending.id, outcome=SerologyOutcome.CLEAR
        )
    assert get_donor(session, town.bank, town.dora).state is DonorState.ELIGIBLE
    assert get_donor(session, town.bank, town.dora).suspended_because is None
    assert get_donor(session, town.bank, town.elise).state is DonorState.SUSPENDED


def test_a_result_that_is_not_clear_never_ends_a_lapse(session: Session, town: Town) -> None:
    now = midnight_after(LAST_DAY)
    suspend_expired(session, now=now, bank_id=town.bank)
    actions.record_serology(
        session,
        now=now,
        bank_id=town.bank,
        actor=f"person:{town.claire}",
        donor_id=town.dora,
        drawn_on=LAST_DAY,
        outcome=SerologyOutcome.NOT_CLEAR,
    )
    assert get_donor(session, town.bank, town.dora).state is DonorState.SUSPENDED


def test_the_due_list_holds_the_donors_helped_by_a_blood_sample_most_urgent_first(
    session: Session, town: Town
) -> None:
    donors = donors_of(session, town.bank)
    assert blood_tests_due(donors, today=LAST_DAY - timedelta(days=15), days=14) == []
    assert len(blood_tests_due(donors, today=LAST_DAY - timedelta(days=14), days=14)) == 3
    donors[0].state = DonorState.ENDED
    donors[1].serologies[0].valid_until = LAST_DAY - timedelta(days=20)
    due = blood_tests_due(donors, today=LAST_DAY, days=0)
    assert due[0] is donors[1]
    assert len(due) == 2


def test_only_a_professional_excludes_and_interviews(session: Session, town: Town) -> None:
    adele = {"now": MORNING, "bank_id": town.bank, "actor": f"person:{town.adele}"}
    for actor in (adele["actor"], "system"):
        with pytest.raises(Refused) as refused:
            actions.change_state(
                session,
                **(adele | {"actor": actor}),
                donor_id=town.dora,
                to=DonorState.EXCLUDED,
            )
        assert refused.value.code == "professional_needed"
    with pytest.raises(Refused) as refused:
        actions.sign_interview(
            session, **adele, donor_id=town.dora, person_id=town.adele, on=date(2026, 11, 1)
        )
    assert refused.value.code == "professional_needed"
    claire = adele | {"actor": f"person:{town.claire}"}
    gone = actions.change_state(session, **claire, donor_id=town.dora, to=DonorState.EXCLUDED)
    assert gone.state is DonorState.EXCLUDED


def test_the_worker_looks_and_acts(app: Flask, town: Town, clock: SetClock) -> None:
    with app.app_context():
        assert run_due_tasks(clock.now()) == 0
        clock.instant = midnight_after(LAST_DAY).astimezone(UTC)
        assert run_due_tasks(clock.now()) == 2, "one task a bank"
        assert run_due_tasks(clock.now()) == 0
        with transaction() as session:
            assert get_donor(session, town.bank, town.dora).state is DonorState.SUSPENDED

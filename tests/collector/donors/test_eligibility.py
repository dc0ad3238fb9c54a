"""Eligibility on a day: computed from the file, day by day, never decided."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.banks.models import Jurisdiction
from collector.banks.policies import Policies, preset_rows
from collector.donors.eligibility import (
    EligibilityReason,
    EligibilityVerdict,
    baby_limit,
    judge,
    serology_valid_until,
)
from collector.donors.models import Donor, DonorState, Serology, SerologyOutcome
from collector.pickups.models import Purpose
from collector.pickups.purposes import purposes_for

DAY = date(2026, 11, 24)
POLICIES = Policies(preset_rows(1, Jurisdiction.FRANCE))
dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))
gaps = st.integers(1, 400).map(lambda days: timedelta(days=days))


def serology(
    drawn_on: date, until: date | None, outcome: SerologyOutcome = SerologyOutcome.CLEAR
) -> Serology:
    return Serology(bank_id=1, drawn_on=drawn_on, outcome=outcome, valid_until=until)


def donor(
    *results: Serology,
    state: DonorState = DonorState.ELIGIBLE,
    suspended_until: date | None = None,
    baby_born_on: date | None = None,
    interviewed_on: date | None = date(2000, 1, 1),
    consent: str | None = "1",
) -> Donor:
    return Donor(
        bank_id=1,
        state=state,
        suspended_until=suspended_until,
        baby_born_on=baby_born_on,
        interview_signed_on=interviewed_on,
        consent_version=consent,
        serologies=list(results),
    )


def reasons(file: Donor, on: date = DAY) -> tuple[EligibilityReason, ...]:
    return judge(file, on=on, policies=POLICIES).reasons


@given(drawn_on=dates, lasts=gaps)
def test_a_blood_test_counts_on_its_last_day_and_not_on_the_next(
    drawn_on: date, lasts: timedelta
) -> None:
    until = drawn_on + lasts
    file = donor(serology(drawn_on, until))
    assert judge(file, on=until, policies=POLICIES).verdict is EligibilityVerdict.NOTHING_FOUND
    assert reasons(file, until + timedelta(days=1)) == (EligibilityReason.SEROLOGY_LAPSED,)


@given(drawn_on=dates, lasts=gaps, on=dates)
def test_a_clear_blood_test_counts_exactly_from_its_draw_to_its_last_day(
    drawn_on: date, lasts: timedelta, on: date
) -> None:
    file = donor(serology(drawn_on, drawn_on + lasts))
    counts = drawn_on <= on <= drawn_on + lasts
    assert (
        judge(file, on=on, policies=POLICIES).verdict is EligibilityVerdict.NOTHING_FOUND
    ) is counts


def test_a_blood_test_that_lapses_on_a_leap_day_counts_on_it() -> None:
    file = donor(serology(date(2027, 12, 1), date(2028, 2, 29)))
    assert reasons(file, date(2028, 2, 29)) == ()
    assert reasons(file, date(2028, 3, 1)) == (EligibilityReason.SEROLOGY_LAPSED,)


@given(drawn_on=dates, lasts=gaps, on=dates)
def test_another_clear_test_never_makes_a_day_worse(
    drawn_on: date, lasts: timedelta, on: date
) -> None:
    first = serology(DAY - timedelta(days=30), DAY + timedelta(days=60))
    alone = judge(donor(first), on=on, policies=POLICIES)
    both = judge(donor(first, serology(drawn_on, drawn_on + lasts)), on=on, policies=POLICIES)
    assert (
        alone.verdict is not EligibilityVerdict.NOTHING_FOUND
        or both.verdict is EligibilityVerdict.NOTHING_FOUND
    )


@given(until=dates, days=st.sets(dates, min_size=1, max_size=4))
def test_a_visit_draws_blood_where_the_test_does_not_reach_one_of_its_days(
    until: date, days: set[date]
) -> None:
    """Which day she asks on says nothing: the day of the visit does."""
    file = donor(serology(date(2000, 1, 1), until))
    drawn = Purpose.BLOOD_SAMPLE in purposes_for(file, days=days, policies=POLICIES)
    assert drawn is any(day > until for day in days)


def test_the_latest_answer_counts_even_while_an_older_one_is_still_valid() -> None:
    good = serology(DAY - timedelta(days=40), DAY + timedelta(days=50))
    bad = serology(DAY - timedelta(days=3), None, SerologyOutcome.NOT_CLEAR)
    judged = judge(donor(good, bad), on=DAY, policies=POLICIES)
    assert judged.verdict is EligibilityVerdict.BLOCKED
    assert judged.reasons == (EligibilityReason.SEROLOGY_NOT_CLEAR,)


def test_a_pending_result_does_not_take_away_the_one_that_still_counts() -> None:
    good = serology(DAY - timedelta(days=40), DAY + timedelta(days=1))
    pending = serology(DAY - timedelta(days=1), None, SerologyOutcome.PENDING)
    assert reasons(donor(good, pending)) == ()
    assert reasons(donor(good, pending), DAY + timedelta(days=2)) == (
        EligibilityReason.SEROLOGY_PENDING,
    )


def test_a_donor_without_a_blood_test_needs_review_and_is_not_blocked() -> None:
    judged = judge(donor(), on=DAY, policies=POLICIES)
    assert (judged.verdict, judged.reasons) == (
        EligibilityVerdict.NEEDS_REVIEW,
        (EligibilityReason.NO_SEROLOGY,),
    )


@pytest.mark.parametrize("state", list(DonorState))
def test_only_a_decision_of_a_professional_blocks(state: DonorState) -> None:
    file = donor(serology(DAY, DAY), state=state)
    blocked = judge(file, on=DAY, policies=POLICIES).verdict is EligibilityVerdict.BLOCKED
    decided = {DonorState.SUSPENDED, DonorState.ENDED, DonorState.EXCLUDED}
    assert blocked is (state in decided)


def test_a_suspension_holds_through_its_last_day_and_then_asks_for_review() -> None:
    file = donor(
        serology(DAY, DAY + timedelta(days=9)), state=DonorState.SUSPENDED, suspended_until=DAY
    )
    assert reasons(file, DAY) == (EligibilityReason.SUSPENDED,)
    assert reasons(file, DAY + timedelta(days=1)) == (EligibilityReason.SUSPENSION_OVER,)


def test_an_interview_and_a_consent_are_needed() -> None:
    good = serology(DAY, DAY)
    assert reasons(donor(good, interviewed_on=None)) == (EligibilityReason.NOT_INTERVIEWED,)
    assert reasons(donor(good, interviewed_on=DAY)) == ()
    assert reasons(donor(good, interviewed_on=DAY + timedelta(days=1))) == (
        EligibilityReason.NOT_INTERVIEWED,
    )
    assert reasons(donor(good, consent=None)) == (EligibilityReason.NO_CONSENT,)


@given(born_on=dates)
def test_the_babys_age_is_taken_through_the_banks_last_day(born_on: date) -> None:
    file = donor(baby_born_on=born_on)
    last = baby_limit(file, POLICIES)
    assert last == born_on + timedelta(days=365), "the French preset"
    assert EligibilityReason.BABY_TOO_OLD not in reasons(file, last)
    assert EligibilityReason.BABY_TOO_OLD in reasons(file, last + timedelta(days=1))


def test_the_day_until_which_a_blood_test_counts_is_the_furthest_clear_one() -> None:
    assert serology_valid_until(donor()) is None
    file = donor(
        serology(DAY, DAY + timedelta(days=5)),
        serology(DAY, DAY + timedelta(days=3)),
        serology(DAY, DAY + timedelta(days=9), SerologyOutcome.NOT_CLEAR),
    )
    assert serology_valid_until(file) == DAY + timedelta(days=5)

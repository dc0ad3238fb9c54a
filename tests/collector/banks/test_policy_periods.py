"""Rules that are changed from one day to another, and their undo."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.audit.queries import history_of
from collector.banks.models import PolicyPeriod
from collector.banks.policies import PolicyKey
from collector.banks.policy_periods import decide_period, withdraw_period
from collector.banks.queries import policies_of, policy_periods
from collector.db import transaction
from collector.errors import Conflict, NotFound, Refused
from tests.builders import DAY, MORNING
from tests.town import Town

LEAST = PolicyKey.MINIMUM_VOLUME_ML
A_WEEK = timedelta(days=6)


def decide(
    session: Session,
    town: Town,
    value: str = "200",
    *,
    key: PolicyKey = LEAST,
    first: date = DAY,
    last: date = DAY + A_WEEK,
) -> PolicyPeriod:
    return decide_period(
        session,
        now=MORNING,
        bank_id=town.bank,
        actor=f"person:{town.claire}",
        key=key,
        value=value,
        first=first,
        last=last,
    )


def least_on(session: Session, town: Town, day: date | None) -> int:
    return policies_of(session, town.bank, on=day)[LEAST]


def test_a_change_counts_from_its_first_day_to_its_last(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        decide(session, town)
        days = (DAY - timedelta(days=1), DAY, DAY + A_WEEK, DAY + A_WEEK + timedelta(days=1), None)
        assert [least_on(session, town, day) for day in days] == [400, 200, 200, 400, 400]
        assert policies_of(session, town.other_bank, on=DAY)[LEAST] == 400


def test_of_two_changes_the_later_counts_until_it_is_taken_back(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        decide(session, town)
        second = decide(session, town, "0")
        assert least_on(session, town, DAY) == 0
        withdraw_period(
            session, now=MORNING, bank_id=town.bank, actor="person:1", period_id=second.id
        )
        assert least_on(session, town, DAY) == 200
        assert len(policy_periods(session, town.bank, since=DAY)) == 1
        assert not policy_periods(session, town.bank, since=DAY + timedelta(days=30))
        with pytest.raises(Conflict, match="period_withdrawn_already"):
            withdraw_period(
                session, now=MORNING, bank_id=town.bank, actor="person:1", period_id=second.id
            )
        with pytest.raises(NotFound):
            withdraw_period(
                session, now=MORNING, bank_id=town.other_bank, actor="x", period_id=second.id
            )
        acts = history_of(session, bank_id=town.bank, subject=f"policy:{LEAST}")
        assert len(acts) == 3


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("rule_not_dated", {"key": PolicyKey.SEROLOGY_DAYS}),
        ("decision_backwards", {"last": DAY - timedelta(days=1)}),
        ("period_too_long", {"last": DAY + timedelta(weeks=12)}),
        ("rule_out_of_bounds", {"value": "301", "key": PolicyKey.MILK_URGENCY_PERCENT}),
        ("rule_out_of_bounds", {"value": "49", "key": PolicyKey.MILK_URGENCY_PERCENT}),
        ("number_not_read", {"value": "many"}),
        ("rule_not_a_choice", {"value": "daily", "key": PolicyKey.ZONES_EVERY_DAY}),
    ],
)
def test_a_change_out_of_bounds_is_refused(
    app: Flask, town: Town, code: str, changes: dict[str, object]
) -> None:
    with app.app_context(), transaction() as session:
        with pytest.raises(Refused, match=code):
            decide(session, town, **changes)  # type: ignore[arg-type]
        assert not policy_periods(session, town.bank, since=DAY)


def test_twelve_weeks_are_permitted(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        assert decide(session, town, last=DAY + timedelta(weeks=12, days=-1)).id

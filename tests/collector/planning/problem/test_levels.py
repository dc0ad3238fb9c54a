"""The bank's spreads in the planner's problem: doors by purpose, absent donors, late starts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask import Flask

from collector.banks.models import Policy
from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import policy_row
from collector.db import transaction
from collector.pickups.models import Purpose
from collector.planning.problem.levels import service_spread, spreads
from tests.collector.planning.days import posed
from tests.town import Town


def rules(values: Mapping[PolicyKey, int]) -> Policies:
    minutes = {
        PolicyKey.COLLECTION_MINUTES: 12,
        PolicyKey.MATERIAL_MINUTES: 4,
        PolicyKey.BLOOD_MINUTES: 10,
        PolicyKey.FIRST_VISIT_MINUTES: 45,
    }
    return Policies(
        Policy(key=key.value, value=str(value)) for key, value in (minutes | dict(values)).items()
    )


@pytest.mark.parametrize(
    ("purposes", "spread"),
    [
        ({Purpose.COLLECTION}, None),
        ({Purpose.MATERIAL_DROP}, 10),
        # 12 minutes at 35 % and 4 at 10 %: 4.2 and 0.4 of 16 minutes.
        ({Purpose.COLLECTION, Purpose.MATERIAL_DROP}, 29),
        ({Purpose.FIRST_INTERVIEW, Purpose.BLOOD_SAMPLE}, 60),
        (set(), None),
    ],
)
def test_the_spread_of_a_visit_follows_from_its_purposes(
    purposes: set[Purpose], spread: int | None
) -> None:
    found = rules(
        {
            PolicyKey.DOOR_SPREAD_PERCENT: 35,
            PolicyKey.MATERIAL_SPREAD_PERCENT: 10,
            PolicyKey.FIRST_VISIT_SPREAD_PERCENT: 60,
        }
    )
    assert service_spread(purposes, found) == spread


def test_the_spread_of_an_hour_is_a_spread_of_the_problem() -> None:
    assert spreads(rules({PolicyKey.HOUR_SPREAD_PERCENT: 7})).hour == 7


def test_absent_donors_and_late_starts_are_in_the_problem(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        for key, value in (("no_show_percent", "4"), ("late_start_minutes", "6")):
            policy_row(session, bank_id=town.bank, key=key).value = value
        session.flush()
        _, problem = posed(session, town)
    assert {visit.no_show for visit in problem.visits} == {4}
    assert {shift.late_start for shift in problem.shifts} == {360}

"""Call-backs of candidates: half-days with a limited number of calls, by the bank's clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from collector.db import reading, transaction
from collector.donors.call_backs import (
    HalfDay,
    call_backs_of,
    close_call_back,
    half_days,
    offered,
    request_call_back,
)
from collector.donors.models import CallBackState
from collector.errors import NotFound, Refused
from tests.builders import MORNING
from tests.town import Town

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2026, 11, 23)


def free(now: datetime, taken: list[HalfDay] | None = None, places: int = 1) -> list[HalfDay]:
    return half_days(now=now, zone=PARIS, taken=taken or [], places=places)


def test_a_half_day_is_offered_until_an_hour_before_it_begins() -> None:
    nine = datetime(2026, 11, 23, 9, tzinfo=PARIS)
    hour = timedelta(hours=1)
    assert free(nine - hour)[0] == HalfDay(day=MONDAY, half="morning")
    assert free(nine - hour + timedelta(seconds=1))[0] == HalfDay(day=MONDAY, half="afternoon")


def test_no_call_is_offered_at_the_weekend() -> None:
    days = {half.day.weekday() for half in free(MORNING)}
    assert days == {0, 1, 2, 3, 4}


def test_a_half_day_that_is_full_is_not_offered() -> None:
    first = HalfDay(day=MONDAY, half="morning")
    assert first not in free(MORNING, [first])
    assert first in free(MORNING, [first], places=2)


def test_the_last_place_is_promised_once(app: Flask, town: Town) -> None:
    said = {"now": MORNING, "bank_id": town.bank}
    with app.app_context():
        with reading() as session:
            wanted = offered(session, **said)[0]
        with transaction() as session:
            for key in (town.dora, town.elise, town.fanny):
                request_call_back(session, **said, donor_id=key, half_day=wanted)
            assert wanted in offered(session, **said), "six fit into a half-day"
        late = HalfDay(day=MONDAY - timedelta(days=3), half="morning")
        with pytest.raises(Refused) as refused, transaction() as session:
            request_call_back(session, **said, donor_id=town.dora, half_day=late)
        assert refused.value.code == "half_day_full"


def test_choosing_again_withdraws_the_first_and_a_call_is_settled(app: Flask, town: Town) -> None:
    said = {"now": MORNING, "bank_id": town.bank}
    with app.app_context(), transaction() as session:
        first, second = offered(session, **said)[:2]
        request_call_back(session, **said, donor_id=town.dora, half_day=first)
        call = request_call_back(session, **said, donor_id=town.dora, half_day=second)
        assert call_backs_of(session, town.bank)[town.dora].day == second.day
        settled = close_call_back(
            session, **said, call_back_id=call.id, person_id=town.claire, reached=True
        )
        assert settled.state is CallBackState.DONE
        with pytest.raises(NotFound):
            close_call_back(
                session,
                now=MORNING,
                bank_id=town.other_bank,
                call_back_id=call.id,
                person_id=town.sophie,
                reached=True,
            )

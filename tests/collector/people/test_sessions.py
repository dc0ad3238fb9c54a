"""The number of open sessions of one holder."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from collector.db import reading, transaction
from collector.people.actions import begin_session
from collector.people.models import Surface
from collector.people.sessions import MOST_SESSIONS, sessions_of
from tests.conftest import SetClock
from tests.town import Town

pytestmark = pytest.mark.twin


def test_a_session_beyond_twenty_ends_the_one_that_rested_longest_on_its_surface(
    app: Flask, clock: SetClock, town: Town
) -> None:
    begun = []
    with app.app_context():
        for surface in [Surface.PHONE, *[Surface.DESK] * (MOST_SESSIONS + 1)]:
            clock.advance(minutes=1)
            with transaction() as session:
                begin_session(
                    session,
                    now=clock.now(),
                    bank_id=town.bank,
                    surface=surface,
                    person_id=town.claire,
                )
            begun.append(clock.now())
        with reading() as session:
            rows = sessions_of(session, now=clock.now(), person_id=town.claire)
            open_now = [(row.surface, row.began_at) for row in rows]
    assert len(open_now) == MOST_SESSIONS + 1
    assert (Surface.PHONE, begun[0]) in open_now
    assert (Surface.DESK, begun[1]) not in open_now
    assert (Surface.DESK, begun[2]) in open_now
    assert begun[-1] - begun[0] == timedelta(minutes=MOST_SESSIONS + 1)

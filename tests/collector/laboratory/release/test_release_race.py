"""Races of release: a signature against a failing result, and against another signature."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import db, reading, transaction
from collector.errors import Conflict, MilkroundError
from collector.laboratory.holding.models import LotDecision, LotVerdict
from collector.laboratory.holds.models import LaboratoryHold
from collector.laboratory.pooling.models import Lot, LotState
from collector.laboratory.release.actions import release_green
from collector.laboratory.release.leaving import lots_free_to_leave
from collector.laboratory.sampling.models import SampleStage
from collector.laboratory.sampling.results import supersede_result
from collector.laboratory.sampling.spellings import parse_result
from tests.laboratory_bench import Bench, open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town

pytestmark = pytest.mark.twin

ROUNDS = 6
Act = Callable[[Session], object]


class ReadyLots:
    """Green lots with the checks that a releaser has seen, and the rows that a reader changes."""

    def __init__(self, bench: Bench) -> None:
        with transaction() as session:
            found = ReleaseBench(bench, session)
            self.lots = found.lots(ROUNDS)
            found.ready(*self.lots)
            self.seen = found.seen(*self.lots)
            self.results = {
                lot: found.standing(found.sample_of(lot, SampleStage.POST))[0].id
                for lot in self.lots
            }
            self.rose, self.rita, self.leo = (
                found.by(person) for person in (found.rose, found.rita, found.leo)
            )
            self.bank = bench.town.bank

    def sign(self, lot: int, by: dict[str, Any]) -> Act:
        seen = {lot: self.seen[lot]}
        return lambda session: release_green(session, **by, seen=seen)

    def fail(self, lot: int) -> Act:
        given = {"result_id": self.results[lot], "reason": "Grew on the second day"}
        figure = parse_result("10")
        return lambda session: supersede_result(session, **self.leo, **given, figure=figure)


@pytest.fixture
def ready(app: Flask, town: Town) -> Iterator[ReadyLots]:
    with open_bench(app, town) as bench:
        found = ReadyLots(bench)
        db.session.remove()
        yield found


def at_once(app: Flask, acts: Sequence[Act]) -> list[object]:
    """Do acts in transactions of their own that begin together; return None or what refused."""
    outcomes: list[object] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def do(place: int) -> None:
        with app.app_context():
            try:
                start.wait()
                with transaction() as session:
                    acts[place](session)
            except MilkroundError as refused:
                outcomes[place] = refused
            finally:
                db.session.remove()

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_failing_result_and_a_signature_have_one_legal_outcome(
    app: Flask, ready: ReadyLots
) -> None:
    for number, lot in enumerate(ready.lots):
        acts = [ready.sign(lot, ready.rose), ready.fail(lot)]
        if number % 2:
            acts.reverse()
        outcomes = at_once(app, acts)
        signed, failed = reversed(outcomes) if number % 2 else outcomes
        assert failed is None
        with reading() as session:
            state = session.get_one(Lot, lot).state
            held = session.scalars(
                select(LaboratoryHold.id).where(
                    LaboratoryHold.subject_id == lot, LaboratoryHold.lifted_at.is_(None)
                )
            ).all()
            verdicts = session.scalars(
                select(LotDecision.verdict)
                .where(LotDecision.lot_id == lot)
                .order_by(LotDecision.id)
            ).all()
            free = lots_free_to_leave(session, bank_id=ready.bank, today=LATER.date())
        db.session.remove()
        if signed is None:
            # The signature was first: the result has withdrawn the lot, and holds it.
            assert (state, len(held)) == (LotState.WITHDRAWN, 1)
            assert verdicts == [LotVerdict.RELEASED, LotVerdict.WITHDRAWN]
        else:
            # The result was first: the releaser saw other checks, and signed nothing.
            assert isinstance(signed, Conflict)
            assert signed.code == "lot_changed"
            assert (state, held, verdicts) == (LotState.WAITING, [], [])
        assert lot not in free


def test_of_two_signatures_on_one_lot_one_counts(app: Flask, ready: ReadyLots) -> None:
    for lot in ready.lots:
        outcomes = at_once(app, [ready.sign(lot, ready.rose), ready.sign(lot, ready.rita)])
        (lost,) = [each for each in outcomes if each is not None]
        assert isinstance(lost, Conflict)
        assert lost.code == "lot_decided"
        with reading() as session:
            found = select(LotDecision.verdict).where(LotDecision.lot_id == lot)
            assert session.scalars(found).all() == [LotVerdict.RELEASED]
        db.session.remove()

"""Key figures and critical points, as quality sees them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.db import transaction
from collector.laboratory.destroying.actions import (
    add_to_destruction,
    begin_destruction,
    witness_destruction,
)
from collector.laboratory.destructions.models import DestructionMethod, DestructionReason
from collector.laboratory.figures.periods import Spread
from collector.laboratory.figures.queries import figures_of
from collector.laboratory.figures.scans import ScanFigures
from collector.laboratory.reception.models import (
    BenchScan,
    Intake,
    IntakeRefusal,
    IntakeState,
    ScanTask,
)
from collector.laboratory.sampling.models import Analyte, SampleStage
from collector.laboratory.storage.counts import begin_count, close_count
from collector.laboratory.units.models import StorageZone
from tests.collector.laboratory.pooling.test_pools import NOW
from tests.collector.laboratory.storage.storage_bench import StorageBench
from tests.laboratory_bench import open_bench
from tests.phone_round import FIRST_ARRIVAL
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town, sign_in
from tests.web.sign_ins import text

FIGURES = "/laboratory/figures"


class FiguresBench(StorageBench, ReleaseBench):
    """Lea at the freezers, with lots that were read."""


@pytest.fixture
def nora(app: Flask, town: Town) -> Iterator[FlaskClient]:
    """Nora of quality, after one released lot of 200 ml and another that waits."""
    with open_bench(app, town) as bench:
        with transaction() as session:
            lea = ReleaseBench(bench, session)
            released, failed = lea.lots(2)
            lea.ready(released)
            lea.release(released)
            assert failed
            found = figures_of(
                session,
                bank_id=town.bank,
                first=FIRST_ARRIVAL.date(),
                last=LATER.date(),
            )
        assert (found.reception.accepted, found.reception.accepted_ml) == (2, 400)
        assert (found.pools, found.balance.inputs_ml, found.balance.filled_ml) == (2, 400, 400)
        assert found.balance.lost_ml == 0
        assert (found.heating.passed, found.heating.passed_ml, found.heating.failed) == (1, 200, 0)
        assert (found.released_ml, found.rejected_ml) == (200, 0)
        assert found.heating.age_days is not None
        assert found.heating.age_days.p50 == found.heating.age_days.p90
        assert found.waits.to_reception is not None
        assert found.waits.in_quarantine is not None
        # Taken over on the morning, thawed three hours later and released an hour after that.
        assert found.waits.in_quarantine.p50 == pytest.approx(3 / 24)
        assert found.waits.whole_way == Spread(p50=4 / 24, p90=4 / 24)
        assert found.waits.to_release == Spread(p50=1 / 24, p90=1 / 24)
        read = [(each.stage, each.samples, each.grown) for each in found.plates.stages]
        assert read == [(SampleStage.PRE, 1, 1), (SampleStage.POST, 1, 0)]
        assert (found.plates.organisms, found.destroyed.things) == ([], 0)
        app.extensions["milkround_clock"].instant = LATER
        yield sign_in(app, bank=town.bank, person=bench.nora)


def test_the_figures_of_a_period_and_their_file(nora: FlaskClient) -> None:
    page = text(nora.get(FIGURES))
    assert "Released, in ml" in page
    file = nora.get(f"{FIGURES}/file")
    assert '"Accepted, in ml";"400"' in file.get_data(as_text=True)
    empty = nora.get(f"{FIGURES}/file?first=2020-01-01&last=2020-01-02")
    assert '"Accepted, in ml";"0"' in empty.get_data(as_text=True)
    assert nora.get(f"{FIGURES}?first=soon").status_code == 422
    assert IntakeRefusal.THAWED.value not in page


def test_the_critical_points_bear_the_banks_own_limits(nora: FlaskClient) -> None:
    page = text(nora.get(f"{FIGURES}/hazards"))
    assert "62.5&nbsp;°C" in page
    assert "64&nbsp;°C" in page, "in the form of the language, not as it is stored"
    assert "1&nbsp;donor " in page
    assert "Clock of the thaw" in page
    # Holder pasteurisation was read at its source; the limit of the freezers was not.
    assert "not verified" in page


def test_organisms_destructions_and_missed_things_are_counted(app: Flask, town: Town) -> None:
    with open_bench(app, town) as bench, transaction() as session:
        lea = FiguresBench(bench, session)
        place = lea.at(StorageZone.RELEASED)
        first, second = lea.lots(2)
        lea.ready(first, second)
        post = lea.sample_of(first, SampleStage.POST)
        lea.enter(post, "12", analyte=Analyte.CEREUS)
        lea.release(second)
        (gone,) = lea.numbers(second)
        lea.put(place, gone)
        count = begin_count(session, **lea.told, place_id=place.id)
        close_count(session, **lea.told, count_id=count.id, missing_seen=1)
        given = {"reason": DestructionReason.DAMAGED, "method": DestructionMethod.POURED}
        found = begin_destruction(session, **lea.told, **given, note="")
        told = {"now": NOW, "bank_id": town.bank, "destruction_id": found.id}
        add_to_destruction(session, **told, label=gone)
        witness_destruction(session, **told, person_id=lea.leo, seen=1)
        lost = session.scalars(select(Intake).order_by(Intake.id)).first()
        assert lost is not None
        # Only a figure is read of it: the milk of this container counts as lost.
        lost.state = IntakeState.DESTROYED
        wrong = {"text": "X", "refused": "bottle_unknown", "person_id": lea.leo, "at": NOW}
        session.add(BenchScan(bank_id=town.bank, task=ScanTask.STORE, **wrong))
        session.add(BenchScan(bank_id=town.bank, task=ScanTask.WARD, **wrong))
        session.flush()
        days = {"first": FIRST_ARRIVAL.date(), "last": LATER.date()}
        figures = figures_of(session, bank_id=town.bank, **days)
        # Two containers taken over, thawed and emptied, two bottles scanned back, one put away
        # and destroyed; the scan of a ward is none of the laboratory's.
        assert figures.scans == ScanFigures(answered=10, refused=1)
        assert figures.scans.permille == pytest.approx(1000 / 11)
        assert figures.care.refused_scans == 2
        assert [(each.lost_ml, each.percent) for each in figures.losses] == [(200, 50)]
        assert figures.destroyed.reasons == [(DestructionReason.DAMAGED, 1, 200)]
        assert figures.care.missing == 1
        organisms = [(each.month, each.analyte, each.samples) for each in figures.plates.organisms]
        assert organisms == [("2026-11", Analyte.CEREUS, 1)]
    app.extensions["milkround_clock"].instant = LATER
    with app.app_context():
        page = text(sign_in(app, bank=town.bank, person=bench.nora).get(FIGURES))
    assert "2026-11: samples with B. cereus" in page
    assert "Destroyed, broken or leaking, in ml" in page
    assert "200 of 400 ml" in page
    assert "/laboratory/lists/file.xlsx?which=destroyed&" in page

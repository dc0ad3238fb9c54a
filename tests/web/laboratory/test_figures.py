"""Key figures and critical points, as quality sees them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.db import transaction
from collector.laboratory.figures.queries import figures_of
from collector.laboratory.reception.models import IntakeRefusal
from tests.laboratory_bench import open_bench
from tests.phone_round import FIRST_ARRIVAL
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town, sign_in
from tests.web.sign_ins import text

FIGURES = "/laboratory/figures"


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

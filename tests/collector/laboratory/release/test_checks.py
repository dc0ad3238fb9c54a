"""The fourteen checks of a lot: each green, and each not green by its own cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from collector.custody.discrepancies import report_missing
from collector.custody.models import Container, Excursion
from collector.db import reading
from collector.donors.models import Serology, SerologyOutcome
from collector.laboratory.heating.models import Cycle
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool, PoolInput
from collector.laboratory.reception.models import Intake
from collector.laboratory.sampling.models import Analyte, SampleStage
from collector.laboratory.sampling.plans import adopt_plan
from collector.pickups.models import MilkLine
from tests.laboratory_bench import FIRST_EXPRESSED, LAST_EXPRESSED, open_bench
from tests.pool_bench import NOW
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[ReleaseBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield ReleaseBench(bench, session)


@pytest.fixture
def lot(lea: ReleaseBench) -> int:
    (found,) = lea.lots(1)
    lea.ready(found)
    return found


def not_green(lea: ReleaseBench, lot: int) -> dict[str, str]:
    """Return colour and finding of every check that is not green."""
    lea.session.flush()
    lea.session.expire_all()
    found = lea.checks(lot)
    return {
        key: f"{check.colour.value} {check.finding}"
        for key, check in found.items()
        if check.colour.value != "green"
    }


def change(lea: ReleaseBench, kind: type, **values: object) -> None:
    lea.session.execute(update(kind).values(**values))


def test_every_check_is_green(lea: ReleaseBench, lot: int) -> None:
    assert not_green(lea, lot) == {}
    assert len(lea.checks(lot)) == 14


def test_identity(lea: ReleaseBench, lot: int) -> None:
    change(lea, Bottle, scanned_back_at=None)
    assert not_green(lea, lot) == {"identity": "red pool_open"}
    change(lea, PoolInput, withdrawn_at=NOW)
    found = not_green(lea, lot)
    assert found["identity"] == "red no_inputs"
    assert found["age"] == "red not_heated"


def test_line(lea: ReleaseBench, lot: int) -> None:
    change(lea, MilkPool, line=MilkLine.OWN_CHILD)
    assert not_green(lea, lot) == {"line": "red lines_mixed"}


def test_line_two_mothers(lea: ReleaseBench) -> None:
    lea.policy("pool_most_donors", 2)
    numbers = lea.take_over(dora=1, elise=1)
    both = [*numbers["dora"], *numbers["elise"]]
    lea.thaw(both)
    pool = lea.pool()
    for number in both:
        lea.add(pool, number)
    for label in lea.fill(pool, 1, 200):
        lea.scan(pool, label)
    found = lea.contents(pool).lot
    assert found is not None
    lea.session.execute(
        update(Intake)
        .where(Intake.container_id == Container.id, Container.number == numbers["dora"][0])
        .values(line=MilkLine.OWN_CHILD, child_of_id=lea.bench.town.dora)
    )
    lea.session.execute(
        update(Intake)
        .where(Intake.container_id == Container.id, Container.number == numbers["elise"][0])
        .values(line=MilkLine.OWN_CHILD, child_of_id=lea.bench.town.elise)
    )
    change(lea, MilkPool, line=MilkLine.OWN_CHILD)
    assert not_green(lea, found.id)["line"] == "red mothers_mixed"


def test_serology(lea: ReleaseBench, lot: int) -> None:
    lea.session.add(
        Serology(
            bank_id=lea.bench.town.bank,
            donor_id=lea.bench.town.dora,
            drawn_on=LAST_EXPRESSED + timedelta(days=3),
            outcome=SerologyOutcome.NOT_CLEAR,
            valid_until=None,
        )
    )
    assert not_green(lea, lot) == {"serology": "red uncovered"}


def test_age_the_last_day_passes(lea: ReleaseBench, lot: int) -> None:
    days = (NOW.date() - FIRST_EXPRESSED).days
    lea.policy("raw_age_days", days)
    assert not_green(lea, lot) == {}
    lea.policy("raw_age_days", days - 1)
    assert not_green(lea, lot) == {"age": "red too_old"}


def test_thaw_the_last_minute_passes(lea: ReleaseBench, lot: int) -> None:
    change(lea, Intake, thaw_began_at=NOW - timedelta(hours=24))
    assert not_green(lea, lot) == {}
    change(lea, Intake, thaw_began_at=NOW - timedelta(hours=24, minutes=1))
    assert not_green(lea, lot) == {"thaw": "red thawed_too_long"}


def test_balance(lea: ReleaseBench, lot: int) -> None:
    change(lea, Bottle, volume_ml=196)
    assert not_green(lea, lot) == {}
    change(lea, Bottle, volume_ml=195)
    assert not_green(lea, lot) == {"balance": "red loss_unexplained"}
    change(lea, MilkPool, loss_reason="Spilt")
    assert not_green(lea, lot) == {"balance": "amber loss_explained"}


def test_curve(lea: ReleaseBench) -> None:
    hot, failed, unheated = lea.lots(3)
    lea.ready(hot, hottest=64.1)
    lea.ready(failed, serial="S-2", hottest=62.4)
    lea.label(unheated)
    assert not_green(lea, hot) == {"curve": "amber curve_amber"}
    assert lea.checks(hot)["curve"].figures == {"checks": ["maximum"]}
    assert not_green(lea, failed) == {"curve": "red curve_failed"}
    found = not_green(lea, unheated)
    assert found["curve"] == "red curve_missing"
    assert found["thaw"] == "red not_heated"


def test_samples_and_limits_wait_for_every_plate(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    adopt_plan(lea.session, **lea.by(lea.quentin), name="quebec_post", after=1)
    lea.heat(lot)
    lea.label(lot)
    assert not_green(lea, lot)["samples"] == "red sample_missing_pre"
    lea.enter(lea.sample(lot, SampleStage.PRE), "5")
    assert lea.checks(lot)["samples"].finding == "plates_missing"
    pre = lea.sample_of(lot, SampleStage.PRE)
    lea.verify([*lea.standing(pre), *lea.enter(pre, "5", analyte=Analyte.AUREUS)])
    assert not_green(lea, lot) == {
        "samples": "red sample_missing_post",
        "post_limits": "red results_awaited",
    }
    post = lea.sample(lot, SampleStage.POST)
    for analyte in (Analyte.TOTAL, Analyte.CEREUS, Analyte.AUREUS, Analyte.ENTEROBACTERALES):
        lea.verify(lea.enter(post, *["0"] * 8, analyte=analyte))
    assert lea.checks(lot)["samples"].figures == {
        "number": post.number,
        "plate": 9,
        "plates": 9,
    }
    for analyte in (Analyte.CEREUS, Analyte.AUREUS, Analyte.ENTEROBACTERALES):
        lea.verify(lea.enter(post, "0", first=9, analyte=analyte))
    lea.verify(lea.enter(post, "30", first=9))
    assert not_green(lea, lot) == {}


def test_limits(lea: ReleaseBench) -> None:
    before, after, coarse = lea.lots(3)
    lea.heat(before, after, coarse)
    lea.label(before, after, coarse)
    lea.read(before, total="1000001")
    for lot, figure in ((after, "10"), (coarse, "<100")):
        pre, post = (lea.sample(lot, stage) for stage in SampleStage)
        rows = [*lea.enter(pre, "5"), *lea.enter(pre, "5", analyte=Analyte.AUREUS)]
        lea.verify([*rows, *lea.enter(post, figure)])
    found = not_green(lea, before)
    assert found == {"pre_limits": "red above_limit", "post_limits": "red above_limit"}
    assert not_green(lea, after) == {"post_limits": "red above_limit"}
    assert not_green(lea, coarse) == {"post_limits": "red undecidable"}


def test_a_lot_that_the_plan_does_not_choose_is_green(lea: ReleaseBench) -> None:
    one, beside, other = lea.lots(3)
    told = lea.by(lea.quentin)
    adopt_plan(lea.session, **told, name="us_pre", after=1)
    adopt_plan(lea.session, **told, name="uk_post", after=1)
    cycle = lea.heat(one, beside)
    lea.label(one, beside)
    assert not_green(lea, beside)["samples"] == "red sample_missing_post"
    post = lea.sample(one, SampleStage.POST)
    lea.verify(lea.enter(post, "10"))
    for lot in (one, beside):
        assert not_green(lea, lot) == {}
        assert lea.checks(lot)["pre_limits"].finding == "not_sampled_by_plan"
    later = lea.heat(other, serial="S-2")
    lea.session.execute(
        update(Cycle).where(Cycle.id == later).values(began_at=NOW + timedelta(minutes=5))
    )
    assert cycle != later
    lea.label(other)
    found = not_green(lea, other)
    assert "samples" not in found
    assert lea.checks(other)["post_limits"].finding == "not_sampled_by_plan"


def test_verification(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    lea.heat(lot)
    lea.label(lot)
    pre = lea.sample(lot, SampleStage.PRE)
    lea.enter(pre, "5")
    lea.enter(pre, "5", analyte=Analyte.AUREUS)
    lea.enter(lea.sample(lot, SampleStage.POST), "0")
    assert not_green(lea, lot) == {"verification": "red unverified"}


def test_holds_excursions_and_discrepancies(lea: ReleaseBench, lot: int) -> None:
    container = lea.session.scalars(select(Container)).one()
    report_missing(lea.session, now=LATER, container=container)
    assert not_green(lea, lot) == {"holds": "red discrepancy"}
    lea.hold(HoldSubject.DONOR, lea.bench.town.dora)
    assert not_green(lea, lot) == {"holds": "red held"}
    assert lea.session.scalars(select(Excursion)).all() == []


def test_expiry(lea: ReleaseBench, lot: int) -> None:
    change(lea, Lot, expires_on=LATER.date())
    assert not_green(lea, lot) == {}
    change(lea, Lot, expires_on=LATER.date() - timedelta(days=1))
    assert not_green(lea, lot) == {"expiry": "red expired"}
    assert date.fromisoformat(lea.checks(lot)["expiry"].figures["until"]) < LATER.date()


def test_labels(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    lea.heat(lot)
    lea.read(lot)
    assert not_green(lea, lot) == {"labels": "red labels_missing"}
    lea.label(lot)
    assert not_green(lea, lot) == {}

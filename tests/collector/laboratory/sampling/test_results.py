"""Samples and results: two people, superseding, plans with editions, files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from collector.banks.models import Bank, Jurisdiction
from collector.db import reading
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.sampling.actions import (
    lose_sample,
    read_sample_number,
    send_sample,
)
from collector.laboratory.sampling.importing import judge_results, keep_results
from collector.laboratory.sampling.models import (
    Analyte,
    LabResult,
    ResultFile,
    ResultUnit,
    SampleStage,
    SampleState,
    SamplingPlan,
)
from collector.laboratory.sampling.plans import adopt_plan, change_limit, standing_plans
from collector.laboratory.sampling.queries import bench_list, sample_page, scanned_lot
from collector.laboratory.sampling.results import supersede_result
from collector.laboratory.sampling.spellings import parse_result
from collector.workbook_lines import workbook_of
from tests.laboratory_bench import open_bench
from tests.release_bench import ReleaseBench
from tests.town import Town

pytestmark = pytest.mark.twin

PRE, POST = SampleStage.PRE, SampleStage.POST


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[ReleaseBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield ReleaseBench(bench, session)


def jurisdiction(lea: ReleaseBench, value: Jurisdiction) -> None:
    lea.session.get_one(Bank, lea.bench.town.bank).jurisdiction = value


def test_a_sample_has_a_number_of_its_own_and_is_taken_once(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    sample = lea.sample(lot, PRE)
    assert read_sample_number(f" {sample.number.lower()} ") == sample.number
    with pytest.raises(Refused, match="sample_taken"):
        lea.sample(lot, PRE)
    with pytest.raises(Refused, match="sample_after_heating"):
        lea.sample(lot, POST)
    wrong = "0" if sample.number[-1] != "0" else "1"
    with pytest.raises(Refused, match="scan_mistyped"):
        read_sample_number(sample.number[:-1] + wrong)
    (label,) = lea.labels_of(lot)
    assert scanned_lot(lea.session, bank_id=lea.bench.town.bank, text=label).id == lot
    with pytest.raises(NotFound, match="lot_unknown"):
        scanned_lot(lea.session, bank_id=lea.bench.town.bank, text="M000126999999X")


def test_a_lost_sample_needs_a_reason_and_is_replaced(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    lost = lea.sample(lot, PRE)
    told = lea.by(lea.bench.lea) | {"sample_id": lost.id}
    send_sample(lea.session, **told, laboratory="Hospital")
    with pytest.raises(Refused, match="reason_missing"):
        lose_sample(lea.session, **told, reason=" ")
    lose_sample(lea.session, **told, reason="Broken on the way")
    assert lost.state is SampleState.LOST
    with pytest.raises(Refused, match="sample_lost"):
        lea.enter(lost, "10")
    new = lea.sample(lot, PRE)
    assert new.replaces_id == lost.id
    assert new.number != lost.number


def test_scenario_5_the_same_person_does_not_verify(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    rows = lea.enter(lea.sample(lot, PRE), "1000")
    with pytest.raises(Refused, match="two_people_needed"):
        lea.verify(rows, by=lea.bench.lea)
    assert rows[0].verified_by_id is None
    lea.verify(rows)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        lea.verify(rows)
    rows[0].verified_by_id = lea.bench.lea
    with pytest.raises(IntegrityError, match="verified_by_another"):
        lea.session.flush()


def test_a_result_is_superseded_and_both_stay(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    sample = lea.sample(lot, PRE)
    (old,) = lea.enter(sample, "1000")
    lea.verify([old])
    with pytest.raises(Conflict, match="result_stands"):
        lea.enter(sample, "2000")
    told = lea.by(lea.leo) | {"result_id": old.id, "figure": parse_result("2000")}
    with pytest.raises(Refused, match="reason_missing"):
        supersede_result(lea.session, **told, reason="")
    new = supersede_result(lea.session, **told, reason="Plates exchanged")
    assert (old.value, new.value, new.supersedes_id) == (1000, 2000, old.id)
    assert new.verified_by_id is None
    with pytest.raises(Conflict, match="changed_meanwhile"):
        supersede_result(lea.session, **told, reason="Again")
    page = sample_page(lea.session, bank_id=lea.bench.town.bank, sample_id=sample.id)
    assert [each.id for each in page.results] == [old.id, new.id]
    assert [each.id for each in page.standing.values()] == [new.id]


def test_odd_results_are_refused(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    sample = lea.sample(lot, PRE)
    with pytest.raises(Refused, match="results_missing"):
        lea.enter(sample)
    with pytest.raises(Refused, match="plate_out_of_bounds"):
        lea.enter(sample, "1", first=2)
    with pytest.raises(Refused, match="unit_not_fitting"):
        lea.enter(sample, "1", unit=ResultUnit.DORNIC)
    assert lea.session.scalar(select(func.count(LabResult.id))) == 0


@pytest.mark.parametrize("value", list(Jurisdiction))
def test_a_new_bank_has_the_plans_of_its_jurisdiction(
    lea: ReleaseBench, value: Jurisdiction
) -> None:
    jurisdiction(lea, value)
    plans = standing_plans(lea.session, lea.bench.town.bank)
    assert {stage: plan.name for stage, plan in plans.items()} == {
        stage: f"{value.value.lower()}_{stage.value}" for stage in SampleStage
    }
    assert lea.session.scalar(select(func.count(SamplingPlan.id))) == 0


def test_a_new_edition_judges_later_samples_alone(lea: ReleaseBench) -> None:
    one, other = lea.lots(2)
    before = lea.sample(one, PRE)
    lea.enter(before, "300000")
    lea.enter(before, "<10", analyte=Analyte.AUREUS)
    assert lea.colours(one)["pre_limits"] == "green"
    told = lea.by(lea.quentin)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        adopt_plan(lea.session, **told, name="uk_pre", after=2)
    adopt_plan(lea.session, **told, name="uk_pre", after=1)
    lea.enter(lea.sample(other, PRE), "300000")
    assert lea.colours(one)["pre_limits"] == "green"
    assert lea.colours(other)["pre_limits"] == "red"
    changed = change_limit(
        lea.session, **told, stage=PRE, position=1, most=300_000, source="", after=2
    )
    assert (changed.edition, changed.rules[0].most) == (3, 300_000)
    assert changed.rules[0].verified_on is None
    assert changed.rules[1].most == 10_000
    with pytest.raises(NotFound):
        change_limit(lea.session, **told, stage=PRE, position=9, most=1, source="", after=3)


def test_a_file_is_judged_row_by_row_and_kept_whole(lea: ReleaseBench) -> None:
    one, other = lea.lots(2)
    first, second = lea.sample(one, PRE), lea.sample(other, PRE)
    lea.enter(second, "5")
    rows = [
        "Échantillon;Germe;Résultat;Unité;Boîte",
        f"{first.number};Flore totale;1e5;UFC/ml;1",
        f"{first.number};Staphylococcus aureus;<10;UFC/ml;",
        f"{second.number};total;7;cfu_ml;1",
        f"{first.number};total;illisible;UFC/ml;1",
        f"{first.number};aureus;5;;1",
        f"{first.number};total;-5;UFC/ml;1",
        f"{first.number};total;5;UFC/ml;1",
        f"{second.number};aureus;5;UFC/ml;4",
        "M000126999999-S010;total;5;UFC/ml;1",
    ]
    content = "\r\n".join(rows).encode()
    bank = lea.bench.town.bank
    judged = judge_results(lea.session, content, bank_id=bank)
    codes = [[each.code for each in row.mistakes] for row in judged.report.rows]
    assert codes[:2] == [[], []]
    assert [each[0] for each in codes[2:]] == [
        "result_stands",
        "result_not_read",
        "cell_missing",
        "result_not_read",
        "result_stands",
        "plate_out_of_bounds",
        "scan_mistyped",
    ]
    assert judged.accepted == 2
    assert lea.session.scalar(select(func.count(ResultFile.id))) == 0
    file = keep_results(lea.session, **lea.by(lea.bench.lea), content=content)
    assert (file.accepted, file.refused) == (2, 7)
    assert lea.colours(one)["verification"] == "green"
    assert lea.colours(one)["pre_limits"] == "green"
    with pytest.raises(Conflict, match="results_known"):
        keep_results(lea.session, **lea.by(lea.bench.lea), content=content)
    with pytest.raises(Refused, match="results_missing"):
        keep_results(lea.session, **lea.by(lea.bench.lea), content=content + b"\r\n")


def test_a_file_without_its_columns_is_refused_as_a_whole(lea: ReleaseBench) -> None:
    judged = judge_results(lea.session, b"a;b\n1;2\n", bank_id=lea.bench.town.bank)
    assert {each.code for each in judged.report.file_mistakes} == {"column_missing"}


def test_the_bench_lists_what_is_due_to_read_and_to_verify(lea: ReleaseBench) -> None:
    one, other = lea.lots(2)
    bank = lea.bench.town.bank
    assert [each.lot.id for each in bench_list(lea.session, bank).due] == [one, other]
    sample = lea.sample(one, PRE)
    work = bench_list(lea.session, bank)
    assert [each.lot.id for each in work.due] == [other]
    assert [(each.read, each.wanted) for each in work.to_read] == [(0, 2)]
    lea.enter(sample, "5")
    rows = lea.enter(sample, "5", analyte=Analyte.AUREUS)
    work = bench_list(lea.session, bank)
    assert work.to_read == []
    assert [each.unverified for each in work.to_verify] == [2]
    lea.verify(rows)
    assert [each.unverified for each in bench_list(lea.session, bank).to_verify] == [1]
    lea.heat(one)
    assert [(each.lot.id, each.stage) for each in bench_list(lea.session, bank).due] == [
        (other, PRE),
        (one, POST),
    ]


def test_a_spreadsheet_is_read_too(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    number = lea.sample(lot, PRE).number
    content = workbook_of(
        [["sample", "analyte", "result", "unit"], [number, "total", "<10", "cfu_ml"]]
    )
    file = keep_results(lea.session, **lea.by(lea.bench.lea), content=content)
    assert (file.accepted, file.refused) == (1, 0)

"""Judgement of results: scenario 5 of the design, the spellings, and plans by cycles and months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import Refused
from collector.laboratory.release.examinations import cycles_to_sample
from collector.laboratory.sampling.judgement import PlatingForm, RuleOutcome, judge_rule
from collector.laboratory.sampling.models import Analyte, ResultComparator, ResultUnit
from collector.laboratory.sampling.presets import PLANS
from collector.laboratory.sampling.spellings import parse_result

PASSED, FAILED = RuleOutcome.PASSED, RuleOutcome.FAILED
AWAITED, UNDECIDABLE = RuleOutcome.AWAITED, RuleOutcome.UNDECIDABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A result on a plate of 100 microlitres."""

    plate: int
    analyte: Analyte
    comparator: ResultComparator
    value: float
    unit: ResultUnit
    plated_ul: int = 100


def plates(*figures: str, analyte: Analyte = Analyte.TOTAL, colonies: bool = False) -> list[Plate]:
    unit = ResultUnit.COLONIES if colonies else ResultUnit.CFU_ML
    unit = ResultUnit.DORNIC if analyte is Analyte.ACIDITY else unit
    read = [parse_result(text) for text in figures]
    return [
        Plate(plate=plate, analyte=analyte, comparator=each.comparator, value=each.value, unit=unit)
        for plate, each in enumerate(read, start=1)
    ]


def outcomes(plan: str, found: list[Plate]) -> list[RuleOutcome]:
    preset = PLANS[plan]
    form = PlatingForm(plates=preset.plates, plated_ul=preset.plated_ul)
    analytes = {each.analyte for each in found}
    return [judge_rule(rule, form, found) for rule in preset.rules if rule.analyte in analytes]


@pytest.mark.parametrize(
    ("plan", "figure", "expected"),
    [
        ("fr_pre", "300000", PASSED),
        ("uk_pre", "300000", FAILED),
        ("uk_pre", "100000", PASSED),
        ("uk_pre", "100001", FAILED),
        ("uk_post", "=5", PASSED),
        ("fr_post", "=5", FAILED),
        ("fr_post", "0", PASSED),
        ("fr_post", "<10", PASSED),
        ("fr_post", "<100", UNDECIDABLE),
        ("fr_post", ">0", FAILED),
        ("uk_post", "0", PASSED),
        ("uk_post", "<10", PASSED),
        ("uk_post", "<100", UNDECIDABLE),
        ("uk_post", "10", PASSED),
        ("uk_post", "11", FAILED),
        ("uk_post", ">10", FAILED),
        ("uk_post", ">5", UNDECIDABLE),
    ],
)
def test_scenario_5_a_total_is_judged_by_the_plan_of_the_jurisdiction(
    plan: str, figure: str, expected: RuleOutcome
) -> None:
    assert outcomes(plan, plates(figure)) == [expected]


def test_scenario_5_the_last_aureus_that_passes_is_ten_thousand() -> None:
    for plan in ("fr_pre", "uk_pre"):
        assert outcomes(plan, plates("10000", analyte=Analyte.AUREUS)) == [PASSED]
        assert outcomes(plan, plates("10001", analyte=Analyte.AUREUS)) == [FAILED]


@pytest.mark.parametrize(
    ("colonies", "expected"),
    [
        ("123000000", PASSED),
        ("000000000", PASSED),
        ("333000000", PASSED),
        ("111100000", FAILED),
        ("400000000", FAILED),
        ("12300000", AWAITED),
    ],
)
def test_scenario_5_the_plan_of_quebec_decides_on_nine_plates(
    colonies: str, expected: RuleOutcome
) -> None:
    found = outcomes("quebec_post", plates(*colonies, colonies=True))
    worst = next((each for each in (FAILED, AWAITED) if each in found), PASSED)
    assert worst is expected


def test_scenario_5_one_colony_of_cereus_rejects_by_the_plan_of_quebec() -> None:
    cereus = plates(*"000010000", analyte=Analyte.CEREUS, colonies=True)
    assert outcomes("quebec_post", cereus) == [FAILED]
    none = plates(*"000000000", analyte=Analyte.CEREUS, colonies=True)
    assert outcomes("quebec_post", none) == [PASSED]


def test_acidity_is_judged_in_degrees() -> None:
    assert outcomes("br_pre", plates("8", analyte=Analyte.ACIDITY)) == [PASSED]
    assert outcomes("br_pre", plates("8.1", analyte=Analyte.ACIDITY)) == [FAILED]
    assert outcomes("br_pre", plates("<8", analyte=Analyte.ACIDITY)) == [PASSED]


@given(value=st.integers(0, 10**7), plan=st.sampled_from(("fr_pre", "uk_pre")))
def test_equal_passes_and_one_more_fails(value: int, plan: str) -> None:
    most = PLANS[plan].rules[0].most
    expected = PASSED if value <= most else FAILED
    assert outcomes(plan, plates(str(value))) == [expected]


@given(bound=st.integers(1, 10**6))
def test_a_bound_passes_exactly_up_to_the_limit(bound: int) -> None:
    expected = PASSED if bound <= 10 else UNDECIDABLE
    assert outcomes("uk_post", plates(f"<{bound}")) == [expected]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e5", 100_000),
        ("10^5", 100_000),
        ("100 000", 100_000),
        ("100\u00a0000", 100_000),
        ("<10", 10),
        ("< 10", 10),
        ("2,5", 2.5),
        ("1.5E3", 1500),
    ],
)
def test_the_spellings_of_a_result_are_read(text: str, value: float) -> None:
    assert parse_result(text).value == value


@pytest.mark.parametrize("text", ["", "illisible", "-5", "10^99", "9" * 400, "1e99", "<", "٣"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="result_not_read"):
        parse_result(text)


def days(*counts: int) -> list[tuple[int, date]]:
    """Return cycles with consecutive keys: one list of counts per month of 2026."""
    found: list[tuple[int, date]] = []
    for month, count in enumerate(counts, start=1):
        first = date(2026, month, 1)
        found += [(len(found) + place, first + timedelta(days=place)) for place in range(count)]
    return found


def test_a_plan_by_cycles_asks_in_every_month_and_after_ten_cycles() -> None:
    cycles = days(12, 3)
    assert cycles_to_sample(cycles, sampled={0}, every=10) == {0, 10, 11, 12, 13, 14}
    assert cycles_to_sample(cycles, sampled={0, 10, 12}, every=10) == {0, 10, 12}
    assert cycles_to_sample(cycles, sampled={1, 12}, every=10) == {0, 1, 11, 12}
    assert cycles_to_sample(cycles, sampled=set(), every=10) == {key for key, _ in cycles}

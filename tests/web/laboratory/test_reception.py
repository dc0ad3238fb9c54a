"""The reception as Lea sees it: the scanner's field, the form of a bottle, the undo."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from collector.custody.models import Container, ContainerState
from collector.custody.numbers import number_of
from collector.db import reading, transaction
from collector.laboratory.reception.models import BenchScan, Intake
from tests.laboratory_bench import Bench, open_bench
from tests.phone_round import collected
from tests.town import Town, sign_in
from tests.web.sign_ins import text

HERE = "/laboratory/reception"


@pytest.fixture
def bench(app: Flask, town: Town) -> Iterator[Bench]:
    with open_bench(app, town) as opened:
        with transaction() as session:
            given = {"bottles": 2, "volume_ml": 400, "box": "B7"}
            opened.send(session, collected(opened.dora, **given), opened.hand_over(2))
        yield opened


@pytest.fixture
def lea(app: Flask, bench: Bench) -> FlaskClient:
    return sign_in(app, bank=bench.town.bank, person=bench.lea)


@pytest.fixture
def nora(app: Flask, bench: Bench) -> FlaskClient:
    return sign_in(app, bank=bench.town.bank, person=bench.nora)


def measured(**changes: str) -> dict[str, str]:
    usual = {"volume_ml": "200", "expressed_first": "2026-11-20"}
    return {**usual, **changes}


def count(row: type[Intake | BenchScan]) -> int:
    with reading() as session:
        return session.scalar(select(func.count(row.id))) or 0


def test_the_links_of_the_laboratory_lead_to_her_first_page(lea: FlaskClient) -> None:
    answer = lea.get("/laboratory/", follow_redirects=True)
    assert answer.request.path == HERE
    assert "<dd>2</dd>" in text(answer)


def test_a_scan_opens_the_bottle_and_a_box_its_bottles(lea: FlaskClient, bench: Bench) -> None:
    number = number_of(bench.dora, 1)
    answer = lea.post(f"{HERE}/scans", data={"label": f" {number.lower()} "})
    assert answer.status_code == 303
    assert number in text(lea.get(answer.headers["Location"]))
    box = lea.post(f"{HERE}/scans", data={"label": "b7"})
    assert box.headers["Location"].endswith("box=B7")
    assert "Expected from box B7" in text(lea.get(box.headers["Location"]))


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("31-02-9", "31-02-9"),
        ("UNKNOWN-1", "No bottle has the number UNKNOWN-1"),
        ("<b>", "&lt;B&gt;"),
        ("", "Scan or type the label"),
    ],
)
def test_a_refused_scan_says_why_and_is_kept(lea: FlaskClient, label: str, words: str) -> None:
    answer = lea.post(f"{HERE}/scans", data={"label": label})
    assert answer.status_code == 422
    wrong = re.search(r'id="label-wrong"[^>]*>([^<]*)', text(answer))
    assert wrong is not None
    assert words in wrong[1]
    assert "1 refused scan today" in text(answer)
    assert count(BenchScan) == 1


def test_a_bottle_is_accepted_and_the_undo_gives_it_back(lea: FlaskClient) -> None:
    answer = lea.post(f"{HERE}/containers/1/intake", data=measured())
    assert answer.status_code == 303
    page = text(lea.get(answer.headers["Location"]))
    assert "is in quarantine: 200 ml" in page
    assert "<dd>1</dd>" in page
    undo = re.search(rf'action="({HERE}/intakes/\d+/withdrawal)"', page)
    assert undo is not None
    assert lea.post(undo[1]).status_code == 303
    assert "<dd>2</dd>" in text(lea.get(HERE))
    assert lea.post(undo[1]).status_code == 422


def test_a_second_scan_of_a_bottle_says_that_it_is_here(lea: FlaskClient, bench: Bench) -> None:
    lea.post(f"{HERE}/containers/1/intake", data=measured())
    answer = lea.post(f"{HERE}/scans", data={"label": number_of(bench.dora, 1)})
    assert answer.status_code == 422
    assert "is already here" in text(answer)
    assert lea.post(f"{HERE}/containers/1/intake", data=measured()).status_code == 422
    assert count(Intake) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"volume_ml": ""}, "volume_ml"),
        ({"volume_ml": "lots"}, "volume_ml"),
        ({"grams": "20", "volume_ml": ""}, "grams"),
        ({"expressed_first": ""}, "expressed_first"),
        ({"expressed_last": "2026-11-19"}, "expressed_last"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_is_kept(
    lea: FlaskClient, changes: dict[str, str], field: str
) -> None:
    answer = lea.post(f"{HERE}/containers/1/intake", data=measured(**changes))
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in text(answer)
    assert count(Intake) == 0


def test_a_refusal_needs_a_reason(lea: FlaskClient) -> None:
    url = f"{HERE}/containers/1/refusal"
    answer = lea.post(url, data={"volume_ml": "200"})
    assert answer.status_code == 422
    assert 'id="reason-wrong"' in text(answer)
    answer = lea.post(url, data={"volume_ml": "200", "reason": "other"})
    assert 'id="note-wrong"' in text(answer)
    answer = lea.post(url, data={"volume_ml": "200", "reason": "thawed"})
    assert "is refused" in text(lea.get(answer.headers["Location"]))
    with reading() as session:
        assert session.get_one(Container, 1).state is ContainerState.REFUSED_AT_RECEPTION


def test_a_visit_that_holds_much_less_than_declared_is_marked(lea: FlaskClient) -> None:
    lea.post(f"{HERE}/containers/1/intake", data=measured(volume_ml="200"))
    answer = lea.post(f"{HERE}/containers/2/intake", data=measured(volume_ml="100"))
    assert "declared with 0.4 L; 0.3 L arrived" in text(lea.get(answer.headers["Location"]))


def test_a_missing_bottle_and_one_not_announced_reach_quality(
    lea: FlaskClient, nora: FlaskClient
) -> None:
    assert lea.post(f"{HERE}/containers/1/absence").status_code == 303
    page = text(lea.get(HERE))
    number = re.search(r"donor (\d+)", page)
    assert number is not None
    unknown = {"label": "MR-9", "donor_number": "123"}
    answer = lea.post(f"{HERE}/unannounced", data=measured(**unknown))
    assert answer.status_code == 422
    known = {"label": "MR-9", "donor_number": number[1]}
    assert lea.post(f"{HERE}/unannounced", data=measured(**known)).status_code == 303
    seen = text(nora.get("/laboratory/discrepancies"))
    assert "nothing: it was not on the bench" in seen
    assert "Bottle MR-9" in seen
    closing = re.findall(r'action="(/laboratory/discrepancies/\d+/closing)"', seen)
    assert len(closing) == 2
    assert nora.post(closing[0], data={"note": " "}).status_code == 422
    assert nora.post(closing[0], data={"note": "Found in the lorry"}).status_code == 303
    assert "Found in the lorry" in text(nora.get("/laboratory/discrepancies"))


def test_the_quarantine_shows_the_last_day_for_heating(lea: FlaskClient) -> None:
    assert "No milk is in quarantine" in text(lea.get("/laboratory/quarantine"))
    lea.post(f"{HERE}/containers/1/intake", data=measured())
    page = text(lea.get("/laboratory/quarantine"))
    # 20 November and 120 days.
    assert "2027-03-20" in page
    assert "0.2 L free to be pooled" in page

"""Destructions and materials as the people of the bank see them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.db import reading, transaction
from collector.laboratory.destructions.models import Destruction
from collector.laboratory.pooling.models import LabMaterial
from collector.laboratory.reception.models import BenchScan, ScanTask
from tests.collector.laboratory.pooling.test_pools import PoolBench
from tests.laboratory_bench import Bench, open_bench
from tests.town import Town, sign_in
from tests.web.sign_ins import text

HERE = "/laboratory/destructions"
LIST = {"reason": "damaged", "method": "care_waste", "note": ""}


@pytest.fixture
def opened(app: Flask, town: Town) -> Iterator[tuple[Bench, list[str]]]:
    with open_bench(app, town) as bench:
        with transaction() as session:
            numbers = PoolBench(bench, session).take_over(dora=2)["dora"]
        yield bench, numbers


@pytest.fixture
def lea(app: Flask, opened: tuple[Bench, list[str]]) -> FlaskClient:
    return sign_in(app, bank=opened[0].town.bank, person=opened[0].lea)


@pytest.fixture
def nora(app: Flask, opened: tuple[Bench, list[str]]) -> FlaskClient:
    return sign_in(app, bank=opened[0].town.bank, person=opened[0].nora)


def test_one_person_scans_and_another_one_witnesses(
    lea: FlaskClient, nora: FlaskClient, opened: tuple[Bench, list[str]]
) -> None:
    first, second = opened[1]
    assert "Nothing was destroyed yet" in text(lea.get(HERE))
    typed = lea.post(HERE, data=LIST | {"reason": "other"})
    assert typed.status_code == 422
    assert '<option value="other" selected>' in text(typed)
    place = lea.post(HERE, data=LIST).location
    for label in (first, first, second):
        page = text(lea.post(f"{place}/scans", data={"label": label}, follow_redirects=True))
    assert "400 ml" in page
    wrong = lea.post(f"{place}/scans", data={"label": "MR-404"})
    assert wrong.status_code == 422
    assert 'value="MR-404"' in text(wrong)
    with reading() as session:
        assert session.scalars(select(BenchScan.task)).all() == [ScanTask.DESTROY]
    assert "I saw" not in page
    assert lea.post(f"{place}/witness", data={"seen": "2"}).status_code == 422
    assert "I saw 2 bottles destroyed" in text(nora.get(place))
    assert nora.post(f"{place}/witness", data={"seen": "1"}).status_code == 409
    assert nora.post(f"{place}/witness", data={"seen": "x"}).status_code == 409
    assert nora.post(f"{place}/witness", data={"seen": "2"}).status_code == 303
    page = text(lea.get(place))
    assert "Nora" in page
    assert "Give the list up" not in page
    assert "destroyed before a witness" in text(
        lea.post("/laboratory/storage/scans", data={"label": first})
    )
    assert "destroyed by Lea before Nora" in text(lea.get(f"/laboratory/chain/{first}"))
    document = lea.get(f"{place}/document")
    assert (document.content_type, document.data[:5]) == ("application/pdf", b"%PDF-")


def test_a_bottle_is_taken_off_and_a_list_is_given_up(
    lea: FlaskClient, nora: FlaskClient, opened: tuple[Bench, list[str]]
) -> None:
    place = lea.post(HERE, data=LIST).location
    lea.post(f"{place}/scans", data={"label": opened[1][0]})
    found = re.search(r'action="([^"]+/items/\d+/withdrawal)"', text(lea.get(place)))
    assert found is not None
    # Nora witnesses; she does not change the list.
    assert nora.post(found[1]).status_code == 403
    assert nora.post(f"{place}/abandonment").status_code == 403
    assert lea.post(found[1]).status_code == 303
    assert lea.post(found[1]).status_code == 422
    assert nora.post(f"{place}/witness", data={"seen": "0"}).status_code == 422
    assert lea.post(f"{place}/abandonment").status_code == 303
    assert "given up" in text(lea.get(HERE))
    with reading() as session:
        assert session.scalars(select(Destruction.witnessed_at)).all() == [None]


def test_a_makers_lot_is_opened_held_and_used_up(lea: FlaskClient) -> None:
    here = "/laboratory/materials"
    form = {"kind": "cap", "makers_lot": "", "expires_on": "2026-13-01"}
    wrong = lea.post(here, data=form)
    assert wrong.status_code == 422
    assert "Give the number of the maker" in text(wrong)
    assert 'value="2026-13-01"' in text(wrong)
    assert lea.post(here, data=form | {"makers_lot": "C-1", "expires_on": ""}).status_code == 303
    again = lea.post(here, data=form | {"makers_lot": "C-1", "expires_on": ""})
    assert again.status_code == 422
    assert "written down already" in text(again)
    with reading() as session:
        key = session.scalars(select(LabMaterial.id)).one()
    page = text(lea.post("/laboratory/holds/scans", data={"label": "C-1"}))
    assert f'value="material-{key}"' in page
    days = {"number": "C-1", "subject": f"material-{key}", "reason": "Cracked caps"}
    backwards = days | {"since": "2026-11-24", "until": "2026-11-23"}
    wrong = lea.post("/laboratory/holds", data=backwards)
    assert wrong.status_code == 422
    assert "comes before the first" in text(wrong)
    assert 'value="2026-11-23"' in text(wrong)
    assert lea.post("/laboratory/holds", data=days | {"until": "2026-11-24"}).status_code == 303
    assert "Material C-1" in text(lea.get("/laboratory/holds"))
    assert lea.post(f"{here}/{key}/closing").status_code == 303
    assert lea.post(f"{here}/{key}/closing").status_code == 422
    assert "used up" in text(lea.get(here))

"""The dispensary as its people see it: orders, the counter, what comes back, invoice lines."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from collector.db import db, transaction
from collector.dispensary.dispensings.models import DispensedBottle
from collector.dispensary.orders.models import MilkOrder, NeedClass
from collector.dispensary.orders.prescriptions import PrescriptionDraft, write_prescription
from collector.laboratory.holds.models import LaboratoryHold
from collector.laboratory.pooling.models import Bottle
from collector.laboratory.reception.models import BenchScan, Intake
from tests.dispensary_bench import TODAY
from tests.dispensary_cast import NAME, NUMBER, CounterCast, open_counter
from tests.release_bench import LATER
from tests.town import Town
from tests.web.sign_ins import text

pytestmark = pytest.mark.twin


@pytest.fixture
def cast(app: Flask, town: Town) -> Iterator[CounterCast]:
    with open_counter(app, town) as found:
        yield found


def test_from_the_order_to_the_child(cast: CounterCast) -> None:
    order = cast.order(200)
    home = text(cast["dana"].get("/dispensary/orders"))
    assert cast.code in home
    assert "2 days" not in home
    assert "critical" in home, "600 ml for 300 ml a day"
    answer = cast["dana"].post("/dispensary/orders/allocations", follow_redirects=True)
    assert "2 bottles are kept." in text(answer)
    page = text(cast["dana"].get(f"/dispensary/orders/{order}"))
    assert "Of the bottles that fit, it is the first to expire." in page
    kept = cast.labels[:2]
    assert all(label in page for label in kept)
    dispensing = cast.dispense(order, *kept)
    assert "Handed over" in text(cast["dana"].get(dispensing))

    arrived = cast["wanda"].post("/ward/bottles/arrivals", data={"label": kept[0]})
    assert f"{kept[0]} has arrived." in text(arrived)
    form = text(cast["wanda"].post("/ward/bottles/fate/scans", data={"label": kept[0]}))
    assert "100 ml are left in this bottle." in form
    given = {"label": kept[0], "fate": "given", "volume_ml": "80", "client_id": "a"}
    for _ in range(2):
        assert cast["wanda"].post("/ward/bottles/fate", data=given).status_code == 303
    rest = {"label": kept[0], "fate": "wasted", "client_id": "b"}
    assert cast["wanda"].post("/ward/bottles/fate", data=rest).status_code == 303
    settled = cast["wanda"].post("/ward/bottles/fate", data=rest | {"client_id": "c"})
    assert settled.status_code == 409
    assert "was given or thrown away already" in text(settled)


def test_scenario_9_two_dispensers_scan_one_bottle_in_the_same_second(cast: CounterCast) -> None:
    label = cast.labels[0]
    other = cast.another_child()
    with transaction() as session:
        session.merge(other).ward_id = cast.ward
        draft = PrescriptionDraft(
            prescriber="Dr M", valid_from=TODAY, valid_until=TODAY, ml_per_day=100
        )
        told = {"now": LATER, "bank_id": cast.town.bank, "person_id": cast.people["wanda"]}
        write_prescription(session, **told, recipient_id=other.id, draft=draft)
    pages = {
        "dana": cast.begin(cast.order(100), by="dana"),
        "dirk": cast.begin(cast.order(100, code="R00000000"), by="dirk"),
    }
    statuses: list[int] = []
    gate = threading.Barrier(2)

    def scan(name: str) -> None:
        browser, page = cast[name], pages[name]
        gate.wait()
        statuses.append(browser.post(f"{page}/scans", data={"label": label}).status_code)

    threads = [threading.Thread(target=scan, args=(name,)) for name in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]
    with cast.read() as session:
        assert session.scalar(select(func.count(DispensedBottle.id))) == 1


def test_a_refused_scan_says_why_and_is_kept(cast: CounterCast) -> None:
    page = cast.begin(cast.order(100))
    answer = cast.scan(page, cast.labels[0][:-1] + "0", by="dana")
    assert answer.status_code == 422
    assert "is mistyped" in text(answer)
    mine = cast.scan(page, cast.code, by="dana")
    assert "from her own session" in text(mine) or "second person" in text(mine)
    assert mine.status_code == 422
    assert cast.scan(page, "hello", by="dirk").status_code == 422
    with cast.read() as session:
        tasks = set(session.scalars(select(BenchScan.task)))
    assert tasks == {"dispense"}
    empty = cast["dirk"].post(f"{page}/hand-over", data={"box": "Box 3"})
    assert empty.status_code == 422
    assert 'value="Box 3"' in text(cast["dirk"].get(page)) or empty.status_code == 422


def test_a_waiting_order_says_when_it_is_likely_served(cast: CounterCast) -> None:
    order = cast.order(300)
    with transaction() as session:
        session.get_one(MilkOrder, order).need_class = NeedClass.D
    cast["dana"].post("/dispensary/orders/allocations")
    pages = {"dana": f"/dispensary/orders/{order}", "wanda": "/ward/orders"}
    for name, page in pages.items():
        shown = text(cast[name].get(page))
        assert "this class is not served now" in shown
        assert "forecast" not in shown, "without 28 days of history nothing is foretold"
    with transaction() as session:
        session.execute(update(Intake).values(taken_at=LATER - timedelta(days=40)))
    for name, page in {"dirk": "/dispensary/orders", **pages}.items():
        shown = text(cast[name].get(page))
        assert "forecast it is not served within eight weeks." in shown, name


def test_an_override_takes_two_sessions(cast: CounterCast) -> None:
    order = cast.order(200)
    changed = {"need_class": "c", "note": "Asked by the physician"}
    url = f"/dispensary/orders/{order}"
    assert cast["dana"].post(f"{url}/class", data=changed).status_code == 303
    cast["dana"].post("/dispensary/orders/allocations")
    assert "this class is not served now" in text(cast["dana"].get(url))
    assert cast["dana"].post(f"{url}/override-proposal", data={"note": ""}).status_code == 422
    assert cast["dana"].post(f"{url}/override-proposal", data={"note": "Ill"}).status_code == 303
    alone = cast["dana"].post(f"{url}/override")
    assert alone.status_code == 422
    assert "Sign second" not in text(cast["dana"].get(url))
    assert "Sign second" in text(cast["quentin"].get(url))
    assert cast["quentin"].post(f"{url}/override").status_code == 303
    assert "Kept until" in text(cast["dana"].get(url))
    assert cast["quentin"].post("/dispensary/orders/allocations").status_code == 403


def test_returns_destruction_and_exports(cast: CounterCast) -> None:
    order = cast.order(200)
    first, second = cast.labels[:2]
    cast.dispense(order, first, second)
    dana = cast["dana"]
    back = {"label": first, "sealed": "yes", "never_thawed": "yes", "logged": "yes"}
    assert dana.post("/dispensary/back/returns", data=back).status_code == 303
    wrong = dana.post("/dispensary/back/returns", data=back | {"label": cast.labels[5]})
    assert wrong.status_code == 422
    assert cast.labels[5] in text(wrong)
    assert dana.post("/dispensary/back/returns/1/proposal").status_code == 303
    assert dana.post("/dispensary/back/returns/1/restock").status_code == 422
    assert cast["quentin"].post("/dispensary/back/returns/1/restock").status_code == 303
    gone = {"label": cast.labels[5], "reason": "damaged", "method": "poured"}
    assert dana.post("/dispensary/back/destructions", data=gone).status_code == 303
    assert dana.post("/dispensary/back/destructions/1/witness").status_code == 422
    assert cast["dirk"].post("/dispensary/back/destructions/1/witness").status_code == 303
    several = {"number": cast.labels[5], "name": "Dana", "witness": "Dirk"}
    chain = text(cast["quentin"].get(f"/laboratory/chain/{cast.labels[5]}"))
    assert "destroyed by {name} before {witness}".format(**several) in chain
    with cast.read() as session:
        left = dict(session.execute(select(Bottle.number, Bottle.left_at)).all())
    assert [left[label] is None for label in (first, second, cast.labels[5])] == [
        True,
        False,
        False,
    ]
    file = dana.get("/dispensary/back/destructions/file").data.decode("utf-8-sig")
    assert cast.labels[5] in file
    assert "Dirk" in file
    lines = text(dana.get("/dispensary/invoices"))
    assert "80 EUR per litre" in lines
    assert "Order of 18 March 2009" in lines
    invoice = dana.get("/dispensary/invoices/file").data.decode("utf-8-sig").splitlines()
    assert len(invoice) == 2
    assert f'"{cast.code}"' in invoice[1]
    assert invoice[1].endswith('"1";"100";"8.00"')


def test_wards_are_written_and_staffed(cast: CounterCast) -> None:
    dana = cast["dana"]
    assert dana.post("/dispensary/wards", data={"establishment": "CHU"}).status_code == 422
    same = {"establishment": "CHU", "name": "Neonatology"}
    assert "exists already" in text(dana.post("/dispensary/wards", data=same))
    assert dana.post("/dispensary/wards", data=same | {"name": "Cardiology"}).status_code == 303
    url = f"/dispensary/wards/{cast.depot}/members"
    assert dana.post(url, data={"member": str(cast.people["dana"])}).status_code == 422
    tie = f"/dispensary/wards/recipients/{cast.child_id}/mother"
    assert "We know no donor by this." in text(dana.post(tie, data={"donor_number": "123"}))
    assert dana.post(tie, data={"donor_number": ""}).status_code == 303
    assert cast.code in text(dana.get(f"/dispensary/wards/{cast.ward}"))


def test_no_name_of_a_child_in_pages_files_addresses_and_logs(
    cast: CounterCast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    order = cast.order(200)
    dispensing = cast.dispense(order, *cast.labels[:2])
    ill = {"fell_ill_on": TODAY.isoformat(), "words": f"{NAME} has fever"}
    assert (
        cast["wanda"].post(f"/ward/recipients/{cast.child_id}/reactions", data=ill).status_code
        == 303
    )
    pages = [
        *("/dispensary/orders", f"/dispensary/orders/{order}", dispensing, "/dispensary/back"),
        *(f"/dispensary/wards/{cast.ward}", "/dispensary/invoices", "/dispensary/invoices/file"),
        *("/dispensary/back/open-links/file", "/dispensary/back/destructions/file"),
    ]
    for url in pages:
        shown = cast["dana"].get(url).get_data(as_text=True)
        assert NAME not in shown, url
        assert NUMBER not in shown, url
    for url in ("/laboratory/holds", f"/laboratory/chain/{cast.labels[0]}"):
        shown = cast["quentin"].get(url).get_data(as_text=True)
        assert NAME not in shown, url
    with cast.read() as session:
        assert NAME not in " ".join(session.scalars(select(LaboratoryHold.reason)))
    opened = cast["dana"].post(f"/dispensary/orders/{order}/identity")
    assert NAME in text(opened)
    assert "This opening is in the audit chain." in text(opened)
    assert NAME not in caplog.text
    assert NUMBER not in caplog.text
    db.session.remove()

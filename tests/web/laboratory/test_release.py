"""Samples, release and holds as the people of the bank see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from collector.db import db, reading, transaction
from collector.laboratory.holds.models import LaboratoryHold
from collector.laboratory.pooling.models import Bottle, Lot, LotState
from collector.laboratory.release.certificate import certificate_of
from collector.laboratory.sampling.models import LabResult, LabSample, SampleStage
from collector.people.models import WebSession
from tests.laboratory_bench import Bench, open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town, sign_in
from tests.web.sign_ins import text


class Cast:
    """The lots of a bench, and browsers of its people."""

    def __init__(self, app: Flask, bench: Bench) -> None:
        self.app, self.bench = app, bench
        app.extensions["milkround_clock"].instant = LATER
        with transaction() as session:
            found = ReleaseBench(bench, session)
            self.people = {
                name: getattr(found, name) for name in ("leo", "rose", "rita", "quentin")
            }
            self.people["lea"] = bench.lea
            self.green, self.amber, self.late = found.lots(3)
            found.heat(self.green, self.late)
            found.heat(self.amber, serial="S-2", hottest=64.1)
            found.label(self.green, self.amber, self.late)
            found.read(self.green, self.amber)
            self.label = found.labels_of(self.green)[0]
        self.browsers: dict[str, FlaskClient] = {}

    def __getitem__(self, name: str) -> FlaskClient:
        if name not in self.browsers:
            self.browsers[name] = sign_in(
                self.app, bank=self.bench.town.bank, person=self.people[name]
            )
        return self.browsers[name]

    def state(self, lot: int) -> LotState:
        db.session.remove()
        with reading() as session:
            return session.get_one(Lot, lot).state


@pytest.fixture
def cast(app: Flask, town: Town) -> Iterator[Cast]:
    with open_bench(app, town) as bench:
        yield Cast(app, bench)


def seen_on(page: str) -> list[str]:
    return re.findall(r'name="lots" value="([^"]+)"', page)


def test_the_board_shows_green_amber_and_waiting_lots(cast: Cast) -> None:
    page = text(cast["rose"].get("/laboratory/release"))
    assert len(seen_on(page)) == 1
    assert "Release 1 lot by my signature" in page
    assert "A check of the curve is to be decided by two people." in page
    assert "The sample before heating is not taken." in page
    lea = text(cast["lea"].get("/laboratory/release"))
    assert seen_on(lea) == []
    assert cast["lea"].post("/laboratory/release").status_code == 403
    assert cast["quentin"].post("/laboratory/release").status_code == 403


def test_one_signature_releases_what_was_seen(cast: Cast) -> None:
    rose = cast["rose"]
    seen = seen_on(text(rose.get("/laboratory/release")))
    assert rose.post("/laboratory/release").status_code == 422
    assert rose.post("/laboratory/release", data={"lots": ["x-1"]}).status_code == 404
    answer = rose.post("/laboratory/release", data={"lots": seen})
    assert answer.status_code == 303
    assert cast.state(cast.green) is LotState.RELEASED
    again = rose.post("/laboratory/release", data={"lots": seen})
    assert again.status_code == 409
    assert "was decided on a moment ago" in text(again)


def test_a_signature_asks_for_a_new_proof_after_five_minutes(cast: Cast) -> None:
    rose = cast["rose"]
    seen = seen_on(text(rose.get("/laboratory/release")))
    with transaction() as session:
        session.execute(update(WebSession).values(proved_at=LATER.replace(hour=0)))
    answer = rose.post("/laboratory/release", data={"lots": seen})
    assert answer.status_code == 403
    assert seen[0] in text(answer)
    assert cast.state(cast.green) is LotState.WAITING


def test_a_result_that_arrives_meanwhile_shows_the_new_state(cast: Cast) -> None:
    rose, leo = cast["rose"], cast["leo"]
    seen = seen_on(text(rose.get("/laboratory/release")))
    with reading() as session:
        sample = session.scalars(
            select(LabSample.id).where(
                LabSample.lot_id == cast.green, LabSample.stage == SampleStage.POST
            )
        ).one()
        key = session.scalars(select(LabResult.id).where(LabResult.sample_id == sample)).one()
    place = f"/laboratory/samples/{sample}/results/{key}/successor"
    assert leo.post(place, data={"figure": "?", "reason": "Grew"}).status_code == 422
    wrong = leo.post(place, data={"figure": "20", "reason": ""})
    assert wrong.status_code == 422
    assert leo.post(place, data={"figure": "20", "reason": "Grew later"}).status_code == 303
    assert "superseded" in text(leo.get(f"/laboratory/samples/{sample}"))
    answer = rose.post("/laboratory/release", data={"lots": seen})
    assert answer.status_code == 409
    assert "nothing was signed" in text(answer)
    assert "Total germs: 20, no growth" in text(answer)
    assert cast.state(cast.green) is LotState.WAITING


def test_an_exception_takes_two_sessions(cast: Cast) -> None:
    place = f"/laboratory/release/{cast.amber}"
    rose, rita, quentin = cast["rose"], cast["rita"], cast["quentin"]
    page = text(rose.get(place))
    digest = re.findall(r'name="seen" value="([^"]+)"', page)
    form = {"seen": digest, "reason-curve": "Half a minute at 64.1"}
    assert rose.post(f"{place}/proposal", data=form | {"reason-curve": ""}).status_code == 422
    assert rose.post(f"{place}/proposal", data=form | {"seen": "x"}).status_code == 409
    assert quentin.post(f"{place}/exception").status_code == 404
    assert rose.post(f"{place}/proposal", data=form).status_code == 303
    body = {"person_id": str(cast.people["quentin"]), "second_id": str(cast.people["quentin"])}
    assert rose.post(f"{place}/exception", data=body).status_code == 422
    assert rita.post(f"{place}/exception").status_code == 422
    assert cast.state(cast.amber) is LotState.WAITING
    assert "Sign second, and release" in text(quentin.get(place))
    assert quentin.post(f"{place}/exception").status_code == 303
    assert cast.state(cast.amber) is LotState.RELEASED
    assert "Half a minute at 64.1" in text(rose.get(place))


def test_a_lot_is_rejected_or_withdrawn_with_a_reason(cast: Cast) -> None:
    place = f"/laboratory/release/{cast.late}"
    assert cast["lea"].post(f"{place}/rejection", data={"reason": ""}).status_code == 422
    assert cast["lea"].post(f"{place}/rejection", data={"reason": "Spilt"}).status_code == 303
    assert cast.state(cast.late) is LotState.REJECTED
    rose = cast["rose"]
    rose.post("/laboratory/release", data={"lots": seen_on(text(rose.get("/laboratory/release")))})
    place = f"/laboratory/release/{cast.green}"
    quentin = cast["quentin"]
    assert rose.post(f"{place}/withdrawal", data={"reason": "x"}).status_code == 403
    assert quentin.post(f"{place}/withdrawal", data={"reason": " "}).status_code == 422
    assert quentin.post(f"{place}/withdrawal", data={"reason": "Leaks"}).status_code == 303
    assert quentin.post(f"{place}/withdrawal", data={"reason": "Leaks"}).status_code == 409
    scanned = cast["lea"].post("/laboratory/holds/scans", data={"label": cast.label})
    assert "is held: it may not leave" in text(scanned)


def test_a_sample_goes_from_the_scan_to_the_second_reader(cast: Cast) -> None:
    lea, leo = cast["lea"], cast["leo"]
    with reading() as session:
        bottle = session.scalars(select(Bottle.number).where(Bottle.lot_id == cast.late)).one()
    assert lea.post("/laboratory/samples/scans", data={"label": "?"}).status_code == 422
    answer = lea.post("/laboratory/samples/scans", data={"label": bottle})
    place = f"/laboratory/samples/lots/{cast.late}"
    assert answer.headers["Location"].endswith(place)
    assert "before heating" in text(lea.get(place))
    assert lea.post(place, data={"stage": "pre", "volume_ml": ""}).status_code == 422
    answer = lea.post(place, data={"stage": "pre", "volume_ml": "1"})
    assert answer.status_code == 303
    assert lea.post(place, data={"stage": "pre", "volume_ml": "1"}).status_code == 422
    sample = answer.headers["Location"]
    page = text(lea.get(sample))
    number = re.findall(r"Sample (\S+-S\d\d.)", page)[0]
    assert (
        lea.post("/laboratory/samples/scans", data={"label": number})
        .headers["Location"]
        .endswith(sample)
    )
    form = {"unit": "cfu_ml", "plated_ul": "100", "total-1": "3e5", "aureus-1": "illisible"}
    wrong = lea.post(f"{sample}/results", data=form)
    assert wrong.status_code == 422
    assert 'id="aureus-1-wrong"' in text(wrong)
    assert 'value="3e5"' in text(wrong)
    assert lea.post(f"{sample}/results", data=form | {"aureus-1": "<10"}).status_code == 303
    assert lea.post(f"{sample}/results", data=form).status_code == 422
    assert "Verify 2 results" not in text(lea.get(sample))
    page = text(leo.get(sample))
    keys = re.findall(r'name="results" value="(\d+)"', page)
    assert "Verify 2 results" in page
    assert lea.post(f"{sample}/verification", data={"results": keys}).status_code == 422
    assert leo.post(f"{sample}/verification", data={"results": keys}).status_code == 303
    assert "verified by Leo" in text(leo.get(sample))


def test_a_sample_is_sent_and_lost_with_a_reason(cast: Cast) -> None:
    lea = cast["lea"]
    place = f"/laboratory/samples/lots/{cast.late}"
    sample = lea.post(place, data={"stage": "pre", "volume_ml": "1"}).headers["Location"]
    assert lea.post(f"{sample}/dispatch", data={"laboratory": ""}).status_code == 422
    assert lea.post(f"{sample}/dispatch", data={"laboratory": "Hospital"}).status_code == 303
    assert "at Hospital" in text(lea.get("/laboratory/samples"))
    assert lea.post(f"{sample}/loss", data={"reason": ""}).status_code == 422
    answer = lea.post(f"{sample}/loss", data={"reason": "Broken"})
    assert answer.headers["Location"].endswith(place)
    new = lea.post(place, data={"stage": "pre", "volume_ml": "1"}).headers["Location"]
    assert "Broken" in text(lea.get(new))


def test_a_file_of_results_is_seen_before_it_is_kept(cast: Cast) -> None:
    lea = cast["lea"]
    place = f"/laboratory/samples/lots/{cast.late}"
    sample = lea.post(place, data={"stage": "pre", "volume_ml": "1"}).headers["Location"]
    number = re.findall(r"Sample (\S+-S\d\d.)", text(lea.get(sample)))[0]
    rows = f"sample;analyte;result;unit\n{number};total;5;cfu_ml\n{number};aureus;?;cfu_ml\n"
    files = "/laboratory/result-files"

    def preview(content: bytes) -> tuple[int, str]:
        sent = {"file": (BytesIO(content), "results.csv")}
        answer = lea.post(f"{files}/preview", data=sent, content_type="multipart/form-data")
        return answer.status_code, text(answer)

    assert "Columns: sample, analyte, result, unit" in text(lea.get(files))
    assert preview(b"")[0] == 422
    status, page = preview(rows.encode())
    assert status == 200
    assert "Write a number such as 300000" in page
    with reading() as session:
        before = session.scalar(select(func.count(LabResult.id)))
    content = re.findall(r'name="content" value="([^"]+)"', page)[0]
    rejected = lea.post(f"{files}/rejected", data={"content": content})
    assert "?" in rejected.get_data(as_text=True)
    assert rejected.headers["Content-Disposition"].endswith('.csv"')
    assert lea.post(f"{files}/rejected", data={"content": "x"}).status_code == 422
    assert lea.post(f"{files}/rows", data={"content": "x"}).status_code == 422
    assert lea.post(f"{files}/rows", data={"content": content}).status_code == 303
    again = lea.post(f"{files}/rows", data={"content": content})
    assert "was imported already" in text(again)
    with reading() as session:
        assert session.scalar(select(func.count(LabResult.id))) == (before or 0) + 1


def test_one_person_stops_and_two_lift(cast: Cast) -> None:
    lea, rose, quentin = cast["lea"], cast["rose"], cast["quentin"]
    rose.post("/laboratory/release", data={"lots": seen_on(text(rose.get("/laboratory/release")))})
    assert lea.post("/laboratory/holds/scans", data={"label": "?"}).status_code == 422
    page = text(lea.post("/laboratory/holds/scans", data={"label": cast.label}))
    assert "This bottle is released, and nothing stops it." in page
    subjects = re.findall(r'name="subject" value="([^"]+)"', page)
    kinds = [each.partition("-")[0] for each in subjects]
    assert kinds == ["bottle", "lot", "cycle", "device", "donor"]
    form = {"number": cast.label, "subject": subjects[-1], "reason": "Fever of the donor"}
    assert lea.post("/laboratory/holds", data=form | {"reason": ""}).status_code == 422
    assert lea.post("/laboratory/holds", data=form | {"subject": "moon-1"}).status_code == 422
    assert lea.post("/laboratory/holds", data=form | {"subject": "lot-999"}).status_code == 404
    assert lea.post("/laboratory/holds", data=form).status_code == 303
    assert "Fever of the donor" in text(lea.get("/laboratory/holds"))
    place = "/laboratory/holds/1"
    assert lea.post(f"{place}/lift").status_code == 403
    assert rose.post(f"{place}/lift").status_code == 422
    assert rose.post(f"{place}/lift-request", data={"reason": " "}).status_code == 422
    assert rose.post(f"{place}/lift-request", data={"reason": "It was a cold"}).status_code == 303
    assert rose.post(f"{place}/lift").status_code == 422
    assert quentin.post(f"{place}/lift").status_code == 303
    assert quentin.post(f"{place}/lift").status_code == 422
    with reading() as session:
        assert session.get_one(LaboratoryHold, 1).lifted_at == LATER


def test_quality_sees_sources_and_makes_an_edition(cast: Cast) -> None:
    quentin = cast["quentin"]
    page = text(quentin.get("/laboratory/plans"))
    assert "France, before heating" in page
    assert "EMBA, comparison of limits, table 1" in page
    assert page.count("not verified") == 2
    assert page.count("verified on 1 November 2026") == 3
    adopt = {"name": "uk_post", "after": "1"}
    assert quentin.post("/laboratory/plans", data=adopt).status_code == 303
    assert quentin.post("/laboratory/plans", data=adopt).status_code == 409
    assert quentin.post("/laboratory/plans", data=adopt | {"name": "x"}).status_code == 404
    change = {"stage": "pre", "position": "1", "most": "500000", "source": "Ours", "after": "1"}
    assert quentin.post("/laboratory/plans/limits", data=change | {"most": "x"}).status_code == 422
    assert quentin.post("/laboratory/plans/limits", data=change).status_code == 303
    assert quentin.post("/laboratory/plans/limits", data=change).status_code == 409
    page = text(quentin.get("/laboratory/plans"))
    assert "at most 500,000 CFU/ml" in page
    assert "A sample in every month and every 10 cycles" in page
    assert "1 earlier edition" in page
    assert cast["lea"].get("/laboratory/plans").status_code == 403


def test_empty_pages_say_how_they_fill(app: Flask, town: Town) -> None:
    with open_bench(app, town) as bench:
        with transaction() as session:
            found = ReleaseBench(bench, session)
        rose = sign_in(app, bank=town.bank, person=found.rose)
        lea = sign_in(app, bank=town.bank, person=bench.lea)
        assert "No lot waits for its release" in text(rose.get("/laboratory/release"))
        assert "Nothing is held" in text(rose.get("/laboratory/holds"))
        assert "No lot awaits a sample" in text(lea.get("/laboratory/samples"))
        assert rose.get("/laboratory/").headers["Location"].endswith("/laboratory/release")


def test_a_released_lot_has_a_certificate_of_the_checks_that_were_signed(cast: Cast) -> None:
    rose = cast["rose"]
    place = f"/laboratory/release/{cast.green}"
    assert rose.get(f"{place}/certificate").status_code == 404
    assert "Certificate" not in text(rose.get(place))
    rose.post("/laboratory/release", data={"lots": seen_on(text(rose.get("/laboratory/release")))})
    assert "Certificate" in text(rose.get(place))
    answer = rose.get(f"{place}/certificate")
    assert (answer.content_type, answer.data[:5]) == ("application/pdf", b"%PDF-")
    # A rule that changes later leaves the certificate as it was signed.
    with transaction() as session:
        found = certificate_of(session, bank_id=cast.bench.town.bank, lot_id=cast.green)
        assert [check.colour.value for check in found.checks] == ["green"] * 14
        assert found.decision.rules["raw_age_days"] == "120"
        assert (found.names[found.decision.person_id], found.volume_ml) == ("Rose", 200)
        assert [each.number for each in found.bottles] == [cast.label]
    reason = {"reason": "Cracked cap"}
    cast["quentin"].post(f"{place}/withdrawal", data=reason)
    assert rose.get(f"{place}/certificate").status_code == 404

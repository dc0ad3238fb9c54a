"""The chain of a number as technicians, quality and coordinators see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Lot, MilkPool
from collector.laboratory.sampling.models import SampleStage
from tests.laboratory_bench import Bench, bottles, open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town, sign_in
from tests.web.sign_ins import text

PLACE = "/laboratory/chain"


class ChainCast:
    """A released lot, a heated one, one that waits, and one container in quarantine."""

    def __init__(self, app: Flask, bench: Bench) -> None:
        self.app, self.bench = app, bench
        app.extensions["milkround_clock"].instant = LATER
        with transaction() as session:
            found = ReleaseBench(bench, session)
            self.people = {"lea": bench.lea, "rose": found.rose, "quentin": found.quentin}
            self.people["claire"] = bench.town.claire
            released, heated, waiting = found.lots(3)
            self.cycle = found.heat(released, heated)
            found.label(released)
            found.read(released)
            found.release(released)
            found.hold(HoldSubject.POOL, session.get_one(Lot, heated).pool_id, reason="Cracked cap")
            self.sample = found.sample_of(released, SampleStage.POST).number
            self.released, self.heated, self.waiting = (
                session.get_one(MilkPool, session.get_one(Lot, lot).pool_id).number
                for lot in (released, heated, waiting)
            )
            (self.label,) = found.labels_of(released)
            self.container = bottles(session)[0].number
            self.dora = session.get_one(Donor, bench.town.dora).number

    def __getitem__(self, name: str) -> FlaskClient:
        return sign_in(self.app, bank=self.bench.town.bank, person=self.people[name])


@pytest.fixture
def cast(app: Flask, town: Town) -> Iterator[ChainCast]:
    with open_bench(app, town) as bench:
        yield ChainCast(app, bench)


def test_a_bottle_leads_back_to_every_step(cast: ChainCast) -> None:
    page = text(cast["rose"].get(f"{PLACE}/{cast.label}"))
    for word in (
        cast.container,
        cast.dora,
        cast.released,
        cast.sample,
        "curve passed",
        "Total germs: &lt; 10 CFU/ml",
        "released",
        "Rose, ",
        "No hold names anything of this chain.",
    ):
        assert word in page.replace("\N{NO-BREAK SPACE}", " "), word
    assert "yet" not in page


def test_what_is_missing_is_told(cast: ChainCast) -> None:
    lea = cast["lea"]
    waiting = text(lea.get(f"{PLACE}/{cast.waiting}"))
    for sentence in (
        "Not heated yet.",
        "No sample before heating is taken.",
        "No sample after heating is taken.",
        "Nothing is decided yet.",
    ):
        assert sentence in waiting
    heated = text(lea.get(f"{PLACE}/{cast.heated}"))
    assert "Not heated yet." not in heated
    assert "Cracked cap" in heated


def test_every_link_of_the_page_leads_on(cast: ChainCast) -> None:
    lea = cast["lea"]
    for number in (cast.label, cast.container, cast.dora, f"CYCLE-{cast.cycle}", cast.sample):
        page = text(lea.get(f"{PLACE}/{number}"))
        links = {part.partition('"')[0] for part in page.split('href="')[1:]}
        onward = {link for link in links if link.startswith(f"{PLACE}/")}
        assert len(onward) > 1, number
        for link in onward - {f"{PLACE}/documents/{number}"}:
            assert lea.get(link).status_code == 200, link


def test_a_scan_opens_the_chain_or_tells_why_not(cast: ChainCast) -> None:
    lea = cast["lea"]
    answer = lea.post(f"{PLACE}/scans", data={"label": f" {cast.label.lower()} "})
    assert answer.headers["Location"] == f"{PLACE}/{cast.label}"
    unknown = lea.post(f"{PLACE}/scans", data={"label": "MR-404"})
    assert unknown.status_code == 422
    assert "Nothing of the bank has the number MR-404" in text(unknown)
    assert lea.post(f"{PLACE}/scans", data={"label": ""}).status_code == 422
    assert lea.get(f"{PLACE}/MR-404").status_code == 404


def test_a_coordinator_sees_the_steps_and_no_finding(cast: ChainCast) -> None:
    page = text(cast["claire"].get(f"{PLACE}/{cast.released}"))
    assert "released" in page
    assert "2 results" in page
    assert "CFU/ml" not in page
    assert "Her file" not in text(cast["lea"].get(f"{PLACE}/{cast.container}"))
    assert "Her file" in text(cast["claire"].get(f"{PLACE}/{cast.container}"))
    assert "Cracked cap" not in text(cast["claire"].get(f"{PLACE}/{cast.heated}"))


def test_no_chain_names_a_donor(cast: ChainCast) -> None:
    with reading() as session:
        dora = session.get_one(Donor, cast.bench.town.dora)
        names = dora.first_name, dora.family_name
    for name in ("claire", "lea", "quentin"):
        browser = cast[name]
        for number in (cast.label, cast.container, cast.dora):
            page = text(browser.get(f"{PLACE}/{number}"))
            assert not any(each in page for each in names), (name, number)


def test_an_erased_donor_keeps_her_number_alone(cast: ChainCast) -> None:
    with transaction() as session:
        session.get_one(Donor, cast.bench.town.dora).erased_at = LATER - timedelta(hours=1)
    page = text(cast["claire"].get(f"{PLACE}/{cast.container}"))
    assert "erased: only the number is left" in page
    assert cast.dora in page
    assert "Her file" not in page


def test_another_bank_finds_nothing_of_it(app: Flask, cast: ChainCast) -> None:
    town = cast.bench.town
    stranger = sign_in(app, bank=town.other_bank, person=town.sophie)
    for number in (cast.label, cast.container, cast.dora, cast.sample, f"CYCLE-{cast.cycle}"):
        assert stranger.get(f"{PLACE}/{number}").status_code == 404
        assert stranger.get(f"{PLACE}/documents/{number}").status_code == 404


def test_the_chain_is_a_document_where_the_extra_is_installed(cast: ChainCast) -> None:
    pytest.importorskip("weasyprint")
    for number in (cast.label, cast.container, cast.dora):
        answer = cast["quentin"].get(f"{PLACE}/documents/{number}")
        assert answer.data.startswith(b"%PDF")

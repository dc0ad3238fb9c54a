"""The bench of samples, release and holds: axe, both languages, 320 pixels, a keyboard wedge.

`MILKROUND_PICTURES=folder` keeps pictures of a phone, a tablet and a desk, light and dark.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from collector.db import db, reading, transaction
from collector.donors.models import Donor
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Bottle, Lot, LotState
from collector.laboratory.release.actions import release_green
from collector.laboratory.sampling.models import Analyte, LabSample, SampleStage
from tests.browser.looking import PICTURES
from tests.browser.test_donor_seen import troubles
from tests.browser.test_donor_walk import database_url, place
from tests.browser.towns import ServedTown
from tests.laboratory_bench import Bench, bottles, open_bench
from tests.release_bench import LATER, ReleaseBench

__all__ = ["database_url", "place"]

pytestmark = pytest.mark.browser

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desk": (1280, 900)}


class ServedLaboratory:
    """A served town with lots at every step of their release."""

    def __init__(self, place: ServedTown, bench: Bench) -> None:
        self.place = place
        place.clock.instant = LATER
        with transaction() as session:
            found = ReleaseBench(bench, session)
            self.people = {
                name: getattr(found, name) for name in ("leo", "rose", "rita", "quentin")
            }
            self.people["lea"] = bench.lea
            lots = found.lots(7)
            green, gone, self.amber, self.red, self.late, self.other, self.unheated = lots
            found.heat(green, gone, self.red, self.late, self.other)
            found.heat(self.amber, serial="S-2", hottest=64.1)
            found.label(*lots)
            found.read(green, gone, self.amber)
            found.read(self.red, total="1000001")
            sample = found.sample(self.late, SampleStage.PRE)
            found.enter(sample, "300000")
            found.enter(found.sample(self.other, SampleStage.PRE), "5", analyte=Analyte.AUREUS)
            release_green(session, **found.by(found.rose), seen=found.seen(gone))
            found.hold(HoldSubject.LOT, gone, reason="Bouchon fendu")
            found.hold(HoldSubject.DONOR, bench.town.fanny, reason="Fièvre")
            self.green, self.sample, self.number = green, sample.id, sample.number
            self.label = found.labels_of(green)[0]
            self.container = bottles(session)[0].number
            self.donor = session.get_one(Donor, bench.town.dora).number
            self.late_label = found.labels_of(self.unheated)[0]

    def open(self, browser: Browser, name: str, *, language: str = "fr-FR") -> Page:
        page = self.place.open(browser, person=self.people[name], language=language)
        page.emulate_media(reduced_motion="reduce")
        return page

    def url(self, path: str) -> str:
        return f"{self.place.address}/laboratory/{path}"


@pytest.fixture
def laboratory(place: ServedTown) -> ServedLaboratory:
    with open_bench(place.app, place.town) as bench:
        found = ServedLaboratory(place, bench)
        db.session.remove()
    return found


def type_as_a_scanner(page: Page, text: str) -> None:
    """Type a label and Enter with the focus on nothing, as a keyboard wedge does."""
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.type(text, delay=0)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def keep_pictures(page: Page, name: str) -> None:
    if PICTURES is None:
        return
    Path(PICTURES).mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark") if size == "tablet" else ("light",):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(PICTURES) / f"{name}-{size}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
def test_the_pages_of_samples_release_and_holds(
    browser: Browser, laboratory: ServedLaboratory, language: str
) -> None:
    lab, found = laboratory, []
    for name, paths in {
        "lea": ("samples", f"samples/lots/{lab.unheated}", f"samples/{lab.sample}", "result-files"),
        "rose": ("release", f"release/{lab.green}", f"release/{lab.amber}", "holds"),
        "quentin": ("plans", f"release/{lab.red}", "chain", f"chain/{lab.label}"),
        "leo": (f"chain/{lab.container}", f"chain/{lab.donor}"),
    }.items():
        page = lab.open(browser, name, language=language)
        for path in paths:
            found += troubles(page, lab.url(path))
            if language == "fr-FR":
                page.goto(lab.url(path))
                keep_pictures(page, path.replace("/", "-"))
    assert "\n".join(found) == ""


def test_a_scanner_opens_a_sample_and_a_lot(browser: Browser, laboratory: ServedLaboratory) -> None:
    lab, page = laboratory, laboratory.open(browser, "leo")
    page.goto(lab.url("samples"))
    type_as_a_scanner(page, lab.number)
    page.wait_for_url(lab.url(f"samples/{lab.sample}"))
    page.get_by_role("button", name="Vérifier 1 résultat").click()
    expect(page.get_by_text("vérifié par Leo")).to_be_visible()
    page.goto(lab.url("samples"))
    type_as_a_scanner(page, lab.late_label)
    page.wait_for_url(lab.url(f"samples/lots/{lab.unheated}"))
    expect(page.get_by_label("Millilitres")).to_be_focused()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("est prélevé")).to_be_visible()
    page.get_by_label("Germes totaux").fill("1e5")
    page.get_by_label("S. aureus").fill("<10")
    page.get_by_role("button", name="Enregistrer les résultats").click()
    expect(page.get_by_text("une seconde personne vérifie la saisie")).to_be_visible()
    with lab.place.app.app_context(), reading() as session:
        taken = select(LabSample.id).where(LabSample.lot_id == lab.unheated)
        assert len(session.scalars(taken).all()) == 1


def test_a_file_shows_its_wrong_rows(browser: Browser, laboratory: ServedLaboratory) -> None:
    lab, page = laboratory, laboratory.open(browser, "lea")
    page.goto(lab.url("result-files"))
    rows = (
        "Échantillon;Germe;Résultat;Unité\n"
        f"{lab.number};S. aureus;<10;UFC/ml\n{lab.number};B. cereus;illisible;UFC/ml\n"
    )
    page.get_by_label("CSV").set_input_files(
        {"name": "resultats.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    page.get_by_role("button", name="Voir les lignes").click()
    expect(page.get_by_text("Écrivez un nombre comme 300000")).to_be_visible()
    keep_pictures(page, "result-rows")
    page.get_by_role("button", name="Enregistrer 1 résultat").click()
    expect(page.get_by_text("1 résultat est enregistré.")).to_be_visible()


def test_one_signature_releases_the_green_lots(
    browser: Browser, laboratory: ServedLaboratory
) -> None:
    lab, page = laboratory, laboratory.open(browser, "rose")
    page.goto(lab.url("release"))
    page.get_by_role("button", name="Libérer 1 lot par ma signature").click()
    expect(page.get_by_text("1 lot est libéré.")).to_be_visible()
    page.goto(lab.url(f"release/{lab.amber}"))
    page.get_by_label("Motif malgré").fill("Pointe d'une minute")
    page.get_by_role("button", name="Signer en premier").click()
    expect(page.get_by_text("Rose a signé en premier")).to_be_visible()
    other = lab.open(browser, "quentin")
    other.goto(lab.url(f"release/{lab.amber}"))
    other.get_by_role("button", name="Signer en second et libérer").click()
    expect(other.get_by_text("Le lot est libéré par dérogation.")).to_be_visible()
    with lab.place.app.app_context(), reading() as session:
        for key in (lab.green, lab.amber):
            assert session.get_one(Lot, key).state is LotState.RELEASED


def test_a_scanner_stops_a_bottle(browser: Browser, laboratory: ServedLaboratory) -> None:
    lab, page = laboratory, laboratory.open(browser, "lea")
    page.goto(lab.url("holds"))
    type_as_a_scanner(page, lab.label)
    expect(page.get_by_text("pas libéré")).to_be_visible()
    keep_pictures(page, "hold-form")
    page.get_by_label("Pourquoi").fill("Verre fêlé")
    page.get_by_role("button", name="Bloquer").click()
    expect(page.get_by_text("Bloqué. Il faut deux personnes")).to_be_visible()
    with lab.place.app.app_context(), reading() as session:
        assert session.scalar(select(Bottle.id).where(Bottle.number == lab.label)) is not None

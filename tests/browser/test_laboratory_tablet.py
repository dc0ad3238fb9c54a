"""The bench on a tablet with gloves: wide targets, axe, a keyboard wedge on every scan page."""

from __future__ import annotations

import base64

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pystrich.datamatrix import DataMatrixEncoder

from collector.db import transaction
from collector.laboratory.destroying.actions import begin_destruction
from collector.laboratory.destructions.models import DestructionMethod, DestructionReason
from collector.laboratory.pooling.materials import open_material
from collector.laboratory.pooling.models import MaterialKind
from collector.laboratory.storage.counts import begin_count
from collector.laboratory.units.models import StorageZone
from tests.browser.looking import SMALL
from tests.browser.test_donor_walk import database_url, place
from tests.browser.test_laboratory import ServedLaboratory, laboratory, type_as_a_scanner
from tests.collector.laboratory.storage.storage_bench import StorageBench
from tests.laboratory_bench import Bench

__all__ = ["database_url", "laboratory", "place"]

pytestmark = pytest.mark.browser

TABLETS = {"upright": (768, 1024), "lying": (1024, 768)}
GLOVE = 48
"""The least side of a target, in CSS pixels: a gloved finger."""
TOUCHED = (
    "main .button, main summary, main .choice, main .box, main select, main textarea, "
    "main input:not([type=radio], [type=checkbox], [type=hidden], [type=file])"
)
AFRESH = "document.documentElement.dataset.former = 'yes'"
"""Marks the page, so that the next one is told from it."""


class Furnished:
    """The paths of every page with a scanner's field, and of the other pages of the bench."""

    def __init__(self, lab: ServedLaboratory) -> None:
        self.lab = lab
        with lab.place.app.app_context(), transaction() as session:
            town = lab.place.town
            bench = StorageBench(Bench(town, 0, lab.people["lea"], lab.people["quentin"]), session)
            raw = bench.at(StorageZone.RAW)
            count = begin_count(session, **bench.told, place_id=raw.id)
            given = {"reason": DestructionReason.DAMAGED, "method": DestructionMethod.POURED}
            listed = begin_destruction(session, **bench.told, **given, note="")
            pool = bench.pool()
            open_material(
                session,
                **bench.told,
                kind=MaterialKind.CAP,
                makers_lot="C-1",
                expires_on=None,
            )
            self.unit = raw.unit_id
            self.scans = {
                "lea": (
                    "reception",
                    "quarantine",
                    f"pools/{pool}",
                    "samples",
                    "storage",
                    f"storage/places/{raw.id}",
                    f"storage/counts/{count.id}",
                    f"destructions/{listed.id}",
                    "holds",
                    "chain",
                ),
            }
            self.others = {
                "lea": (
                    "pools",
                    "cycles",
                    "storage/stock",
                    "storage/units",
                    f"storage/units/{raw.unit_id}",
                    "destructions",
                    "materials",
                    "figures",
                    "figures/hazards",
                    f"samples/{lab.sample}",
                    "result-files",
                ),
                "rose": ("release", f"release/{lab.green}", f"release/{lab.amber}"),
                "quentin": ("plans", "devices", "discrepancies"),
            }


@pytest.fixture
def furnished(laboratory: ServedLaboratory) -> Furnished:
    return Furnished(laboratory)


def troubles_on_tablets(page: Page, url: str) -> list[str]:
    """Return axe's findings, targets that are too small for gloves, and pages that are too wide."""
    page.goto(url)
    found = []
    for name, (width, height) in TABLETS.items():
        page.set_viewport_size({"width": width, "height": height})
        options = {"resultTypes": ["violations"]}
        violations = Axe().run(page, options=options).response["violations"]
        found += [f"{url} {name}: {each['id']}" for each in violations]
        found += [f"{url} {name}: {each}" for each in page.evaluate(SMALL, [TOUCHED, GLOVE])]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{url} {name}: too wide")
    page.set_viewport_size({"width": 320, "height": 700})
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{url}: too wide at 320")
    return found


def test_every_page_of_the_bench_fits_tablets_and_gloves(
    browser: Browser, furnished: Furnished
) -> None:
    found = []
    for pages in (furnished.scans, furnished.others):
        for name, paths in pages.items():
            page = furnished.lab.open(browser, name)
            for path in paths:
                found += troubles_on_tablets(page, furnished.lab.url(path))
            page.context.close()
    assert "\n".join(found) == ""


def test_a_keyboard_wedge_reaches_the_field_of_every_scan_page(
    browser: Browser, furnished: Furnished
) -> None:
    for name, paths in furnished.scans.items():
        page = furnished.lab.open(browser, name)
        page.set_viewport_size({"width": 768, "height": 1024})
        for path in paths:
            page.goto(furnished.lab.url(path))
            assert page.evaluate("document.activeElement.matches('[data-scan]')"), path
            page.evaluate(AFRESH)
            type_as_a_scanner(page, "NOTHING-1")
            expect(page.locator("html[data-former]"), path).to_have_count(0)
            # The refusal stands at the field, with the text that was scanned.
            expect(page.get_by_role("alert"), path).to_be_visible()
            assert page.locator("[data-scan]").input_value() == "NOTHING-1", path
            assert page.evaluate("document.activeElement.matches('[data-scan]')"), path
        page.context.close()


CAMERA = """(bytes) => {
  navigator.mediaDevices.getUserMedia = async () => {
    const blob = new Blob([Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0))]);
    const image = await createImageBitmap(blob);
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const paint = canvas.getContext("2d");
    setInterval(() => {
      paint.fillStyle = "white";
      paint.fillRect(0, 0, 640, 480);
      paint.drawImage(image, 120, 40);
    }, 100);
    return canvas.captureStream(10);
  };
}"""
"""A camera that sees one label, with the Data Matrix that every label bears."""


def test_the_camera_reads_a_label_into_the_field(browser: Browser, furnished: Furnished) -> None:
    lab = furnished.lab
    page = lab.open(browser, "leo")
    page.goto(lab.url("samples"))
    symbol = DataMatrixEncoder(lab.number).get_imagedata(cellsize=10)
    page.evaluate(CAMERA, base64.b64encode(symbol).decode())
    page.get_by_role("button", name="Caméra").click()
    page.wait_for_url(lab.url(f"samples/{lab.sample}"))

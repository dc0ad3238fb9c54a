"""Custody on the phone: proofs that a bank requires, labels read without a network, the wipe."""

from __future__ import annotations

import io

import pytest
import segno
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from collector.banks.policies import PolicyKey, Proof
from collector.custody.models import DoorPhoto
from collector.db import reading
from tests.browser.browsers import enter
from tests.browser.hands import all_sent, arrive, give_up, on_the_road, record, start
from tests.browser.roads import DOORS, Road, built

pytestmark = pytest.mark.browser

STRICT = {
    PolicyKey.PROOF_COLLECTION_SEAL: Proof.REQUIRED.value,
    PolicyKey.PROOF_COLLECTION_PHOTO: Proof.REQUIRED.value,
}

READ_BY_THE_PAGE = """async (picture) => {
  const { detector } = await import(document.querySelector('meta[name="scanner"]').content);
  const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  return (await detector(["qr_code"]).detect(image)).map((code) => code.rawValue);
}"""

KEPT = """() => new Promise((done) => {
  const asked = indexedDB.open("milkround-phone");
  asked.onsuccess = () => {
    const all = asked.result.transaction("rounds").objectStore("rounds").getAll();
    all.onsuccess = () => done(JSON.stringify(all.result));
  };
})"""


@pytest.fixture
def strict_road(server: tuple[Flask, str]) -> Road:
    return built(server, DOORS, rules=STRICT, by_hand=True)


def test_what_a_bank_requires_holds_a_record_back_and_the_photo_follows_it(
    browser: Browser, strict_road: Road
) -> None:
    _, phone = on_the_road(browser, strict_road)
    arrive(phone)
    fill_in(phone)
    phone.get_by_role("button", name="Done").click()
    expect(phone.get_by_text("Your bank asks for a seal number.")).to_be_visible()
    expect(phone.get_by_text("Your bank asks for a photo.")).to_be_visible()
    phone.get_by_role("button", name="Done").click()
    expect(phone.locator("form.record")).to_have_count(1)
    phone.get_by_role("textbox", name="Seal number").fill("0412")
    phone.locator("input[type=file]").set_input_files(picture_of("a bottle"))
    expect(phone.get_by_text("A photo is kept with this record.")).to_be_visible()
    phone.get_by_role("button", name="Done").click()
    expect(phone.locator(".stop-row.collected")).to_have_count(1)
    all_sent(phone)
    assert jpegs_of(strict_road, phone) == [b"\xff\xd8\xff"]


def test_a_label_is_read_by_our_own_reader_without_a_network(browser: Browser, road: Road) -> None:
    context, phone = enter(browser, road.link(), width=390)
    # As on a phone whose browser has no reader: ours is put on board with the round.
    phone.add_init_script("delete globalThis.BarcodeDetector")
    phone.reload()
    expect(phone.locator(".ready.ok")).to_be_visible()
    context.set_offline(offline=True)
    phone.reload()
    picture = segno.make("MR-5724", error="m").png_data_uri(scale=8).partition(",")[2]
    assert phone.evaluate(READ_BY_THE_PAGE, picture) == ["MR-5724"]


def test_what_was_done_is_taken_back_for_ten_seconds_and_the_round_leaves_the_phone_at_unload(
    browser: Browser, road: Road
) -> None:
    _, phone = enter(browser, road.link(), width=390)
    expect(phone.locator(".ready.ok")).to_be_visible()
    phone.clock.install()
    phone.reload()
    expect(phone.locator(".ready.ok")).to_be_visible()
    start(phone)
    for _ in range(2):
        give_up(phone, "Nobody at home")
    arrive(phone)
    record(phone)
    phone.clock.fast_forward(9_000)
    expect(phone.locator("#undo")).to_be_visible()
    phone.clock.fast_forward(2_000)
    expect(phone.locator("#undo")).to_have_count(0)
    phone.get_by_role("link", name="Hand over").click()
    phone.get_by_role("button", name="All 4", exact=True).click()
    phone.get_by_role("textbox", name="Temperature of the box").fill("20")
    phone.get_by_role("textbox", name="Receiver").fill("Luc")
    phone.get_by_role("button", name="Hand over").click()
    all_sent(phone)
    assert "Dora" in phone.evaluate(KEPT)
    phone.clock.fast_forward("16:00")
    expect(phone.get_by_text("Its addresses have left this phone.")).to_be_visible()
    assert "Dora" not in phone.evaluate(KEPT)
    assert "rue du Port" not in phone.evaluate(KEPT)


def test_a_visit_is_rebooked_from_later(browser: Browser, road: Road) -> None:
    _, phone = on_the_road(browser, road)
    phone.get_by_role("link", name="Later").click()
    phone.get_by_role("link", name="Rebook with the donor").click()
    expect(phone.get_by_role("checkbox", name="Rebook with the donor")).to_be_checked()
    phone.get_by_text("The donor is unwell: milk held").click()
    phone.get_by_role("button", name="Record as not done").click()
    expect(phone.get_by_text("A new day to agree")).to_be_visible()
    expect(phone.locator(".stop-row.not_done")).to_have_count(1)


def fill_in(phone: Page) -> None:
    phone.get_by_text("Kept as it should be").click()
    phone.get_by_role("textbox", name="Temperature of the freezer").fill("20")
    phone.get_by_role("button", name="I counted 4 bottles").click()
    phone.get_by_role("textbox", name="Volume").fill("800")


def picture_of(what: str) -> dict[str, object]:
    """Return a picture as a camera hands it over; the phone makes a small JPEG of it."""
    made = io.BytesIO()
    segno.make(what, error="m").save(made, kind="png", scale=8)
    return {"name": "bottle.png", "mimeType": "image/png", "buffer": made.getvalue()}


def jpegs_of(road: Road, phone: Page) -> list[bytes]:
    """Return how each picture that the bank has begins, once one is there."""
    wanted = select(DoorPhoto.jpeg).where(DoorPhoto.bank_id == road.bank)
    for _ in range(100):
        with road.app.app_context(), reading() as session:
            found = list(session.scalars(wanted))
        if found:
            break
        phone.evaluate("dispatchEvent(new Event('online'))")
    return [each[:3] for each in found]

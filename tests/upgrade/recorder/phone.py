"""Two phones of the recording: a whole round without a network, and a refused record."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import segno
from bank import Recorded
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

HOST = "127.0.0.1"
PIN = "4711"
expect.set_options(timeout=30_000)

KEPT = (Path(__file__).parent / "kept.js").read_text(encoding="utf-8")

STILL = (Path(__file__).parent / "still.js").read_text(encoding="utf-8")


class Heard:
    """WSGI layer that notes the requests of phones and their answers."""

    def __init__(self, application: Any) -> None:  # noqa: ANN401 - WSGI's
        self.application = application
        self.notes: list[dict[str, Any]] | None = None

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:  # noqa: ANN401 - WSGI's
        if self.notes is None or not environ["PATH_INFO"].startswith("/phone/"):
            return self.application(environ, start)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # An answer is to be read here.
        status: list[str] = []

        def begin(line: str, headers: Any, *rest: Any) -> Any:  # noqa: ANN401 - WSGI's
            status.append(line)
            return start(line, headers, *rest)

        answer = b"".join(self.application(environ, begin))
        self.notes.append({"environ": environ, "body": body, "status": status[0], "answer": answer})
        return [answer]


@contextmanager
def served(recorded: Recorded, port: int) -> Iterator[Heard]:
    """Serve the bank, with CSRF tokens required."""
    recorded.app.config["WTF_CSRF_ENABLED"] = True
    heard = Heard(recorded.app.wsgi_app)
    recorded.app.wsgi_app = heard  # type: ignore[method-assign]
    server = make_server(HOST, port, recorded.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def open_phone(
    browser: Browser, recorded: Recorded, address: str, person: str
) -> tuple[BrowserContext, Page]:
    """Sign a collector in on a phone with the clock of the recording."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", timezone_id="Europe/Paris"
    )
    context.set_default_timeout(10_000)
    context.clock.install(time=recorded.clock.now())
    context.route("https://www.google.com/maps/**", lambda map_: map_.fulfill(body="A map."))
    page = context.new_page()
    page.goto(f"{address}{recorded.link(person=person)}#go")
    page.wait_for_url(lambda url: "/link/" not in url)
    expect(page.locator(".ready.ok")).to_be_visible()
    return context, page


def settle_in(page: Page) -> None:
    """Choose a theme, a map app and a PIN."""
    page.goto(f"{page.url.partition('#')[0]}#/sync")
    page.locator("#settings > summary").click()
    page.get_by_text("Dark", exact=True).click()
    page.get_by_text("Google Maps", exact=True).click()
    page.locator("[data-sun] button").click()
    page.get_by_role("textbox", name="Set a PIN").fill(PIN)
    page.locator("#keep-pin").click()
    expect(page.locator("#settings")).not_to_have_attribute("open", "")
    page.get_by_role("link", name="Back to the round").click()


def tell(page: Page, kind: str, note: str) -> None:
    page.locator("#tell").click()
    page.get_by_text(kind, exact=True).click()
    page.get_by_role("textbox", name="In a few words").fill(note)
    page.get_by_role("button", name="Tell", exact=True).click()


def contact(page: Page) -> None:
    """Synchronise now instead of in half a minute."""
    page.evaluate("dispatchEvent(new Event('online'))")


def whole_round(page: Page) -> None:
    """Record every kind of event, from the change of the round to the end of the day."""
    page.locator("#acknowledge").click()
    _start(page)
    _dora(page)
    _later(page, "Fanny")
    _elise(page)
    _gaelle(page)
    _read_a_box(page)
    _hana(page)
    tell(page, "The vehicle", "A flat tyre, mended.")
    _diverted(page)
    _rebooked(page)
    _fanny(page)
    _hand_over(page)
    _close(page)


def refused_and_waiting(page: Page, context: BrowserContext) -> None:
    """Record a bottle number that is taken, then go on without a network."""
    page.get_by_role("link", name="Start the round").click()
    page.locator("#start-go").click()
    _here(page, "Manon")
    _open_record(page)
    _milk(page, celsius="20", bottles="2", volume="400", labels=("MR-1",))
    _done(page)
    expect(page.locator("#sync")).to_contain_text("1 not accepted")
    context.set_offline(offline=True)
    page.locator("#stop-title").wait_for()
    _not_done(page, "Nobody at home")


def _start(page: Page) -> None:
    page.get_by_role("link", name="Start the round").click()
    page.get_by_role("textbox", name="Box number").fill("c-07")
    page.get_by_role("textbox", name="Temperature of the box").fill("21")
    page.get_by_role("button", name="Add a box").click()
    page.get_by_role("textbox", name="Box number").nth(1).fill("2")
    page.get_by_role("textbox", name="Temperature of the box").nth(1).fill("19,5")
    page.locator("#start-go").click()
    expect(page.get_by_text("Next stop")).to_be_visible()


def _dora(page: Page) -> None:
    """Milk and blood: two labels, a bottle refused, a seal, a photo, a freezer too warm."""
    page.locator("#navigate").click()
    _back_from_the_map(page)
    _here(page, "Dora")
    _open_record(page)
    page.locator("section.check").get_by_text("Done", exact=True).click()
    page.get_by_role("button", name="One more tube").click()
    page.get_by_role("textbox", name="Number of tube 1").fill("t-99")
    _milk(page, celsius="12", bottles="3", volume="600", labels=("MR-11", "MR-12"), box="C-07")
    page.get_by_role("textbox", name="Seal number").fill("0413")
    page.get_by_text("Bottles you refuse").click()
    page.get_by_role("textbox", name="Thawed").fill("1")
    _photo(page, "a bottle of Dora's")
    page.get_by_role("textbox", name="A note for the bank").fill("One was thawed: « décongelé ».")
    _done(page)
    page.clock.fast_forward("05:00")


def _later(page: Page, name: str) -> None:
    expect(page.locator("#stop-title")).to_contain_text(name)
    page.get_by_role("link", name="Later", exact=True).click()
    page.locator("#come-back").click()
    expect(page.locator(".stop-row.postponed")).to_have_count(1)


def _elise(page: Page) -> None:
    """A record that is taken back at once and made again."""
    _here(page, "Élise")
    _open_record(page)
    _milk(page, celsius="19,5", bottles="3", volume="60", box="2")
    _done(page)
    page.locator("#undo").click()
    expect(page.get_by_text("You arrived at")).to_be_visible()
    _open_record(page)
    page.get_by_role("textbox", name="Volume in millilitres").fill("600")
    _done(page)
    page.clock.fast_forward("05:00")


def _gaelle(page: Page) -> None:
    _here(page, "Gaëlle")
    _open_record(page)
    for check in page.locator("section.check").all():
        check.get_by_text("Done", exact=True).click()
    _done(page)


def _read_a_box(page: Page) -> None:
    page.locator("#read-box").click()
    page.get_by_role("textbox", name="Temperature of the box").fill("9")
    page.locator("#box-read-go").or_(page.locator("#box-read")).first.click()
    expect(page.locator("form.record")).to_have_count(0)


def _hana(page: Page) -> None:
    """Nobody at home, reopened; then milk and the pump."""
    expect(page.locator("#stop-title")).to_contain_text("Hana")
    _not_done(page, "Nobody at home")
    page.locator(".stop-row.not_done a").click()
    page.get_by_role("link", name="Reopen this stop").click()
    page.get_by_text("I came back later").click()
    page.get_by_role("button", name="Reopen").click()
    _here(page, "Hana")
    _open_record(page)
    page.locator("section.check").get_by_text("Done", exact=True).click()
    page.get_by_role("textbox", name="Number on the pump").fill("P-18")
    _milk(page, celsius="20", bottles="2", volume="380", box="C-07")
    _done(page)


def _diverted(page: Page) -> None:
    """Let the clock of a box run out, and go to the nearest freezer."""
    page.clock.fast_forward("26:00")
    page.locator("#divert").click()
    _back_from_the_map(page)
    expect(page.get_by_text("On the way to a freezer")).to_be_visible()


def _rebooked(page: Page) -> None:
    expect(page.locator("#stop-title")).to_contain_text("Maternité")
    page.get_by_role("link", name="Later", exact=True).click()
    page.get_by_role("link", name="Rebook with the donor").click()
    page.get_by_text("The donor is unwell: milk held").click()
    page.get_by_role("textbox", name="A note for the bank").fill("Next week.")
    page.get_by_role("button", name="Record as not done").click()
    expect(page.locator(".stop-row.not_done")).to_have_count(1)


def _fanny(page: Page) -> None:
    _here(page, "Fanny")
    _open_record(page)
    _milk(page, celsius="21", bottles="5", volume="1000", box="2")
    _photo(page, "five bottles of Fanny's")
    _done(page)


def _hand_over(page: Page) -> None:
    page.get_by_role("link", name="Hand over").first.click()
    expect(page.locator("fieldset.bottles").first).to_be_visible()
    page.evaluate(STILL)
    for group in page.locator("fieldset.bottles").all():
        group.locator("button").click()
    page.get_by_role("textbox", name="Temperature of box C-07").fill("19")
    page.get_by_role("textbox", name="Temperature of box 2").fill("18")
    page.get_by_role("textbox", name="Who receives it?").fill("Luc")
    page.get_by_role("button", name="Hand over").click()
    expect(page.locator("form.record")).to_have_count(0)


def _close(page: Page) -> None:
    page.locator("#close-day").click()
    page.get_by_role("textbox", name="Kilometres driven").fill("48")
    page.get_by_role("button", name="Close the day").click()
    expect(page.locator("form.record")).to_have_count(0)


def _back_from_the_map(page: Page) -> None:
    """Return to the page without a network, and unlock it."""
    expect(page.get_by_text("A map.")).to_be_visible()
    page.go_back()
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#stop-title")).to_be_visible()


def _here(page: Page, name: str) -> None:
    expect(page.locator("#stop-title")).to_contain_text(name)
    page.get_by_role("button", name="I'm here").click()


def _open_record(page: Page) -> None:
    page.get_by_role("link", name="Record the visit").click()
    expect(page.locator("form.record")).to_be_visible()
    page.evaluate(STILL)


def _milk(
    page: Page,
    *,
    celsius: str,
    bottles: str,
    volume: str,
    box: str = "",
    labels: tuple[str, ...] = (),
) -> None:
    page.get_by_text("Kept as it should be").click()
    page.get_by_role("textbox", name="Temperature of the freezer").fill(celsius)
    page.get_by_role("textbox", name="Bottles you take").fill(bottles)
    page.get_by_role("textbox", name="Volume in millilitres").fill(volume)
    if labels:
        page.locator("summary", has_text="Bottle numbers").click()
        page.get_by_role("textbox", name="Bottle numbers").fill("\n".join(labels))
    if box:
        page.get_by_role("group", name="Which box?").get_by_text(box, exact=True).click()


def _photo(page: Page, subject: str) -> None:
    made = io.BytesIO()
    segno.make(subject, error="l").save(made, kind="png", scale=2)
    picture = {"name": "bottle.png", "mimeType": "image/png", "buffer": made.getvalue()}
    page.locator("input[type=file]").set_input_files(picture)
    expect(page.get_by_text("A photo is kept with this record.")).to_be_visible()


def _done(page: Page) -> None:
    """Press *Done*, twice if the bank asks for a missing proof."""
    page.get_by_role("button", name="Done", exact=True).click()
    if page.get_by_text("Press Done once more").is_visible():
        page.get_by_role("button", name="Done", exact=True).click()
    expect(page.locator("form.record")).to_have_count(0)


def _not_done(page: Page, reason: str) -> None:
    page.get_by_role("link", name="Not done").first.click()
    page.get_by_text(reason).click()
    page.get_by_role("button", name="Record as not done").click()
    expect(page.locator(".stop-row.not_done")).to_have_count(1)

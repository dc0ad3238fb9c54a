"""How soon a collector sees her round on a slow network: ``python -m bench.phone_loads``.

Slow 3G as WebPageTest has it: 400 kbit/s each way, 400 ms for each question. A first load has
nothing on the phone but the sign-in; a repeated one has the app and the round, and is measured on
the same network. Seen is when the round's first button can be pressed.
"""

import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.browsers import CHROMIUM, QUIET
from tests.browser.long_roads import FOURTEEN
from tests.browser.roads import Road, built, serving

RUNS = 5
PORT = 8900
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
FIRST, REPEATED = 4.0, 1.0
"""The goals, in seconds."""


def loads(browser: Browser, road: Road) -> tuple[float, float]:
    """Load the phone's page for the first time, then again; return both in seconds."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    signed_in(context, road)
    page = context.new_page()
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_3G)
    first = seen(page, road)
    page.locator(".ready.ok").wait_for(timeout=120_000)
    repeated = seen(page, road)
    context.close()
    return first, repeated


def signed_in(context: BrowserContext, road: Road) -> None:
    """Sign in and forget everything but the cookie."""
    page = context.new_page()
    page.route("**/phone/**", lambda route: route.abort())
    page.goto(road.link().removesuffix("#go"))
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button").first.click()
    page.close()


def seen(page: Page, road: Road) -> float:
    """Return how long it takes until the round can be started."""
    page.goto(f"{road.address}/phone/", wait_until="commit")
    page.locator("#start").wait_for()
    return float(page.evaluate("performance.now()")) / 1000


def main() -> None:
    """Print the median, and the worst of a few runs."""
    with (
        TemporaryDirectory() as home,
        serving(Path(home), PORT) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        road = built(served, FOURTEEN, by_hand=True)
        found = [loads(browser, road) for _ in range(RUNS)]
        browser.close()
    for name, goal, times in (
        ("first", FIRST, [first for first, _ in found]),
        ("repeated", REPEATED, [repeated for _, repeated in found]),
    ):
        median, worst = statistics.median(times), max(times)
        print(f"{name:>9}  {median:.2f} s, worst {worst:.2f} s, goal {goal:.0f} s")


if __name__ == "__main__":
    main()

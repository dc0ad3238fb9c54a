"""Pictures of the guides, taken from a running demonstration.

``milkround demo`` prints its links; ``python -m bench.guide_pictures COORDINATOR COLLECTOR DONOR``
signs in by them with Chromium and writes `static/guides/<picture>-<language>.webp`. A picture has
at most `MOST_BYTES`: a larger one is taken again with a lower quality.
"""

import argparse
import base64
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

FOLDER = Path(__file__).parents[1] / "static" / "guides"
MOST_BYTES = 60_000
LANGUAGES = ("en", "fr")
DESKTOP, PHONE = (1100, 720), (390, 720)
LONGEST_WAIT = 20


@dataclass(frozen=True, slots=True)
class GuidePicture:
    """A picture of a page.

    Attributes
    ----------
    size
        Width and height of the window in pixels.
    """

    name: str
    path: str
    size: tuple[int, int] = DESKTOP


COORDINATOR = (
    GuidePicture("morning", "/board/morning"),
    GuidePicture("requests", "/board/inbox"),
    GuidePicture("day", "/board/days"),
    GuidePicture("live", "/board/dispatch"),
    GuidePicture("roster", "/board/roster"),
    GuidePicture("material", "/board/bank/material"),
    GuidePicture("donor", "/board/donors/1"),
    GuidePicture("candidates", "/board/donors/candidates"),
    GuidePicture("opening", "/board/bank/opening"),
    GuidePicture("people", "/board/bank/people"),
    GuidePicture("sites", "/board/bank/sites"),
    GuidePicture("rules", "/board/bank/policies"),
    GuidePicture("messages", "/board/bank/message-texts"),
)
COLLECTOR = (GuidePicture("phone-start", "/phone/", size=PHONE),)
DONOR = (GuidePicture("donor-home", "/donor/", size=PHONE),)


def main() -> None:
    """Take every picture in both languages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("coordinator")
    parser.add_argument("collector")
    parser.add_argument("donor")
    links = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    for link, pictures in (
        (links.coordinator, COORDINATOR),
        (links.collector, COLLECTOR),
        (links.donor, DONOR),
    ):
        _take_all(link, pictures)


def _take_all(link: str, pictures: tuple[GuidePicture, ...]) -> None:
    driver = shutil.which("chromedriver")
    browser = Chrome(options=_options(), service=Service(driver) if driver else None)
    try:
        browser.get(link.partition("#")[0])
        for button in browser.find_elements(By.CSS_SELECTOR, "main form button")[:1]:
            button.click()
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(link))
        for language in LANGUAGES:
            for picture in pictures:
                _take(browser, origin, picture, language)
    finally:
        browser.quit()


def _options() -> ChromeOptions:
    options = ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument("--hide-scrollbars")
    return options


def _take(browser: Chrome, origin: str, picture: GuidePicture, language: str) -> None:
    width, height = picture.size
    browser.execute_cdp_cmd("Network.enable", {})
    # A page that the service worker kept has the language of the picture before.
    browser.execute_cdp_cmd("Network.setBypassServiceWorker", {"bypass": True})
    browser.execute_cdp_cmd(
        "Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": language}}
    )
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": picture.size == PHONE},
    )
    browser.get(origin + picture.path)
    WebDriverWait(browser, LONGEST_WAIT).until(
        lambda each: each.execute_script(
            "return document.readyState === 'complete' && !!document.querySelector('main h1')"
        )
    )
    target = FOLDER / f"{picture.name}-{language}.webp"
    target.write_bytes(_small(browser))
    print(f"{target.name}\t{target.stat().st_size} bytes\t{browser.title}")


def _small(browser: Chrome) -> bytes:
    """Return the window as WebP, with the best quality that keeps it small."""
    content = b""
    for quality in (70, 50, 35, 20):
        shot = browser.execute_cdp_cmd(
            "Page.captureScreenshot", {"format": "webp", "quality": quality}
        )
        content = base64.b64decode(shot["data"])
        if len(content) <= MOST_BYTES:
            break
    return content


if __name__ == "__main__":
    main()

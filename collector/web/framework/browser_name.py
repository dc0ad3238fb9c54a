"""Name of a request's browser, to tell one device from another."""

from flask import request

SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac")
BROWSERS = {
    "Firefox": "Firefox",
    "EdgA": "Edge",
    "Edg/": "Edge",
    "Chrome": "Chrome",
    "Safari": "Safari",
}


def browser_name() -> str:
    """Return the system and the browser, without versions."""
    agent = request.headers.get("User-Agent", "")
    system = next((name for name in SYSTEMS if name in agent), "Linux")
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), "")
    return f"{system} {browser}".strip()

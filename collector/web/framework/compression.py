"""Compression: built files, compressed at build time, and the phone's answers.

Other pages are sent uncompressed: they repeat typed text beside a secret, and the length of a
compressed page would reveal the secret to an attacker able to repeat the request (BREACH).
"""

import gzip
import mimetypes

from flask import Flask, Response, request, send_file

from collector.web.framework.assets import dist_folder, manifest

CODINGS = {"br": ".br", "gzip": ".gz"}
SURFACE = "/phone/"
COMPRESSED = frozenset({"text/html", "text/javascript", "application/json"})
SMALLEST = 1000
"""Bytes below which compression saves no packet."""


def init_app(app: Flask) -> None:
    """Serve built files in the browser's best coding, and compress the phone's answers."""
    app.before_request(_precompressed)
    app.after_request(_compress)


def _precompressed() -> Response | None:
    """Return a compressed built file, or None to let Flask answer."""
    name = request.path.removeprefix("/static/dist/")
    if request.endpoint != "static" or name not in manifest().values():
        return None
    for coding, ending in CODINGS.items():
        found = dist_folder() / f"{name}{ending}"
        if request.accept_encodings[coding] and found.is_file():
            answer = send_file(found, mimetype=mimetypes.guess_type(name)[0])
            answer.headers["Content-Encoding"] = coding
            answer.vary.add("Accept-Encoding")
            return answer
    return None


def _compress(answer: Response) -> Response:
    if not request.path.startswith(SURFACE) or answer.mimetype not in COMPRESSED:
        return answer
    if (request.endpoint or "").startswith("session."):
        # The sign-in page repeats the typed address beside the token of its form.
        return answer
    answer.vary.add("Accept-Encoding")
    if answer.is_streamed or not request.accept_encodings["gzip"]:
        return answer
    content = answer.get_data()
    if len(content) >= SMALLEST:
        answer.set_data(gzip.compress(content, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer

"""What travels compressed: built files as they were compressed when built, and the phone's pages.

Pages that repeat what their reader typed beside a secret are sent as they are: the length of a
compressed page would tell the secret to whoever can make her browser ask again and again.
"""

import gzip
import mimetypes

from flask import Flask, Response, request, send_file

from collector.web.framework.assets import dist_folder, manifest

CODINGS = {"br": ".br", "gzip": ".gz"}
SURFACE = "/phone/"
COMPRESSED = frozenset({"text/html", "text/javascript", "application/json"})
SMALLEST = 1000
"""Below this many bytes a packet is a packet."""


def init_app(app: Flask) -> None:
    """Serve built files in the reader's best coding, and compress the phone's answers."""
    app.before_request(_precompressed)
    app.after_request(_compress)


def _precompressed() -> Response | None:
    """Answer for a built file that was compressed when it was built, or leave it to Flask."""
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
    answer.vary.add("Accept-Encoding")
    if answer.is_streamed or not request.accept_encodings["gzip"]:
        return answer
    content = answer.get_data()
    if len(content) >= SMALLEST:
        answer.set_data(gzip.compress(content, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer

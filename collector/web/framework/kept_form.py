"""The page of a form that was sent after the end of the session: its text, to be sent again.

The fields travel back to the browser that sent them, and are stored nowhere.
"""

from flask import render_template, request, url_for

from collector.web.framework.forms import sent_files, sent_texts

TOKEN = "csrf_token"  # noqa: S105 - the name of a field


def kept_form() -> str | None:
    """Return the page that sends the form of this request again, or None without such a form."""
    texts = [(name, text) for name, text in sent_texts() if name != TOKEN]
    if request.is_json or sent_files() or "HX-Request" in request.headers:
        return None
    return render_template(
        "session/send_again.html",
        texts=texts,
        address=request.full_path.rstrip("?"),
        sign_in=url_for("session.ask", next=url_for("session.returned")),
    )

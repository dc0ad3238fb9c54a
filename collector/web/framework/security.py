"""Security of every answer: content security policy with nonce, CSRF, headers."""

import secrets

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

from collector.web.framework.guards import settings

csrf = CSRFProtect()

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
}


def init_app(app: Flask) -> None:
    """Protect every form and answer of the application."""
    csrf.init_app(app)
    app.jinja_env.globals["nonce"] = nonce
    app.after_request(add_headers)


def nonce() -> str:
    """Return the nonce of this answer, required of every inline style and script."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _map_hosts() -> tuple[str, str]:
    """Return the host of the board's map, as a source of pictures and of an archive."""
    source = settings().map
    if source is None or not source.host:
        return "", ""
    return ("", f" {source.host}") if source.is_archive else (f" {source.host}", "")


def add_headers(response: Response) -> Response:
    """Set the headers; personal pages forbid storage in caches."""
    pictures, archive = _map_hosts()
    response.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'self'",
            # The phone's label reader is WebAssembly; it may be compiled, scripts may not be.
            f"script-src 'self' 'nonce-{nonce()}' 'wasm-unsafe-eval'",
            "style-src 'self'",
            f"img-src 'self' data:{pictures}",
            f"connect-src 'self'{archive}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response

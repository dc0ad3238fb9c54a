"""An OpenID Connect provider on a port of its own: code flow, PKCE, signed identity tokens.

It speaks HTTP as a hospital's provider does, and may be told to answer wrongly.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "milkround", "the client's secret / 100 %"
KEY, STRANGERS_KEY = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))


class Provider:
    """A provider with one account, and the faults that a test gives it."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {
            "sub": "hospital-4711",
            "email": "Claire@town.example",
            "email_verified": True,
        }
        self.key, self.algorithm, self.issuer = KEY, "RS256", ""
        self.broken, self.refuses = False, False
        self.asked: dict[str, str] = {}
        self.codes: dict[str, dict[str, str]] = {}

    def metadata(self, here: str) -> dict[str, Any]:
        return {
            "issuer": self.issuer or here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/keys",
            "end_session_endpoint": f"{here}/logout",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Return the way back, with a code or a refusal."""
        self.asked = query
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        answer = {"state": query["state"]}
        if self.refuses:
            return f"{query['redirect_uri']}?{urlencode(answer | {'error': 'access_denied'})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode(answer | {'code': code})}"

    def token(self, form: dict[str, str], credentials: str, here: str) -> dict[str, Any] | None:
        """Return the tokens of a code, once, to the client that can prove it asked for it."""
        asked = self.codes.pop(form.get("code", ""), None)
        name, _colon, secret = base64.b64decode(credentials).decode().partition(":")
        if asked is None or (unquote(name), unquote(secret)) != (CLIENT, SECRET):
            return None
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(form["code_verifier"].encode()).digest()
        )
        if challenge.rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        if form["redirect_uri"] != asked["redirect_uri"]:
            return None
        moment = int(time.time())
        claims = {
            "iss": here,
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + 300,
            "nonce": asked["nonce"],
        } | self.claims
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.signed(claims),
        }

    def signed(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            return ".".join(_encoded(json.dumps(part).encode()) for part in parts) + "."
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def serving(provider: Provider, port: int) -> Iterator[str]:
    """Serve a provider, and give its issuer."""
    here = f"http://127.0.0.1:{port}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if provider.broken:
                self.answer(500, {})
            elif parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            elif parts.path == "/keys":
                self.answer(200, {"keys": [KEY.as_dict(private=False)]})
            else:
                self.answer(200, provider.metadata(here))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            credentials = self.headers["Authorization"].removeprefix("Basic ")
            tokens = None if provider.broken else provider.token(form, credentials, here)
            status = 500 if provider.broken else 200 if tokens else 400
            self.answer(status, tokens or {"error": "invalid_grant"})

        def answer(self, status: int, body: dict[str, Any]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_told: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join()


def go(address: str, form: bytes | None = None) -> str:
    """Follow the browser's way to a provider, and return its way back to Milkround.

    Parameters
    ----------
    form
        The fields that a person sends on the provider's page; None if it asks for nothing.
    """

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_told: object) -> None:
            """Follow nothing."""

    try:
        urllib.request.build_opener(Stay).open(address, data=form)
    except urllib.error.HTTPError as moved:
        with moved:
            back = urlsplit(moved.headers["Location"])
    return f"{back.path}?{back.query}"

"""Client of the hospital's OpenID Connect provider: code flow with state, nonce and PKCE.

Authlib and requests are loaded at the first use: an installation without a provider needs neither.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flask import abort, current_app, request, url_for
from flask import session as form_session
from werkzeug.wrappers import Response

from collector.oidc_settings import Oidc
from collector.people.provider_accounts import ProvedAccount
from collector.people.sessions import STAFF_SESSION_LIVES
from collector.web.framework.context import settings

if TYPE_CHECKING:
    from authlib.integrations.flask_client import OAuth

log = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 5
"""Longest wait for an answer of the provider."""
SCOPES: Final = "openid email"
SIGNATURES: Final = tuple(
    f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)
)
"""Permitted signatures of an identity token: with a public key, never with the client's secret."""
KEPT: Final = "oidc_wanted"
LONGEST_SUBJECT: Final = 255


class ProviderTrouble(Exception):  # noqa: N818 - it is an answer, caught by the caller
    """A sign-in that the provider did not complete.

    Attributes
    ----------
    code
        `provider_away`, `provider_cancelled`, `provider_too_late` or `provider_not_trusted`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A completed sign-in at the provider.

    Attributes
    ----------
    wanted
        The page to open; empty for the start page.
    is_proof
        Whether the signed-in person was to prove it again.
    """

    account: ProvedAccount
    wanted: str
    is_proof: bool


def provider() -> Oidc:
    """Return the settings of the provider; 404 without one."""
    return settings().oidc or abort(404)


def depart(*, wanted: str, is_proof: bool) -> Response:
    """Return the way to the provider.

    Parameters
    ----------
    is_proof
        Whether the provider is to ask for the person's factors now, whatever it remembers.

    Raises
    ------
    ProviderTrouble
        The provider does not answer, or is not the one of the settings.
    """
    asked: dict[str, object] = (
        {"max_age": 0, "prompt": "login"}
        if is_proof
        else {"max_age": int(STAFF_SESSION_LIVES.total_seconds())}
    )
    if provider().strong:
        asked["acr_values"] = " ".join(provider().strong)
    here = settings().public_url + url_for("oidc.finish")
    with _troubles():
        way: Response = _client().authorize_redirect(here, **asked)
    form_session[KEPT] = {"wanted": wanted, "is_proof": is_proof}
    return way


def come_back() -> Returned:
    """Return the completed sign-in of this request.

    Raises
    ------
    ProviderTrouble
        The provider refused or does not answer, or its token is not valid.
    """
    kept = form_session.pop(KEPT, None)
    if kept is None:
        raise ProviderTrouble("provider_too_late")
    with _troubles():
        issuer = {"iss": {"essential": True, "value": provider().issuer}}
        token = _client().authorize_access_token(claims_options=issuer)
    claims = token.get("userinfo")
    if not claims or not 0 < len(str(claims["sub"])) <= LONGEST_SUBJECT:
        raise ProviderTrouble("provider_not_trusted")
    return Returned(
        account=_account(claims), wanted=str(kept["wanted"]), is_proof=bool(kept["is_proof"])
    )


def way_out() -> str:
    """Return the address of the provider's own sign-out; empty if it has none.

    Raises
    ------
    ProviderTrouble
        The provider does not answer.
    """
    with _troubles():
        client = _client()
        if not client.load_server_metadata().get("end_session_endpoint"):
            return ""
        found: dict[str, str] = client.create_logout_url(
            post_logout_redirect_uri=settings().public_url + url_for("session.ask"),
            client_id=provider().client_id,
        )
    return found["url"]


def _account(claims: dict[str, Any]) -> ProvedAccount:
    known, at = provider(), claims.get("auth_time")
    methods = claims.get("amr") or ()
    return ProvedAccount(
        issuer=known.issuer,
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        email_is_trusted=known.trusts_email or claims.get("email_verified") is True,
        authenticated_at=datetime.fromtimestamp(int(at), UTC) if at else None,
        is_strong="mfa" in methods or claims.get("acr") in known.strong,
    )


def _client() -> Any:  # noqa: ANN401 - Authlib has no types
    """Return the client with the provider's metadata, fetched once in a process."""
    found = _registry().create_client("provider")
    metadata = found.load_server_metadata()
    if str(metadata.get("issuer", "")).rstrip("/") != provider().issuer:
        log.error("oidc: the provider names another issuer than MILKROUND_OIDC_ISSUER")
        found.server_metadata.pop("_loaded_at", None)
        raise ProviderTrouble("provider_not_trusted")
    offered = metadata.get("id_token_signing_alg_values_supported", ())
    permitted = [name for name in offered if name in SIGNATURES]
    metadata["id_token_signing_alg_values_supported"] = permitted or [SIGNATURES[0]]
    return found


def _registry() -> "OAuth":
    registry = current_app.extensions.get("milkround_oidc")
    if registry is None:
        from authlib.integrations.flask_client import OAuth  # noqa: PLC0415 - an extra

        known = provider()
        registry = OAuth(current_app)
        registry.register(
            "provider",
            client_id=known.client_id,
            client_secret=known.client_secret,
            server_metadata_url=f"{known.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": SCOPES,
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE_SECONDS,
            },
        )
        current_app.extensions["milkround_oidc"] = registry
    return registry


@contextmanager
def _troubles() -> Iterator[None]:
    """Name the trouble of a request to the provider; no answer of it is logged or shown."""
    import requests  # noqa: PLC0415 - an extra
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415 - likewise
    from authlib.integrations.base_client.errors import MismatchingStateError  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415 - likewise

    try:
        yield
    except requests.RequestException as away:
        log.warning("oidc: the provider does not answer: %s", type(away).__name__)
        raise ProviderTrouble("provider_away") from away
    except MismatchingStateError as late:
        raise ProviderTrouble("provider_too_late") from late
    except (AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError) as wrong:
        log.warning("oidc: refused: %s", type(wrong).__name__)
        cancelled = request.args.get("error") == "access_denied"
        code = "provider_cancelled" if cancelled else "provider_not_trusted"
        raise ProviderTrouble(code) from wrong

"""Settings of the staff's sign-in by a hospital's OpenID Connect provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import urlsplit

from collector.upkeep_settings import choice

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
EMAILS = ("verified", "trusted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """An OpenID Connect provider (docs/security.md).

    Attributes
    ----------
    name
        The provider's name on the sign-in page; empty for *hospital account*.
    trusts_email
        Whether an address counts without the provider's claim `email_verified`.
    strong
        Values of the claim `acr` that stand for two factors, besides `mfa` in the claim `amr`.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = ""
    trusts_email: bool = False
    strong: tuple[str, ...] = ()


def oidc_from(environ: Mapping[str, str], mistakes: list[str]) -> Oidc | None:
    """Read the settings of the provider; None without an issuer.

    Parameters
    ----------
    environ
        `MILKROUND_OIDC_ISSUER`, `MILKROUND_OIDC_CLIENT_ID`, `MILKROUND_OIDC_CLIENT_SECRET`,
        `MILKROUND_OIDC_NAME`, `MILKROUND_OIDC_EMAIL` (`verified`, `trusted`),
        `MILKROUND_OIDC_ACR`.
    mistakes
        Gets a sentence for each mistake.
    """
    issuer = environ.get("MILKROUND_OIDC_ISSUER", "").rstrip("/")
    emails = choice(environ, "MILKROUND_OIDC_EMAIL", EMAILS, mistakes)
    if not issuer:
        return None
    parts = urlsplit(issuer)
    is_private = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
    )
    if not is_private or not parts.hostname:
        mistakes.append(
            "MILKROUND_OIDC_ISSUER is no address such as https://login.hospital.example."
        )
    client_id = environ.get("MILKROUND_OIDC_CLIENT_ID", "")
    secret = environ.get("MILKROUND_OIDC_CLIENT_SECRET", "")
    if not (client_id and secret):
        mistakes.append(
            "MILKROUND_OIDC_CLIENT_ID and MILKROUND_OIDC_CLIENT_SECRET are missing: the provider's"
            " administrator gives them."
        )
    if find_spec("authlib") is None:
        mistakes.append("MILKROUND_OIDC_ISSUER needs Authlib: pip install 'milkround[oidc]'.")
    return Oidc(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret,
        name=environ.get("MILKROUND_OIDC_NAME", "").strip(),
        trusts_email=emails == "trusted",
        strong=tuple(environ.get("MILKROUND_OIDC_ACR", "").split()),
    )

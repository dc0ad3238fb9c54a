"""The installation of a request: clock, settings, geocoder, stand-ins for addresses."""

import hmac
from datetime import datetime

from flask import current_app, url_for

from collector.clock import Clock
from collector.config import Settings
from collector.people.passkeys import RelyingParty
from collector.people.vault import Vault
from collector.places.geocoding import Geocoder

PSEUDONYM_DIGITS = 16


def now() -> datetime:
    """Return the present instant of the application's clock."""
    clock: Clock = current_app.extensions["milkround_clock"]
    return clock.now()


def settings() -> Settings:
    """Return the installation's settings."""
    found: Settings = current_app.extensions["milkround_settings"]
    return found


def vault() -> Vault:
    """Return the encryption of second factors under the installation's secret."""
    return Vault(settings().secret_key)


def relying_party() -> RelyingParty | None:
    """Return the site of passkeys; None where browsers permit none.

    Browsers want https and a name; `localhost` is a name that needs no https.
    """
    host, url = settings().host, settings().public_url
    is_address = ":" in host or host.replace(".", "").isdigit()
    if is_address or not (settings().secure_cookies or host == "localhost"):
        return None
    return RelyingParty(host=host, origin=url)


def geocoder() -> Geocoder:
    """Return the geocoder of the installation."""
    found: Geocoder = current_app.extensions["milkround_geocoder"]
    return found


def public_address(endpoint: str, *, token: str) -> str:
    """Return the whole address of a page with a secret token, as people outside know it."""
    return settings().public_url + url_for(endpoint, token=token)


def fhir_address() -> str:
    """Return the address below which the resources of FHIR bundles lie."""
    return settings().public_url + url_for("api.list_fhir_pools").removesuffix("/pools")


def pseudonym(text: str) -> str:
    """Return a stand-in for an address, which the installation's secret alone can make."""
    key = settings().secret_key.encode()
    return hmac.new(key, text.strip().lower().encode(), "sha256").hexdigest()[:PSEUDONYM_DIGITS]

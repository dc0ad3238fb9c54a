"""The installation of a request: clock, settings, geocoder, stand-ins for addresses."""

import hmac
from datetime import datetime

from flask import current_app

from collector.clock import Clock
from collector.config import Settings
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


def geocoder() -> Geocoder:
    """Return the geocoder of the installation."""
    found: Geocoder = current_app.extensions["milkround_geocoder"]
    return found


def pseudonym(text: str) -> str:
    """Return a stand-in for an address, which the installation's secret alone can make."""
    key = settings().secret_key.encode()
    return hmac.new(key, text.strip().lower().encode(), "sha256").hexdigest()[:PSEUDONYM_DIGITS]

"""Parts of every request about passkeys: the site, and the device's answer."""

from typing import Any

from flask import request

from collector.errors import Refused
from collector.people.passkeys import RelyingParty
from collector.web.framework.context import relying_party


def required_party() -> RelyingParty:
    """Return the site of passkeys.

    Raises
    ------
    Refused
        The installation's address permits none: `passkey_not_valid`.
    """
    party = relying_party()
    if party is None:
        raise Refused("passkey_not_valid")
    return party


def sent_credential() -> dict[str, Any]:
    """Return the answer of a device, as the browser's JSON.

    Raises
    ------
    Refused
        The body is no JSON object: `passkey_not_valid`.
    """
    sent = request.get_json()
    if not isinstance(sent, dict):
        raise Refused("passkey_not_valid")
    return sent

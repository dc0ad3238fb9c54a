"""Tokens of 256 random bits and codes of six figures; only a hash is kept of either."""

import hashlib
import secrets
from typing import Final

DIGITS: Final = 6


def new_token() -> str:
    """Return a token of 256 random bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return six random figures."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def stored_code(owner: str | int, code: str) -> str:
    """Return the stored form of a code; its minutes and its tries protect it, not the hash."""
    return hashed(f"{owner} {code}")


def hashed(token: str) -> str:
    """Return the stored form of a token, its SHA-256; a random token needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()

"""Tokens for links and sessions: 256 random bits, of which only a hash is kept."""

import hashlib
import secrets


def new_token() -> str:
    """Return a token of 256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Return the stored form of a token, its SHA-256; a random token needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()

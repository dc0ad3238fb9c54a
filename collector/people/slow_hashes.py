"""Slow hashes of short secrets that a person keeps: PINs and recovery codes."""

import hashlib
import secrets
from typing import Final

SALT_BYTES: Final = 16


def new_salt() -> bytes:
    """Return a random salt."""
    return secrets.token_bytes(SALT_BYTES)


def slow_hash(text: str, salt: bytes) -> str:
    """Return the salt and the scrypt hash of a text, in one word."""
    slow = hashlib.scrypt(text.encode(), salt=salt, n=2**14, r=8, p=1)
    return f"{salt.hex()}${slow.hex()}"


def salt_of(stored: str) -> bytes:
    """Return the salt of a stored hash; it is empty if the hash has none."""
    salt, dollar, _hash = stored.partition("$")
    return bytes.fromhex(salt) if dollar else b""

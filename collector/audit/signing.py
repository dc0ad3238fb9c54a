"""Signatures of the heads of audit chains, by a key that the database does not hold.

The key is Ed25519, derived from a secret in the folder of the installation or in the environment.
Whoever can write to the database can compute a chain anew, but cannot sign its head.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PURPOSE = b"milkround audit heads\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """The head of a bank's chain on one day.

    Attributes
    ----------
    bank
        The short name of the bank.
    number
        Consecutive number of the head, from 1.
    sequence, digest
        The last entry of the chain at that instant.
    """

    bank: str
    number: int
    day: date
    sequence: int
    digest: str

    @property
    def text(self) -> str:
        """The signed text, in one line."""
        return f"milkround {self.bank} {self.number} {self.day} {self.sequence} {self.digest}"


class HeadSigner:
    """The signing key of an installation."""

    def __init__(self, secret: str) -> None:
        seed = hashlib.sha256(PURPOSE + secret.encode()).digest()
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def fingerprint(self) -> str:
        """The public key in hexadecimal: 64 characters."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, head: SignedHead) -> str:
        """Return the signature of a head, in base64url."""
        return base64.urlsafe_b64encode(self._key.sign(head.text.encode())).decode()

    def has_signed(self, head: SignedHead, signature: str) -> bool:
        """Return whether a signature of a head is this key's."""
        try:
            given = base64.urlsafe_b64decode(signature)
            self._key.public_key().verify(given, head.text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

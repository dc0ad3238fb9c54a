"""Encryption of secrets that the program must read again, with a key outside the database."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Vault:
    """Encryption under the installation's secret.

    Parameters
    ----------
    secret_key
        The installation's secret; another one opens nothing.
    """

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=b"milkround second factors")
        self._cipher = Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))

        marks = HKDF(SHA256(), 32, salt=None, info=b"milkround badges")
        self._marks = marks.derive(secret_key.encode())

    def mark(self, text: str) -> str:
        """Return a digest of a text that this secret alone can make."""
        return hmac.new(self._marks, text.encode(), "sha256").hexdigest()

    def seal(self, text: str) -> str:
        """Return the text encrypted."""
        return self._cipher.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str | None:
        """Return the text, or None if another secret has sealed it."""
        try:
            return self._cipher.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

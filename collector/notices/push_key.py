"""Public key of an installation for subscriptions to web push."""

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid

from collector.config import Push


def public_key(push: Push) -> str:
    """Return the public key for push subscriptions."""
    point = Vapid.from_string(push.key).public_key.public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )
    return urlsafe_b64encode(point).rstrip(b"=").decode()

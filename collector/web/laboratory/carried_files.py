"""Files that a page carries from their preview to their import."""

import base64
import binascii
import zlib

from collector.errors import Refused

LARGEST_FILE = 8 * 1024 * 1024


def packed_file(content: bytes) -> str:
    """Return a file as the text of a hidden field."""
    return base64.b64encode(zlib.compress(content)).decode()


def unpacked_file(text: str) -> bytes:
    """Return the file that a page carried.

    Raises
    ------
    Refused
        `curve_not_text`: the page's field was changed, or the file is too large.
    """
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(base64.b64decode(text, validate=True), LARGEST_FILE)
    except (binascii.Error, zlib.error):
        raise Refused("curve_not_text") from None
    if unpacking.unconsumed_tail:
        raise Refused("curve_not_text")
    return content

"""Parts of a text message: the GSM alphabet in septets, or UCS-2 in code units (3GPP TS 23.040)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import gsm0338


class SmsAlphabet(StrEnum):
    """The alphabet in which a gateway sends a text message."""

    GSM = "gsm"
    UCS2 = "ucs2"


ALONE = {SmsAlphabet.GSM: 160, SmsAlphabet.UCS2: 70}
"""Units of a message that fits in one part."""
JOINED = {SmsAlphabet.GSM: 153, SmsAlphabet.UCS2: 67}
"""Units of each part of a longer message; the header of a part takes the rest."""

GSM_CODEC = gsm0338.Codec()


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsLength:
    """The length of a text message.

    Attributes
    ----------
    units
        Septets of the GSM alphabet, where a sign such as `€` takes two, or code units of UCS-2.
    parts
        Billed parts; none for an empty text.
    left
        Units left in the last part.
    """

    alphabet: SmsAlphabet
    units: int
    parts: int
    left: int


def sms_length(text: str) -> SmsLength:
    """Return the alphabet, the units and the parts of a text message."""
    try:
        widths = [len(GSM_CODEC.encode(sign)[0]) for sign in text]
        alphabet = SmsAlphabet.GSM
    except UnicodeEncodeError:
        widths = [len(sign.encode("utf-16-be")) // 2 for sign in text]
        alphabet = SmsAlphabet.UCS2
    units = sum(widths)
    if units <= ALONE[alphabet]:
        return SmsLength(
            alphabet=alphabet,
            units=units,
            parts=1 if units else 0,
            left=ALONE[alphabet] - units,
        )
    parts, filled = _filled(widths, JOINED[alphabet])
    return SmsLength(alphabet=alphabet, units=units, parts=parts, left=JOINED[alphabet] - filled)


def _filled(widths: Iterable[int], room: int) -> tuple[int, int]:
    """Return the number of parts and the units in the last; a sign is never divided."""
    parts, filled = 1, 0
    for width in widths:
        if filled + width > room:
            parts, filled = parts + 1, 0
        filled += width
    return parts, filled

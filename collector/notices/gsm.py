"""The alphabet of text messages, GSM 03.38: a sign outside it more than doubles the parts."""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
GSM = BASIC | EXTENSION
"""The default alphabet of 3GPP TS 23.038 with its extension table, without the escape character."""

STAND_INS = {
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{LATIN SMALL LIGATURE OE}": "oe",
    "\N{LATIN CAPITAL LIGATURE OE}": "OE",
}


def to_gsm(text: str) -> str:
    """Return a text in the GSM alphabet: plain spaces and quotes, no accent that it lacks.

    A character without a stand-in, such as one of another script, is kept: the gateway sends such a
    message as Unicode, in more parts.
    """
    return "".join(_written(sign) for sign in text)


def _written(sign: str) -> str:
    if sign in GSM:
        return sign
    if sign.isspace():
        return " "
    if sign in STAND_INS:
        return STAND_INS[sign]
    bare = (each for each in unicodedata.normalize("NFKD", sign) if each in GSM)
    return "".join(bare) or sign

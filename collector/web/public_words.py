"""Words of the public pages: kinds of lactariums, evidence, sources."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from collector.banks.models import Known, LactariumKind

_ = lazy_gettext

KINDS: Mapping[str, LazyString] = {
    LactariumKind.INTERNAL: _("for the babies of its own hospital"),
    LactariumKind.INTERNAL_AND_EXTERNAL: _("for its own hospital and others"),
    LactariumKind.UNKNOWN: _("kind not known"),
}

ANONYMOUS: Mapping[str, LazyString] = {
    Known.YES: _("takes gifts for other babies"),
    Known.NO: _("takes no gifts for other babies"),
    Known.UNKNOWN: _("we do not know whether it takes gifts for other babies"),
}

EVIDENCE: Mapping[str, LazyString] = {
    "read": _("read at its own page"),
    "existence read": _("that it exists was read; the rest was not"),
    "unverified": _("not verified"),
    "this installation": _("the bank that runs this site"),
    "existence read; anonymous donors of the area go to Bordeaux's collector": _(
        "that it exists was read; donors of the area go to Bordeaux's collector"
    ),
}

SOURCES: Mapping[str, LazyString] = {
    "who": _("World Health Organization, eLENA: donor human milk for low-birth-weight infants."),
    "cochrane": _(
        "Cochrane review CD002971, 2024: donor human milk against necrotising enterocolitis in "
        "very preterm or very low birth weight infants."
    ),
    "free": _("French public health code, article D. 2323-1: the gift is free."),
    "interview": _("French public health code, articles D. 2323: interview and collection."),
    "serology": _("French order of 25 August 2010: blood tests of donors, every three months."),
    "questionnaire": _("The public questionnaire of the Montpellier university hospital."),
    "dispensing": _("French order of 18 March 2009: on prescription, fully reimbursed."),
}
"""Sources of the public pages, numbered in this order."""


def evidence(text: str) -> str:
    """Return the evidence of an entry, translated if it is a known code."""
    return str(EVIDENCE.get(text, text))

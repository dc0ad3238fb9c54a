"""Words of the presets' sources and of the actions in the audit chain."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

SOURCES: Mapping[str, LazyString] = {
    "Milkround's own starting value: no source gives one": _(
        "Milkround's own starting value: no source gives one"
    ),
    "A small diesel van. Milkround's own starting value: no source gives one": _(
        "A small diesel van. Milkround's own starting value: no source gives one"
    ),
    "Press; the French annex was not read": _("Press; the French annex was not read"),
    "As the home freezer; unverified": _("As the home freezer; unverified"),
    "As the limits at collection; unverified": _("As the limits at collection; unverified"),
    "Most banks pool one donor's milk; HMBANA 3 to 5; unverified": _(
        "Most banks pool one donor's milk; HMBANA 3 to 5; unverified"
    ),
    "New York: within 48 h of thawing; elsewhere unverified": _(
        "New York: within 48 h of thawing; elsewhere unverified"
    ),
    "Brazil and New York: 6 months; elsewhere unverified": _(
        "Brazil and New York: 6 months; elsewhere unverified"
    ),
    "Holder pasteurisation: 62.5 °C for 30 minutes (several sources)": _(
        "Holder pasteurisation: 62.5 °C for 30 minutes (several sources)"
    ),
    "Arrêté du 25 août 2010 (3 months)": _("Order of 25 August 2010 (3 months)"),
    "Bordeaux: 3 months; Paris, Rennes: 4": _("Bordeaux: 3 months; Paris, Rennes: 4"),
    "Rennes, Amiens: under a year": _("Rennes, Amiens: under a year"),
    "Bordeaux (press)": _("Bordeaux (press)"),
    "Nantes; Rennes: 100 km": _("Nantes; Rennes: 100 km"),
    "Hold time of the box, to be validated": _("Hold time of the box, to be validated"),
}
"""Words of the French presets' sources; a source that a bank wrote is shown as written."""

ACTIONS: Mapping[str, LazyString] = {
    "answers sent": _("answers sent"),
    "call asked for": _("call asked for"),
    "call made": _("call made"),
    "call no longer wanted": _("call no longer wanted"),
    "call wanted": _("call wanted"),
    "called": _("called"),
    "called in vain": _("called in vain"),
    "cancellation explained": _("cancellation explained"),
    "consent recorded": _("consent recorded"),
    "contact corrected": _("contact corrected"),
    "donor registered": _("file opened"),
    "donor candidate": _("file: candidate"),
    "donor eligible": _("file: eligible"),
    "donor suspended": _("file: suspended"),
    "donor ended": _("file: ended"),
    "donor excluded": _("file: excluded"),
    "donor erased": _("file erased"),
    "erasure asked for": _("erasure asked for"),
    "file joined": _("another file joined to this one"),
    "file joined away": _("file joined to another one"),
    "files parted": _("files parted again"),
    "giving planned": _("pause or last gift planned"),
    "hold cleared": _("hold cleared"),
    "identity re-linked": _("identity read for traceability"),
    "interview signed": _("interview signed"),
    "lapse ended": _("end of the suspension for an expired blood test"),
    "last gift said": _("last gift announced"),
    "phone reached again": _("telephone reached again"),
    "pickup asked": _("visit asked for"),
    "pickup cancelled": _("visit cancelled"),
    "pickup changed": _("visit changed"),
    "receipt corrected by donor": _("receipt corrected by the donor"),
    "rule changed": _("rule changed"),
    "serology answered": _("blood test answered"),
    "serology recorded": _("blood test recorded"),
}
"""Words of the actions on a donor's file, a visit and a rule."""

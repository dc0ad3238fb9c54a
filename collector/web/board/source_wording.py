"""Words of the presets' sources."""

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
    "Not entered yet. Milkround's own starting value: no source gives one": _(
        "Not entered yet. Milkround's own starting value: no source gives one"
    ),
    "Press; the French annex was not read": _("Press; the French annex was not read"),
    "As the home freezer; unverified": _("As the home freezer; unverified"),
    "As the limits at collection; unverified": _("As the limits at collection; unverified"),
    "Most banks pool one donor's milk; HMBANA 3 to 5; unverified": _(
        "Most banks pool one donor's milk; HMBANA 3 to 5; unverified"
    ),
    "Brazil: -18; New York: -20; elsewhere unverified": _(
        "Brazil: -18; New York: -20; elsewhere unverified"
    ),
    "Brazil, while loading: -12; elsewhere unverified": _(
        "Brazil, while loading: -12; elsewhere unverified"
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
    "Below 28 weeks or 1,000 g (Breastfeeding Medicine 02/2024); UK: 27; elsewhere unverified": _(
        "Below 28 weeks or 1,000 g (Breastfeeding Medicine 02/2024); UK: 27; elsewhere unverified"
    ),
    "Below 32 weeks or 1,500 g (ADLF, co-naitre.net 2017); elsewhere unverified": _(
        "Below 32 weeks or 1,500 g (ADLF, co-naitre.net 2017); elsewhere unverified"
    ),
    "Below 34 weeks or 1,800 g when stock allows (ADLF, 2017); elsewhere unverified": _(
        "Below 34 weeks or 1,800 g when stock allows (ADLF, 2017); elsewhere unverified"
    ),
    "Evelina: 24 h; New York: 48 h; unverified": _("Evelina: 24 h; New York: 48 h; unverified"),
    "Arrêté du 18 mars 2009: 80 EUR per litre, fully reimbursed; elsewhere none is known": _(
        "Order of 18 March 2009: 80 EUR per litre, fully reimbursed; elsewhere none is known"
    ),
    "Arrêté du 25 août 2010 (3 months)": _("Order of 25 August 2010 (3 months)"),
    "Bordeaux: 3 months; Paris, Rennes: 4": _("Bordeaux: 3 months; Paris, Rennes: 4"),
    "Rennes, Amiens: under a year": _("Rennes, Amiens: under a year"),
    "Bordeaux (press)": _("Bordeaux (press)"),
    "Nantes; Rennes: 100 km": _("Nantes; Rennes: 100 km"),
    "Hold time of the box, to be validated": _("Hold time of the box, to be validated"),
}
"""Words of the French presets' sources; a source that a bank wrote is shown as written."""

"""Words of the public pages: kinds of lactariums, evidence, sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date, gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from collector.banks.directory import is_own
from collector.banks.models import Known, Lactarium, LactariumKind, PublicTextKey, SourceKind
from collector.errors import NotFound
from collector.web.formats import long_day
from collector.web.wording import SEMICOLON

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

READ_AT: Mapping[str, LazyString] = {
    SourceKind.OWN_PAGE: _("read at its own page"),
    SourceKind.ASSOCIATION: _("read at the page of an association"),
    SourceKind.PRESS: _("read in the press"),
    SourceKind.FORUM: _("read in a blog or a forum"),
    SourceKind.UNKNOWN: _("not checked"),
}
"""The evidence of an entry without a check, by its strongest source."""

SOURCE_NAMES: Mapping[str, LazyString] = {
    SourceKind.OWN_PAGE: _("its own page"),
    SourceKind.ASSOCIATION: _("page of an association"),
    SourceKind.PRESS: _("press"),
    SourceKind.FORUM: _("blog or forum"),
    SourceKind.UNKNOWN: _("kind of source not noted"),
}

HOME_COLLECTION: Mapping[str, LazyString] = {
    Known.YES: _("collects at homes"),
    Known.NO: _("does not collect at homes"),
    Known.UNKNOWN: _("we do not know whether it collects at homes"),
}

TEXT_TITLES: Mapping[PublicTextKey, LazyString] = {
    PublicTextKey.PRIVACY: _("Privacy notice"),
    PublicTextKey.LEGAL: _("Legal notice"),
    PublicTextKey.ACCESSIBILITY: _("Accessibility statement"),
}

WORDS_OF_0_1 = frozenset({"", "read", "existence read", "unverified"})
"""Evidence that 0.1 shipped without its source; it is not printed."""

NOTES: Mapping[str, LazyString] = {
    "this installation": _("the bank that runs this site"),
    "donors of the area go to Bordeaux's collector": _(
        "donors of the area go to Bordeaux's collector"
    ),
    "existence read; anonymous donors of the area go to Bordeaux's collector": _(
        "donors of the area go to Bordeaux's collector"
    ),
    "two donors are the only source on gifts for other babies": _(
        "two donors are the only source on gifts for other babies"
    ),
    "reception and breastfeeding advice; the milk is prepared in Pessac": _(
        "reception and breastfeeding advice; the milk is prepared in Pessac"
    ),
}
"""Shipped notes; the note of an administrator is printed as typed."""

AREAS: Mapping[str, LazyString] = {
    "Nouvelle-Aquitaine and the wider South-West, the Limoges sector, and Seine-Maritime "
    "(Rouen, Le Havre)": _(
        "Nouvelle-Aquitaine and the wider South-West, the Limoges sector, and Seine-Maritime "
        "(Rouen, Le Havre)"
    ),
    "Auvergne-Rhône-Alpes, from Clermont-Ferrand to Savoie": _(
        "Auvergne-Rhône-Alpes, from Clermont-Ferrand to Savoie"
    ),
    "13 départements of the South: Provence-Alpes-Côte d'Azur and the east of Occitanie": _(
        "13 départements of the South: Provence-Alpes-Côte d'Azur and the east of Occitanie"
    ),
    "within 150 km (in 2014: Loire-Atlantique, Maine-et-Loire, Morbihan, Vendée, "
    "Ille-et-Vilaine)": _(
        "within 150 km (in 2014: Loire-Atlantique, Maine-et-Loire, Morbihan, Vendée, "
        "Ille-et-Vilaine)"
    ),
    "within 100 km of Rennes": _("within 100 km of Rennes"),
    "from Tours to Alençon, from Saumur to Bourges, from Châteauroux to Laval, as far as Dreux": _(
        "from Tours to Alençon, from Saumur to Bourges, from Châteauroux to Laval, as far as Dreux"
    ),
    "Loiret and the neighbouring départements, as far as Essonne": _(
        "Loiret and the neighbouring départements, as far as Essonne"
    ),
    "Picardie and neighbouring towns": _("Picardie and neighbouring towns"),
    "North Cotentin, mid-Manche and part of Calvados to Caen": _(
        "North Cotentin, mid-Manche and part of Calvados to Caen"
    ),
    "within 100 km: Haut-Rhin, part of Territoire de Belfort, Doubs and Vosges": _(
        "within 100 km: Haut-Rhin, part of Territoire de Belfort, Doubs and Vosges"
    ),
}
"""Shipped areas; the area that an administrator typed is printed as typed."""


@dataclass(frozen=True, slots=True)
class PageSource:
    """A source of the public pages; without an address it has no link."""

    words: LazyString
    url: str = ""


CODE = "https://www.legifrance.gouv.fr/codes/section_lc/LEGITEXT000006072665/LEGISCTA000006178554/"

SOURCES: Mapping[str, PageSource] = {
    "who": PageSource(
        _("World Health Organization, eLENA: donor human milk for low-birth-weight infants."),
        "https://www.who.int/tools/elena/interventions/donormilk-infants",
    ),
    "cochrane": PageSource(
        _(
            "Cochrane review CD002971, 2024: donor human milk against necrotising enterocolitis in "
            "very preterm or very low birth weight infants."
        ),
        "https://www.cochranelibrary.com/cdsr/doi/10.1002/14651858.CD002971.pub6/full",
    ),
    "free": PageSource(_("French public health code, article D. 2323-1: the gift is free."), CODE),
    "interview": PageSource(
        _("French public health code, articles D. 2323: interview and collection."), CODE
    ),
    "serology": PageSource(
        _("French order of 25 August 2010: blood tests of donors, every three months."),
        "https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000022872265",
    ),
    "questionnaire": PageSource(
        _("The public questionnaire of the Montpellier university hospital.")
    ),
    "dispensing": PageSource(
        _("French order of 18 March 2009: on prescription, fully reimbursed.")
    ),
    "tests": PageSource(
        _("European Milk Bank Association, survey of 2019: tests before and after heating.")
    ),
    "completing": PageSource(
        _("Solidarilait Île-de-France: completing a bottle within 24 hours."),
        "http://www.solidarilaitidf.org/un-peu-de-lecture/les-lactariums",
    ),
    "pages": PageSource(_("Pages of the lactariums named.")),
    "press": PageSource(_("Articles of the press on the lactariums named.")),
    "accounts": PageSource(_("Accounts of donors; no lactarium confirmed them to us.")),
}
"""Sources of the public pages, numbered in this order."""


def evidence(line: Lactarium) -> str:
    """Return the evidence of an entry: its check, or else its strongest source, and its note."""
    phrases = [str(NOTES["this installation"])] if is_own(line) else [_checked(line)]
    if line.evidence not in WORDS_OF_0_1:
        phrases.append(str(NOTES.get(line.evidence, line.evidence)))
    return f"{SEMICOLON} ".join(dict.fromkeys(phrases))


def _checked(line: Lactarium) -> str:
    if line.checked_on is None:
        return str(READ_AT[line.best_source])
    day = long_day(line.checked_on)
    if line.checked_by:
        return str(gettext("checked on %(day)s by %(name)s", day=day, name=line.checked_by))
    return str(gettext("checked on %(day)s", day=day))


def text_key(name: str) -> PublicTextKey:
    """Return the key of a public text.

    Raises
    ------
    NotFound
        There is no such text.
    """
    if name not in set(PublicTextKey):
        raise NotFound("not_found", kind="public_texts")
    return PublicTextKey(name)


def area(line: Lactarium) -> str:
    """Return the area of collection, translated if it was shipped."""
    return str(AREAS.get(line.area, line.area))


def source_date(text: str) -> str:
    """Return the date of a source: a day, a month, a year, or "undated"."""
    if not text:
        return str(gettext("undated"))
    if len(text) == len("2024"):
        return text
    if len(text) == len("2024-03"):
        return str(format_date(date.fromisoformat(f"{text}-01"), "MMMM y"))
    return long_day(date.fromisoformat(text))

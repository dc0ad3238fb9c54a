"""The columns of a file of requests, and their headings in other programs."""

from collections.abc import Collection, Mapping

from collector.csv_rows import CsvColumns
from collector.pickups.models import Purpose
from collector.search_words import words_in

ORDINALS = ("", "2", "3", "4", "5")
WINDOW_COLUMNS = ("day", "opens", "closes")
WINDOW_HEADINGS = {
    "day": ("jour", "date", "date de passage", "jour de passage"),
    "opens": ("debut", "heure de debut", "a partir de", "de", "from"),
    "closes": ("fin", "heure de fin", "jusqu a", "a", "to", "until"),
}

COLUMNS = CsvColumns(
    required=WINDOW_COLUMNS,
    optional=(
        "donor_number",
        "email",
        "phone",
        "bottles",
        "volume_ml",
        "volume_l",
        "oldest_on",
        "purposes",
        "empties_wanted",
        "freezer_nearly_full",
        "call_first",
        "own_child",
        "note",
        *(f"{name}{ordinal}" for ordinal in ORDINALS[1:] for name in WINDOW_COLUMNS),
    ),
    headings={
        "donor_number": ("numero", "numero de donneuse", "n de donneuse", "number"),
        "email": ("e mail", "mail", "courriel", "adresse mail", "adresse e mail"),
        "phone": ("telephone", "tel", "portable", "mobile", "numero de telephone", "phone number"),
        "bottles": ("flacons", "nombre de flacons", "nb flacons", "biberons", "number of bottles"),
        "volume_ml": ("volume", "ml", "volume en ml", "quantite"),
        "volume_l": ("litres", "l", "volume en l", "volume en litres", "litre"),
        "oldest_on": (
            "plus ancien flacon",
            "date du plus ancien flacon",
            "plus ancien",
            "oldest bottle",
        ),
        "purposes": ("motif", "motifs", "purpose"),
        "empties_wanted": ("flacons vides", "empties"),
        "freezer_nearly_full": ("congelateur plein", "congelateur presque plein"),
        "call_first": ("appeler avant", "appeler d abord"),
        "own_child": ("pour son enfant", "don personnalise", "for her own child"),
        "note": ("remarque", "remarques", "commentaire", "notes"),
        **WINDOW_HEADINGS,
        **{
            f"{column}{ordinal}": [
                f"{heading}{gap}{ordinal}" for heading in (column, *headings) for gap in ("", " ")
            ]
            for ordinal in ORDINALS[1:]
            for column, headings in WINDOW_HEADINGS.items()
        },
    },
)

PURPOSE_PHRASES: Mapping[Purpose, Collection[str]] = {
    Purpose.COLLECTION: ("milk", "milk collection", "collecte", "collecte de lait", "lait"),
    Purpose.FIRST_INTERVIEW: (
        "interview",
        "first visit",
        "premier entretien",
        "entretien",
        "premiere visite",
    ),
    Purpose.MATERIAL_DROP: (
        "material",
        "material to bring",
        "materiel",
        "materiel a apporter",
        "depot de materiel",
    ),
    Purpose.BLOOD_SAMPLE: (
        "blood",
        "blood test",
        "prise de sang",
        "prelevement sanguin",
        "bilan sanguin",
        "sang",
    ),
    Purpose.PUMP_RETURN: (
        "pump",
        "pump to fetch",
        "tire lait a reprendre",
        "retour du tire lait",
        "retour de tire lait",
        "tire lait",
    ),
    Purpose.WARD: ("ward visit", "visite dans le service", "service", "maternite"),
}
"""Phrases of a purpose besides its code, in the form of `words_in`."""

BETWEEN_PURPOSES = frozenset({"and", "et"})


def purposes_in(text: str) -> list[Purpose] | None:
    """Return the purposes that a cell names in French or English, or None for an unknown one.

    Codes, words and phrases may be mixed and parted by any sign: `prise de sang + collecte`.
    """
    phrases = {
        tuple(words_in(phrase.replace("_", " "))): purpose
        for purpose in Purpose
        for phrase in (purpose.value, *PURPOSE_PHRASES[purpose])
    }
    longest = max(len(phrase) for phrase in phrases)
    words, found = words_in(text.replace("_", " ")), list[Purpose]()
    while words:
        size = next((n for n in range(longest, 0, -1) if tuple(words[:n]) in phrases), 0)
        if size:
            found.append(phrases[tuple(words[:size])])
        elif words[0] not in BETWEEN_PURPOSES:
            return None
        words = words[size or 1 :]
    return found

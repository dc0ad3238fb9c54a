"""The columns of a file of requests, and their headings in other programs."""

from collector.csv_rows import CsvColumns

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

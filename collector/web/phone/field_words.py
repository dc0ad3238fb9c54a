"""Words of the phone's forms for the fields of its events."""

from flask_babel import gettext

_ = gettext


def field_words(field: str) -> str:
    """Return the words of a field as its form shows them; an unknown field has its own name."""
    words: dict[str, str] = {
        "bottles": _("Bottles you take"),
        "volume_ml": _("Volume in millilitres"),
        "volume_declared": _("Volume in millilitres"),
        "freezer_celsius": _("Temperature of the freezer"),
        "storage_ok": _("How was the milk kept?"),
        "containers": _("Bottle numbers"),
        "refused": _("Bottles you refuse"),
        "count": _("Bottles you refuse"),
        "empties_left": _("Empty bottles you leave"),
        "tubes": _("Blood tubes"),
        "number": _("Blood tubes"),
        "drawn_at": _("Blood tubes"),
        "box": _("Box number"),
        "boxes": _("Boxes"),
        "celsius": _("Temperature of the box"),
        "box_celsius": _("Temperature of the box"),
        "seal": _("Seal number"),
        "pump": _("Number on the pump"),
        "photo": _("Photo"),
        "note": _("A note for the bank"),
        "reason": _("Why not?"),
        "receiver": _("Receiver"),
        "kilometres": _("Kilometres driven"),
        "stock": _("Bottles now in your own freezer"),
    }
    return words.get(field, field)

"""Words of material: items, kinds of movements, and places."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from collector.material.models import MaterialItem, MovementKind

ITEMS: Mapping[MaterialItem, LazyString] = {
    MaterialItem.BOTTLES: _("Empty bottles"),
    MaterialItem.LABELS: _("Sets of labels"),
    MaterialItem.KITS: _("Kits of a first visit"),
    MaterialItem.TABLETS: _("Tablets for disinfection"),
    MaterialItem.PUMP_PARTS: _("Sets of pump parts"),
}
MOVEMENTS: Mapping[MovementKind, LazyString] = {
    MovementKind.RECEIVED: _("Delivery by a supplier"),
    MovementKind.MOVED: _("From one place to another"),
    MovementKind.TO_DONOR: _("To a donor"),
    MovementKind.FROM_DONOR: _("Back from a donor"),
    MovementKind.LOST: _("Lost, broken or expired"),
    MovementKind.FOUND: _("Found at a count"),
}
BOOKED = tuple(kind for kind in MovementKind if kind is not MovementKind.FOUND)
"""The kinds that a person books; a count alone finds."""

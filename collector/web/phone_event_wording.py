"""Sentences of the refusals of a phone's records."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "bottles_and_volume_differ": _(
        "Bottles without a volume, or a volume without bottles: open the stop and correct it."
    ),
    "box_celsius_needed": _("The temperature of the box is missing: hand over again with it."),
    "container_taken": _("Bottle %(number)s already belongs to another visit: check the label."),
    "container_twice": _("Bottle %(number)s was typed twice: open the stop and correct it."),
    "event_of_another_round": _("This record belongs to another round. Call the coordinator."),
    "event_unreadable": _("We could not read “%(field)s” in this record: enter it again."),
    "events_not_a_list": _("We could not read what this phone sent. Nothing was kept."),
    "figure_out_of_range": _(
        "“%(field)s” must lie between %(least)s and %(most)s: open the stop and correct it."
    ),
    "freezer_celsius_needed": _(
        "The temperature of the freezer is missing: open the stop and add it."
    ),
    "more_labels_than_bottles": _(
        "There are %(labels)s bottle numbers for %(bottles)s bottles: open the stop and correct it."
    ),
    "nothing_collected": _("No bottle was taken and none was refused: use “Not done” and say why."),
    "pickup_not_in_round": _(
        "This visit is no longer in your round. Keep the bottles apart and call the coordinator."
    ),
    "site_unknown": _("This bank has no such site: hand over again."),
    "storage_check_needed": _(
        "The check of the storage is missing; the law asks for it. Open the stop and add it."
    ),
    "temperature_out_of_range": _(
        "A temperature must lie between %(coldest)s °C and %(warmest)s °C: correct it."
    ),
    "too_many_events": _("Too many records at once: at most %(most)s. Nothing was kept."),
}

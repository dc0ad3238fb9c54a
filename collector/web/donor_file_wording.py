"""Sentences of the refusals in a donor's file: number, state, contact, stays, wards, practices."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "donor_number_not_valid": _("%(number)s is not a donor number: its last digit does not fit."),
    "donor_number_taken": _("Another donor bears the number %(number)s."),
    "donor_state_not_possible": _("A file that is %(present)s cannot become %(wanted)s."),
    "stay_backwards": _("The last day comes before the first."),
    "stay_over": _("These days are over."),
    "stay_overlaps": _("She is elsewhere on some of these days already. End that stay first."),
    "stay_open": _("Give the last day; only a ward or a practice may have none."),
    "address_incomplete": _("Give the street and the town."),
    "place_missing": _("Set the place: click on the map, or type the two numbers."),
    "place_name_missing": _("Give it a name."),
    "place_name_taken": _("Another ward or practice has this name."),
    "second_contact_half": _("Give the name and the telephone of the second person, or neither."),
}

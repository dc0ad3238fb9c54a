"""Sentences of the refusals of an address, a postcode or a position."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "learned_factor": _("A difference lies from -70 % to +400 %."),
    "cedex_no_door": _("A CEDEX is a mailbox, not a door. Give the town where we ring."),
    "postcode_not_valid": _("This is not a postcode of the bank's country."),
    "postcode_missing": _("Give your postcode."),
    "postcode_unknown": _(
        "No town has the postcode %(postcode)s. The number before a CEDEX is that of a mailbox."
    ),
    "position_abroad": _("This place does not lie in the bank's country."),
    "position_swapped": _("Latitude and longitude are the wrong way round: exchange them."),
    "position_half": _("Give the latitude and the longitude, or neither."),
    "position_not_on_earth": _("A latitude lies from -90 to 90, a longitude from -180 to 180."),
    "geocoder_unsure": _("The address service is not sure. Set the place by hand."),
    "geocoder_away": _("The address service does not answer. Set the place by hand, or later."),
}

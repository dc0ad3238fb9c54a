"""Sentences of the laboratory's refusals."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "container_unknown": _(
        "No bottle has the number %(number)s. If its donor is known, take it over as not announced."
    ),
    "container_known": _("The bank has a bottle %(number)s already: scan it instead."),
    "container_is_tube": _("%(number)s is a blood tube: it goes to the blood laboratory."),
    "container_taken_over": _("%(number)s is already here: it was taken over."),
    "container_in_transit": _(
        "%(number)s is still on the way: its round has to be handed over on the phone first."
    ),
    "container_not_handed_over": _("%(number)s was not handed over by a round."),
    "container_elsewhere": _("%(number)s waits at %(site)s: it is taken over at the bank."),
    "discrepancy_stands": _("Phones and bench differ on %(number)s already: quality decides."),
    "discrepancy_closed": _("This discrepancy is closed or withdrawn already."),
    "donor_never_visited": _("Nothing was ever collected from this donor: set the bottle aside."),
    "no_bank_site": _("The bank has no site of its own at which milk is taken over."),
    "label_missing": _("Scan or type the label."),
    "intake_moved_on": _(
        "This cannot be undone any more. If it is wrong, tell quality what happened."
    ),
    "volume_missing": _("Weigh the bottle, or read its volume."),
    "volume_and_weight": _("Give the weight or the volume, not both."),
    "volume_out_of_bounds": _("A bottle holds from 1 to %(most)s ml."),
    "lighter_than_bottle": _("An empty bottle weighs %(grams)s g: weigh again."),
    "expression_missing": _("Give the day of expression on the label."),
    "expression_before_birth": _("This day is before the baby's birth."),
    "expression_backwards": _("The last day comes after the first."),
}

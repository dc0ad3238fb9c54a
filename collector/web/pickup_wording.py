"""Sentences of the refusals of a request: its days, slots, pauses, milk and state."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "no_enquiry": _("There is nothing to go on with. Begin again: it takes a minute."),
    "slots_moved": _("This slot was taken a moment ago. Choose again, please."),
    "slot_gone": _("This time was taken a moment ago. Choose another one, please."),
    "slot_not_held": _("The ten minutes are over, and the time is free again. Choose once more."),
    "slot_for_other_milk": _(
        "The milk is another than the one for which the time was kept. Show the times once more."
    ),
    "pause_half": _("Give the first and the last day of the pause."),
    "pause_backwards": _("The last day of the pause comes after its first."),
    "pause_over": _("This pause is over already. Choose later days."),
    "pause_too_long": _("A pause lasts %(days)s days at most. For longer, please call us."),
    "restore_too_late": _("This visit cannot be taken back any more. Please ask for another one."),
    "take_back_too_late": _("Ten minutes have passed. Please call us: we take it back for you."),
    "line_unknown": _("Say whether the milk is a gift or for your own child."),
    "no_receipt": _("There is no receipt for this visit."),
    "correction_too_late": _("More than two days have passed. Please call us: we look into it."),
    "fewer_bottles_needed": _("Give a number of bottles from 1 to %(most)s."),
    "visit_link_not_valid": _("This link is too old, or not whole. Sign in to see your visits."),
    "bottles_and_volume_odd": _(
        "%(bottles)s bottles hold from %(least)s to %(most)s ml: correct one of the two."
    ),
    "window_at_night": _("We come between 5:00 and 23:00. Was a time after noon meant?"),
    "already_asked": _(
        "You already asked for a visit on one of these days. Change that one instead."
    ),
    "donor_blocked": _("We cannot come at the moment. Please call us: we explain and help."),
    "donor_papers_missing": _(
        "A signed interview, a consent and a valid blood test are needed before that."
    ),
    "oldest_in_future": _("This day has not come yet."),
    "oldest_missing": _("Give the day written on your oldest bottle."),
    "oldest_too_long_ago": _("This is more than two years ago. Please look at the year."),
    "pickup_not_open": _("This visit is under way or over; it cannot be changed any more."),
    "pickup_state_not_possible": _("A request that is %(present)s cannot become %(wanted)s."),
    "purpose_missing": _("Say what the visit is for."),
    "too_late_to_change": _(
        "The visit is less than %(hours)s hours away: please call us to change it."
    ),
    "too_many_windows": _("Give at most %(most)s days."),
    "window_backwards": _("The second time must come after the first."),
    "window_missing": _("Choose at least one day on which you are at home."),
    "window_past": _("This time is over. Choose a later one."),
    "window_too_far": _("Choose a day within the next %(days)s days."),
    "window_too_short": _("Leave us at least half an hour."),
    "windows_overlap": _("This overlaps with another line of the same day."),
}

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
    "interview_before_birth": _("This day is before the baby's birth."),
    "serology_too_long": _("A blood test is valid for at most %(days)s days after it was drawn."),
    "serology_dates_backwards": _("A blood test cannot lapse before it was drawn."),
    "born_too_long_ago": _("This is more than %(years)s years ago. Please look at the year."),
    "answer_missing": _("Please answer yes or no."),
    "answers_were_sent": _("Your answers are with us already. Tell the nurse who calls you."),
    "answers_missing": _("Some questions have no answer yet: %(count)s."),
    "half_day_full": _("This half-day has just filled up. Please choose another one."),
    "first_name_missing": _("Tell us a first name, any that we may call you by."),
    "contact_missing": _("Give a telephone number or an e-mail address, so that we can reach you."),
    "only_staff_decides": _("Only a professional of the bank decides this."),
    "professional_needed": _("Only a physician, a midwife or a nurse of the bank may do this."),
    "already_erased": _("This file is erased already."),
    "donor_has_open_visit": _("A visit is still open: call it off first, then erase."),
    "join_itself": _("These are one file already."),
    "join_given": _(
        "Milk was collected under the number that would go, and it is on bottles. Keep that file "
        "and join the other one into it; where both gave milk, both stay."
    ),
    "join_open_visit": _(
        "A visit of the file that would go is accepted or under way. Wait until it is over, or "
        "call it off."
    ),
    "join_decided": _(
        "A professional suspended or excluded her in the file that would go. Keep that file."
    ),
    "part_later_first": _(
        "The file that stayed, %(number)s, was joined into a third one since: part those first."
    ),
    "outcome_missing": _("Say what the laboratory answered."),
    "nobody_waits_for_a_call": _("No call is awaited here."),
    "call_comes_first": _("A person of the bank calls you first. You can also call us."),
}

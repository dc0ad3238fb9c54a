"""Sentences of the refusals of a day's plan: moves, undo, runs of the planner, publication."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "moved_since": _("A colleague moved the same visit since. It stays there."),
    "nothing_moves": _("It is there already: nothing was changed."),
    "nothing_to_undo": _("There is nothing of yours to undo on this day."),
    "nothing_to_redo": _("There is nothing of yours to do again on this day."),
    "fix_gone": _("The day has changed: this way is not open any more. Look again."),
    "proposal_settled": _("This proposal was applied or put aside already."),
    "job_not_ended": _("The planner is still at work on this. Stop it first."),
    "job_not_failed": _("The planner has finished this: there is nothing to run again."),
    "job_replaced": _("The planner was asked again since. Look at the day as it is now."),
    "job_taken_over": _("Another worker took this over a moment ago."),
    "move_breaks_medical_rule": _(
        "This place breaks a rule that protects the milk or the blood. Choose another one."
    ),
    "move_needs_reason": _(
        "This place breaks a rule. Say why you move the visit there all the same."
    ),
    "nothing_to_price": _(
        "No round that can still change has a visit: no rule costs anything on this day."
    ),
    "not_published": _(
        "No round of this day is published: there is nothing yet that a new plan would change."
    ),
    "no_shift_to_plan": _(
        "There is no round to plan on this day: every collector is off duty or has left."
    ),
    "nothing_to_publish": _("Nothing changed since revision %(revision)s."),
    "plan_breaks_rules": _(
        "The planner's answer broke a rule and was thrown away. Nothing changed."
    ),
    "round_has_started": _("The collector has left with this round: it stays as it is."),
    "round_off_duty": _(
        "The collector or the vehicle of this round is off duty: choose another round."
    ),
    "visit_may_not_be_served": _(
        "This visit may not be made yet: look at its request and the donor's file first."
    ),
}

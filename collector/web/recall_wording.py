"""Sentences of the refusals of recalls."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "recall_of_nothing": _("No milk of the bank is reached: there is nothing to recall."),
    "recall_day_missing": _("Give the first day in question."),
    "recall_day_ahead": _("The first day is in the future."),
    "recall_scoped": _("The scope is frozen already."),
    "recall_not_scoped": _("The scope is not frozen yet."),
    "recall_confirmed": _("The scope is confirmed already."),
    "recall_first_signature_missing": _("The first of the two signatures is missing."),
    "recall_not_settled": _("Some milk has no fate yet: the recall stays open."),
    "recall_over": _("This recall is closed: nothing of it changes any more."),
    "recall_not_in_scope": _("%(number)s is not in this recall: leave it where it is."),
    "recall_subject_missing": _("Choose what is recalled."),
    "fate_by_itself": _("Samples, rests and losses are used up: they have no other fate."),
    "fate_by_records": _("The fate of %(number)s is in the records: it stays."),
    "fate_of_ward": _("%(number)s is on a ward: the ward notes its fate, or quality for it."),
    "bottle_at_ward": _("%(number)s was handed over to a ward: take it back first, on *Returns*."),
    "recall_unanswered": _(
        "Not acknowledged: %(wards)s. Wait for the answer, or give the reason to close without it."
    ),
    "fate_missing": _("Choose what became of it."),
    "lines_missing": _("Choose at least one line."),
    "recall_not_confirmed": _("Two people confirm the scope first."),
    "drill_sends_nothing": _("A drill tells no ward."),
    "drill_opens_no_identity": _("A drill opens no identity."),
    "drill_under_way": _("A drill is under way: close it first."),
    "drill_without_lots": _("No lot was released within a year: there is nothing to draw from."),
}

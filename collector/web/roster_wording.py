"""Sentences of refusals around the roster, the fleet and the opening of a bank."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "box_not_qualified": _("The qualification of box %(code)s ended on %(day)s."),
    "box_retired": _("Box %(code)s is retired since %(day)s. Choose another one."),
    "box_taken": _("Box %(code)s is in another shift at that time."),
    "box_twice": _("There is a box %(code)s already."),
    "box_unknown": _("There is no box %(code)s. Add it under Vehicles and boxes first."),
    "break_hours_missing": _("Say between which hours the break lies."),
    "break_outside": _("The break lies between the begin and the end of the shift."),
    "break_too_long": _("These hours are too short for a break of %(minutes)s minutes."),
    "calendar_not_read": _("This is not a calendar file (.ics)."),
    "email_taken": _("A person has this address already; it opens one account only."),
    "own_role": _("You keep the role of administrator: another administrator may take it."),
    "role_missing": _("Choose at least one role."),
    "opening_code_wrong": _("This is not the code of the console. Look there again."),
    "calendar_address_unreadable": _(
        "Write a whole address, such as https://example.org/leave.ics."
    ),
    "opening_half": _("Give both hours, or neither."),
    "capacity_zero": _("%(name)s carries nothing: correct its capacity or that of its boxes."),
    "closing_known": _("This day is a closing day already."),
    "closing_past": _("This day is over. Choose a later one."),
    "collector_missing": _("Choose a collector."),
    "contract_hours": _("Give the paid hours of a week, from 1 to 60, or leave it empty."),
    "contract_over": _("The contract of %(name)s ended on %(day)s."),
    "form_mistaken": _("Correct the marked fields. Nothing was changed."),
    "hour_skipped": _("On %(day)s the clocks skip %(hour)s. Choose an hour that exists."),
    "not_qualified": _("%(name)s is not qualified for this. Qualifications stand under People."),
    "period_backwards": _("The last day comes after the first."),
    "person_unknown": _("No collector of this bank has the name or address %(name)s."),
    "roster_past": _("This day is over: its roster stays as it was."),
    "shift_not_on_roster": _("This shift is not on the roster any more."),
    "site_missing": _("Choose a site."),
    "site_retired": _("%(name)s is retired since %(day)s. Choose another site."),
    "site_used": _("Shifts still begin or end there, the first on %(day)s. Change them first."),
    "swap_same_person": _("Choose the shift of another collector."),
    "vehicle_retired": _("%(name)s is retired since %(day)s. Choose another vehicle."),
    "vehicle_taken": _("%(name)s is in another shift at that time."),
    "vehicle_twice": _("There is a vehicle called %(name)s already."),
    "vehicle_unknown": _("There is no vehicle %(name)s. Add it under Vehicles and boxes first."),
    "visits_question": _("The round of this shift has visits: say what becomes of them."),
    "weekday_missing": _("Choose at least one day of the week."),
    "shift_backwards": _("A shift ends after it begins."),
    "shift_twice": _("She has a shift on %(day)s already that overlaps with this one."),
}

CALENDAR_FAULTS: Mapping[str, LazyString] = {
    "name_unknown": _("The name of its server is not known."),
    "address_refused": _("Its address is a private one, which this installation does not permit."),
    "tls_needed": _("Its address needs https."),
    "no_connection": _("Its server did not answer."),
    "answer_refused": _("Its server refused it. Is the address still right?"),
    "too_large": _("It is larger than 1 MB."),
    "calendar_not_read": _("It is no calendar that can be read."),
    "secret_changed": _("Type the address again: the secret of the installation has changed."),
}
"""Sentences of a calendar that could not be read, by code."""

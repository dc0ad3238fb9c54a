"""Sentences of codes, in the reader's language.

Capabilities return codes and figures; this module makes sentences of them. The sentences of a
subject are in its own module, and the words of a page are in its template.
"""

from collections.abc import Mapping

from flask import Flask
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from collector.errors import MilkroundError
from collector.web import (
    application_wording,
    bank_wording,
    dispensary_wording,
    disruption_wording,
    donor_file_wording,
    import_wording,
    incident_wording,
    laboratory_wording,
    phone_event_wording,
    pickup_wording,
    place_wording,
    plan_wording,
    recall_wording,
    roster_wording,
    sign_in_wording,
)

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    **application_wording.ERRORS,
    **bank_wording.ERRORS,
    **disruption_wording.ERRORS,
    **donor_file_wording.ERRORS,
    **import_wording.ERRORS,
    **incident_wording.ERRORS,
    **dispensary_wording.ERRORS,
    **laboratory_wording.ERRORS,
    **phone_event_wording.ERRORS,
    **pickup_wording.ERRORS,
    **place_wording.ERRORS,
    **plan_wording.ERRORS,
    **roster_wording.ERRORS,
    **recall_wording.ERRORS,
    **sign_in_wording.ERRORS,
    "http_400": _("We could not read this request. Nothing was changed."),
    "http_401": _("Please sign in first."),
    "http_403": _("This page is not for your account."),
    "http_404": _("There is nothing at this address."),
    "http_405": _("This address does not take that action."),
    "http_413": _("That file is too large. Nothing was kept; send a smaller one."),
    "http_415": _("We could not read this kind of content."),
    "http_429": _("That was tried too often. Please wait a little."),
    "http_500": _("Something broke on our side. Your entry was not kept; please try again."),
    "http_503": _("The database does not answer. Nothing was changed; please try again soon."),
    "database_busy": _(
        "Another change is still being stored. Nothing was changed; please try again in a moment."
    ),
    "not_found": _("This does not exist, or is not yours."),
    "form_too_old": _("This page had been open for too long. Reload it and send again."),
    "push_not_here": _("This browser cannot be told here."),
    "notice_not_failed": _("This message has not failed: there is nothing to send again."),
    "changed_meanwhile": _("A colleague changed this a moment ago. Look again, then decide."),
    "decimal_not_read": _("Write a number such as 44.8378 or 44,8378."),
    "yes_no_not_read": _("Write yes or no."),
    "day_in_future": _("This day has not come yet."),
    "email_not_valid": _("This is not an e-mail address."),
    "date_not_read": _("Write the day as day/month/year, such as 24/11/2026."),
    "number_missing": _("Give a number."),
    "number_not_read": _("Write a whole number in digits, such as 8."),
    "number_out_of_bounds": _("Give a number from %(least)s to %(most)s."),
    "reason_missing": _("Say why; it is kept in the audit chain."),
    "state_missing": _("Choose one of the answers."),
    "phone_not_valid": _("This is not a telephone number."),
    "text_too_long": _("Please keep to %(most)s characters."),
    "time_not_read": _("Write the time as hours and minutes, such as 09:30."),
}


COLON, SEMICOLON = _(":"), _(";")
"""Punctuation between two texts of a template: French sets a no-break space before it."""


def init_app(app: Flask) -> None:
    """Add words to templates."""
    app.jinja_env.filters.update(dispensary_wording.FILTERS)
    app.jinja_env.globals.update(colon=COLON, semicolon=SEMICOLON)


def sentence(error: MilkroundError) -> str:
    """Return the sentence of an error."""
    known = ERRORS.get(error.code)
    if known is None:
        raise LookupError(f"no sentence for {error.code!r}; add it to collector.web.wording")
    return str(known) % error.figures if error.figures else str(known)

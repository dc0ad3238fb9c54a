"""Sentences of the API's refusals."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "scope_missing": _("The token does not have the scope %(scope)s."),
    "scopes_missing": _("Choose at least one scope."),
    "expiry_out_of_bounds": _("Choose a day from tomorrow on, at most %(days)s days ahead."),
    "webhook_address_unreadable": _("Give an address such as https://hospital.example/milk."),
    "kinds_missing": _("Choose at least one kind of event."),
    "webhook_ended": _("This webhook has ended. Make another one."),
    "key_used_otherwise": _(
        "This key belongs to another request of the last two days. Send a new key."
    ),
    "key_in_use": _("A request with this key is being done. Send it again in a moment."),
    "visits_planned_then": _(
        "%(count)s planned visits lie in this time. Enter the absence on the roster, "
        "which asks what becomes of them."
    ),
}

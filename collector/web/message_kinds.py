"""Words of the kinds of messages."""

from flask_babel import lazy_gettext

KINDS = {
    "call_booked": lazy_gettext("Call booked"),
    "call_wanted": lazy_gettext("A donor asks for a call"),
    "code": lazy_gettext("Code to prove who she is"),
    "contact_changed": lazy_gettext("Contact changed"),
    "contact_received": lazy_gettext("First contact received"),
    "device_due": lazy_gettext("Device due back"),
    "device_overdue": lazy_gettext("Device overdue"),
    "details_changed": lazy_gettext("E-mail or telephone changed"),
    "proofs_changed": lazy_gettext("Change of a second proof"),
    "recall_notice": lazy_gettext("Recall of milk, to a ward"),
    "receipt": lazy_gettext("Receipt of a visit"),
    "round_published": lazy_gettext("Round published"),
    "sign_in": lazy_gettext("Sign-in link"),
    "visit_agreed": lazy_gettext("Visit agreed"),
    "visit_cancelled": lazy_gettext("Visit cancelled"),
    "visit_change_asked": lazy_gettext("Change asked for"),
    "visit_kept": lazy_gettext("Time kept until a call"),
    "visit_promised_anew": lazy_gettext("Other hours of a visit"),
    "visit_changed": lazy_gettext("Visit changed"),
    "audit_head": lazy_gettext("Signed head of the audit log"),
    "visit_near": lazy_gettext("Visit within the hour"),
    "visit_promised": lazy_gettext("Hours of a visit"),
    "visit_proposed": lazy_gettext("Day proposed for a visit"),
    "visit_tomorrow": lazy_gettext("Visit tomorrow"),
    "visit_withdrawn": lazy_gettext("Visit withdrawn"),
}
"""Words of the kinds of messages, by their template or the kind of their text."""

"""Sentences of the staff's sign-in, its proofs and its badges."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "badge_not_right": _(
        "Badge or PIN are not right. After five wrong tries you sign in as usual."
    ),
    "badge_taken": _("A colleague uses this badge already."),
    "badge_too_short": _("A badge's code has at least %(least)s characters."),
    "no_session_rests": _("No session waits for a badge here. Please sign in below."),
    "pin_not_six": _("A PIN has six digits."),
    "pin_too_easy": _("This PIN is easy to guess: use at least three different digits, in no row."),
    "pins_differ": _("The two PINs differ. Type the same one twice."),
    "resets_oneself": _("Your own second proofs are removed by another administrator."),
    "provider_away": _(
        "The sign-in of your hospital does not answer. Ask for a link below, or try again later."
    ),
    "provider_cancelled": _(
        "The sign-in at your hospital was cancelled. Begin again, or ask for a link."
    ),
    "provider_too_late": _(
        "This sign-in was begun in another window, or too long ago. Please begin again."
    ),
    "provider_not_trusted": _(
        "The answer of your hospital's sign-in is not valid. Ask for a link below, and tell the"
        " operator of the installation."
    ),
    "provider_person_unknown": _(
        "Your hospital account belongs to nobody of a milk bank here. An administrator of the bank"
        " adds you on the page People, with the e-mail address of your hospital account."
    ),
    "provider_email_unverified": _(
        "Your hospital account has no confirmed e-mail address, so we cannot tell who you are. Ask"
        " for a link below, and tell the operator of the installation."
    ),
    "provider_other_account": _(
        "This is not the hospital account that you use here. Sign in with that one, or ask an"
        " administrator of the bank to remove your second proofs."
    ),
    "provider_proves_one_factor": _(
        "Your hospital asked you for one proof only. Give your second proof of Milkround."
    ),
    "provider_has_no_way_out": _(
        "Your hospital has no page to sign out. Close all windows of this browser."
    ),
    "link_not_valid": _("This link was used already or is too old. Ask for a new one."),
    "code_not_right": _("This is not the code, or it was used already. Wait for the next one."),
    "second_factor_needed": _("Please give your second proof first."),
    "too_many_codes": _("Too many codes were asked for. Wait an hour, or call us."),
    "too_many_wrong_codes": _("Too many wrong codes. Wait an hour, or use a passkey."),
    "passkey_not_valid": _("This passkey was not accepted. Try again, or use another way."),
    "last_factor": _("This is your only second proof. Set up another one first."),
    "deactivates_oneself": _("Nobody closes the own account. Ask another administrator."),
    "no_other_way": _("We know only one way to reach you. Call us to see the rest."),
}

"""The phone's texts about its own state: its clock."""

from flask_babel import gettext

_ = gettext


def state_texts() -> dict[str, str]:
    """Return these texts by key."""
    return {**_clock()}


def _clock() -> dict[str, str]:
    return {
        "clock_fast": _("The clock of this phone is fast by %(by)s."),
        "clock_slow": _("The clock of this phone is slow by %(by)s."),
        "clock_remedy": _(
            "Times on this page and in your records are corrected. "
            "In the settings of the phone, set date and time to automatic."
        ),
    }

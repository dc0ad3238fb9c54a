"""The phone's texts about its own state: clock, drafts, storage, deletions."""

from flask_babel import gettext

_ = gettext


def state_texts() -> dict[str, str]:
    """Return these texts by key."""
    return {
        **_clock(),
        **_drafts(),
        **_labels(),
        **_server(),
        **_rivals(),
        **_storage(),
        **_deletions(),
    }


def _clock() -> dict[str, str]:
    return {
        "clock_fast": _("The clock of this phone is fast by %(by)s."),
        "clock_slow": _("The clock of this phone is slow by %(by)s."),
        "clock_unsure": _(
            "The phone slept, or its clock was set ahead: compare it with another clock. The next"
            " contact with the bank corrects the times."
        ),
        "clock_remedy": _(
            "Times on this page and in your records are corrected. "
            "In the settings of the phone, set date and time to automatic."
        ),
    }


def _drafts() -> dict[str, str]:
    return {
        "drafts_one": _("%(n)s draft"),
        "drafts_many": _("%(n)s drafts"),
        "drafts_title": _("Not finished"),
        "drafts_text": _("Only this phone has them. Open each to record it, or delete it."),
        "draft_open": _("Open the form"),
        "draft_kept": _("You filled this in at %(time)s; it is not recorded yet."),
        "draft_late": _(
            "You began a form here at %(time)s; it is not recorded. The visit was recorded "
            "meanwhile. Reopen the visit to go on with your form, or delete it."
        ),
        "draft_discard": _("Empty the form"),
        "draft_discarded": _("Form emptied."),
        "draft_refused": _("The bank did not accept this. Correct it and record it again."),
        "draft_leave": _("Leave the correction"),
        "close_drafts_one": _("%(n)s form is not finished. Record it or delete it first."),
        "close_drafts_many": _("%(n)s forms are not finished. Record them or delete them first."),
        "sign_out_drafts_one": _(
            "%(n)s form is not finished. Record it or delete it, then sign out."
        ),
        "sign_out_drafts_many": _(
            "%(n)s forms are not finished. Record them or delete them, then sign out."
        ),
        "put_away": _("You can put the phone away."),
        "put_away_not_yet_one": _("Keep the phone at hand: %(n)s thing is only on it."),
        "put_away_not_yet_many": _("Keep the phone at hand: %(n)s things are only on it."),
    }


def _labels() -> dict[str, str]:
    return {
        "label_used": _("“%(number)s” is already recorded at stop %(place)s, %(name)s."),
    }


def _server() -> dict[str, str]:
    return {
        "sign_in_offline": _("Signing in needs a network. Your records stay on this phone."),
        "server_failed": _("The bank's server answered with a fault. Your network works."),
    }


def _rivals() -> dict[str, str]:
    return {
        "rival_title": _("%(name)s: two records of this visit differ."),
        "rival_here": _("this phone"),
        "rival_there": _("another phone"),
        "rival_counts": _("The last one counts until the coordinator chooses."),
    }


def _storage() -> dict[str, str]:
    return {
        "storage_kept": _("The browser promised to keep the contents of this phone's app."),
        "storage_not_kept": _(
            "The browser may delete the contents of this app if the phone runs out of space."
        ),
        "storage_unknown": _(
            "The browser does not tell whether it keeps the contents of this app."
        ),
        "storage_remedy": _("Add the app to the home screen, and send everything every day."),
    }


def _deletions() -> dict[str, str]:
    return {
        "repair": _("Correct it"),
        "delete": _("Delete…"),
        "delete_sure": _("Only this phone has it. Once deleted, the bank will never have it."),
        "delete_yes": _("Delete it"),
        "deleted": _("Deleted."),
    }

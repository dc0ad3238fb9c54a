"""The phone's texts of the road: changes, incidents, the end of the day, lock, calendar."""

from flask_babel import gettext

_ = gettext


def road_texts() -> dict[str, str]:
    """Return these texts by key."""
    return {
        **_ready(),
        **_install(),
        **_ahead(),
        **_later(),
        **_incidents(),
        **_end(),
        **_lock(),
        **_account(),
    }


def _ready() -> dict[str, str]:
    return {
        "ready_page": _("The app itself"),
        "ready_stops": _("Stops and addresses: %(n)s"),
        "ready_tomorrow": _("Tomorrow's round: %(n)s stops"),
        "ready_sheet": _("The run sheet, in case the app fails"),
        "ready_terms": _("Your bank's rules and freezers"),
        "kilobytes": _("%(n)s kB"),
        "scanner_waits": _("The label reader (%(size)s) is fetched on Wi-Fi."),
        "scanner_now": _("Fetch it now"),
        "ready_scanner": _("The label reader"),
        "ready_map": _("The drawing of the round"),
        "drawing": _("The round on a map"),
        "ready_streets": _("Streets along the round"),
        "streets_now": _("Fetch the streets now"),
        "place_title": _("My place on the road"),
        "place_kept": _("Stays on this phone"),
        "place_shared": _("The office sees the last one"),
        "place_rule": _(
            "Every two minutes, only during a round. The bank deletes it when the round ends."
        ),
    }


def _install() -> dict[str, str]:
    return {
        "app_description": _("The round of a collector of milk, with and without a network."),
        "persist_yes": _("The browser promises to keep the round on this phone."),
        "persist_no": _(
            "The browser may remove the round if the phone runs out of space. Open it before you "
            "leave."
        ),
        "install_title": _("Put the round on the home screen"),
        "install_text": _("It then opens like an app, without the bar of the browser."),
        "install_apple": _(
            "In Safari, tap Share, then “Add to Home Screen”. Sign in there once more: it has a "
            "memory of its own."
        ),
        "install_go": _("Install"),
        "install_seen": _("Do not show this again"),
    }


def _ahead() -> dict[str, str]:
    return {
        "ahead_title": _("Round of %(day)s"),
        "ahead_text": _("It is started on its day."),
        "ahead_open": _("Start it before its day"),
        "early_title": _("Start the round of %(day)s today?"),
        "early_text": _("Today is %(today)s. The donors of this round expect you on %(day)s."),
        "early_no": _("No, back to the round"),
        "early_yes": _("Yes, start the round of %(day)s today"),
    }


def _later() -> dict[str, str]:
    return {
        "later": _("Later"),
        "later_title": _("Not now"),
        "later_come_back": _("Come back at the end"),
        "later_price": _("The round takes %(price)s."),
        "later_plus": _("%(n)s min longer"),
        "later_minus": _("%(n)s min less"),
        "later_no_more": _("no longer than now"),
        "later_asking": _("Asking the bank what it adds…"),
        "later_unknown": _("The added time is known only with a network."),
        "later_rebook": _("Rebook with the donor"),
        "later_rebook_hint": _("The coordinator agrees a new day with the donor."),
        "said_postponed": _("%(name)s: at the end of the round."),
    }


def _incidents() -> dict[str, str]:
    return {
        "incident": _("Tell the coordinator"),
        "incident_title": _("Tell the coordinator"),
        "incident_what": _("Subject"),
        "incident_go": _("Tell"),
        "incident_note": _("In a few words"),
        "incident_vehicle": _("The vehicle"),
        "incident_box": _("A box or its temperature"),
        "incident_road": _("The road"),
        "incident_donor": _("A donor"),
        "incident_unwell": _("I am unwell"),
        "incident_other": _("Something else"),
        "incident_clock": _("On the way to a freezer"),
        "incident_rebook": _("A new day to agree"),
        "incident_waits": _("The coordinator has not answered yet."),
        "incident_call": _("Call the bank"),
        "decision_go_on": _("Go on as planned."),
        "decision_skip": _("Leave this stop out."),
        "decision_come_back": _("Come back to it at the end."),
        "decision_to_freezer": _("Go to the nearest freezer."),
        "decision_call": _("Call the coordinator."),
        "decision_done": _("It is settled."),
        "incident_told": _("The coordinator is told."),
        "incident_unsent": _("The coordinator learns of it as soon as there is a network."),
        "said_incident": _("Noted for the coordinator."),
    }


def _end() -> dict[str, str]:
    return {
        "close_title": _("End of the day"),
        "close_kilometres": _("Kilometres driven"),
        "close_planned": _("Planned: %(n)s km."),
        "close_stock": _("Bottles now in your own freezer"),
        "close_go": _("Close the day"),
        "close_unsent_one": _(
            "%(n)s record is not sent yet. It stays on this phone and leaves as soon as there is "
            "a network."
        ),
        "close_unsent_many": _(
            "%(n)s records are not sent yet. They stay on this phone and leave as soon as there is "
            "a network."
        ),
        "close_sent": _("Everything is sent."),
        "said_closed": _("The day is closed."),
        "closed_text": _("%(n)s km recorded."),
    }


def _lock() -> dict[str, str]:
    return {
        "lock_title": _("Locked"),
        "lock_text": _("Type your PIN to open the round."),
        "lock_pin": _("PIN"),
        "lock_open": _("Open"),
        "lock_wrong": _("This is not the PIN. Tries left: %(n)s."),
        "lock_out": _("Too many tries. Sign in again; nothing you recorded is lost."),
        "lock_set": _("Set a PIN"),
        "lock_change": _("Change or remove the PIN"),
        "lock_hint": _("Four to eight digits. The phone asks for it after five minutes away."),
        "lock_rule": _("A PIN has four to eight digits."),
        "lock_keep": _("Keep this PIN"),
        "lock_remove": _("Remove the PIN"),
    }


def _account() -> dict[str, str]:
    return {
        "revoked_title": _("This phone was shut out"),
        "revoked_text": _("The round was removed from it. Call your coordinator."),
        "revoked_unsent_one": _(
            "%(n)s record was never sent. Sign in again to send it, or save it as a file."
        ),
        "revoked_unsent_many": _(
            "%(n)s records were never sent. Sign in again to send them, or save them as a file."
        ),
        "settings": _("This phone"),
        "navigation": _("Navigate with"),
        "navigation_off": _("Your bank does not hand addresses over to map apps."),
        "coordinates": _("Coordinates") + _(":"),
        "calendar": _("My shifts in my calendar"),
        "calendar_hint": _("A secret address for your own calendar: shifts only, no addresses."),
        "calendar_make": _("Make an address"),
        "calendar_end": _("End the address"),
        "calendar_address": _("Copy it into your calendar now; it is not shown again."),
        "calendar_working": _("An address works. A new one ends it."),
        "calendar_offline": _("This needs a network."),
        "calendar_ended": _("No address works."),
        "theme": _("How it looks"),
        "theme_auto": _("As the phone does"),
        "theme_light": _("Light"),
        "theme_dark": _("Dark"),
        "theme_sun": _("For full sun"),
        "sheet": _("Run sheet"),
        "sheet_print": _("Print"),
        "sheet_missing": _("The run sheet is fetched with the next contact."),
    }

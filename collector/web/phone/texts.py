"""Every text of the phone in the reader's language; its scripts contain none.

The texts are embedded in the shell as JSON, because the phone needs them without a network.
Placeholders are named as in gettext, and filled in by static/js/phone/texts.js.
"""

import hashlib
import json

from flask_babel import get_locale, gettext

from collector.web.framework.assets import manifest
from collector.web.phone.texts_changes import change_texts
from collector.web.phone.texts_custody import custody_texts
from collector.web.phone.texts_road import road_texts
from collector.web.phone.texts_state import state_texts

_ = gettext


def texts() -> dict[str, str]:
    """Return the phone's texts by key."""
    return {
        **_frame(),
        **_round(),
        **_stop(),
        **_reopening(),
        **_purposes(),
        **_form(),
        **_bottles(),
        **_acts(),
        **_reasons(),
        **change_texts(),
        **_hand_over(),
        **_sync(),
        **_kinds(),
        **custody_texts(),
        **road_texts(),
        **state_texts(),
    }


def shell_hash() -> str:
    """Return a hash of the shell's files and texts."""
    content = json.dumps([str(get_locale()), manifest(), texts()], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _frame() -> dict[str, str]:
    return {
        "app_name": _("Milkround: my round"),
        "app_short_name": _("My round"),
        "title": _("My round"),
        "loading": _("Opening your round…"),
        "back": _("Back to the round"),
        "cancel": _("Cancel"),
        "none_title": _("No round yet"),
        "none_text": _("Your round appears here as soon as the coordinator has published it."),
        "not_ours": _(
            "This phone still holds records of a colleague that were not sent. "
            "They must sign in here once before you use it."
        ),
        "rounds": _("My rounds"),
        "more_to_do": _("Also"),
    }


def _round() -> dict[str, str]:
    return {
        "round": _("Round %(letter)s"),
        "ready": _("Ready offline: %(n)s stops"),
        "getting_ready": _("Putting the round on this phone"),
        "departs": _("Leave at %(time)s from %(place)s"),
        "vehicle": _("Vehicle"),
        "start": _("Start the round"),
        "next_stop": _("Next stop"),
        "all_stops": _("All stops"),
        "progress": _("%(done)s of %(all)s done"),
        "phase_waiting": _("To do"),
        "phase_next": _("Next"),
        "phase_en_route": _("On the way"),
        "phase_arrived": _("You are here"),
        "phase_postponed": _("Later"),
        "phase_collected": _("Done"),
        "phase_not_done": _("Not done"),
        "all_done": _("Every stop is settled"),
        "go_back": _("Now bring the bottles to %(place)s."),
        "unloaded_title": _("Unloaded"),
        "unloaded_text": _("Round %(letter)s is handed over. Its addresses have left this phone."),
        "distance": _("Distance"),
        "km": _("%(n)s km"),
    }


def _stop() -> dict[str, str]:
    return {
        "arrival": _("Planned at %(time)s"),
        "window": _("Between %(opens)s and %(closes)s"),
        "navigate": _("Navigate"),
        "navigate_with": _("Navigate with another app"),
        "navigate_geo": _("Any maps app"),
        "navigate_google": _("Google Maps"),
        "navigate_waze": _("Waze"),
        "navigate_apple": _("Apple Maps"),
        "call": _("Call"),
        "call_name": _("Call %(name)s"),
        "here": _("I'm here"),
        "record": _("Record the visit"),
        "not_done": _("Not done"),
        "take": _("Take"),
        "leave": _("Leave"),
        "address_show": _("Show the full address"),
        "address_hint": _("Shown by itself at the next stop. The bank's log notes it."),
        "access": _("Getting in"),
        "note": _("Note"),
        "code": _("Say at the door"),
        "donor": _("Donor %(number)s"),
        "bottles_one": _("%(n)s bottle"),
        "bottles_many": _("%(n)s bottles"),
        "empties_one": _("%(n)s empty bottle"),
        "empties_many": _("%(n)s empty bottles"),
        "about": _("about %(volume)s"),
        "nothing_to_take": _("Nothing to take"),
        "nothing_to_leave": _("Nothing to leave"),
        "flag_own_child": _("Milk for her own child"),
        "line_own_child": _("for her own child"),
        "own_child_hint": _("Keep these bottles apart from donated milk."),
        "flag_call_first": _("Call before you ring"),
        "recorded_bottles": _("%(bottles)s, %(volume)s, freezer %(celsius)s"),
        "recorded_declared": _("%(volume)s declared"),
        "arrived_at": _("You arrived at %(time)s"),
    }


def _reopening() -> dict[str, str]:
    return {
        "reopen": _("Reopen this stop"),
        "reopen_title": _("Reopen this stop"),
        "reopen_text": _("The record is kept and marked as taken back. Reason for reopening?"),
        "reopen_go": _("Reopen"),
        "undone_mistake": _("I mistyped something"),
        "undone_more_milk": _("There was more milk"),
        "undone_came_back": _("I came back later"),
        "undone_other": _("Something else"),
    }


def _purposes() -> dict[str, str]:
    return {
        "purpose_collection": _("Milk"),
        "purpose_first_interview": _("First interview"),
        "purpose_material_drop": _("Bring material"),
        "purpose_blood_sample": _("Blood sample"),
        "purpose_pump_return": _("Take the pump back"),
        "purpose_ward": _("Ward"),
    }


def _form() -> dict[str, str]:
    return {
        "record_title": _("The visit"),
        "storage": _("How was the milk kept?"),
        "storage_hint": _("You look at the freezer before you take milk: the law asks for it."),
        "storage_right": _("Kept as it should be"),
        "storage_wrong": _("Something is wrong"),
        "storage_missing": _("Say how the milk was kept."),
        "freezer": _("Temperature of the freezer"),
        "box": _("Temperature of the box"),
        "below": _("below zero"),
        "above": _("above zero"),
        "sign": _("Above or below zero"),
        "degrees": _("Degrees Celsius"),
        "celsius_missing": _("Read the thermometer and enter the degrees."),
        "celsius_range": _("From 90 °C below zero to 30 °C above."),
        "celsius_warm": _(
            "Warmer than %(limit)s °C. It is recorded for the quality manager; "
            "refuse what has thawed."
        ),
    }


def _bottles() -> dict[str, str]:
    return {
        "count": _("Bottles you take"),
        "said_by_donor": _("The donor said %(figure)s."),
        "count_confirm_one": _("I counted %(n)s bottle"),
        "count_confirm_many": _("I counted %(n)s bottles"),
        "count_missing": _("Count the bottles, then confirm their number."),
        "volume": _("Volume in millilitres"),
        "volume_declared": _("Declared by the donor, not measured"),
        "volume_missing": _("Enter the volume of the bottles you take."),
        "volume_without_bottles": _("A volume without bottles: correct one of the two."),
        "nothing": _("You take nothing and refuse nothing: go back and use “Not done”."),
        "refused": _("Bottles you refuse"),
        "refused_hint": _("They stay with the donor, with the reason."),
        "empties": _("Empty bottles you leave"),
        "labels": _("Bottle numbers"),
        "labels_hint": _("One on each line. Bottles without a number get one."),
        "labels_many": _("More numbers than bottles."),
        "labels_twice": _("The number %(number)s is there twice."),
        "note_field": _("A note for the bank"),
        "for_office": _("For the office"),
        "for_office_hint": _("The coordinator sees the note until it is settled."),
        "phone_unreached": _("Her telephone cannot be reached"),
        "phone_unreached_hint": _("It is marked on her file."),
        "less": _("One less: %(label)s"),
        "more": _("One more: %(label)s"),
        "done": _("Done"),
    }


def _acts() -> dict[str, str]:
    return {
        "wrong": _("Please look at what is marked."),
        "why_not": _("Why not?"),
        "not_done_title": _("Not done"),
        "not_done_go": _("Record as not done"),
        "choose_reason": _("Choose a reason."),
        "said_done": _("%(name)s: recorded."),
        "said_not_done": _("%(name)s: recorded as not done."),
        "said_handed_over": _("Hand-over recorded."),
        "undo": _("Undo"),
        "not_kept": _(
            "This phone could not keep the record. Free some space, then press the button again."
        ),
    }


def _reasons() -> dict[str, str]:
    return {
        "reason_nobody_home": _("Nobody at home"),
        "reason_wrong_address": _("Wrong address"),
        "reason_donor_unwell": _("The donor is unwell: milk held"),
        "reason_nothing_ready": _("Nothing ready"),
        "reason_milk_refused": _("Milk refused"),
        "reason_freezer_too_warm": _("Freezer too warm"),
        "reason_collector_late": _("I was too late"),
        "reason_vehicle_or_box": _("Vehicle or box failed"),
        "reason_access": _("Could not get in"),
        "reason_other": _("Something else"),
        "refusal_thawed": _("Thawed"),
        "refusal_no_label": _("No label"),
        "refusal_too_old": _("Too old"),
        "refusal_wrong_container": _("Wrong container"),
        "refusal_damaged": _("Damaged"),
        "refusal_other": _("Something else"),
    }


def _hand_over() -> dict[str, str]:
    return {
        "hand_over": _("Hand over"),
        "hand_over_title": _("Hand over at %(place)s"),
        "hand_over_hint": _("Tick each bottle as it leaves the box."),
        "hand_over_early": _("Stops that are not settled yet: %(n)s."),
        "hand_over_empty": _("There is no bottle in the box."),
        "hand_over_all": _("All %(n)s containers are out"),
        "all_of_them": _("All %(n)s"),
        "one_by_one": _("One by one"),
        "out_of_the_box": _("%(n)s of %(all)s out of the box"),
        "missing": _("%(n)s missing"),
        "hand_over_missing": _("Hand over, %(n)s missing"),
        "bottle": _("Bottle %(number)s"),
    }


def _sync() -> dict[str, str]:
    return {
        "all_sent": _("All sent"),
        "waiting": _("%(n)s waiting since %(time)s"),
        "refused_some": _("%(n)s not accepted"),
        "sign_in_short": _("Sign in"),
        "sync_title": _("Sent and waiting"),
        "account": _("Sent records, signing out"),
        "sync_waiting_text": _(
            "They are kept on this phone and leave by themselves as soon as there is a network."
        ),
        "sync_sent_text": _("Everything you recorded has reached the bank."),
        "sync_never": _("Not in touch with the bank yet."),
        "sync_last": _("Last in touch with the bank at %(time)s."),
        "sync_now": _("Send now"),
        "sync_title_waiting": _("Waiting"),
        "sync_title_refused": _("Not accepted"),
        "sync_refused_text": _("The bank did not take these. Nothing is lost: do what is written."),
        "open_stop": _("Open the stop"),
        "send_again": _("Send again"),
        "export": _("Save as a file"),
        "sign_in_again": _("Please sign in again. Nothing you recorded is lost."),
        "sign_in": _("Sign in"),
        "sign_out": _("Sign out"),
        "sign_out_refused": _(
            "You can sign out once everything is sent. Still on this phone: %(n)s."
        ),
        "sign_out_offline": _("Signing out needs a network."),
        "signed_in_as": _("Signed in as %(name)s"),
    }


def _kinds() -> dict[str, str]:
    return {
        "kind_started": _("Round started"),
        "kind_arrived": _("Arrived"),
        "kind_collected": _("Visit recorded"),
        "kind_not_done": _("Not done"),
        "kind_undone": _("Taken back"),
        "kind_handed_over": _("Handed over"),
        "kind_acknowledged": _("New round seen"),
        "kind_box_read": _("Temperature of a box"),
        "kind_en_route": _("On the way"),
        "kind_address_shown": _("Address shown"),
        "kind_postponed": _("Put off to the end"),
        "kind_incident": _("Incident"),
        "kind_closed": _("Day closed"),
    }

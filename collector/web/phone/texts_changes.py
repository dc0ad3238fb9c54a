"""The phone's texts of a new revision: stops and details that changed."""

from flask_babel import gettext

from collector.web.wording import COLON

_ = gettext


def change_texts() -> dict[str, str]:
    """Return these texts by key."""
    return {**_stops(), **_details()}


def _stops() -> dict[str, str]:
    return {
        "changed_title": _("Your round has changed"),
        "change_waits": _("Your round has changed. You see how once this stop is settled."),
        "changed_added": _("Added"),
        "changed_removed": _("Removed"),
        "changed_moved": _("At another time"),
        "changed_details": _("Changed at a stop"),
        "changed_emptyings": _("Emptying the box on the way"),
        "no_emptying": _("The box is not emptied on the way."),
        "changed_other": _("The vehicle, the start or the end of the round has changed."),
        "changed_at": _("%(town)s, arrival %(time)s"),
        "changed_from": _("%(town)s, arrival %(time)s instead of %(was)s"),
        "changed_ok": _("OK, show the new round"),
    }


def _details() -> dict[str, str]:
    return {
        "purpose_added": _("%(what)s: added"),
        "purpose_removed": _("%(what)s: removed"),
        "detail_now": _("is now"),
        "colon": str(COLON),
        "detail_yes": _("yes"),
        "detail_no": _("no"),
        "detail_name": _("Name"),
        "detail_phone": _("Telephone"),
        "detail_address": _("Address"),
        "detail_access": _("Getting in"),
        "detail_position": _("Place on the map"),
        "detail_bottles": _("Bottles"),
        "detail_volume": _("Volume"),
        "detail_empties": _("Empty bottles"),
        "detail_kit": _("Material to bring"),
        "kit_labels": _("labels"),
        "kit_pump_parts": _("parts for the pump"),
        "detail_call_first": _("Call before the visit"),
        "detail_note": _("Note"),
        "detail_own_child": _("Milk for her own child"),
        "detail_milk_held": _("Milk on hold"),
        "flag_milk_held": _("Take no milk: call the bank"),
    }

"""Words of incidents and custody on the board: states, kinds, decisions, choices, errors."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

DETAILS: Mapping[str, LazyString] = {
    "name": _("Name"),
    "phone": _("Telephone"),
    "address": _("Address"),
    "access": _("Getting in"),
    "position": _("Place on the map"),
    "purposes": _("Purposes"),
    "bottles": _("Bottles"),
    "volume_ml": _("Volume"),
    "empties": _("Empty bottles"),
    "kit": _("Material to bring"),
    "call_first": _("Call before the visit"),
    "note": _("Note"),
    "own_child": _("Milk for her own child"),
    "milk_held": _("Milk on hold"),
}

LOAD_ITEMS: Mapping[str, LazyString] = {
    "empties": _("empty bottles"),
    "blood_sample": _("kits for blood samples"),
    "first_interview": _("papers for first interviews"),
    "material_drop": _("material for donors"),
    "labels": _("labels for donors"),
    "pump_parts": _("pump parts for donors"),
}

ROUND_STATES: Mapping[str, LazyString] = {
    "draft": _("draft"),
    "published": _("published"),
    "started": _("on the road"),
    "returned": _("back"),
    "unloaded": _("unloaded"),
}

INCIDENTS: Mapping[str, LazyString] = {
    "clock": _("A clock runs out: on the way to a freezer"),
    "vehicle": _("The vehicle"),
    "box": _("A box or its temperature"),
    "road": _("The road"),
    "donor": _("A donor"),
    "unwell": _("The collector is unwell"),
    "rebook": _("A new day to agree with the donor"),
    "remark": _("A remark for the office"),
    "other": _("Something else"),
}

DECISIONS: Mapping[str, LazyString] = {
    "go_on": _("Go on as planned"),
    "skip": _("Leave this stop out"),
    "come_back": _("Come back to it at the end"),
    "to_freezer": _("Go to the nearest freezer"),
    "call": _("Call me"),
    "done": _("It is settled"),
}

CHOICES: Mapping[str, LazyString] = {
    "required": _("required"),
    "warn": _("asked for"),
    "optional": _("possible"),
    "on": _("asked for"),
    "off": _("not asked for"),
    "damm": _("Damm"),
    "all": _("any app"),
    "own": _("the phone's own app"),
}

RULES: Mapping[str, LazyString] = {
    "box_warmest_celsius": _("A box is at most at"),
    "label_check": _("Check digit of bottle labels"),
    "navigation": _("Navigation apps on the phone"),
    "proof_collection_label": _("Collection: a number on every bottle"),
    "proof_collection_seal": _("Collection: a seal"),
    "proof_collection_photo": _("Collection: a photo"),
    "proof_ward_label": _("Ward: a number on every bottle"),
    "proof_ward_seal": _("Ward: a seal"),
    "proof_ward_photo": _("Ward: a photo"),
    "proof_blood_sample_label": _("Blood sample: a number on every tube"),
    "proof_blood_sample_photo": _("Blood sample: a photo"),
    "proof_first_interview_photo": _("First interview: a photo"),
    "proof_material_drop_photo": _("Material: a photo"),
    "proof_pump_return_label": _("Pump: its number"),
    "proof_pump_return_photo": _("Pump: a photo"),
    "proof_nobody_home_photo": _("Nobody at home: a photo of the closed door"),
}

ERRORS: Mapping[str, LazyString] = {
    "assessment_missing": _("Write down what was found out."),
    "excursion_decided": _("This was decided already."),
    "excursion_not_assessed": _("It must be assessed first."),
    "two_people_needed": _("You did the first step: another person does the second one."),
    "record_not_standing": _("This record was taken back meanwhile. Look again, then decide."),
    "pdf_not_installed": _(
        "This server cannot make PDF files. Open the run sheet and print it from the browser, or "
        "install the extra “documents”."
    ),
    "photo_not_jpeg": _("This is not a photo that we can keep."),
    "photo_too_large": _("A photo may have at most %(most)s kilobytes."),
    "label_not_safe": _(
        "The number %(number)s has a sign that we cannot keep: use letters, digits, point and "
        "hyphen. Open the stop and correct it."
    ),
    "label_check_digit": _(
        "The number %(number)s was mistyped: its check digit does not fit. Open the stop and "
        "correct it."
    ),
    "label_of_another_visit": _(
        "The number %(number)s belongs to a bottle of another visit: check the label."
    ),
}

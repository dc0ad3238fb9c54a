"""Sentences and words of the dispensary and of the wards."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "bottle_gone": _("%(number)s is gone: it is picked, handed over or destroyed already."),
    "bottle_kept": _("Another order keeps this bottle: choose another one."),
    "bottle_not_of_ward": _("%(number)s was not handed over to this ward."),
    "bottle_not_out": _("%(number)s is not outside: it was not handed over, or is back already."),
    "bottle_not_picked": _("%(number)s was not picked for this order: lay it aside."),
    "bottle_of_other_child": _("%(number)s is for another child: it may not be given here."),
    "bottle_of_other_order": _("%(number)s is kept for another order: take another bottle."),
    "bottle_settled": _("All of %(number)s was given or thrown away already."),
    "bottles_not_checked": _("%(count)s bottles are not checked yet: scan each of them."),
    "box_missing": _("Give the box in which the bottles travel."),
    "carrier_missing": _("Give the person or the service that carries the box."),
    "celsius_missing": _("Give the temperature in the box."),
    "box_celsius_out_of_bounds": _("A temperature lies between %(least)s and %(most)s °C."),
    "checked_by_another": _("Another person has begun the check: she finishes it."),
    "day_past": _("This day is over: choose today or a later day."),
    "day_too_far": _("An order is for one of the next %(most)s days."),
    "days_in_wrong_order": _("The last day comes before the first one."),
    "days_too_many": _("A prescription lasts %(most)s days at most: write another one later."),
    "dispensing_over": _("This dispensing was handed over or given up already."),
    "document_kind": _("The sheet has to be a PDF, a JPEG or a PNG."),
    "document_too_large": _("The sheet has at most %(most)s MB."),
    "gestation_out_of_bounds": _("A pregnancy lasts from %(least)s to %(most)s weeks."),
    "identity_missing": _("Give the name or the hospital number."),
    "identity_sealed": _("This identity is sealed: only a recall opens it."),
    "identity_unknown": _("No identity of this recipient is kept."),
    "indication_missing": _(
        "Born after the limits of the bank: write the physician's indication first."
    ),
    "label_not_checked": _("Scan the label of the recipient or of the order first."),
    "label_of_another": _("This label names another recipient or another order."),
    "ml_per_kg_too_high": _("At most %(most)s ml per kilogram and day."),
    "no_ward": _("You belong to no ward yet: the dispensary assigns you to one."),
    "not_dispenser_or_quality": _("A dispenser or quality signs this."),
    "not_of_wards": _("This person does not have the role of a ward."),
    "nothing_picked": _("No bottle is picked: scan the bottles first."),
    "nothing_to_repeat": _("Nothing was ordered for that day."),
    "order_cancelled": _("This order is cancelled."),
    "order_code_not_read": _("This is not the code of an order, such as O/00012-7."),
    "order_exists": _("This recipient has an order for this day already: cancel that one first."),
    "order_not_short": _("This order does not wait for a shortage: allocate it instead."),
    "order_picked": _("Bottles of this order are picked or gone: call the dispensary."),
    "override_proposed": _("The first of two signatures is given: a second person signs."),
    "picked_by_another": _("Another person picks this order: she finishes it, or gives it up."),
    "prescriber_missing": _("Give the name of the physician."),
    "prescription_not_valid": _("No prescription is valid on this day."),
    "pseudonym_not_read": _("This is not the code of a recipient, such as R12345678."),
    "quality_and_dispenser_needed": _(
        "The two signatures are of one person of quality and of another one who dispenses."
    ),
    "fhir_not_nutrition_order": _("Send a NutritionOrder of FHIR R5."),
    "fhir_not_active": _("Only an order with status active and intent order is taken in."),
    "fhir_number_missing": _("Give the number of the order in identifier."),
    "fhir_number_too_long": _("The number of the order has at most %(most)s characters."),
    "fhir_child_missing": _("Give the code of the child in subject.identifier."),
    "fhir_volume_missing": _(
        "Give whole millilitres of the day in enteralFormula.maxVolumeToDeliver, with the unit mL."
    ),
    "fhir_day_missing": _(
        "Give the day in enteralFormula.administration.schedule.timing.event, as 2026-11-24."
    ),
    "fhir_days_many": _("An order is for one day: send one for each day."),
    "order_number_used": _(
        "The number %(number)s was sent before, with another child, day or volume."
    ),
    "recipient_missing": _("Choose the child to whom it was given."),
    "recipient_of_another_ward": _("This recipient is of another ward."),
    "recipient_unknown": _("No recipient of this ward has this code."),
    "return_decided": _("This return is decided already."),
    "return_not_cold": _(
        "Only a sealed bottle that never thawed, with the record of a logger, goes back."
    ),
    "thawed_in_future": _("The bottle thawed at a time that is still to come."),
    "thawed_too_long": _("It thawed more than %(most)s hours ago: throw it away."),
    "undo_too_late": _("Ten minutes are over: it stays, and quality notes the correction."),
    "volume_above_rest": _("Between 1 and %(most)s ml are left in this bottle."),
    "day_volume_missing": _("Give the volume of a day, or of a kilogram and day: one of the two."),
    "day_volume_out_of_bounds": _("The volume lies between %(least)s and %(most)s ml."),
    "ward_exists": _("This ward exists already."),
    "ward_name_missing": _("Give the establishment and the ward."),
    "ward_not_depot": _("Choose a recipient: this ward keeps no stock of its own."),
    "weight_out_of_bounds": _("A weight lies between %(least)s and %(most)s grams."),
}

ORDER_STATES: Mapping[str, LazyString] = {
    "asked": _("asked"),
    "waiting": _("waits"),
    "part": _("kept in part"),
    "allocated": _("kept"),
    "picking": _("being picked"),
    "sent": _("on its way"),
    "part_sent": _("sent in part"),
    "arrived": _("arrived"),
    "closed": _("closed"),
    "cancelled": _("cancelled"),
}
ORDER_TONES = {
    "asked": "plain",
    "waiting": "danger",
    "part": "warn",
    "allocated": "ok",
    "picking": "warn",
    "sent": "ok",
    "part_sent": "warn",
    "arrived": "ok",
    "closed": "plain",
    "cancelled": "plain",
}
LEVELS: Mapping[str, LazyString] = {
    "normal": _("normal"),
    "tense": _("tense"),
    "short": _("short"),
    "critical": _("critical"),
}
LEVEL_TONES = {"normal": "ok", "tense": "warn", "short": "warn", "critical": "danger"}
WAITS: Mapping[str, LazyString] = {
    "shortage": _("The stock is short: this class is not served now."),
    "no_milk": _("No released bottle fits it: its line, its needs or its last day."),
    "prescription": _("No prescription is valid on this day."),
}
CHOICES: Mapping[str, LazyString] = {
    "own_child": _(
        "Milk of the child's own mother: it is for this child alone, and goes before donor milk."
    ),
    "expires_soon": _("It expires in fewer than 30 days, and the first to expire goes first."),
    "same_pool": _("The child had milk of this pool before: fewer donors for one child."),
    "first_expiry": _("Of the bottles that fit, it is the first to expire."),
    "size": _("It is the first to expire, and its size is nearest to the need."),
}
KINDS: Mapping[str, LazyString] = {
    "delivered": _("delivered to a recipient"),
    "distributed": _("distributed to a depot"),
}
FATES: Mapping[str, LazyString] = {
    "given": _("given"),
    "wasted": _("thrown away"),
    "not_found": _("not found"),
    "returned": _("returned"),
}

WORDS: Mapping[str, Mapping[str, LazyString | str]] = {
    "state": ORDER_STATES,
    "state_tone": ORDER_TONES,
    "level": LEVELS,
    "level_tone": LEVEL_TONES,
    "wait": WAITS,
    "choice": CHOICES,
    "kind": KINDS,
    "fate": FATES,
}
FILTERS = {f"dispensary_{name}": words.__getitem__ for name, words in WORDS.items()}
"""Filters of the words of dispensary and wards."""

"""The phone's texts of custody: the checklist at a door, labels, tubes, boxes, clocks."""

from flask_babel import gettext

_ = gettext


def custody_texts() -> dict[str, str]:
    """Return these texts by key."""
    return {**_checklist(), **_labels(), **_tubes(), **_boxes(), **_clocks(), **_hand_over()}


def _checklist() -> dict[str, str]:
    return {
        "checklist": _("Purpose of the visit"),
        "check_done": _("Done"),
        "check_not_done": _("Not done"),
        "check_missing": _("Say whether it was done."),
        "check_first_interview": _("Interview held, consent signed"),
        "check_material_drop": _("Material brought"),
        "check_blood_sample": _("Blood drawn"),
        "check_pump_return": _("Pump taken back"),
        "pump_number": _("Number on the pump"),
        "seal": _("Seal number"),
        "photo": _("Photo"),
        "photo_hint": _("Of the bottles or the label, never of a person."),
        "photo_door": _("Photo of the closed door"),
        "photo_door_hint": _("The door or its bell, never a person."),
        "photo_kept": _("A photo is kept with this record."),
        "photo_failed": _("This photo could not be read. Take another one."),
        "proof_missing_label": _("Your bank asks for a number on each: %(missing)s without one."),
        "proof_missing_seal": _("Your bank asks for a seal number."),
        "proof_missing_photo": _("Your bank asks for a photo."),
        "proof_go_on": _("Press Done once more to record it without."),
    }


def _labels() -> dict[str, str]:
    return {
        "scan": _("Scan"),
        "scan_stop": _("Stop scanning"),
        "scan_hint": _("Hold the label in front of the camera. You can always type it instead."),
        "scan_no_camera": _("The camera is not available. Type the number."),
        "scan_not_aboard": _("%(number)s is not in the boxes of this round."),
        "scan_found": _("Read: %(number)s"),
        "label_bad_sign": _("“%(number)s”: letters, digits, point and hyphen only."),
        "label_bad_digit": _("“%(number)s” was mistyped: its check digit does not fit."),
        "label_other_visit": _("“%(number)s” belongs to a bottle of another visit."),
    }


def _tubes() -> dict[str, str]:
    return {
        "tubes": _("Blood tubes"),
        "tubes_hint": _("The time drawn starts the tube's clock."),
        "tube_number": _("Number of tube %(n)s"),
        "tube_drawn": _("Tube %(n)s drawn at"),
        "tube_add": _("One more tube"),
        "tube_remove": _("Remove tube %(n)s"),
        "tube_missing": _("Add the tubes you filled, or choose “Not done”."),
        "tube_time": _("Give the time the tube was drawn, such as 09:40."),
        "tube": _("Tube %(number)s"),
    }


def _boxes() -> dict[str, str]:
    return {
        "load_title": _("On board"),
        "load_hint": _("Tick what you have loaded."),
        "load_blood_one": _("Kit for %(n)s blood sample"),
        "load_blood_many": _("Kits for %(n)s blood samples"),
        "load_interview_one": _("Papers for %(n)s first interview"),
        "load_interview_many": _("Papers for %(n)s first interviews"),
        "load_material_one": _("Material for %(n)s donor"),
        "load_material_many": _("Material for %(n)s donors"),
        "load_labels_one": _("Labels for %(n)s donor"),
        "load_labels_many": _("Labels for %(n)s donors"),
        "load_pump_parts_one": _("Pump parts for %(n)s donor"),
        "load_pump_parts_many": _("Pump parts for %(n)s donors"),
        "load_lacking": _("Not ticked: %(what)s."),
        "load_go_on": _("Load it, or press the button once more to leave without it."),
        "box_which": _("Which box?"),
        "boxes_title": _("Boxes"),
        "boxes_hint": _("Read each box before you leave. You can add one later."),
        "box_code": _("Box number"),
        "box_add": _("Add a box"),
        "box_celsius_of": _("Temperature of box %(box)s"),
        "box_code_wrong": _("Letters, digits and hyphen, up to 12 signs."),
        "box_read_title": _("Read a box"),
        "box_read_go": _("Record the temperature"),
        "box_warm": _(
            "Warmer than %(limit)s °C. It is recorded, and two people at the bank decide what "
            "becomes of the milk."
        ),
        "said_box_read": _("Temperature recorded."),
    }


def _clocks() -> dict[str, str]:
    return {
        "clock_left": _("Box %(box)s: %(left)s left"),
        "clock_plain_left": _("Milk: %(left)s left"),
        "clock_tube_left": _("Tubes: %(left)s left"),
        "clock_over": _("Box %(box)s: over by %(left)s"),
        "clock_plain_over": _("Milk: over by %(left)s"),
        "clock_tube_over": _("Tubes: over by %(left)s"),
        "minutes": _("%(n)s min"),
        "hours_minutes": _("%(h)s h %(m)s"),
        "alarm_title": _("A freezer, soon"),
        "alarm_text": _("%(name)s: about %(minutes)s min away, estimated without roads."),
        "alarm_none": _("Your bank has no freezer on record. Call the coordinator."),
        "alarm_go": _("Go to %(name)s now"),
        "said_alarm": _("On the way to a freezer: noted for the coordinator."),
    }


def _hand_over() -> dict[str, str]:
    return {
        "empty_the_box": _("Empty the box at %(place)s, %(n)s min"),
        "empty_why": _("All bottles and tubes stay there, so that the milk stays cold to the end."),
        "empty_later": _("Go on to %(town)s without emptying"),
        "next_emptying": _("Next: a freezer on the way"),
        "emptying_ahead": _("To do"),
        "emptying_next": _("Next"),
        "emptying_done": _("Emptied"),
        "emptying_passed": _("Passed over"),
        "hand_over_where": _("Where do you hand over?"),
        "receiver": _("Receiver"),
        "receiver_missing": _("Write the name of whoever receives the containers."),
        "hand_over_note": _("A note, if something differs"),
    }

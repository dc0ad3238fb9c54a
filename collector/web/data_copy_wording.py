"""Words of the readable copy of a donor's data: a label for each key, a word for each code."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import format_decimal, lazy_gettext
from flask_babel.speaklater import LazyString

from collector.donors.file_history import FIELDS
from collector.web.audit_wording import action_words
from collector.web.formats import hour, long_day, moment
from collector.web.message_kinds import KINDS

_ = lazy_gettext

LABELS: Mapping[str, LazyString] = {
    "donor": _("My file"),
    "address": _("My address"),
    "blood_tests": _("My blood tests"),
    "answers": _("My answers"),
    "steps": _("The steps of my file"),
    "calls": _("Calls"),
    "changes": _("Corrections of my file"),
    "weeks_to_come": _("My plans"),
    "about_to_ask": _("A request that I began"),
    "messages_come_by": _("My messages come by"),
    "browsers_told": _("Devices with notifications"),
    "visits": _("My visits"),
    "messages": _("Messages to me"),
    "acts": _("Entries of the log"),
    "number": _("Number"),
    "first_name": _("First name"),
    "family_name": _("Family name"),
    "email": _("E-mail"),
    "phone": _("Telephone"),
    "language": _("Language"),
    "discreet": _("Discretion"),
    "state": _("State"),
    "suspended_until": _("Paused by the bank until"),
    "suspended_because": _("Reason of the pause"),
    "baby_born_on": _("The baby was born on"),
    "second_name": _("Second person to call"),
    "second_tie": _("Who that person is"),
    "second_phone": _("Telephone of that person"),
    "position": _("Place on the map"),
    "stays": _("Days elsewhere"),
    "loans": _("Devices on loan"),
    "out_on": _("Lent on"),
    "due_on": _("Due back on"),
    "returned_on": _("Returned on"),
    "lost_on": _("Lost on"),
    "serial": _("Serial number"),
    "material": _("Material"),
    "item": _("Item"),
    "quantity": _("Pieces"),
    "first_day": _("First day"),
    "last_day": _("Last day"),
    "place": _("Where"),
    "field": _("Field"),
    "before": _("Value before"),
    "after": _("Value after"),
    "interview_signed_on": _("Interview signed on"),
    "consent_version": _("Version of the consent"),
    "consented_on": _("Consent given on"),
    "registered_at": _("File opened"),
    "line": _("Street and number"),
    "milk_line": _("Whom for"),
    "postcode": _("Postcode"),
    "town": _("Town"),
    "access_notes": _("At the door"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "source": _("Source"),
    "drawn_on": _("Blood drawn on"),
    "outcome": _("Result"),
    "valid_until": _("Valid until"),
    "edition": _("Version of the questions"),
    "question": _("Question"),
    "said": _("Answer"),
    "on": _("Last time"),
    "sent_at": _("Sent"),
    "at": _("When"),
    "because": _("Reason"),
    "until": _("Until"),
    "note": _("Note"),
    "day": _("Day"),
    "half": _("Half-day"),
    "asked_at": _("Asked"),
    "paused_from": _("Pause from"),
    "paused_until": _("Pause until"),
    "tapering": _("Becomes less"),
    "last_gift": _("The next visit is the last one"),
    "bereaved_at": _("I told of the death of my child"),
    "called_at": _("Somebody called me"),
    "written_at": _("Written"),
    "bottles": _("Bottles"),
    "volume_ml": _("Millilitres"),
    "oldest_on": _("Oldest bottle of"),
    "empties_wanted": _("Empty bottles to bring"),
    "kit_wanted": _("Material to bring"),
    "health": _("Health questions with a yes"),
    "endpoint": _("Address of the notification service"),
    "made_at": _("Made"),
    "cancelled_at": _("Cancelled"),
    "purposes": _("Purpose"),
    "windows": _("When I am at home"),
    "opens": _("from"),
    "closes": _("until"),
    "health_questions": _("Health questions"),
    "reason": _("Subject"),
    "opened_at": _("Opened"),
    "cleared_at": _("Cleared"),
    "at_the_door": _("What was recorded at the door"),
    "recorded_at": _("Recorded"),
    "freezer_celsius": _("Freezer, °C"),
    "corrections": _("My corrections"),
    "words": _("My words"),
    "settled_at": _("Settled"),
    "photos": _("Pictures taken at my door"),
    "client_id": _("Number of the picture"),
    "received_at": _("Received"),
    "jpeg": _("Picture"),
    "bottles_numbers": _("Bottles and tubes"),
    "taken_over": _("In the laboratory"),
    "taken_at": _("Taken over"),
    "expressed_first": _("First day of expression"),
    "expressed_last": _("Last day of expression"),
    "lots": _("Lots of milk that it is in"),
    "stopped_milk": _("Milk that the laboratory stopped"),
    "lifted_at": _("No longer stopped"),
    "why_refused": _("Why it was refused"),
    "owed_at": _("Written"),
    "to": _("To"),
    "template": _("Kind"),
    "subject": _("Subject line"),
    "body": _("Text"),
    "action": _("Act"),
}
"""The label of each key of `collector.privacy.queries.copy_of`."""

CODES: Mapping[str, LazyString] = {
    "yes": _("yes"),
    "no": _("no"),
    "unsure": _("not sure"),
    "morning": _("morning"),
    "afternoon": _("afternoon"),
    "email": _("e-mail"),
    "sms": _("text message"),
    "donated": _("a gift"),
    "own_child": _("for my own child"),
    "fr": _("French"),
    "en": _("English"),
    "imported": _("from a file"),
    "coordinator": _("set by the bank"),
    "geocoder": _("from the address register"),
    "clear": _("in order"),
    "pending": _("awaited"),
    "not_clear": _("to be talked over"),
    "candidate": _("first contact"),
    "prescreened": _("questions answered"),
    "interviewed": _("interview done"),
    "awaiting_serology": _("blood test awaited"),
    "eligible": _("may give"),
    "suspended": _("paused"),
    "ended": _("ended"),
    "excluded": _("closed"),
    "asked": _("asked for"),
    "accepted": _("accepted"),
    "planned": _("in a round"),
    "published": _("time told"),
    "en_route": _("on the way"),
    "arrived": _("at the door"),
    "collected": _("collected"),
    "partly_collected": _("collected in part"),
    "failed": _("did not take place"),
    "cancelled": _("cancelled"),
    "expired": _("days gone by"),
    "done": _("done"),
    "missed": _("not reached"),
    "withdrawn": _("withdrawn"),
    "collection": _("collection"),
    "first_interview": _("first talk"),
    "material_drop": _("material"),
    "blood_sample": _("blood sample"),
    "pump_return": _("return of the pump"),
    "ward": _("visit on the ward"),
    "quarantine": _("in quarantine"),
    "refused": _("refused"),
    "thawing": _("being thawed"),
    "pooled": _("used"),
    "destroyed": _("destroyed"),
    "thawed": _("thawed"),
    "no_label": _("no label, or one that cannot be read"),
    "too_old": _("milk too old"),
    "wrong_container": _("not a container of the bank"),
    "damaged": _("broken or leaking"),
    "donor_ended": _("after the end of my gifts"),
    "illness": _("illness"),
    "medication": _("medicine"),
    "exposure": _("tobacco, alcohol, tattoo, piercing, transfusion"),
}
"""The word of a code; another code is printed as it is stored."""


def label(key: str) -> str:
    """Return the label of a key."""
    return str(LABELS[key])


def shown(value: object) -> str:
    """Return a value for reading: days and instants as people write them."""
    if value is None or value == "":
        return "\N{EN DASH}"
    if isinstance(value, float):
        return str(format_decimal(value, "0.#####"))
    if isinstance(value, bool):
        return str(CODES["yes"] if value else CODES["no"])
    text = str(value)
    known = CODES.get(text) or KINDS.get(text) or (LABELS[text] if text in FIELDS else None)
    if known:
        return str(known)
    return _date_in(text) or action_words(text)


def _date_in(text: str) -> str:
    if re.fullmatch(r"\d\d:\d\d:\d\d", text):
        return hour(text[:5])
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return ""
    is_day = len(text) == len("2026-11-24")
    return str(long_day(date.fromisoformat(text)) if is_day else moment(instant))

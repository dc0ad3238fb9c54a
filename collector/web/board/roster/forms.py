"""Forms of the roster: a shift, an absence, a swap, a usual week, a closing day."""

from datetime import date, time
from enum import StrEnum

import wtforms

from collector.field_parsers import parse_date, parse_time, parse_whole_number
from collector.shifts.contracts import SKILLS
from collector.shifts.drafts import ShiftDraft
from collector.shifts.models import AbsenceReason, ShiftTerms, WeekLetter
from collector.web.framework.forms import (
    ChoiceField,
    FlagField,
    Form,
    KeyField,
    KeysField,
    ParsedField,
    TextField,
)

LONGEST_NAME = 80
MIDNIGHT = time.min


class VisitsChoice(StrEnum):
    """What becomes of the visits in the round of a changed shift."""

    UNDECIDED = ""
    KEEP = "keep"
    TRAY = "tray"
    PROPOSE = "propose"


class TextsField(wtforms.Field):
    """The texts of the chosen checkboxes of one name."""

    data: list[str]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read every chosen text."""
        self.data = valuelist


class ShiftForm(Form):
    """The terms of a shift, its version as the person saw it, and the lot of its visits."""

    begins = ParsedField(parse_time, blank=MIDNIGHT, required="time_not_read")
    ends = ParsedField(parse_time, blank=MIDNIGHT, required="time_not_read")
    start_site_id = ParsedField(parse_whole_number, blank=0, required="site_missing")
    end_site_id = ParsedField(parse_whole_number, blank=0, required="site_missing")
    vehicle = TextField(longest=LONGEST_NAME)
    boxes = TextsField(default=())
    skills = TextsField(default=())
    break_minutes = ParsedField(parse_whole_number, blank=0)
    break_from = ParsedField[time | None](parse_time, blank=None)
    break_until = ParsedField[time | None](parse_time, blank=None)
    break_paid = FlagField()
    shift = ParsedField(parse_whole_number, blank=0)
    seen = ParsedField(parse_whole_number, blank=0)
    cell = TextField()
    visits = ChoiceField(VisitsChoice, blank=VisitsChoice.UNDECIDED)

    @classmethod
    def of(cls, terms: ShiftTerms, *, seen: int = 0) -> "ShiftForm":
        """Return the form of a shift or of a usual week."""
        form = cls(obj=terms)
        form.seen.process_data(seen)
        return form

    def draft(self) -> ShiftDraft:
        """Return the draft of a validated form; what the page did not offer is left out."""
        terms = {name: self.data[name] for name in ShiftDraft.__slots__}
        boxes, skills = (tuple(dict.fromkeys(terms[name])) for name in ("boxes", "skills"))
        known = tuple(skill for skill in skills if skill in SKILLS)
        return ShiftDraft(**terms | {"boxes": boxes, "skills": known})


class EndingForm(Form):
    """The end of a shift: its version as the person saw it, and the lot of its visits."""

    seen = ParsedField(parse_whole_number, blank=0)
    visits = ChoiceField(VisitsChoice, blank=VisitsChoice.UNDECIDED)


class AbsenceForm(Form):
    """An absence of whole days, or of a part of one day."""

    reason = ChoiceField(AbsenceReason)
    until = ParsedField[date | None](parse_date, blank=None)
    from_time = ParsedField[time | None](parse_time, blank=None)
    until_time = ParsedField[time | None](parse_time, blank=None)
    cell = TextField()
    visits = ChoiceField(VisitsChoice, blank=VisitsChoice.UNDECIDED)


class SwapForm(Form):
    """The two shifts of a swap with their versions, written `12:3`."""

    mine = TextField()
    other = TextField()
    visits = ChoiceField(VisitsChoice, blank=VisitsChoice.UNDECIDED)


class WeeklyForm(ShiftForm):
    """A shift of a usual week: weekdays, A or B weeks, first and last day."""

    collector = KeyField(required="collector_missing")
    weekday = KeysField(default=())
    weeks = ChoiceField(WeekLetter, blank=WeekLetter.EVERY)
    starts_on = ParsedField[date | None](parse_date, blank=None, required="date_not_read")
    ends_on = ParsedField[date | None](parse_date, blank=None)
    on_holidays = FlagField()


class WeeklyEndForm(Form):
    """The last day of a usual week, and its version as the person saw it."""

    ends_on = ParsedField[date | None](parse_date, blank=None, required="date_not_read")
    seen = ParsedField(parse_whole_number, blank=0)


class ClosingForm(Form):
    """A closing day of the bank."""

    day = ParsedField[date | None](parse_date, blank=None, required="date_not_read")
    name = TextField(longest=LONGEST_NAME)


class CopyForm(Form):
    """The week that a copy fills, by its Monday, and the one person or none for all."""

    monday = ParsedField[date | None](parse_date, blank=None, required="date_not_read")
    person = ParsedField(parse_whole_number, blank=0)

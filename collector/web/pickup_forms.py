"""Fields of the forms that make a pick-up's draft: the donor's and the telephone form's."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict

from collector.field_parsers import FieldMistake, parse_date, parse_time
from collector.pickups.drafts import CivilWindow, PickupDraft
from collector.pickups.validation import mistakes_in
from collector.web.framework.forms import Form, ParsedField, RowsField

LINES = 3
"""The lines of windows of a form on the telephone."""
WHOLE_NUMBER = lazy_gettext("Give a whole number.")
DAY_AND_TIMES = lazy_gettext("Give a day and two times.")
DRAFT_FIELDS = frozenset(field.name for field in fields(PickupDraft))


class WindowForm(Form):
    """One line of a form: a day and hours that suit the donor; without a day it is unused."""

    day = ParsedField[date | None](parse_date, blank=None)
    opens = ParsedField(parse_time, blank=None, required="time_not_read", default=time(8))
    closes = ParsedField(parse_time, blank=None, required="time_not_read", default=time(18))

    @property
    def is_used(self) -> bool:
        """Whether a day was typed."""
        return bool(self.day.text)

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms'
        """Validate a line that is used."""
        return super().validate(extra_validators) if self.is_used else True

    @property
    def window(self) -> CivilWindow | None:
        """The window of a line; None if it is unused or wrong."""
        if self.day.data is None or self.opens.data is None or self.closes.data is None:
            return None
        return CivilWindow(self.day.data, self.opens.data, self.closes.data)


class WindowsField(RowsField[WindowForm]):
    """Lines of windows; the value is the windows without a mistake in their text."""

    data: tuple[CivilWindow, ...]

    def process(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - WTForms'
        """Read the lines, and the windows of the lines without a mistake."""
        super().process(*args, **options)
        self.data = tuple(window for _line, window in self._read())

    @property
    def days(self) -> tuple[date, ...]:
        """The days, also of lines with wrong hours."""
        return tuple(row.day.data for row in self.rows if row.day.data is not None)

    def on_lines(self, mistakes: Iterable[FieldMistake]) -> Iterator[FieldMistake]:
        """Yield the mistakes of a draft under the number of their line.

        A draft numbers the windows it has; unused and unreadable lines are none of them. If a day
        was typed, its own line shows the mistake and no window is *missing*.
        """
        lines = {f"windows.{place}": line for place, (line, _) in enumerate(self._read())}
        for mistake in mistakes:
            if mistake.field in lines:
                yield mistake._replace(field=f"{self.name}.{lines[mistake.field]}")
            elif not (mistake.field == "windows" and self._is_unread):
                yield mistake

    @property
    def _is_unread(self) -> bool:
        return not self.data and any(row.is_used for row in self.rows)

    def _read(self) -> list[tuple[int, CivilWindow]]:
        windows = [(line, row.window) for line, row in enumerate(self.rows)]
        return [(line, window) for line, window in windows if window is not None]


def hour_field(proposed: time) -> ParsedField[time | None]:
    """Return the field of a time that a used line needs."""
    return ParsedField(
        parse_time, blank=None, required="time_not_read", message=DAY_AND_TIMES, default=proposed
    )


class PhoneWindowForm(WindowForm):
    """A line of windows, with the hours of a morning proposed."""

    day = ParsedField[date | None](parse_date, blank=None, message=DAY_AND_TIMES)
    opens = hour_field(time(8))
    closes = hour_field(time(12))


def split_numbered(form: MultiDict[str, str]) -> Iterable[Mapping[str, str]]:
    """Return the lines of windows from the fields `day_0`, `opens_0`, `closes_0` and so on."""
    names = ("day", "opens", "closes")
    return [{name: form.get(f"{name}_{line}", "") for name in names} for line in range(LINES)]


class PickupForm(Form):
    """Base of the forms with fields named as a draft's fields."""

    def draft(self, **about: Any) -> PickupDraft:  # noqa: ANN401 - fields of a draft
        """Return the draft in the form, with values for fields that the form has not."""
        asked = {name: field.data for name, field in self._fields.items() if name in DRAFT_FIELDS}
        return PickupDraft(**asked | about)

    def check(self, draft: PickupDraft, *, now: datetime, zone: ZoneInfo, days_ahead: int) -> None:
        """Keep the mistakes of the draft in the fields that this form has."""
        mistakes = mistakes_in(draft, now=now, zone=zone, days_ahead=days_ahead)
        here: Iterable[FieldMistake] = (
            each for each in mistakes if each.field.partition(".")[0] in self
        )
        windows = self._fields.get("windows")
        if isinstance(windows, WindowsField):
            here = windows.on_lines(here)
        self.add_mistakes(here)

"""What the cells of an imported row mean: dates, times, numbers, yes and no; all mistakes kept.

Numbers may be written the French way: `44,84` is 44.84 where a fraction makes sense, and a space
may part thousands. Where only whole numbers do, `1,5` is refused: nobody knows whether it means one
and a half, fifteen or fifteen hundred.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time
from typing import TypeVar

from collector.csv_rows import CellMistake, CsvRow

Value = TypeVar("Value")

DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")
TIME = re.compile(r"(\d{1,2})(?:[:hH](\d{2})?(?::00)?)?")
YES, NO = {"yes", "y", "oui", "o", "true", "vrai", "1"}, {"no", "n", "non", "false", "faux", "0"}
MOST_DIGITS = 9


class Cells:
    """The cells of one row, read one by one; what is wrong is kept, not raised."""

    def __init__(self, row: CsvRow) -> None:
        self.line = row.line
        self._cells: Mapping[str, str] = row.cells
        self.mistakes: list[CellMistake] = []

    def wrong(self, column: str, code: str, **figures: object) -> None:
        """Keep a mistake; a column's first one is enough."""
        if all(mistake.column != column for mistake in self.mistakes):
            self.mistakes.append(CellMistake(column, code, figures))

    def text(self, column: str, *, needed: bool = False, most: int = 200) -> str:
        """Return a cell without the spaces around it."""
        text = self._cells.get(column, "").strip()
        if needed and not text:
            self.wrong(column, "cell_missing")
        if len(text) > most:
            self.wrong(column, "text_too_long", most=most)
        return text

    def choice(self, column: str, choices: Collection[str], *, default: str) -> str:
        """Return one of the words a column may hold."""
        text = self.text(column).lower() or default
        if text not in choices:
            self.wrong(column, "cell_not_choice", choices=", ".join(choices))
        return text

    def day(self, column: str, *, needed: bool = False) -> date | None:
        """Return a day, written 2026-11-24 or 24/11/2026."""
        return self._read(column, _day, "cell_not_date", needed=needed)

    def wall(self, column: str, *, needed: bool = False) -> time | None:
        """Return a wall-clock time, written 09:30, 9h30 or 9h."""
        return self._read(column, _time, "cell_not_time", needed=needed)

    def whole(self, column: str, *, default: int | None = None) -> int:
        """Return a whole number; without a default the cell must hold one."""
        found = self._read(column, _whole, "cell_not_whole", needed=default is None)
        return found if found is not None else default or 0

    def decimal(self, column: str) -> float | None:
        """Return a number with a point or a comma."""
        return self._read(column, _decimal, "cell_not_number", needed=False)

    def yes(self, column: str) -> bool:
        """Return whether a cell says yes; an empty one says no."""
        return bool(self._read(column, _yes, "cell_not_yes_no", needed=False))

    def _read(
        self, column: str, parse: Callable[[str], Value | None], code: str, *, needed: bool
    ) -> Value | None:
        text = self.text(column, needed=needed)
        found = parse(text) if text else None
        if text and found is None:
            self.wrong(column, code)
        return found


def _day(text: str) -> date | None:
    for form in DATE_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a civil day has no zone
        except ValueError:
            continue
    return None


def _time(text: str) -> time | None:
    found = TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004 - a clock's


def _whole(text: str) -> int | None:
    plain = "".join(text.split())
    fits = plain.isascii() and plain.isdigit() and len(plain) <= MOST_DIGITS
    return int(plain) if fits else None


def _decimal(text: str) -> float | None:
    plain = "".join(text.split()).replace(",", ".")
    return float(plain) if re.fullmatch(r"[+-]?\d{1,9}(\.\d{1,12})?", plain, re.ASCII) else None


def _yes(text: str) -> bool | None:
    word = text.lower()
    return True if word in YES else False if word in NO else None

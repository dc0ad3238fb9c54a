"""The cells of an imported row by the parsers of the forms; every mistake is kept."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from collector.csv_rows import REPLACEMENT, CsvRow, readable
from collector.errors import Refused
from collector.field_parsers import (
    FieldMistake,
    clean,
    parse_whole_number,
    parse_yes_no,
)
from collector.import_reports import Repair, RowOutcome, RowReport
from collector.search_words import words_in

Value = TypeVar("Value")

CELL_CODES = {
    "date_not_read": "cell_not_date",
    "time_not_read": "cell_not_time",
    "number_not_read": "cell_not_whole",
    "decimal_not_read": "cell_not_number",
    "yes_no_not_read": "cell_not_yes_no",
}
"""The code of a cell by the code of its parser: a file gets other advice than a form."""


class Cells:
    """The cells of one row, read one by one; a mistake is kept, not raised."""

    def __init__(self, row: CsvRow) -> None:
        self.line = row.line
        self._cells: Mapping[str, str] = row.cells
        self.mistakes: list[FieldMistake] = []
        self.repairs: list[Repair] = []
        if row.too_long:
            self.wrong("", "row_too_long", line=row.line)

    def wrong(self, column: str, code: str, **figures: object) -> None:
        """Keep a mistake unless its column has one already."""
        if all(mistake.field != column for mistake in self.mistakes):
            self.mistakes.append(FieldMistake(column, code, figures))

    def judge(self, column: str, refuse: Callable[..., None], *about: object, **by: object) -> None:
        """Keep the refusal of a rule, if it refuses, as a mistake of a column."""
        try:
            refuse(*about, **by)
        except Refused as refused:
            self.wrong(column, refused.code, **refused.figures)

    def text(self, column: str, *, required: bool = False, most: int = 200) -> str:
        """Return a cell without the spaces around it."""
        written = clean(self._cells.get(column, ""))
        text = readable(written)
        if text != written:
            self.repaired(column, written, text)
        if REPLACEMENT in text:
            self.wrong(column, "text_garbled")
        if required and not text:
            self.wrong(column, "cell_missing")
        if len(text) > most:
            self.wrong(column, "text_too_long", most=most)
        return text

    def value(
        self, column: str, parse: Callable[[str], Value], *, required: bool = False
    ) -> Value | None:
        """Return the value of a cell by a parser; None if it is empty or wrong."""
        text = self.text(column, required=required)
        if not text:
            return None
        try:
            value = parse(text)
        except Refused as refused:
            code = CELL_CODES.get(refused.code, refused.code)
            self.wrong(column, code, **refused.figures)
            return None
        if isinstance(value, str) and value.casefold() != text.casefold():
            self.repaired(column, text, value)
        return value

    def repaired(self, column: str, given: str, kept: str) -> None:
        """Keep that a cell is understood otherwise than written."""
        repair = Repair(column, given, kept)
        if repair not in self.repairs:
            self.repairs.append(repair)

    def report(self, **about: Any) -> RowReport:  # noqa: ANN401 - those of RowReport
        """Return the report of the row, wrong if a mistake was kept."""
        if self.mistakes:
            about["outcome"] = RowOutcome.WRONG
        return RowReport(
            line=self.line, mistakes=tuple(self.mistakes), repairs=tuple(self.repairs), **about
        )

    def choice(
        self, column: str, choices: Collection[str], *, words: Mapping[str, str], default: str
    ) -> str:
        """Return one of the codes a column may hold; the default if the cell is empty.

        Parameters
        ----------
        words
            The code of each word that is accepted besides, in the form of `words_in`.
        """
        text = self.text(column).lower() or default
        text = words.get(" ".join(words_in(text)), text)
        if text not in choices:
            self.wrong(column, "cell_not_choice", choices=", ".join(choices))
        return text

    def whole_number(
        self,
        column: str,
        parse: Callable[[str], int] = parse_whole_number,
        *,
        required: bool = False,
    ) -> int:
        """Return a whole number; 0 if the cell is empty or wrong."""
        return self.value(column, parse, required=required) or 0

    def yes(self, column: str) -> bool:
        """Return whether a cell says yes; an empty one says no."""
        return bool(self.value(column, parse_yes_no))

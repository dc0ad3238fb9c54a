"""CSV files, read from other programs and written for them.

Read are UTF-8 with or without a byte order mark, CP1252, `,` or `;`, any line ending, and line
breaks inside quotes. Written are UTF-8 with a byte order mark, `;` and CRLF, which spreadsheets
open directly, without any cell that a spreadsheet would run as a formula.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from collector.field_parsers import FieldMistake

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
MOST_ROWS = 20_000
HEADER_LINE = 1
"""The line of a mistake of the file as such: that of its header."""

FORMULA = re.compile(r"'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]")
"""Begin of a cell that a spreadsheet runs, full-width signs included, escaped or not."""

ESCAPED = re.compile(r"'+[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """The mistakes of one row; `line` is its first line in the file, counted from 1."""

    line: int
    mistakes: tuple[FieldMistake, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """The result of an import: every row, and the mistakes of the file as such."""

    rows: tuple[RowReport, ...] = ()
    file_mistakes: tuple[FieldMistake, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Whether every row was imported; otherwise none was."""
        return not self.file_mistakes and not any(row.mistakes for row in self.rows)

    @property
    def rejected(self) -> list[RowReport]:
        """The rows with mistakes, after the mistakes of the file as such."""
        file = [RowReport(line=HEADER_LINE, mistakes=self.file_mistakes)]
        return file[: bool(self.file_mistakes)] + [row for row in self.rows if row.mistakes]


class CsvRow(NamedTuple):
    """One row: its first line in the file, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """The rows of a file; if it has mistakes, the rows must not be used."""

    rows: tuple[CsvRow, ...] = ()
    mistakes: tuple[FieldMistake, ...] = ()


class _Unreadable(Exception):  # noqa: N818 - it never leaves this module
    """The rest of the file cannot be read."""

    def __init__(self, code: str, **figures: object) -> None:
        super().__init__(code)
        self.mistake = FieldMistake("", code, figures)


def read_rows(data: bytes, *, required: Collection[str], optional: Collection[str]) -> CsvFile:
    """Return the rows of a file with the names of the columns in its first row.

    Columns may stand in any order. Names may be written in capitals and with spaces. Short rows
    end in empty cells; rows without content are skipped.
    """
    try:
        lines = _lines(_decoded(data))
        header, found = _header(lines), []
        mistakes = _header_mistakes(header, required=required, optional=optional)
        if not mistakes:
            found = [_row(line, cells, header) for line, cells in lines]
            mistakes = [] if found else [FieldMistake("", "file_empty")]
    except _Unreadable as unreadable:
        return CsvFile(mistakes=(unreadable.mistake,))
    return CsvFile(rows=tuple(found), mistakes=tuple(mistakes))


def write_rows(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return a file of rows; `read_rows` returns the same cells."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([escaped(str(row[column])) for column in columns])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def escaped(cell: str) -> str:
    """Return a cell that no spreadsheet runs: an apostrophe precedes the begin of a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unescaped(cell: str) -> str:
    """Return the argument of `escaped`; the apostrophe of 't Hooft stays."""
    return cell[1:] if ESCAPED.match(cell) else cell


def _decoded(data: bytes) -> str:
    if b"\x00" in data:  # UTF-16, a spreadsheet's own format, an image
        raise _Unreadable("file_not_text")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _Unreadable("file_not_text")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with content, each with its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begins, count = 1, 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _Unreadable("csv_broken", line=begins) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MOST_ROWS + 1:
                raise _Unreadable("file_too_long", most=MOST_ROWS)
            yield begins, cells
        begins = reader.line_num + 1


def _delimiter(text: str) -> str:
    header = next(iter(text.lstrip().splitlines()), "")
    return ";" if header.count(";") > header.count(",") else ","


def _header(lines: Iterator[tuple[int, list[str]]]) -> list[str]:
    _line, names = next(lines, (HEADER_LINE, []))
    if not names:
        raise _Unreadable("file_empty")
    header = ["_".join(name.lower().split()) for name in names]
    while header and not header[-1]:
        header.pop()
    return header


def _header_mistakes(
    header: list[str], *, required: Collection[str], optional: Collection[str]
) -> list[FieldMistake]:
    known = {*required, *optional}
    unknown = [name for name in dict.fromkeys(header) if name not in known]
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1 and name in known]
    missing = [name for name in required if name not in header]
    return [
        FieldMistake(name, code, {"name": name})
        for code, names in (
            ("column_unknown", unknown),
            ("column_twice", twice),
            ("column_missing", missing),
        )
        for name in names
    ]


def _row(line: int, cells: list[str], header: list[str]) -> CsvRow:
    if any(cell.strip() for cell in cells[len(header) :]):
        raise _Unreadable("row_too_long", line=line)
    padded = [*cells, *[""] * (len(header) - len(cells))]
    return CsvRow(line, {name: unescaped(cell) for name, cell in zip(header, padded, strict=False)})

"""Rows of CSV and .xlsx files, read from other programs and written for them.

Read are .xlsx, and CSV in UTF-8, UTF-16 or CP1252, separated by `,`, `;`, tabs or `|`, with a line
`sep=`, titles above the headings, total lines, and line breaks inside quotes. Written are UTF-8
with a byte order mark, `;` and CRLF, which spreadsheets open directly, without any cell that a
spreadsheet would run as a formula.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from collector.errors import Refused
from collector.field_parsers import FieldMistake
from collector.search_words import words_in
from collector.workbook_lines import is_workbook, workbook_lines

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
MOST_ROWS = 20_000
HEADER_WITHIN = 15
"""Lines among which the headings are sought; titles stand above them."""

DELIMITERS = (";", ",", "\t", "|")
SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?[^\S\t]*(?:\r\n|\r|\n)", re.IGNORECASE)
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
TOTALS = frozenset({"total", "totaux", "somme", "sum", "sous", "subtotal"})
"""First words of a line that adds the others up; `sous` begins *sous-total*."""

REASON_KEYS = frozenset({"to correct", "a corriger"})
"""Headings of the reasons in a file of rejected rows; they are skipped when it is read again."""

MOJIBAKE = re.compile(r"[\u00c2\u00c3\u00c5][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]")
"""Two characters that CP1252 makes of one accented letter in UTF-8, such as `Ã©`."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

FORMULA = re.compile(r"'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]")
"""Begin of a cell that a spreadsheet runs, full-width signs included, escaped or not."""

ESCAPED = re.compile(r"'+[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]")


class CsvRow(NamedTuple):
    """One row: its first line in the file, its cells by column, and all cells as written."""

    line: int
    cells: Mapping[str, str]
    written: tuple[str, ...]
    too_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvColumns:
    """The columns of a kind of file, with the headings under which other programs write them."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    headings: Mapping[str, Collection[str]]
    """The headings of each column, in the form of `heading_key`."""

    def known(self) -> dict[str, str]:
        """Return the column of each heading."""
        names = {heading_key(column): column for column in (*self.required, *self.optional)}
        others = {heading: column for column, all_of in self.headings.items() for heading in all_of}
        return others | names


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """The headings and rows of a file; if it has mistakes, the rows must not be used."""

    headings: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """The column of each heading; empty if it is left out."""
    rows: tuple[CsvRow, ...] = ()
    totals: tuple[int, ...] = ()
    """The lines that add others up, and are left out."""
    mistakes: tuple[FieldMistake, ...] = ()
    is_workbook: bool = False
    """Whether it was sent as .xlsx, and its rejected rows go back so."""

    @property
    def unused(self) -> tuple[str, ...]:
        """The headings that are left out."""
        pairs = zip(self.headings, self.columns, strict=True)
        left = (heading for heading, column in pairs if not column)
        return tuple(heading for heading in left if heading_key(heading) not in REASON_KEYS)


def heading_key(heading: str) -> str:
    """Return a heading in small letters, without accents and punctuation."""
    return " ".join(words_in(readable(heading).replace("_", " ")))


def read_rows(
    data: bytes, columns: CsvColumns, *, remembered: Mapping[str, str] | None = None
) -> CsvFile:
    """Return the rows of a file by its headings, which may stand in any order.

    Short rows end in empty cells; rows without content are skipped. A heading that is neither
    known nor remembered is left out.

    Parameters
    ----------
    remembered
        The column of a heading's key, as a person chose it; empty to leave the heading out.
    """
    known = columns.known() | dict(remembered or {}) | dict.fromkeys(REASON_KEYS, "")
    try:
        lines = _lines(data, known)
    except Refused as refused:
        return CsvFile(mistakes=(FieldMistake("", refused.code, refused.figures),))
    if not lines:
        return CsvFile(mistakes=(FieldMistake("", "file_empty"),))
    begin = _header_index([cells for _, cells in lines[:HEADER_WITHIN]], known)
    headings = _headings(lines[begin][1])
    found = tuple(known.get(heading_key(heading), "") for heading in headings)
    mistakes = _column_mistakes(headings, found, columns.required)
    rows, totals = [], []
    for line, cells in lines[begin + 1 :]:
        row = _row(line, cells, found)
        if _is_total(cells, row, columns.required):
            totals.append(line)
        else:
            rows.append(row)
    if not rows and not mistakes:
        mistakes = [FieldMistake("", "file_empty")]
    return CsvFile(
        headings=headings,
        columns=found,
        rows=tuple(rows),
        totals=tuple(totals),
        mistakes=tuple(mistakes),
        is_workbook=is_workbook(data),
    )


def write_rows(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, object]],
    *,
    headings: Sequence[str] | None = None,
) -> bytes:
    """Return a file of rows; `read_rows` returns the same cells.

    Parameters
    ----------
    headings
        The words of the columns; their names if not given.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(headings or columns)
    for row in rows:
        writer.writerow([escaped(str(row[column])) for column in columns])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def escaped(cell: str) -> str:
    """Return a cell that no spreadsheet runs: an apostrophe precedes the begin of a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unescaped(cell: str) -> str:
    """Return the argument of `escaped`; the apostrophe of 't Hooft stays."""
    return cell[1:] if ESCAPED.match(cell) else cell


def readable(text: str) -> str:
    """Return a text whose accents were read in the wrong encoding as it was written."""
    if not MOJIBAKE.search(text):
        return text
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text


def _decoded(data: bytes) -> str:
    if data.startswith(UTF_16):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise Refused("file_not_text") from None
    if b"\x00" in data:  # an image, or a spreadsheet's former format
        raise Refused("file_not_text")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("file_not_text")


def _lines(data: bytes, known: Mapping[str, str]) -> list[tuple[int, list[str]]]:
    """Return the lines with content, each with its number in the file."""
    most = MOST_ROWS + HEADER_WITHIN
    if is_workbook(data):
        lines = workbook_lines(data, most=most + 1)
    else:
        text, begin = _decoded(data), 1
        if match := SEPARATOR_LINE.match(text):
            text, begin, delimiter = text[match.end() :], 2, match[1]
        else:
            delimiter = max(DELIMITERS, key=lambda sign: _headings_known(text, sign, known))
        lines = []
        for each in _csv_lines(text, delimiter, begin=begin):
            lines.append(each)
            if len(lines) > most:
                break
    if len(lines) > MOST_ROWS + 1:
        raise Refused("file_too_long", most=MOST_ROWS)
    return lines


def _csv_lines(text: str, delimiter: str, *, begin: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = begin
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Refused("csv_broken", line=line) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = begin + reader.line_num


def _headings_known(text: str, delimiter: str, known: Mapping[str, str]) -> tuple[int, int]:
    """Return the known headings of the best first line, and its number of cells."""
    lines = csv.reader(text.lstrip().splitlines()[:HEADER_WITHIN], delimiter=delimiter)
    try:
        return max((_count_known(cells, known), len(cells)) for cells in lines)
    except (csv.Error, ValueError):  # a line break within quotes; no line
        return 0, 0


def _count_known(cells: Iterable[str], known: Mapping[str, str]) -> int:
    return sum(heading_key(cell) in known for cell in cells if cell.strip())


def _header_index(lines: Sequence[Sequence[str]], known: Mapping[str, str]) -> int:
    """Return the first line with most known headings; without any, with most cells."""
    counts = [_count_known(cells, known) for cells in lines]
    if not any(counts):
        counts = [sum(bool(cell.strip()) for cell in cells) for cells in lines]
    return counts.index(max(counts))


def _headings(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the headings without the empty ones at the end; one that returns is numbered."""
    names = [" ".join(readable(unescaped(cell)).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    seen: Counter[str] = Counter()
    found = []
    for index, name in enumerate(names, start=1):
        heading = name or f"({index})"
        seen[heading_key(heading)] += 1
        count = seen[heading_key(heading)]
        found.append(heading if count == 1 else f"{heading} ({count})")
    return tuple(found)


def _column_mistakes(
    headings: Sequence[str], columns: Sequence[str], required: Sequence[str]
) -> list[FieldMistake]:
    twice = [
        FieldMistake(column, "column_twice", {"name": heading})
        for index, (heading, column) in enumerate(zip(headings, columns, strict=True))
        if column and column in columns[:index]
    ]
    missing = [
        FieldMistake(name, "column_missing", {"name": name})
        for name in required
        if name not in columns
    ]
    return twice + missing


def _row(line: int, cells: Sequence[str], columns: Sequence[str]) -> CsvRow:
    padded = [*cells, *[""] * (len(columns) - len(cells))]
    pairs = zip(columns, padded, strict=False)
    return CsvRow(
        line,
        {column: unescaped(cell) for column, cell in pairs if column},
        tuple(padded),
        too_long=any(cell.strip() for cell in cells[len(columns) :]),
    )


def _is_total(cells: Sequence[str], row: CsvRow, required: Sequence[str]) -> bool:
    first = next((cell for cell in cells if cell.strip()), "")
    empty = sum(not row.cells.get(column, "").strip() for column in required)
    return bool(TOTALS.intersection(words_in(first)[:1])) and 2 * empty >= len(required)

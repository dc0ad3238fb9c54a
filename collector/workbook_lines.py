"""Lines of a spreadsheet file (.xlsx), read as texts for the parsers of forms, and written."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import islice

from collector.errors import Refused

SIGNATURE = b"PK\x03\x04"
MOST_UNPACKED = 100_000_000
"""Bytes of an unpacked file; a larger one is no list of donors."""

SECONDS_PER_HOUR = 3600


def is_workbook(data: bytes) -> bool:
    """Return whether a file is a ZIP archive, as a .xlsx is."""
    return data.startswith(SIGNATURE)


def workbook_lines(data: bytes, *, most: int) -> list[tuple[int, list[str]]]:
    """Return the lines with content of the first sheet that has any, each with its number.

    Raises
    ------
    Refused
        `workbook_broken`: it cannot be read; `workbook_too_large`.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - 0.2 s that only a .xlsx needs
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MOST_UNPACKED:
            raise Refused("workbook_too_large")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = (list(islice(_lines(sheet), most)) for sheet in book.worksheets)
        return next((lines for lines in sheets if lines), [])
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        OSError,
        SyntaxError,
        TypeError,
        ValueError,
    ) as error:
        raise Refused("workbook_broken") from error


def workbook_of(lines: Iterable[Sequence[str | float]]) -> bytes:
    """Return a spreadsheet file of these lines; a cell is a number or a text, never a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - as above
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        cells = []
        for value in line:
            is_text = isinstance(value, str)
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value) if is_text else value)
            if is_text:
                cell.data_type = "s"
                cell.quotePrefix = True  # a text stays a text when a person edits it
            cells.append(cell)
        sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _lines(sheet: object) -> Iterator[tuple[int, list[str]]]:
    rows = sheet.iter_rows(values_only=True)  # type: ignore[attr-defined]  # openpyxl is untyped
    for line, values in enumerate(rows, start=1):
        cells = [_text(value) for value in values]
        if any(cell.strip() for cell in cells):
            yield line, cells


def _text(value: object) -> str:
    """Return the text of a cell, as a French spreadsheet would show it."""
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case float():
            text = str(int(value)) if value.is_integer() else repr(value).replace(".", ",")
        case datetime():
            has_time = value.time() != time()
            text = f"{value:%Y-%m-%d %H:%M}" if has_time else value.date().isoformat()
        case timedelta():
            hours, rest = divmod(int(value.total_seconds()), SECONDS_PER_HOUR)
            text = f"{hours}:{rest // 60:02}"
        case time():
            text = f"{value:%H:%M}"
        case _:
            text = str(value)
    return text

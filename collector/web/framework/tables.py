"""Tables as files to save: CSV with the signs of the language, and spreadsheets with numbers."""

from collections.abc import Iterable, Sequence
from typing import Final

from flask import Response, make_response
from flask_babel import get_locale

from collector.csv_rows import write_rows
from collector.workbook_lines import workbook_of

Cell = str | int | float
SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_table(name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Return a table as CSV, with cells safe from formula execution."""
    columns = [str(number) for number in range(len(headings))]
    cells = (dict(zip(columns, map(_written, row), strict=True)) for row in rows)
    content = write_rows(columns, cells, headings=headings)
    return _download(f"{name}.csv", content, "text/csv; charset=utf-8")


def xlsx_table(name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Return a table as a spreadsheet."""
    return _download(f"{name}.xlsx", workbook_of([headings, *rows]), SHEET)


def _written(value: Cell) -> Cell:
    """Return a cell of a CSV file; a French spreadsheet takes `81.2` for a text."""
    is_french = str(get_locale()) == "fr"
    return str(value).replace(".", ",") if is_french and isinstance(value, float) else value


def _download(name: str, content: bytes, kind: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

"""CSV files, read from other programs and written for them."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.csv_rows import (
    MOST_ROWS,
    CsvColumns,
    escaped,
    read_rows,
    readable,
    unescaped,
    write_rows,
)

COLUMNS = ("name", "note")
cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))
nasty = st.tuples(st.sampled_from("'=+-@\t\r\n\";,"), cells).map("".join)
rows = st.lists(
    st.fixed_dictionaries(dict.fromkeys(COLUMNS, cells | nasty)).filter(
        lambda row: any(cell.strip() for cell in row.values())
    ),
    min_size=1,
    max_size=6,
)


def columns(*required: str) -> CsvColumns:
    """Return columns of which `name` is *nom* in French."""
    return CsvColumns(required=required, optional=("town",), headings={"name": ("nom",)})


def workbook(*lines: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "empty"
    sheet = book.create_sheet("list")
    for line in lines:
        sheet.append(line)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(text: str | bytes, required: tuple[str, ...] = COLUMNS) -> list[dict[str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    file = read_rows(data, columns(*required))
    assert not file.mistakes, file.mistakes
    return [dict(row.cells) for row in file.rows]


def codes(data: bytes) -> list[tuple[str, str]]:
    file = read_rows(data, columns(*COLUMNS))
    return [(mistake.field, mistake.code) for mistake in file.mistakes]


@given(rows=rows)
def test_written_rows_are_read_back(rows: list[dict[str, str]]) -> None:
    assert read(write_rows(COLUMNS, rows)) == rows


@given(rows=rows)
def test_no_written_cell_begins_a_formula(rows: list[dict[str, str]]) -> None:
    text = write_rows(COLUMNS, rows).decode("utf-8-sig")
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
        assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in line)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+33 6",
        "-0.57",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "'=1",
        "''+1",
        "\N{FULLWIDTH EQUALS SIGN}1",
    ],
)
def test_a_formula_is_escaped_and_read_back(cell: str) -> None:
    assert escaped(cell) == f"'{cell}"
    assert unescaped(escaped(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Zoé", "'t Hooft", "a=b", " =1", "''"])
def test_a_cell_without_a_formula_is_unchanged_both_ways(cell: str) -> None:
    assert escaped(cell) == unescaped(cell) == cell


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_is_read_however_it_was_saved(delimiter: str, ending: str, encoding: str) -> None:
    lines = (delimiter.join(("name", "note")), delimiter.join(("Zoé", "été")), "")
    assert read(ending.join(lines).encode(encoding)) == [{"name": "Zoé", "note": "été"}]


def test_a_quoted_line_break_is_kept_and_the_next_row_knows_its_line() -> None:
    file = read_rows(b'name,note\n"Zo","a\nb"\n\nAna,x\n', columns(*COLUMNS))
    assert [(row.line, row.cells["note"]) for row in file.rows] == [(2, "a\nb"), (5, "x")]


def test_columns_may_stand_in_any_order_in_capitals_and_with_spaces() -> None:
    file = read_rows(b" NOTE ,First  Name\nx,Ana\n", columns("first_name", "note"))
    assert dict(file.rows[0].cells) == {"note": "x", "first_name": "Ana"}


def test_a_short_row_ends_in_empty_cells_and_trailing_commas_are_nothing() -> None:
    assert read("name,note,,\nAna\nBo,x,,\n") == [
        {"name": "Ana", "note": ""},
        {"name": "Bo", "note": "x"},
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", [("", "file_empty")]),
        (b"\n \n", [("", "file_empty")]),
        (b"name,note\n", [("", "file_empty")]),
        (b"town\nx\n", [("name", "column_missing"), ("note", "column_missing")]),
        (b"name,note,nom\nA,b,c\n", [("name", "column_twice")]),
        (b'name,note\nA,"b\n', [("", "csv_broken")]),
        (b"\xff\xfen", [("", "file_not_text")]),
        (b"\x89PNG\x00", [("", "file_not_text")]),
        (b"PK\x03\x04\x00\x00", [("", "workbook_broken")]),
        (b"name,note\n\x81,b\n", [("", "file_not_text")]),
    ],
)
def test_an_unusable_file_is_refused_with_the_reason(
    data: bytes, expected: list[tuple[str, str]]
) -> None:
    assert codes(data) == expected


def test_a_file_of_too_many_rows_is_refused_and_one_of_just_enough_is_not() -> None:
    header, row = b"name,note\n", b"A,b\n"
    assert codes(header + row * MOST_ROWS) == []
    assert codes(header + row * (MOST_ROWS + 1)) == [("", "file_too_long")]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nname;note\r\nZoé;été\r\n",
        '"sep=|"\nname|note\nZoé|été\n',
        "name\tnote\nZoé\tété\n",
        "Donors of November\n\nname;note\nZoé;été\n",
        "Donors, all; November\n;;\nname;note\nZoé;été\n",
        "Nom;Note\nZoé;été\n",
        "NOM;note;comment\nZoé;été;nice\n",
        "name;note\nZoé;été\nTotal;\n",
        "name;note\nZoé;été\nSous-total : 1;\n",
    ],
)
def test_other_programs_files_are_read(text: str) -> None:
    assert read(text) == [{"name": "Zoé", "note": "été"}]
    assert read(text.encode("utf-16")) == [{"name": "Zoé", "note": "été"}]


def test_an_unknown_column_is_left_out_and_named_and_a_choice_is_remembered() -> None:
    data = "Who;note;comment\nZoé;été;nice\n".encode()
    file = read_rows(data, columns("name", "note"))
    assert (file.unused, [each.field for each in file.mistakes]) == (("Who", "comment"), ["name"])
    file = read_rows(data, columns("name", "note"), remembered={"who": "name", "note": ""})
    assert (file.columns, file.unused) == (("name", "", ""), ("note", "comment"))


def test_a_heading_that_returns_is_numbered_and_left_out() -> None:
    file = read_rows(b"name,note,Note\nA,b,c\n", columns("name", "note"))
    assert (file.unused, dict(file.rows[0].cells)) == (("Note (2)",), {"name": "A", "note": "b"})


def test_a_total_line_is_named_and_a_donor_called_total_is_kept() -> None:
    file = read_rows(b"name;note\nTotal;x\nTotal;\n", columns("name", "note"))
    assert [row.line for row in file.rows] == [2]
    assert file.totals == (3,)


def test_a_row_with_too_many_cells_is_marked_and_the_others_are_read() -> None:
    file = read_rows(b"name,note\nA,b,c\nD,e\n", columns("name", "note"))
    assert [(row.line, row.too_long) for row in file.rows] == [(2, True), (3, False)]


def test_a_workbook_is_read_with_its_days_times_and_numbers() -> None:
    data = workbook(
        ("Donors of November",),
        ("nom", "note", "town"),
        (33000, 44.84, True),
        (date(2026, 11, 1), datetime(2026, 11, 1, 9, 30), time(9, 30)),  # noqa: DTZ001 - as openpyxl has it
        (None, None, None),
        ("Zoé", 33000.0, None),
    )
    file = read_rows(data, columns("name", "note"))
    assert [(row.line, *row.cells.values()) for row in file.rows] == [
        (3, "33000", "44,84", "yes"),
        (4, "2026-11-01", "2026-11-01 09:30", "09:30"),
        (6, "Zoé", "33000", ""),
    ]


def test_accents_read_in_the_wrong_encoding_are_repaired() -> None:
    for text in ("Noémie", "Haÿ", "Ça", "Zoë"):
        assert readable(text.encode().decode("cp1252")) == text
        assert readable(text) == text


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_never_an_accident(data: bytes) -> None:
    file = read_rows(data, columns(*COLUMNS))
    assert file.rows or file.mistakes

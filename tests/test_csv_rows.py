"""CSV files, read from other programs and written for them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.csv_rows import MOST_ROWS, escaped, read_rows, unescaped, write_rows

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


def read(text: str | bytes, required: tuple[str, ...] = COLUMNS) -> list[dict[str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    file = read_rows(data, required=required, optional=())
    assert not file.mistakes, file.mistakes
    return [dict(row.cells) for row in file.rows]


def codes(data: bytes) -> list[tuple[str, str]]:
    file = read_rows(data, required=COLUMNS, optional=("town",))
    assert not (file.rows and file.mistakes) or not file.rows
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
    file = read_rows(b'name,note\n"Zo","a\nb"\n\nAna,x\n', required=COLUMNS, optional=())
    assert [(row.line, row.cells["note"]) for row in file.rows] == [(2, "a\nb"), (5, "x")]


def test_columns_may_stand_in_any_order_in_capitals_and_with_spaces() -> None:
    file = read_rows(b" NOTE ,First  Name\nx,Ana\n", required=("first_name", "note"), optional=())
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
        (b"name,note,size\nA,b,1\n", [("size", "column_unknown")]),
        (b"town\nx\n", [("name", "column_missing"), ("note", "column_missing")]),
        (b"name,note,note\nA,b,c\n", [("note", "column_twice")]),
        (b"name,note\nA,b,c\n", [("", "row_too_long")]),
        (b'name,note\nA,"b\n', [("", "csv_broken")]),
        ("name,note\nA,b\n".encode("utf-16"), [("", "file_not_text")]),
        (b"PK\x03\x04\x00\x00", [("", "file_not_text")]),
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


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_never_an_accident(data: bytes) -> None:
    file = read_rows(data, required=COLUMNS, optional=())
    assert file.rows or file.mistakes

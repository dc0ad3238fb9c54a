"""Spreadsheets made to do harm: archive bombs, false sizes, XML entities."""

from __future__ import annotations

import io
import struct
import zipfile

import openpyxl
import pytest

from collector.csv_rows import CsvColumns, read_rows
from collector.errors import Refused
from collector.web.wording import sentence
from collector.workbook_lines import MOST_UNPACKED, workbook_lines

SHEET = "xl/worksheets/sheet1.xml"
COLUMNS = CsvColumns(required=("name",), optional=("note",), headings={})


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for line in (("name", "note"), ("Dora", "blue door")):
        book.worksheets[0].append(line)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_part(name: str, text: bytes) -> bytes:
    """Return the workbook with one part exchanged or added."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as before,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.namelist():
            if part != name:
                after.writestr(part, before.read(part))
        after.writestr(name, text)
    return content.getvalue()


def mistakes(data: bytes) -> list[str]:
    return [mistake.code for mistake in read_rows(data, COLUMNS).mistakes]


def test_the_workbook_of_these_tests_is_read() -> None:
    assert mistakes(workbook()) == []
    assert mistakes(with_part("docProps/more.xml", b"<more/>")) == []


@pytest.mark.parametrize("part", [SHEET, "docProps/more.xml"])
def test_an_archive_bomb_is_refused_with_a_sentence(part: str) -> None:
    data = with_part(part, bytes(MOST_UNPACKED))
    assert len(data) < 1_000_000
    assert mistakes(data) == ["workbook_too_large"]


def test_a_part_larger_than_it_says_is_not_unpacked_further() -> None:
    """The sizes in the directory are false, so that the sum looks small."""
    data = with_part(SHEET, b"<worksheet>" + bytes(MOST_UNPACKED))
    true = struct.pack("<L", len(b"<worksheet>") + MOST_UNPACKED)
    assert data.count(true) == 2
    assert mistakes(data.replace(true, struct.pack("<L", 1000))) == ["workbook_broken"]


@pytest.mark.parametrize(
    "declared",
    [
        b'<!ENTITY a "&b;&b;"><!ENTITY b "&c;&c;"><!ENTITY c "lol">',
        b'<!ENTITY a SYSTEM "file:///etc/passwd">',
    ],
    ids=["expanding", "external"],
)
@pytest.mark.parametrize("part", [SHEET, "xl/styles.xml", "xl/workbook.xml"])
def test_a_workbook_that_declares_entities_is_refused(part: str, declared: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        text = archive.read(part)
    document = b"<!DOCTYPE x [" + declared + b"]>" + text.removeprefix(b"<?xml version='1.0'?>")
    data = with_part(part, document.replace(b"Dora", b"&a;"))
    with pytest.raises(Refused) as refused:
        workbook_lines(data, most=10)
    assert refused.value.code == "workbook_broken"
    assert "workbook_broken" not in sentence(refused.value)

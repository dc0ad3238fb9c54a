"""Label sheets: what one library draws, another one reads."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from collector.laboratory.labels.layouts import LAYOUTS, SHEET_HEIGHT, SHEET_WIDTH
from collector.laboratory.labels.numbers import bottle_number
from collector.laboratory.labels.sheets import LabelContent, PlacedLabel, sheets_of

DOTS_PER_MM = 12
"""About 300 dots per inch."""
NUMBERS = [
    number for division in range(1, 80) if (number := bottle_number("G123498654321H", division))
]


def contents(count: int) -> list[LabelContent]:
    return [LabelContent(number=number, lines=(number, "120 ml")) for number in NUMBERS[:count]]


def drawn(labels: list[PlacedLabel]) -> NDArray[np.uint8]:
    """Return a sheet as a printer of 300 dots per inch puts it on paper."""
    paper = np.full((SHEET_HEIGHT * DOTS_PER_MM, SHEET_WIDTH * DOTS_PER_MM), 255, dtype=np.uint8)
    for label in labels:
        for mark in label.marks:
            left, right = (round(x * DOTS_PER_MM) for x in (mark.x, mark.x + mark.width))
            top, bottom = (round(y * DOTS_PER_MM) for y in (mark.y, mark.y + mark.height))
            paper[top:bottom, left:right] = 0
    return paper


def read(paper: NDArray[np.uint8]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in zxingcpp.read_barcodes(paper):
        found.setdefault(each.format.name, []).append(each.text)
    return found


def test_scenario_3_sixty_five_labels_decode_to_sixty_five_numbers() -> None:
    (sheet,) = sheets_of(contents(65), LAYOUTS["a4_65"], first=1)
    found = read(drawn(sheet))
    assert set(found) == {"DataMatrix"}
    assert sorted(found["DataMatrix"]) == sorted(NUMBERS[:65])


def test_a_large_label_carries_both_symbols() -> None:
    (sheet,) = sheets_of(contents(24), LAYOUTS["a4_24"], first=1)
    found = read(drawn(sheet))
    assert sorted(found["DataMatrix"]) == sorted(NUMBERS[:24])
    assert sorted(found["Code128"]) == sorted(NUMBERS[:24])


def test_a_used_sheet_begins_at_its_first_free_label() -> None:
    layout = LAYOUTS["a4_65"]
    first, second = sheets_of(contents(57), layout, first=11)
    assert (len(first), len(second)) == (55, 2)
    paper = drawn(first)
    ten = round((layout.top + 2 * layout.down) * DOTS_PER_MM)
    assert (paper[:ten] == 255).all()
    assert sorted(read(paper)["DataMatrix"]) == sorted(NUMBERS[:55])


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_every_mark_and_line_lies_on_its_own_label(name: str) -> None:
    layout = LAYOUTS[name]
    (sheet,) = sheets_of(contents(layout.count), layout, first=1)
    for place, label in enumerate(sheet):
        left, top = layout.corner(place)
        assert left >= 0
        assert left + layout.width <= SHEET_WIDTH
        assert top + layout.height <= SHEET_HEIGHT
        for mark in label.marks:
            assert left + 1 <= mark.x
            assert mark.x + mark.width <= left + layout.width - 1
            assert top + 1 <= mark.y
            assert mark.y + mark.height <= top + layout.height - 1
        for line in label.lines:
            assert top < line.y < top + layout.height

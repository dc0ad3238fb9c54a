"""Label sheets: symbols and texts of each label, placed in millimetres."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collector.laboratory.labels.layouts import LabelLayout

MATRIX_MM = 0.4
"""The side of a module of the Data Matrix."""
LINEAR_MM = 0.25
"""The width of a module of the Code 128."""
LINEAR_HEIGHT_MM = 10.0
QUIET_MM = 2.5
"""The blank margin beside a Code 128."""
PADDING_MM = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolMark:
    """A black rectangle of a symbol, in millimetres from the corner of the sheet."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLine:
    """A line of text, with the left end of its base line in millimetres."""

    x: float
    y: float
    text: str
    strong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLabel:
    """A label on a sheet."""

    marks: tuple[SymbolMark, ...]
    lines: tuple[LabelLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelContent:
    """The number that the symbols carry, and the lines that people read."""

    number: str
    lines: tuple[str, ...]


def sheets_of(
    contents: Sequence[LabelContent], layout: LabelLayout, *, first: int
) -> list[list[PlacedLabel]]:
    """Return the labels of each sheet.

    Parameters
    ----------
    first
        The first free label of the first sheet, counted from one.
    """
    pages: dict[int, list[PlacedLabel]] = {}
    for place, content in enumerate(contents, start=first - 1):
        page, on_page = divmod(place, layout.count)
        pages.setdefault(page, []).append(_placed(content, layout, on_page))
    return list(pages.values())


def _placed(content: LabelContent, layout: LabelLayout, place: int) -> PlacedLabel:
    left, top = layout.corner(place)
    x, y = left + PADDING_MM, top + PADDING_MM
    matrix = list(_matrix(content.number, x, y))
    side = max(mark.x + mark.width for mark in matrix) - x
    marks = matrix + (list(_linear(content.number, layout, left, top)) if layout.linear else [])
    step = 2.7 if layout.linear else 2.5
    lines = tuple(
        LabelLine(x=x + side + PADDING_MM, y=y + 2 + step * n, text=text, strong=n == 0)
        for n, text in enumerate(content.lines)
    )
    return PlacedLabel(marks=tuple(marks), lines=lines)


def _matrix(number: str, x: float, y: float) -> Iterator[SymbolMark]:
    """Yield the marks of a square Data Matrix whose corner, without quiet zone, is at x, y."""
    from pystrich.datamatrix import DataMatrixEncoder  # noqa: PLC0415 - few pages draw symbols

    cells = DataMatrixEncoder(number, quiet_zone=0).get_rect_marks().marks
    for left, top, width, height in cells:
        yield SymbolMark(
            x=x + left * MATRIX_MM,
            y=y + top * MATRIX_MM,
            width=width * MATRIX_MM,
            height=height * MATRIX_MM,
        )


def _linear(number: str, layout: LabelLayout, left: float, top: float) -> Iterator[SymbolMark]:
    """Yield the bars of a Code 128 along the lower edge of a label."""
    from pystrich.code128 import Code128Encoder  # noqa: PLC0415 - few pages draw symbols

    bars = Code128Encoder(number).bars
    y = top + layout.height - LINEAR_HEIGHT_MM - PADDING_MM
    for bar in re.finditer("1+", bars):
        yield SymbolMark(
            x=left + QUIET_MM + bar.start() * LINEAR_MM,
            y=y,
            width=len(bar[0]) * LINEAR_MM,
            height=LINEAR_HEIGHT_MM,
        )

"""Layouts of label sheets, in millimetres."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLayout:
    """A sheet of equal labels on A4; every measure is in millimetres.

    Attributes
    ----------
    left, top
        The corner of the first label.
    across, down
        The distance from one label to the next.
    linear
        Whether a label has room for a linear symbol besides the Data Matrix.
    """

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    across: float
    down: float
    linear: bool

    @property
    def count(self) -> int:
        """The number of labels on a sheet."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Return the left upper corner of a label, counted from zero, row by row."""
        row, column = divmod(place, self.columns)
        return self.left + column * self.across, self.top + row * self.down


SHEET_WIDTH, SHEET_HEIGHT = 210, 297

LAYOUTS = {
    "a4_65": LabelLayout(
        columns=5,
        rows=13,
        width=38.1,
        height=21.2,
        left=4.75,
        top=10.7,
        across=40.6,
        down=21.2,
        linear=False,
    ),
    "a4_24": LabelLayout(
        columns=3,
        rows=8,
        width=63.5,
        height=33.9,
        left=7.2,
        top=12.9,
        across=66.0,
        down=33.9,
        linear=True,
    ),
}
"""The layouts by name; the sizes of sheets are customary ones, not verified."""

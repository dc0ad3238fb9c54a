"""Records: flat arrays of integers read and written by the names of their fields.

A *block* is an array with a head and tables. Its class is the one declaration of its layout::

    class TourRow(TableRow):
        num_stops: int
        cost: int

    class SearchState(Block):
        iteration: int
        tour_of: Entries
        tours: Rows[TourRow]

From it follow the places of all fields, the accessors of compiled code (`compiled_records`) and the
accessors of plain Python, which test every bound: ``state.tours[shift].cost += 1``. So the same
functions run compiled, and in plain Python when `routing.compiled.CHECKED` is set.

In the head lie the integers of the block, then four words per table: the place of its first entry,
the lengths of its two axes of rows, and the width of a row. A table with one axis of rows has 1 as
the length of the second.
"""

import math
from collections.abc import Mapping
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Generic,
    NamedTuple,
    Self,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import numpy as np

from routing.compiled import BoundsError
from routing.timing.encoding import IntArray

WRAPS: Final = "wraps"
"""Mark of a field with sums of random numbers, which leave the range of 64 bits."""

TABLE_WORDS: Final = 4
"""Words of a table in the head: its first entry, two lengths, the width of its rows."""

FIRST, OUTER, INNER, WIDTH = range(TABLE_WORDS)


class Entries:
    """Consecutive integers of a block.

    Raises
    ------
    BoundsError
        In plain Python, at an index below 0 or past the end.
    """

    __slots__ = ("_array", "_count", "_first")

    def __init__(self, array: IntArray, first: int, count: int) -> None:
        self._array, self._first, self._count = array, first, count

    def __getitem__(self, index: int) -> int:
        return int(self._array.item(self._place(index)))

    def __setitem__(self, index: int, value: int) -> None:
        self._array[self._place(index)] = within_64_bits(value)

    def _place(self, index: int) -> int:
        if not 0 <= index < self._count:
            raise BoundsError(f"entry {index} of {self._count}")
        return self._first + int(index)

    def array(self) -> IntArray:
        """Return the integers as a view, for plain Python only."""
        return self._array[self._first : self._first + self._count]


def within_64_bits(value: int) -> int:
    """Return a value that an entry can hold."""
    value = int(value)
    if not -(2**63) <= value < 2**63:
        raise BoundsError(f"{value} has more than 64 bits")
    return value


def _field(column: int, *, wraps: bool) -> property:
    """Return the accessor of a field in plain Python."""

    def read(record: "TableRow") -> int:
        return int(record.entries_.item(record.place_() + column))

    def write(record: "TableRow", value: int) -> None:
        if wraps:
            value = (int(value) + 2**63) % 2**64 - 2**63
        record.entries_[record.place_() + column] = within_64_bits(value)

    return property(read, write)


def _open_field(column: int) -> property:
    """Return the accessor of the rest of a row of any width."""

    def read(record: "TableRow") -> Entries:
        return Entries(record.entries_, record.place_() + column, record.width_ - column)

    return property(read)


class TableRow:
    """One row of a table, which may step to other rows of the same group.

    ``row + n * width`` is the row `n` rows later. An access outside of the rows of the same index
    of the outer axis raises `BoundsError` in plain Python.

    Attributes
    ----------
    columns : dict of str to int
        Per field its place in the row.
    width : int
        The number of fields; the least width of a row with a field of any width.
    is_open : bool
        Whether the last field is of any width.
    """

    __slots__ = ("_at", "_end", "_first", "entries_", "width_")
    columns: ClassVar[dict[str, int]] = {}
    width: ClassVar[int] = 0
    is_open: ClassVar[bool] = False

    def __init_subclass__(cls, after: int = 0) -> None:
        """Give each field its place: the given one, or the next after `after`."""
        cls.columns, cls.width = {}, after
        for name, hint in get_type_hints(cls, include_extras=True).items():
            if get_origin(hint) is ClassVar:
                continue
            marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
            given = next((mark for mark in marks if isinstance(mark, int)), None)
            cls.columns[name] = cls.width if given is None else given
            cls.is_open = hint is Entries
            cls.width += given is None and not cls.is_open
            column = cls.columns[name]
            setattr(
                cls,
                name,
                _open_field(column) if cls.is_open else _field(column, wraps=WRAPS in marks),
            )

    def __init__(self, entries: IntArray, at: int, first: int, end: int, width: int) -> None:
        self.entries_, self.width_ = entries, width
        self._at, self._first, self._end = at, first, end

    def __add__(self, by: int) -> Self:
        return type(self)(self.entries_, self._at + by, self._first, self._end, self.width_)

    def __sub__(self, by: int) -> Self:
        return self + -by

    def place_(self) -> int:
        """Return the place of the row in the block."""
        at, first = self._at, self._first
        if not first <= at < self._end or (at - first) % self.width_:
            raise BoundsError(f"{type(self).__name__} outside of its rows")
        return at


class _Table:
    """Table of a block in plain Python."""

    __slots__ = ("_array", "_first", "_inner", "_outer", "_row_type", "width")

    def __init__(self, array: IntArray, head: int, row: Any) -> None:  # noqa: ANN401 - a type
        self._array, self._row_type = array, row
        words = array[head : head + TABLE_WORDS].tolist()
        self._first, self._outer, self._inner, self.width = words

    def array(self) -> IntArray:
        """Return the rows as a view with three axes, for plain Python only."""
        shape = self._outer, self._inner, self.width
        return self._array[self._first : self._first + math.prod(shape)].reshape(shape)

    def _row(self, outer: int, inner: int) -> Any:  # noqa: ANN401 - of its type
        if not (0 <= outer < self._outer and 0 <= inner < self._inner):
            raise BoundsError(f"row {outer}, {inner} of {self._outer}, {self._inner}")
        width = self.width
        group = self._inner * width
        first = self._first + int(outer) * group
        at = first + int(inner) * width
        if self._row_type is Entries:
            return Entries(self._array, at, width)
        if self._inner == 1:
            first, group = self._first, self._outer * width
        return self._row_type(self._array, at, first, first + group, width)


Row = TypeVar("Row")


class Rows(_Table, Generic[Row]):
    """Table with one axis of rows; a row is a record, or entries."""

    def __getitem__(self, row: int) -> Row:
        return cast("Row", self._row(row, 0))


class Grid(_Table, Generic[Row]):
    """Table with two axes of rows."""

    def __getitem__(self, row: tuple[int, int]) -> Row:
        return cast("Row", self._row(*row))


class Layout(NamedTuple):
    """Place of a table's words in the head, and its kind.

    Attributes
    ----------
    head : int
    axes : int
        0 for `Entries`, 1 for `Rows`, 2 for `Grid`.
    row : type of TableRow, or Entries
    """

    head: int
    axes: int
    row: Any

    def of(self, array: IntArray) -> Any:  # noqa: ANN401 - of its kind
        """Return the table of a block in plain Python."""
        if self.axes == 0:
            first, _, _, width = array[self.head : self.head + TABLE_WORDS].tolist()
            return Entries(array, first, width)
        return (Rows, Grid)[self.axes - 1](array, self.head, self.row)


def _word(place: int) -> property:
    """Return the accessor of an integer in the head in plain Python."""

    def read(block: "Block") -> int:
        return int(block.array.item(place))

    def write(block: "Block", value: int) -> None:
        block.array[place] = within_64_bits(value)

    return property(read, write)


class Block:
    """Array of integers with a head and tables.

    Attributes
    ----------
    words : dict of str to int
        Per integer of the head its place.
    tables : dict of str to Layout
    is_constant : bool
        Whether no compiled function writes to it.
    """

    words: ClassVar[dict[str, int]] = {}
    tables: ClassVar[dict[str, Layout]] = {}
    is_constant: ClassVar[bool] = False

    def __init_subclass__(cls, *, is_constant: bool = False) -> None:
        """Give each integer and each table its place in the head."""
        hints = {
            name: hint
            for name, hint in get_type_hints(cls).items()
            if get_origin(hint) is not ClassVar and name != "array"
        }
        integers = [name for name, hint in hints.items() if hint is int]
        cls.words = {name: place for place, name in enumerate(integers)}
        cls.tables, cls.is_constant = {}, is_constant
        for name, hint in hints.items():
            if name not in cls.words:
                head = len(integers) + TABLE_WORDS * len(cls.tables)
                axes = {Entries: 0, Rows: 1, Grid: 2}[get_origin(hint) or hint]
                cls.tables[name] = Layout(head, axes, get_args(hint)[0] if axes else Entries)
        for name, place in cls.words.items():
            setattr(cls, name, _word(place))

    def __init__(self, array: IntArray) -> None:
        self.array = array

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a table
        """Return a table, made at its first use: the heads of tables do not change."""
        if name not in self.tables:
            raise AttributeError(name)
        table = self.tables[name].of(self.array)
        self.__dict__[name] = table
        return table

    @classmethod
    def allocate(cls, shapes: Mapping[str, tuple[int, ...]]) -> Self:
        """Return a block of zeros.

        Parameters
        ----------
        shapes : mapping of str to tuple of int
            Per table the lengths of its axes of rows, and the width of a row if it is not that of
            its record.
        """
        at = len(cls.words) + TABLE_WORDS * len(cls.tables)
        heads = []
        for name, layout in cls.tables.items():
            rows, width = shapes[name][: layout.axes], shapes[name][layout.axes :]
            words = [at, *rows, *[1] * (2 - layout.axes), *(width or (layout.row.width,))]
            heads += words
            at += words[OUTER] * words[INNER] * words[WIDTH]
        # The system provides memory on first use only; most of a search state is room.
        block = cls(np.zeros(at, dtype=np.int64))
        block.array[len(cls.words) : len(cls.words) + len(heads)] = heads
        return block

"""The text format of CVRPLIB: lines of `KEY : VALUE`, then sections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from routing.errors import InvalidProblemError
from routing.formats.benchmark import (
    TENTHS,
    WHOLES,
    Instance,
    Matrix,
    Node,
    instance,
    scaled,
    straight,
)
from routing.formats.lines import Reader, TextLine

SCALES: Final = {"CVRP": WHOLES, "VRPTW": TENTHS, "CVRPTW": TENTHS}
"""The precision of distances by TYPE."""

SAID: Final = frozenset({"COMMENT", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE"})
"""Keys without a meaning for the problem."""

KEYS: Final = SAID | {
    "NAME",
    "TYPE",
    "DIMENSION",
    "CAPACITY",
    "VEHICLES",
    "SERVICE_TIME",
    "EDGE_WEIGHT_TYPE",
    "EDGE_WEIGHT_FORMAT",
}
SECTIONS: Final = frozenset(
    {
        "NODE_COORD_SECTION",
        "DEMAND_SECTION",
        "DEPOT_SECTION",
        "TIME_WINDOW_SECTION",
        "SERVICE_TIME_SECTION",
        "EDGE_WEIGHT_SECTION",
        "DISPLAY_DATA_SECTION",
    }
)

Columns = Callable[[int, int], range]
FORMATS: Final[Mapping[str, Columns]] = {
    "FULL_MATRIX": lambda _row, size: range(size),
    "LOWER_ROW": lambda row, _size: range(row),
    "LOWER_DIAG_ROW": lambda row, _size: range(row + 1),
    "UPPER_ROW": lambda row, size: range(row + 1, size),
    "UPPER_DIAG_ROW": range,
}
"""The number of columns of a matrix row by EDGE_WEIGHT_FORMAT, row number and size."""

LARGEST_DIMENSION: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """The keys and sections of a file.

    Attributes
    ----------
    head : Line
        The first line of the file, named by errors about missing keys.
    """

    head: TextLine
    keys: dict[str, tuple[TextLine, str]] = field(default_factory=dict)
    sections: dict[str, tuple[TextLine, list[TextLine]]] = field(default_factory=dict)

    def value(self, key: str) -> str:
        """Return the value of a required key."""
        if key not in self.keys:
            self.head.refuse(f"{key} is missing in this file")
        return self.keys[key][1]

    def chosen(self, key: str, known: Mapping[str, object]) -> str:
        """Return the value of a key among permitted ones."""
        value = self.value(key).upper()
        if value not in known:
            self.keys[key][0].refuse(f"{key} {value} is not done; {', '.join(known)} are")
        return value

    def whole(self, key: str) -> int:
        """Return the whole number of a key."""
        line, value = self.keys[key] if key in self.keys else (self.head, self.value(key))
        return line.whole(line.number_of(value, key), key)

    def rows(
        self, section: str, names: str, size: int
    ) -> list[tuple[TextLine, tuple[Fraction, ...]]]:
        """Return a section with a row per node, without the node numbers."""
        if section not in self.sections:
            self.head.refuse(f"{section} is missing in this file")
        header, lines = self.sections[section]
        if len(lines) != size:
            header.refuse(f"{section} has {len(lines)} rows, and DIMENSION is {size}")
        found = [(line, line.exactly(f"node {names}")) for line in lines]
        for row, (line, (number, *_)) in enumerate(found, start=1):
            if number != row:
                line.refuse(f"is node {number}, and {row} was expected")
        return [(line, numbers[1:]) for line, numbers in found]


def read(text: str) -> Instance:
    """Read an instance.

    Raises
    ------
    InvalidProblemError
        The text is not an instance or has an unsupported key; the line at fault is named.
    """
    file = _file(text)
    scale = SCALES[file.chosen("TYPE", SCALES)]
    size = file.whole("DIMENSION")
    if not 1 <= size <= LARGEST_DIMENSION:
        file.keys["DIMENSION"][0].refuse(f"DIMENSION is not between 1 and {LARGEST_DIMENSION}")
    _one_depot(file)
    return instance(
        file.value("NAME"),
        _nodes(file, size, scale),
        _distances(file, size, scale),
        capacity=file.whole("CAPACITY"),
        vehicles=file.whole("VEHICLES") if "VEHICLES" in file.keys else None,
        scale=scale,
    )


def _file(text: str) -> _File:
    reader = Reader(text)
    file = _File(head=reader.ahead() or reader.take("NAME"))
    rows: list[TextLine] | None = None
    for line in reader:
        key, colon, value = (part.strip() for part in line.text.partition(":"))
        if line.text == "EOF":
            break
        if key.endswith("_SECTION"):
            _new(line, key, SECTIONS, file.sections)
            rows = []
            file.sections[key] = line, rows
        elif colon:
            _new(line, key, KEYS, file.keys)
            file.keys[key] = line, value
        elif rows is None:
            line.refuse("is neither a key with its value nor in a section")
        else:
            rows.append(line)
    return file


def _new(line: TextLine, name: str, known: frozenset[str], found: Mapping[str, object]) -> None:
    if name not in known:
        line.refuse(f"{name} is not done")
    if name in found:
        line.refuse(f"{name} is there twice")


def _one_depot(file: _File) -> None:
    if "DEPOT_SECTION" not in file.sections:
        return
    header, lines = file.sections["DEPOT_SECTION"]
    words = [word for line in lines for word in line.words]
    if words not in (["1"], ["1", "-1"]):
        header.refuse("DEPOT_SECTION has another depot than node 1, which is not done")


def _nodes(file: _File, size: int, scale: int) -> list[Node]:
    demands = file.rows("DEMAND_SECTION", "demand", size)
    windows = _windows(file, size, scale)
    services = _services(file, size, scale)
    return [
        Node(
            line=line,
            demand=line.whole(demand, "demand"),
            window=windows[row],
            service=services[row],
        )
        for row, (line, (demand,)) in enumerate(demands)
    ]


def _windows(file: _File, size: int, scale: int) -> Sequence[tuple[int, int] | None]:
    if "TIME_WINDOW_SECTION" not in file.sections:
        return [None] * size
    windows = []
    for line, ends in file.rows("TIME_WINDOW_SECTION", "earliest latest", size):
        earliest, latest = (scaled(line, end, "a time", scale) for end in ends)
        if latest < earliest:
            line.refuse("ends before it begins")
        windows.append((earliest, latest))
    return windows


def _services(file: _File, size: int, scale: int) -> Sequence[int]:
    if "SERVICE_TIME_SECTION" in file.sections:
        rows = file.rows("SERVICE_TIME_SECTION", "service", size)
        return [scaled(line, service, "service", scale) for line, (service,) in rows]
    each = file.whole("SERVICE_TIME") * scale if "SERVICE_TIME" in file.keys else 0
    return [0] + [each] * (size - 1)


def _distances(file: _File, size: int, scale: int) -> Matrix:
    kind = file.chosen("EDGE_WEIGHT_TYPE", {"EUC_2D": straight, "EXPLICIT": FORMATS})
    if kind == "EXPLICIT":
        return _explicit(file, size, scale)
    places = file.rows("NODE_COORD_SECTION", "x y", size)
    return straight([(x, y) for _, (x, y) in places], scale)


def _explicit(file: _File, size: int, scale: int) -> Matrix:
    columns = FORMATS[file.chosen("EDGE_WEIGHT_FORMAT", FORMATS)]
    if "EDGE_WEIGHT_SECTION" not in file.sections:
        file.head.refuse("EDGE_WEIGHT_SECTION is missing in this file")
    header, lines = file.sections["EDGE_WEIGHT_SECTION"]
    weights = [
        scaled(line, line.number_of(word, "a weight"), "a weight", scale)
        for line in lines
        for word in line.words
    ]
    cells = [(row, column) for row in range(size) for column in columns(row, size)]
    if len(weights) != len(cells):
        header.refuse(f"EDGE_WEIGHT_SECTION has {len(weights)} weights, not {len(cells)}")
    matrix = [[0] * size for _ in range(size)]
    symmetric = len(cells) < size * size
    for (row, column), weight in zip(cells, weights, strict=True):
        matrix[row][column] = weight
        if symmetric:
            matrix[column][row] = weight
    return tuple(map(tuple, matrix))


def is_one(text: str) -> bool:
    """Return whether a text begins like CVRPLIB's and not like Solomon's."""
    first = Reader(text).ahead()
    if first is None:
        raise InvalidProblemError("line 1", "the file is empty")
    return ":" in first.text

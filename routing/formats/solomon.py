"""The text format of Solomon's and of Gehring and Homberger's instances."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from routing.formats.benchmark import TENTHS, Instance, Node, instance, scaled, straight
from routing.formats.lines import Reader, TextLine

COLUMNS: Final = "number x y demand ready due service"


def read(text: str) -> Instance:
    """Read an instance.

    Raises
    ------
    InvalidProblemError
        The text is not an instance; the line at fault is named.
    """
    reader = Reader(text)
    name = reader.take("the name").text
    vehicles, capacity = _fleet(reader)
    _headed(reader.take("CUSTOMER"), "CUSTOMER")
    _headed(reader.take("the names of the columns"), "CUST")
    customers = list(_customers(reader))
    if not customers:
        reader.take("the depot")
    return instance(
        name,
        [node for node, _ in customers],
        straight([position for _, position in customers], TENTHS),
        capacity=capacity,
        vehicles=vehicles,
        scale=TENTHS,
    )


def _headed(line: TextLine, word: str) -> None:
    if not line.text.upper().startswith(word):
        line.refuse(f"is not headed {word}")


def _fleet(reader: Reader) -> tuple[int, int]:
    _headed(reader.take("VEHICLE"), "VEHICLE")
    _headed(reader.take("NUMBER and CAPACITY"), "NUMBER")
    line = reader.take("the vehicles")
    number, capacity = line.exactly("number capacity")
    vehicles = line.whole(number, "number")
    if not vehicles:
        line.refuse("there is no vehicle")
    return vehicles, line.whole(capacity, "capacity")


def _customers(reader: Reader) -> Iterator[tuple[Node, tuple[Fraction, Fraction]]]:
    for row, line in enumerate(reader):
        number, x, y, demand, ready, due, service = line.exactly(COLUMNS)
        if number != row:
            line.refuse(f"is customer {number}, and {row} was expected")
        earliest, latest = (scaled(line, end, "a time", TENTHS) for end in (ready, due))
        if latest < earliest:
            line.refuse("is due before it is ready")
        node = Node(
            line=line,
            demand=line.whole(demand, "demand"),
            window=(earliest, latest),
            service=scaled(line, service, "service", TENTHS),
        )
        yield node, (x, y)

"""Travel matrices of one profile."""

from dataclasses import dataclass

from routing.field_types import make_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """Travel between all places for one profile.

    Equal numbers are kept once: of a thousand places that is 50 MB less.

    Attributes
    ----------
    seconds, metres : tuple of tuple of int
        Square, in the order of `Problem.places`; row: from, column: to.
    cents : tuple of tuple of int, optional
        An extra price per leg, in cents, for tolls or a tariff.
    """

    seconds: tuple[tuple[int, ...], ...]
    metres: tuple[tuple[int, ...], ...]
    cents: tuple[tuple[int, ...], ...] | None = None

    def __post_init__(self) -> None:
        """Share equal numbers between cells; a matrix of NumPy or of lists becomes tuples."""
        make_plain(self)
        for name in ("seconds", "metres", "cents"):
            rows = getattr(self, name)
            if isinstance(rows, tuple) and all(isinstance(row, tuple) for row in rows):
                object.__setattr__(self, name, _shared(rows))


def distinct_rows(matrix: tuple[tuple[int, ...], ...]) -> dict[int, tuple[int, ...]]:
    """Return every row object once, by its identity; a matrix of zeros is one row many times."""
    return {id(row): row for row in matrix}


def _shared(rows: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    distinct = distinct_rows(rows)
    # New number objects: the given ones lie scattered among millions of freed ones, and the memory
    # around each would never be returned.
    cells = set().union(*distinct.values())
    known = {value: value + 0 if type(value) is int else value for value in cells}
    shared = {key: tuple(map(known.__getitem__, row)) for key, row in distinct.items()}
    return tuple(shared[id(row)] for row in rows)

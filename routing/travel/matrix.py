"""Knows what travel between all places looks like, wherever it comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """Travel between all places for one profile.

    Attributes
    ----------
    seconds, metres : tuple of tuple of int
        Square, in the order of `Problem.places`; row: from, column: to.
    cents : tuple of tuple of int, optional
        What each leg costs on top, for tolls or a tariff of one's own.
    """

    seconds: tuple[tuple[int, ...], ...]
    metres: tuple[tuple[int, ...], ...]
    cents: tuple[tuple[int, ...], ...] | None = None

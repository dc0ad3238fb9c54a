"""Numbering: the series of a bank's pool numbers, and the divisions of a pool's bottles."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.laboratory.labels.numbers import (
    LARGEST_DIVISION,
    LARGEST_SEQUENCE,
    bottle_number,
    pool_number,
)
from collector.laboratory.pooling.models import NumberSeries


def next_pool_number(session: Session, *, bank_id: int, today: date) -> str:
    """Return the next number of a bank's pools; the series begins anew each year.

    Raises
    ------
    Refused
        `numbers_used_up`: the bank made a million pools in this year.
    """
    series = _series(session, bank_id, today.year)
    if series.year != today.year:
        series.year, series.sequence = today.year, 0
    while series.sequence < LARGEST_SEQUENCE:
        series.sequence += 1
        number = pool_number(series.facility, series.year, series.sequence)
        if number is not None:
            return number
    raise Refused("numbers_used_up")


def bottle_numbers(pool: str, *, after: str | None) -> Iterator[str]:
    """Yield the numbers of a pool's bottles.

    Parameters
    ----------
    after
        The last number that was given out, or None.
    """
    first = int(after.partition("-")[2][:3]) + 1 if after else 1
    for division in range(first, LARGEST_DIVISION + 1):
        number = bottle_number(pool, division)
        if number is not None:
            yield number


def _series(session: Session, bank_id: int, year: int) -> NumberSeries:
    """Return the bank's series, locked until the transaction ends."""
    found = session.scalar(
        select(NumberSeries).where(NumberSeries.bank_id == bank_id).with_for_update()
    )
    if found is None:
        # No licensed facility code: the letter M and the bank's own four digits.
        found = NumberSeries(
            bank_id=bank_id, facility=f"M{bank_id % 10_000:04}", year=year, sequence=0
        )
        session.add(found)
    return found

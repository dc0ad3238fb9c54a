"""Spellings of a result: `<10`, `1e5`, `10^5`, `100 000`."""

import math
import re
from typing import NamedTuple

from collector.errors import Refused
from collector.laboratory.sampling.models import ResultComparator

WRITTEN = re.compile(
    r"(?P<comparator>[<>=]?)\s*(?P<base>\d[\d\s]*(?:[.,]\d+)?)"
    r"(?:\s*[eE]\s*\+?(?P<tens>\d{1,2})|\s*\^\s*(?P<power>\d{1,2}))?",
    re.ASCII,
)
MOST = 1e12
"""Largest value that is read."""


class WrittenFigure(NamedTuple):
    """The comparator and the value of a result as it was written."""

    comparator: ResultComparator
    value: float


def parse_result(text: str) -> WrittenFigure:
    """Return a typed result.

    Raises
    ------
    Refused
        `result_not_read`.
    """
    plain = (
        text.strip().replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    )
    found = WRITTEN.fullmatch(plain)
    if found is None:
        raise Refused("result_not_read")
    base = float("".join(found["base"].split()).replace(",", "."))
    try:
        value = base ** int(found["power"] or 1) * 10 ** int(found["tens"] or 0)
    except OverflowError:
        raise Refused("result_not_read") from None
    if not math.isfinite(value) or value > MOST:
        raise Refused("result_not_read")
    return WrittenFigure(ResultComparator(found["comparator"] or "="), value)

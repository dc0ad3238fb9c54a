"""What a move would cost and which rules it would break, before anybody makes it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A rule that a move would break.

    Attributes
    ----------
    rule
        The planner's name of it (`windows`, `load`, `ride_time`, ...), or `below_minimum`.
    figures
        `by` (seconds, or units of load), `round` (its letter), `pickup`, `what`; some are absent.
    medical
        No reason makes up for it: the move is refused.
    """

    rule: str
    figures: dict[str, Any]
    medical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a move adds to the plan (negative: what it saves), and what it would break."""

    cents: int
    metres: int
    seconds: int
    breaks: tuple[Break, ...]


def preview(
    session: Session,
    *,
    bank_id: int,
    day: date,
    pickup_id: int,
    to_round_id: int | None,
    position: int = 0,
) -> Preview:
    """Return what a move would do; nothing is written.

    Parameters
    ----------
    to_round_id
        None: to the tray.
    position
        Its place among the round's other stops, the first being 0.
    """
    raise NotImplementedError

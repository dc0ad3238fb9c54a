"""Knows how much work a choice may be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much may be spent on a choice.

    Attributes
    ----------
    seconds : float
        Of wall clock.
    work : float, optional
        Of CP-SAT's own measure, about a second each: with this bound, and ample seconds, the same
        question has the same answer.
    workers : int
        Threads of CP-SAT.
    """

    seconds: float
    work: float | None = None
    workers: int = 1

"""Work limit of one recombination."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLimit:
    """Limits of time and work of one recombination.

    Attributes
    ----------
    seconds : float
        Of wall clock.
    deterministic : float, optional
        Of CP-SAT's deterministic time, about a second each. With this limit, and ample seconds, the
        result is reproducible.
    workers : int, default 1
        Threads of CP-SAT.
    """

    seconds: float
    deterministic: float | None = None
    workers: int = 1

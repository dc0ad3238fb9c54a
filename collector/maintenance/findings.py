"""Findings of a check-up: a code with figures, and what it asks for."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self


class Level(StrEnum):
    """The urgency of a finding."""

    FINE = "fine"
    NOTE = "note"
    """To know; nothing has to be done now."""
    ACT = "act"
    """Something must be done."""


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """One line of a check-up; `collector.web.health_wording` has its sentence."""

    code: str
    level: Level
    figures: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return a stored finding."""
        return cls(stored["code"], Level(stored["level"]), dict(stored["figures"]))


def fine(code: str, **figures: object) -> HealthFinding:
    """Return a finding without need for action."""
    return HealthFinding(code, Level.FINE, figures)


def note(code: str, **figures: object) -> HealthFinding:
    """Return a finding to know."""
    return HealthFinding(code, Level.NOTE, figures)


def act(code: str, **figures: object) -> HealthFinding:
    """Return a finding that asks for action."""
    return HealthFinding(code, Level.ACT, figures)

"""Warm spells: times from the first reading above a limit to the next one within it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from collector.laboratory.heating.profiles import ProbeReading


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmSpell:
    """A time above a limit.

    Attributes
    ----------
    ended_at
        The first reading within the limit again; None while there is none.
    warmest
        The warmest reading, in degrees Celsius.
    """

    began_at: datetime
    ended_at: datetime | None
    warmest: float

    def meets(self, began_at: datetime, ended_at: datetime | None) -> bool:
        """Return whether the spell and an interval have an instant in common."""
        before_end = ended_at is None or self.began_at <= ended_at
        return before_end and (self.ended_at is None or self.ended_at >= began_at)

    def lasts(self, span: timedelta, *, until: datetime) -> bool:
        """Return whether the spell lasted a time; one that goes on is measured until an instant."""
        return (self.ended_at or until) - self.began_at >= span


def warm_spells(readings: Iterable[ProbeReading], *, limit: float) -> list[WarmSpell]:
    """Return the spells of one probe.

    Parameters
    ----------
    readings
        In order of time.
    limit
        The warmest temperature that is permitted, in degrees Celsius.
    """
    found: list[WarmSpell] = []
    going_on: WarmSpell | None = None
    for reading in readings:
        if reading.celsius > limit:
            warmest = max(going_on.warmest, reading.celsius) if going_on else reading.celsius
            began_at = going_on.began_at if going_on else reading.at
            going_on = WarmSpell(began_at=began_at, ended_at=None, warmest=warmest)
        elif going_on:
            found.append(replace(going_on, ended_at=reading.at))
            going_on = None
    return [*found, going_on] if going_on else found


def united(spells: Sequence[WarmSpell]) -> list[WarmSpell]:
    """Return the spells of all probes of a unit as spells of the unit."""
    found: list[WarmSpell] = []
    for spell in sorted(spells, key=lambda each: each.began_at):
        last = found[-1] if found else None
        if last is None or not spell.meets(last.began_at, last.ended_at):
            found.append(spell)
            continue
        open_ended = last.ended_at is None or spell.ended_at is None
        found[-1] = WarmSpell(
            began_at=last.began_at,
            ended_at=None if open_ended else max(last.ended_at, spell.ended_at),  # type: ignore[type-var]
            warmest=max(last.warmest, spell.warmest),
        )
    return found

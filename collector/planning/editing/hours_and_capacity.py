"""What an edit changes besides the rounds: a donor's hours of a day, a shift's end and room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.pickups.models import Pickup, PickupWindow
from collector.shifts.actions import change_shift
from collector.shifts.models import RosterShift

Hours = list[list[str]]

ROOM = ("capacity_bottles", "capacity_ml", "capacity_tubes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Windows by pick-up, and shifts by their key, as they are or ought to be."""

    windows: Mapping[int, Hours] = field(default_factory=dict)
    shifts: Mapping[int, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Terms":
        """Read what an edit kept."""
        return cls(
            windows={int(key): hours for key, hours in data.get("windows", {}).items()},
            shifts={int(key): shift for key, shift in data.get("shifts", {}).items()},
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as an edit keeps it."""
        return {
            "windows": {str(key): hours for key, hours in self.windows.items()},
            "shifts": {str(key): shift for key, shift in self.shifts.items()},
        }

    def changed_since(self, session: Session, after: "Terms") -> tuple[int, ...]:
        """Return the pick-ups whose hours are no longer what `after` says.

        A shift that was changed since stands for every one of them.
        """
        astray = [
            key for key in self.windows if hours_of(session, key) != after.windows.get(key, [])
        ]
        others = any(
            shift_terms(session.get_one(RosterShift, key)) != after.shifts.get(key)
            for key in self.shifts
        )
        return tuple(astray or self.windows.keys() or (0,)) if astray or others else ()

    def write(self, session: Session) -> None:
        """Make it so."""
        for key, hours in self.windows.items():
            _write_hours(session, key, hours)
        for key, terms in self.shifts.items():
            change_shift(
                session,
                shift_id=key,
                ends=time.fromisoformat(terms["ends"]),
                capacities={name: terms[name] for name in ROOM},
            )
        session.flush()
        session.expire_all()


def hours_of(session: Session, pickup_id: int) -> Hours:
    """Return every window of a request, as an edit keeps it."""
    rows = session.scalars(
        select(PickupWindow)
        .where(PickupWindow.pickup_id == pickup_id)
        .order_by(PickupWindow.day, PickupWindow.opens)
    )
    return [as_hours(row) for row in rows]


def as_hours(window: PickupWindow) -> list[str]:
    """Return one window, as an edit keeps it."""
    opens, closes = f"{window.opens:%H:%M:%S}", f"{window.closes:%H:%M:%S}"
    return [window.day.isoformat(), opens, closes]


def shift_terms(shift: RosterShift) -> dict[str, Any]:
    """Return what an edit may change of a shift."""
    return {"ends": f"{shift.ends:%H:%M:%S}"} | {name: getattr(shift, name) for name in ROOM}


def _write_hours(session: Session, pickup_id: int, hours: Hours) -> None:
    pickup = session.get_one(Pickup, pickup_id)
    for row in session.scalars(select(PickupWindow).where(PickupWindow.pickup_id == pickup_id)):
        session.delete(row)
    for day, opens, closes in hours:
        session.add(
            PickupWindow(
                bank_id=pickup.bank_id,
                pickup_id=pickup.id,
                day=date.fromisoformat(day),
                opens=time.fromisoformat(opens),
                closes=time.fromisoformat(closes),
            )
        )

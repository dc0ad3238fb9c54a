"""Rows that an edit changes besides the rounds: a donor's windows, a shift's end and capacity."""

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

CAPACITIES = ("capacity_bottles", "capacity_ml", "capacity_tubes")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursAndCapacity:
    """Windows by request, and end and capacities by shift."""

    windows: Mapping[int, Hours] = field(default_factory=dict)
    shifts: Mapping[int, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "HoursAndCapacity":
        """Read the values that an edit stores."""
        return cls(
            windows={int(key): hours for key, hours in data.get("windows", {}).items()},
            shifts={int(key): shift for key, shift in data.get("shifts", {}).items()},
        )

    def as_json(self) -> dict[str, Any]:
        """Return the values as an edit stores them."""
        return {
            "windows": {str(key): hours for key, hours in self.windows.items()},
            "shifts": {str(key): shift for key, shift in self.shifts.items()},
        }

    def changed_since(self, session: Session, after: "HoursAndCapacity") -> tuple[int, ...]:
        """Return the requests with other windows than `after`.

        If a shift was changed since, every request is returned.
        """
        astray = [
            key for key in self.windows if load_hours(session, key) != after.windows.get(key, [])
        ]
        others = any(
            shift_values(session.get_one(RosterShift, key)) != after.shifts.get(key)
            for key in self.shifts
        )
        return tuple(astray or self.windows.keys() or (0,)) if astray or others else ()

    def write(self, session: Session) -> None:
        """Write the values into the rows."""
        for key, hours in self.windows.items():
            _write_hours(session, key, hours)
        for key, terms in self.shifts.items():
            change_shift(
                session,
                shift_id=key,
                ends=time.fromisoformat(terms["ends"]),
                capacities={name: terms[name] for name in CAPACITIES},
            )
        session.flush()
        session.expire_all()


def load_hours(session: Session, pickup_id: int) -> Hours:
    """Return every window of a request, as an edit stores it."""
    rows = session.scalars(
        select(PickupWindow)
        .where(PickupWindow.pickup_id == pickup_id)
        .order_by(PickupWindow.day, PickupWindow.opens)
    )
    return [window_hours(row) for row in rows]


def window_hours(window: PickupWindow) -> list[str]:
    """Return one window, as an edit stores it."""
    opens, closes = f"{window.opens:%H:%M:%S}", f"{window.closes:%H:%M:%S}"
    return [window.day.isoformat(), opens, closes]


def shift_values(shift: RosterShift) -> dict[str, Any]:
    """Return the end and the capacities of a shift, as an edit stores them."""
    return {"ends": f"{shift.ends:%H:%M:%S}"} | {name: getattr(shift, name) for name in CAPACITIES}


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

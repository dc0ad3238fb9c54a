"""The draft of a pick-up: one value from a form, a file or a telephone call to the row."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, time
from typing import NamedTuple

from collector.pickups.models import Enquiry, HoldReason, Kit, MilkLine, Pickup, Purpose

NEARLY_FULL_QUARTERS = 3
"""A freezer with at least so many quarters taken is nearly full."""


class CivilWindow(NamedTuple):
    """A civil day and the wall-clock times between which a visit may begin, both included."""

    day: date
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupDraft:
    """The content of a request before it is one, whichever way it came.

    The donor's form, the telephone form, an imported file and the weeks ahead build it. A field
    bears the name of its column, so that `write_draft` and `draft_of` copy it by that name.
    """

    line: MilkLine = MilkLine.DONATED
    bottles: int = 0
    volume_ml: int = 0
    oldest_on: date | None = None
    """The day on which the oldest bottle was expressed."""
    freezer_nearly_full: bool = False
    freezer_quarters: int | None = None
    """How full the donor's freezer is, in quarters; None if she did not answer."""
    empties_wanted: int = 0
    kit_wanted: tuple[Kit, ...] = ()
    call_first: bool = False
    do_not_ring: bool = False
    neighbour: bool = False
    """A neighbour hands the bottles over if the donor is not at home; the note names her."""
    note: str = ""
    purposes: tuple[Purpose, ...] = (Purpose.COLLECTION,)
    health: tuple[HoldReason, ...] = ()
    """The health questions answered by yes; each opens a hold, and a nurse calls first."""
    windows: tuple[CivilWindow, ...] = ()

    @property
    def days(self) -> set[date]:
        """The days of the windows."""
        return {window.day for window in self.windows}

    @property
    def is_freezer_nearly_full(self) -> bool:
        """Whether the freezer is nearly full, by the mark or by its quarters."""
        return self.freezer_nearly_full or (self.freezer_quarters or 0) >= NEARLY_FULL_QUARTERS


def write_draft(row: Pickup | Enquiry, draft: PickupDraft) -> None:
    """Write a draft to the columns of a row; windows and holds are rows of their own."""
    marked = replace(
        draft, freezer_nearly_full=draft.is_freezer_nearly_full, note=draft.note.strip()
    )
    for name in _columns(row):
        setattr(row, name, _stored(getattr(marked, name)))


def draft_of(row: Pickup | Enquiry) -> PickupDraft:
    """Return the draft that a request or an enquiry holds, with its windows and health answers.

    Parameters
    ----------
    row
        A request with its windows and holds loaded, or an enquiry; its held slot is the window.
    """
    kept = {name: getattr(row, name) for name in _columns(row)}
    kept["kit_wanted"] = tuple(Kit(kit) for kit in row.kit_wanted)
    kept["purposes"] = tuple(Purpose(purpose) for purpose in row.purposes)
    return PickupDraft(**kept | {"health": _health(row), "windows": tuple(_windows(row))})


def is_other_milk(draft: PickupDraft, other: PickupDraft) -> bool:
    """Return whether two drafts differ in what a slot was computed for: milk and purposes."""
    names = ("line", "bottles", "volume_ml", "oldest_on", "purposes")
    return any(getattr(draft, name) != getattr(other, name) for name in names)


def _columns(row: Pickup | Enquiry) -> list[str]:
    """Return the fields of a draft that are columns of a row."""
    columns = type(row).__mapper__.columns
    return [field.name for field in fields(PickupDraft) if field.name in columns]


def _stored(value: object) -> object:
    return [choice.value for choice in value] if isinstance(value, tuple) else value


def _health(row: Pickup | Enquiry) -> tuple[HoldReason, ...]:
    if isinstance(row, Enquiry):
        return tuple(HoldReason(reason) for reason in row.health)
    held = {hold.reason for hold in row.holds}
    return tuple(reason for reason in HoldReason if reason in held)


def _windows(row: Pickup | Enquiry) -> Iterable[CivilWindow]:
    slots = [row] if isinstance(row, Enquiry) else row.windows
    for slot in slots:
        if slot.day is not None and slot.opens is not None and slot.closes is not None:
            yield CivilWindow(slot.day, slot.opens, slot.closes)

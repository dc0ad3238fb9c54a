"""What a collector says at a door and at a hand-over, read from the phone and judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from collector.custody.models import RefusalReason
from collector.custody.numbers import number_of, refused_number_of
from collector.custody.reading import Payload, celsius, storable, text, whole
from collector.errors import Refused

MOST_BOTTLES = 200
MOST_VOLUME_ML = 60_000
MOST_EMPTIES = 500
LONGEST_NUMBER = 40
LONGEST_NOTE = 2000


class DoorFlag(StrEnum):
    """Why the quality manager looks at a record; the milk's fate is not decided here."""

    FREEZER_WARM = "freezer_warm"
    STORAGE_NOT_OK = "storage_not_ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Bottles that stay with the donor, for one reason."""

    count: int
    reason: RefusalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One visit's record: what was taken, what was not, how it had been kept."""

    bottles: int
    volume_ml: int
    freezer_celsius: float | None
    storage_ok: bool | None
    containers: tuple[str, ...]
    refused: tuple[Refusal, ...]
    empties_left: int
    note: str

    @property
    def refused_count(self) -> int:
        """How many bottles stay with the donor."""
        return sum(refusal.count for refusal in self.refused)

    def numbers(self, pickup_id: int) -> list[str]:
        """Return the number of every bottle taken: its label's, or one made for it."""
        made = range(len(self.containers) + 1, self.bottles + 1)
        return [*self.containers, *(number_of(pickup_id, index) for index in made)]

    def refused_numbers(self, pickup_id: int) -> dict[str, RefusalReason]:
        """Return the number of every bottle refused, with its reason."""
        reasons = [refusal.reason for refusal in self.refused for _ in range(refusal.count)]
        return {
            refused_number_of(pickup_id, index): reason for index, reason in enumerate(reasons, 1)
        }

    def flags(self, freezer_warmest: int) -> list[str]:
        """Return what the quality manager must look at."""
        warm = self.freezer_celsius is not None and self.freezer_celsius > freezer_warmest
        said = {DoorFlag.FREEZER_WARM: warm, DoorFlag.STORAGE_NOT_OK: self.storage_ok is False}
        return [flag.value for flag, raised in said.items() if raised]

    def as_payload(self) -> dict[str, Any]:
        """Return what is kept of it: what was read, and nothing else the phone sent."""
        return {
            "bottles": self.bottles,
            "volume_ml": self.volume_ml,
            "freezer_celsius": self.freezer_celsius,
            "storage_ok": self.storage_ok,
            "containers": list(self.containers),
            "refused": [{"count": each.count, "reason": each.reason} for each in self.refused],
            "empties_left": self.empties_left,
            "note": self.note,
        }


def read_door(payload: Payload, *, milk_expected: bool) -> Door:
    """Read a visit's record.

    Parameters
    ----------
    milk_expected
        Whether fetching milk is a purpose of the visit. Where milk is expected or found, the
        freezer's temperature and the check of the storage are required: French law makes that
        check a part of the collection.

    Raises
    ------
    Refused
        With a code for each thing the collector can put right.
    """
    storage_ok = payload.get("storage_ok")
    if storage_ok is not None and not isinstance(storage_ok, bool):
        raise Refused("event_unreadable", field="storage_ok")
    door = Door(
        bottles=whole(payload, "bottles", most=MOST_BOTTLES),
        volume_ml=whole(payload, "volume_ml", most=MOST_VOLUME_ML),
        freezer_celsius=celsius(payload, "freezer_celsius"),
        storage_ok=storage_ok,
        containers=read_numbers(payload.get("containers") or []),
        refused=_refusals(payload.get("refused") or []),
        empties_left=whole(payload, "empties_left", most=MOST_EMPTIES, default=0),
        note=text(payload, "note", most=LONGEST_NOTE),
    )
    _judge(door, milk_expected=milk_expected)
    return door


def read_numbers(given: object) -> tuple[str, ...]:
    """Read containers' numbers as typed; each is named once."""
    if not isinstance(given, list) or len(given) > 10 * MOST_BOTTLES:
        raise Refused("event_unreadable", field="containers")
    numbers = tuple(storable(each, "containers", most=LONGEST_NUMBER).upper() for each in given)
    for number in numbers:
        if not number:
            raise Refused("event_unreadable", field="containers")
        if numbers.count(number) > 1:
            raise Refused("container_twice", number=number)
    return numbers


def _refusals(given: object) -> tuple[Refusal, ...]:
    if not isinstance(given, list) or len(given) > MOST_BOTTLES:
        raise Refused("event_unreadable", field="refused")
    return tuple(_refusal(each) for each in given)


def _refusal(given: object) -> Refusal:
    if not isinstance(given, Mapping):
        raise Refused("event_unreadable", field="refused")
    reason = given.get("reason")
    if reason not in list(RefusalReason):
        raise Refused("event_unreadable", field="reason")
    return Refusal(count=whole(given, "count", most=MOST_BOTTLES), reason=RefusalReason(reason))


def _judge(door: Door, *, milk_expected: bool) -> None:
    seen = door.bottles + door.refused_count
    if door.refused_count > MOST_BOTTLES:
        raise Refused("figure_out_of_range", field="refused", least=0, most=MOST_BOTTLES)
    if len(door.containers) > door.bottles:
        raise Refused("more_labels_than_bottles", labels=len(door.containers), bottles=door.bottles)
    if bool(door.bottles) != bool(door.volume_ml):
        raise Refused("bottles_and_volume_differ")
    if milk_expected and not seen:
        raise Refused("nothing_collected")
    if (milk_expected or seen) and door.freezer_celsius is None:
        raise Refused("freezer_celsius_needed")
    if (milk_expected or seen) and door.storage_ok is None:
        raise Refused("storage_check_needed")

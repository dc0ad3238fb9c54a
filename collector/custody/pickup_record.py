"""What a collector says at a door and at a hand-over, read from the phone and judged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import count, islice
from typing import Any

from collector.banks.policies import LabelCheck
from collector.custody.labels import check_label, read_label
from collector.custody.models import RefusalReason
from collector.custody.numbers import number_of, refused_number_of, tube_number_of
from collector.custody.payload_fields import (
    Payload,
    box_code,
    celsius,
    instant,
    name_of_file,
    storable,
    text,
    whole,
)
from collector.errors import Refused
from collector.pickups.models import OF_MILK, Purpose

MOST_BOTTLES = 200
MOST_VOLUME_ML = 60_000
MOST_EMPTIES = 500
MOST_TUBES = 40
LONGEST_NUMBER = 40
LONGEST_SEAL = 40
LONGEST_NOTE = 2000


class PickupRecordFlag(StrEnum):
    """Why the quality manager looks at a record; the milk's fate is not decided here."""

    FREEZER_WARM = "freezer_warm"
    STORAGE_NOT_OK = "storage_not_ok"
    PROOF_MISSING = "proof_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Bottles that stay with the donor, for one reason."""

    count: int
    reason: RefusalReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """A blood tube; the time it was drawn starts its clock."""

    number: str
    """Its label; empty where it has none."""
    drawn_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupRecord:
    """One visit's record: what was taken, what was not, how it had been kept."""

    bottles: int
    volume_ml: int
    freezer_celsius: float | None
    storage_ok: bool | None
    containers: tuple[str, ...]
    refused: tuple[Refusal, ...]
    empties_left: int
    note: str
    tubes: tuple[Tube, ...] = ()
    box: str = ""
    seal: str = ""
    pump: str = ""
    """The number of the pump that was taken back."""
    photo: str | None = None
    checks: Mapping[str, bool] = field(default_factory=dict)
    """Per purpose of the visit that is not milk: whether it was done."""

    @property
    def refused_count(self) -> int:
        """How many bottles stay with the donor."""
        return sum(refusal.count for refusal in self.refused)

    def numbers(self, pickup_id: int) -> list[str]:
        """Return the number of every bottle taken: its label's, or one made for it."""
        made = (number_of(pickup_id, index) for index in count(len(self.containers) + 1))
        free = (number for number in made if number not in self.containers)
        return [*self.containers, *islice(free, self.bottles - len(self.containers))]

    def tube_numbers(self, pickup_id: int) -> dict[str, Tube]:
        """Return the number of every tube: its label's, or one made for it."""
        return {
            tube.number or tube_number_of(pickup_id, index): tube
            for index, tube in enumerate(self.tubes, 1)
        }

    def refused_numbers(self, pickup_id: int) -> dict[str, RefusalReason]:
        """Return the number of every bottle refused, with its reason."""
        reasons = [refusal.reason for refusal in self.refused for _ in range(refusal.count)]
        return {
            refused_number_of(pickup_id, index): reason for index, reason in enumerate(reasons, 1)
        }

    def flags(self, freezer_warmest: int, missing: tuple[str, ...] = ()) -> list[str]:
        """Return what the quality manager must look at.

        Parameters
        ----------
        missing
            The proofs that the bank requires and that were not given.
        """
        warm = self.freezer_celsius is not None and self.freezer_celsius > freezer_warmest
        said = {
            PickupRecordFlag.FREEZER_WARM: warm,
            PickupRecordFlag.STORAGE_NOT_OK: self.storage_ok is False,
            PickupRecordFlag.PROOF_MISSING: bool(missing),
        }
        return [flag.value for flag, raised in said.items() if raised]

    def lacks(self, purpose: str) -> Iterator[str]:
        """Yield which proofs of a purpose that took place were not given."""
        labels = {
            Purpose.BLOOD_SAMPLE: all(tube.number for tube in self.tubes),
            Purpose.PUMP_RETURN: bool(self.pump),
        }
        if not labels.get(Purpose(purpose), len(self.containers) == self.bottles):
            yield "label"
        if not self.seal:
            yield "seal"
        if self.photo is None:
            yield "photo"

    def took_place(self, purpose: str) -> bool:
        """Whether a purpose of the visit was fulfilled, as far as the record says."""
        if purpose in OF_MILK:
            return self.bottles > 0
        return self.checks.get(purpose, True)

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
            **self.details(),
        }

    def details(self) -> dict[str, Any]:
        """Return what is kept of it beside the figures."""
        return {
            "tubes": [
                {"number": each.number, "drawn_at": each.drawn_at.isoformat()}
                for each in self.tubes
            ],
            "box": self.box,
            "seal": self.seal,
            "pump": self.pump,
            "photo": self.photo,
            "checks": dict(self.checks),
        }


def read_door(payload: Payload, *, milk_expected: bool) -> PickupRecord:
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
    door = PickupRecord(
        bottles=whole(payload, "bottles", most=MOST_BOTTLES),
        volume_ml=whole(payload, "volume_ml", most=MOST_VOLUME_ML),
        freezer_celsius=celsius(payload, "freezer_celsius"),
        storage_ok=storage_ok,
        containers=read_numbers(payload.get("containers") or []),
        refused=_refusals(payload.get("refused") or []),
        empties_left=whole(payload, "empties_left", most=MOST_EMPTIES, default=0),
        note=text(payload, "note", most=LONGEST_NOTE),
        tubes=_tubes(payload.get("tubes") or []),
        box=box_code(payload, "box"),
        seal=text(payload, "seal", most=LONGEST_SEAL),
        pump=text(payload, "pump", most=LONGEST_SEAL),
        photo=name_of_file(payload, "photo"),
        checks=_checks(payload.get("checks") or {}),
    )
    _judge(door, milk_expected=milk_expected)
    return door


def read_numbers(given: object) -> tuple[str, ...]:
    """Read containers' numbers as typed; each is named once."""
    if not isinstance(given, list) or len(given) > 10 * MOST_BOTTLES:
        raise Refused("event_unreadable", field="containers")
    numbers = tuple(_number(each) for each in given)
    _refuse_twice(numbers)
    return numbers


def check_labels(door: PickupRecord, *, pickup_id: int, check: LabelCheck) -> None:
    """Judge the check digits of everything that was typed or scanned at a door."""
    for label in (*door.containers, *(tube.number for tube in door.tubes if tube.number)):
        check_label(label, pickup_id=pickup_id, check=check)


def _number(given: object) -> str:
    found = storable(given, "containers", most=LONGEST_NUMBER)
    if not found:
        raise Refused("event_unreadable", field="containers")
    return read_label(found)


def _refuse_twice(numbers: tuple[str, ...]) -> None:
    for number in numbers:
        if numbers.count(number) > 1:
            raise Refused("container_twice", number=number)


def _tubes(given: object) -> tuple[Tube, ...]:
    if not isinstance(given, list) or len(given) > MOST_TUBES:
        raise Refused("event_unreadable", field="tubes")
    tubes = tuple(_tube(each) for each in given)
    _refuse_twice(tuple(each.number for each in tubes if each.number))
    return tubes


def _tube(given: object) -> Tube:
    if not isinstance(given, Mapping):
        raise Refused("event_unreadable", field="tubes")
    label = text(given, "number", most=LONGEST_NUMBER)
    return Tube(number=read_label(label) if label else "", drawn_at=instant(given, "drawn_at"))


def _checks(given: object) -> dict[str, bool]:
    if not isinstance(given, Mapping):
        raise Refused("event_unreadable", field="checks")
    for purpose, done in given.items():
        if purpose not in list(Purpose) or not isinstance(done, bool):
            raise Refused("event_unreadable", field="checks")
    return {str(purpose): done for purpose, done in sorted(given.items())}


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


def _judge(door: PickupRecord, *, milk_expected: bool) -> None:
    seen = door.bottles + door.refused_count
    if door.refused_count > MOST_BOTTLES:
        raise Refused("figure_out_of_range", field="refused", least=0, most=MOST_BOTTLES)
    if len(door.containers) > door.bottles:
        raise Refused("more_labels_than_bottles", labels=len(door.containers), bottles=door.bottles)
    if bool(door.bottles) != bool(door.volume_ml):
        raise Refused("bottles_and_volume_differ")
    if {tube.number for tube in door.tubes} & set(door.containers):
        raise Refused("container_twice", number=next(t.number for t in door.tubes if t.number))
    # Who came for blood as well has been there, even if there was no milk to take.
    other = bool(door.tubes) or any(door.checks.values())
    if milk_expected and not seen and not other:
        raise Refused("nothing_collected")
    looked = seen or (milk_expected and not other)
    if looked and door.freezer_celsius is None:
        raise Refused("freezer_celsius_needed")
    if looked and door.storage_ok is None:
        raise Refused("storage_check_needed")

"""The record of one visit: its fields, its milk rules, its flags and missing proofs."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import count, islice
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import force_setattr

from collector.banks.policies import LabelCheck
from collector.custody.labels import check_label, read_label
from collector.custody.models import RefusalReason
from collector.custody.numbers import number_of, refused_number_of, tube_number_of
from collector.custody.payload_fields import (
    Celsius,
    DeviceInstant,
    Label,
    Note,
    OptionalBoxCode,
    PayloadPart,
    ShortText,
    UuidText,
    degrees,
    utc,
)
from collector.errors import Refused
from collector.pickups.models import OF_MILK, Purpose

MOST_BOTTLES = 200
MOST_VOLUME_ML = 60_000
MOST_EMPTIES = 500
MOST_TUBES = 40

Labels = Annotated[tuple[Label, ...], Meta(max_length=10 * MOST_BOTTLES)]
"""Numbers of containers as typed or scanned, each at most once."""


DETAILS = ("volume_declared", "tubes", "box", "seal", "pump", "photo", "checks")
"""Fields of a record without a column of their own."""


class PickupRecordFlag(StrEnum):
    """A reason for the quality manager to review a record; the milk's fate is decided elsewhere."""

    FREEZER_WARM = "freezer_warm"
    STORAGE_NOT_OK = "storage_not_ok"
    PROOF_MISSING = "proof_missing"


class Refusal(PayloadPart, frozen=True, kw_only=True):
    """Bottles that stay with the donor, for one reason."""

    reason: RefusalReason
    count: Annotated[int, Meta(ge=0, le=MOST_BOTTLES)]


class Tube(PayloadPart, frozen=True, kw_only=True):
    """A blood tube; the time it was drawn starts its clock."""

    number: ShortText = ""
    """The tube's label; empty for a tube without one."""
    drawn_at: DeviceInstant

    def __post_init__(self) -> None:
        """Set the label and the instant to their stored form."""
        super().__post_init__()
        if self.number:
            force_setattr(self, "number", read_label(self.number))
        force_setattr(self, "drawn_at", utc(self.drawn_at, "drawn_at"))


class PickupRecord(PayloadPart, frozen=True, kw_only=True):
    """The record of one visit: bottles taken, bottles refused, storage, tubes and proofs."""

    storage_ok: bool | None = None
    """Result of the check of the storage, an act that French law requires; None if not made."""
    bottles: Annotated[int, Meta(ge=0, le=MOST_BOTTLES)]
    volume_ml: Annotated[int, Meta(ge=0, le=MOST_VOLUME_ML, description="millilitres")]
    volume_declared: bool = False
    """Whether the volume is the donor's own figure, since none was measured at the visit."""
    freezer_celsius: Celsius | None = None
    """Temperature of the donor's freezer; None if not read."""
    containers: Labels = ()
    refused: Annotated[tuple[Refusal, ...], Meta(max_length=MOST_BOTTLES)] = ()
    empties_left: Annotated[int, Meta(ge=0, le=MOST_EMPTIES)] = 0
    """Empty bottles left with the donor."""
    note: Note = ""
    for_office: bool = False
    """Whether the note is a remark for the office."""
    tubes: Annotated[tuple[Tube, ...], Meta(max_length=MOST_TUBES)] = ()
    box: OptionalBoxCode = ""
    seal: ShortText = ""
    pump: ShortText = ""
    """The number of the returned pump."""
    photo: UuidText | None = None
    """The UUID under which the phone sends a picture apart."""
    checks: dict[Purpose, bool] = {}  # noqa: RUF012 - msgspec copies the default
    """Per purpose of the visit other than milk: whether it was fulfilled."""

    def __post_init__(self) -> None:
        """Set each field to its stored form."""
        super().__post_init__()
        if self.freezer_celsius is not None:
            force_setattr(self, "freezer_celsius", degrees(self.freezer_celsius))
        if self.photo is not None:
            force_setattr(self, "photo", self.photo.lower())
        force_setattr(self, "containers", read_labels(self.containers))
        force_setattr(self, "box", self.box.upper())
        _refuse_duplicates([tube.number for tube in self.tubes if tube.number])

    @property
    def refused_count(self) -> int:
        """Number of bottles that stay with the donor."""
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
        """Return the flags for the quality manager.

        Parameters
        ----------
        freezer_warmest
            The bank's limit for the donor's freezer, in degrees Celsius.
        missing
            The proofs that the bank requires and that were not given.
        """
        warm = self.freezer_celsius is not None and self.freezer_celsius > freezer_warmest
        raised = {
            PickupRecordFlag.FREEZER_WARM: warm,
            PickupRecordFlag.STORAGE_NOT_OK: self.storage_ok is False,
            PickupRecordFlag.PROOF_MISSING: bool(missing),
        }
        return [flag.value for flag, is_raised in raised.items() if is_raised]

    def missing_proofs(self, purpose: str) -> Iterator[str]:
        """Yield the proofs of a fulfilled purpose that were not given."""
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

    def fulfils(self, purpose: str) -> bool:
        """Return whether a purpose of the visit was fulfilled; one without a check was."""
        if purpose in OF_MILK:
            return self.bottles > 0
        return self.checks.get(Purpose(purpose), True)

    def as_payload(self) -> dict[str, Any]:
        """Return the record as its event's row stores it."""
        payload: dict[str, Any] = msgspec.to_builtins(self, builtin_types=(datetime,))
        payload["tubes"] = [
            {"number": tube.number, "drawn_at": tube.drawn_at.isoformat()} for tube in self.tubes
        ]
        return payload

    def details(self) -> dict[str, Any]:
        """Return the fields that have no column of their own in a door record's row."""
        payload = self.as_payload()
        return {name: payload[name] for name in DETAILS}


def judge(record: PickupRecord, *, milk_expected: bool) -> None:
    """Apply the milk rules to a visit's record.

    Parameters
    ----------
    milk_expected
        Whether milk is a purpose of the visit. Where milk is expected or found, the freezer's
        temperature and the check of the storage are required: French law makes that check a part
        of the collection.

    Raises
    ------
    Refused
        With a code for each mistake that the collector can correct.
    """
    found = record.bottles + record.refused_count
    if record.refused_count > MOST_BOTTLES:
        raise Refused("figure_out_of_range", field="refused", least=0, most=MOST_BOTTLES)
    labels = len(record.containers)
    if labels > record.bottles:
        raise Refused("more_labels_than_bottles", labels=labels, bottles=record.bottles)
    if bool(record.bottles) != bool(record.volume_ml):
        raise Refused("bottles_and_volume_differ")
    _refuse_duplicates([*record.containers, *(tube.number for tube in record.tubes if tube.number)])
    # A collector who came for blood as well has been there, even if there was no milk to take.
    other = bool(record.tubes) or any(record.checks.values())
    if milk_expected and not found and not other:
        raise Refused("nothing_collected")
    freezer_seen = found or (milk_expected and not other)
    if freezer_seen and record.freezer_celsius is None:
        raise Refused("freezer_celsius_needed")
    if freezer_seen and record.storage_ok is None:
        raise Refused("storage_check_needed")


def read_labels(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return containers' labels in their stored form.

    Raises
    ------
    Refused
        `event_unreadable` for an empty label, `label_not_safe` or `container_twice` (`number`).
    """
    stripped = [label.strip() for label in labels]
    if not all(stripped):
        raise Refused("event_unreadable", field="containers")
    read = tuple(read_label(label) for label in stripped)
    _refuse_duplicates(read)
    return read


def check_labels(record: PickupRecord, *, pickup_id: int, check: LabelCheck) -> None:
    """Judge the check digits of every label of a record, typed or scanned."""
    for label in (*record.containers, *(tube.number for tube in record.tubes if tube.number)):
        check_label(label, pickup_id=pickup_id, check=check)


def _refuse_duplicates(numbers: tuple[str, ...] | list[str]) -> None:
    seen: set[str] = set()
    for number in numbers:
        if number in seen:
            raise Refused("container_twice", number=number)
        seen.add(number)

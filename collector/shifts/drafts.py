"""Draft of a shift: its terms before they are written, and the mistakes in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.fleet import Capacity, boxes_of, capacity_of, vehicle_known
from collector.banks.models import FleetVehicle, Site, TransportBox
from collector.banks.queries import get_bank
from collector.field_parsers import FieldMistake
from collector.people.models import Person, Role
from collector.people.queries import people_with_role
from collector.service_day import ServiceDay
from collector.shifts.models import Contract, RosterShift, ShiftTerms

SHORTEST_BREAK, LONGEST_BREAK = 5, 240
"""Minutes of a break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftDraft:
    """The terms of a shift, with the names of their columns."""

    begins: time
    ends: time
    start_site_id: int
    end_site_id: int
    vehicle: str = ""
    boxes: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    break_minutes: int = 0
    break_from: time | None = None
    break_until: time | None = None
    break_paid: bool = False


def draft_of(terms: ShiftTerms) -> ShiftDraft:
    """Return the terms of a shift or of a usual week as a draft."""
    return ShiftDraft(
        begins=terms.begins,
        ends=terms.ends,
        start_site_id=terms.start_site_id,
        end_site_id=terms.end_site_id,
        vehicle=terms.vehicle,
        boxes=tuple(terms.boxes),
        skills=tuple(terms.skills),
        break_minutes=terms.break_minutes,
        break_from=terms.break_from,
        break_until=terms.break_until,
        break_paid=terms.break_paid,
    )


def write_terms(terms: ShiftTerms, draft: ShiftDraft) -> None:
    """Write a draft to a shift or to a usual week."""
    for name in ShiftDraft.__slots__:
        value = getattr(draft, name)
        setattr(terms, name, list(value) if isinstance(value, tuple) else value)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterFacts:
    """Rows that a draft is checked against, loaded once for many drafts.

    Attributes
    ----------
    contracts
        By person.
    vehicles, boxes
        By name and by code, retired or not.
    shifts
        The shifts of the roster on the days in question.
    """

    zone: ZoneInfo
    collectors: frozenset[int]
    contracts: dict[int, Contract]
    vehicles: dict[str, FleetVehicle]
    boxes: dict[str, TransportBox]
    sites: dict[int, Site]
    shifts: list[RosterShift]

    def capacity(self, draft: ShiftDraft) -> Capacity:
        """Return the capacity of a draft's vehicle with its boxes."""
        boxes = [self.boxes[code] for code in draft.boxes if code in self.boxes]
        return capacity_of(self.vehicles.get(draft.vehicle), boxes)


def load_roster_facts(session: Session, *, bank_id: int, first: date, last: date) -> RosterFacts:
    """Load the rows that drafts of these days are checked against."""
    contracts = select(Contract).where(Contract.bank_id == bank_id)
    shifts = select(RosterShift).where(
        RosterShift.bank_id == bank_id,
        RosterShift.day.between(first, last),
        RosterShift.ended_at.is_(None),
    )
    return RosterFacts(
        zone=get_bank(session, bank_id).zone,
        collectors=frozenset(
            person.id for person in people_with_role(session, bank_id=bank_id, role=Role.COLLECTOR)
        ),
        contracts={each.person_id: each for each in session.scalars(contracts)},
        vehicles={each.name: each for each in vehicle_known(session, bank_id)},
        boxes={each.code: each for each in boxes_of(session, bank_id)},
        sites={
            site.id: site for site in session.scalars(select(Site).where(Site.bank_id == bank_id))
        },
        shifts=list(session.scalars(shifts)),
    )


def mistakes_in(
    facts: RosterFacts, draft: ShiftDraft, *, person: Person, day: date, but: int | None = None
) -> list[FieldMistake]:
    """Return the mistakes of a draft for a person and a day, by the names of its fields.

    Parameters
    ----------
    but
        The shift that the draft replaces.
    """
    others = [shift for shift in facts.shifts if shift.day == day and shift.id != but]
    return [
        *_of_person(facts, person, day),
        *_of_hours(facts, draft, day),
        *_of_overlap(draft, person, day, others),
        *_of_vehicle(facts, draft, day, others),
        *_of_boxes(facts, draft, day, others),
        *_of_sites(facts, draft, day),
        *_of_skills(facts, draft, person),
        *_of_break(draft),
    ]


def _of_person(facts: RosterFacts, person: Person, day: date) -> Iterator[FieldMistake]:
    contract = facts.contracts.get(person.id)
    if person.id not in facts.collectors:
        yield FieldMistake("collector", "collector_needed", {"name": person.name})
    elif contract and contract.ends_on and contract.ends_on < day:
        last = contract.ends_on.isoformat()
        yield FieldMistake("collector", "contract_over", {"name": person.name, "day": last})


def _of_hours(facts: RosterFacts, draft: ShiftDraft, day: date) -> Iterator[FieldMistake]:
    if draft.ends <= draft.begins:
        yield FieldMistake("ends", "shift_backwards")
    service_day = ServiceDay(day, facts.zone)
    for name in ("begins", "ends"):
        wall = getattr(draft, name)
        if service_day.wall(service_day.instant(wall)).time() != wall:
            figures: dict[str, object] = {"hour": f"{wall:%H:%M}", "day": day.isoformat()}
            yield FieldMistake(name, "hour_skipped", figures)


def _of_overlap(
    draft: ShiftDraft, person: Person, day: date, others: Sequence[RosterShift]
) -> Iterator[FieldMistake]:
    mine = [shift for shift in others if shift.collector_id == person.id]
    if any(_overlap(draft, shift) for shift in mine):
        yield FieldMistake("begins", "shift_twice", {"day": day.isoformat()})


def _of_vehicle(
    facts: RosterFacts, draft: ShiftDraft, day: date, others: Sequence[RosterShift]
) -> Iterator[FieldMistake]:
    if not draft.vehicle:
        return
    named: dict[str, object] = {"name": draft.vehicle}
    vehicle = facts.vehicles.get(draft.vehicle)
    if vehicle is None:
        yield FieldMistake("vehicle", "vehicle_unknown", named)
    elif vehicle.retired_on and vehicle.retired_on <= day:
        retired = vehicle.retired_on.isoformat()
        yield FieldMistake("vehicle", "vehicle_retired", {**named, "day": retired})
    elif any(each.vehicle == draft.vehicle and _overlap(draft, each) for each in others):
        yield FieldMistake("vehicle", "vehicle_taken", named)
    elif 0 in facts.capacity(draft)[:2]:
        yield FieldMistake("vehicle", "capacity_zero", named)


def _of_boxes(
    facts: RosterFacts, draft: ShiftDraft, day: date, others: Sequence[RosterShift]
) -> Iterator[FieldMistake]:
    taken = {code for shift in others if _overlap(draft, shift) for code in shift.boxes}
    for code in draft.boxes:
        box = facts.boxes.get(code)
        if box is None:
            yield FieldMistake("boxes", "box_unknown", {"code": code})
        elif box.retired_on and box.retired_on <= day:
            yield FieldMistake(
                "boxes", "box_retired", {"code": code, "day": box.retired_on.isoformat()}
            )
        elif box.qualified_until and box.qualified_until < day:
            until = box.qualified_until.isoformat()
            yield FieldMistake("boxes", "box_not_qualified", {"code": code, "day": until})
        elif code in taken:
            yield FieldMistake("boxes", "box_taken", {"code": code})


def _of_sites(facts: RosterFacts, draft: ShiftDraft, day: date) -> Iterator[FieldMistake]:
    for name in ("start_site_id", "end_site_id"):
        site = facts.sites.get(getattr(draft, name))
        if site is None:
            yield FieldMistake(name, "site_missing")
        elif site.retired_on and site.retired_on <= day:
            retired = site.retired_on.isoformat()
            yield FieldMistake(name, "site_retired", {"name": site.name, "day": retired})


def _of_skills(facts: RosterFacts, draft: ShiftDraft, person: Person) -> Iterator[FieldMistake]:
    contract = facts.contracts.get(person.id)
    if set(draft.skills) - set(contract.skills if contract else ()):
        yield FieldMistake("skills", "not_qualified", {"name": person.name})


def _of_break(draft: ShiftDraft) -> Iterator[FieldMistake]:
    if not draft.break_minutes:
        return
    if not SHORTEST_BREAK <= draft.break_minutes <= LONGEST_BREAK:
        bounds: dict[str, object] = {"least": SHORTEST_BREAK, "most": LONGEST_BREAK}
        yield FieldMistake("break_minutes", "number_out_of_bounds", bounds)
    elif draft.break_from is None or draft.break_until is None:
        yield FieldMistake("break_from", "break_hours_missing")
    elif not draft.begins <= draft.break_from <= draft.break_until <= draft.ends:
        yield FieldMistake("break_from", "break_outside")
    elif minutes_between(draft.break_from, draft.break_until) < draft.break_minutes:
        yield FieldMistake("break_minutes", "break_too_long", {"minutes": draft.break_minutes})


def minutes_between(first: time, last: time) -> int:
    """Return the minutes of the wall clock from one time of a day to another."""
    return 60 * (last.hour - first.hour) + last.minute - first.minute


def _overlap(draft: ShiftDraft, shift: RosterShift) -> bool:
    return shift.begins < draft.ends and draft.begins < shift.ends

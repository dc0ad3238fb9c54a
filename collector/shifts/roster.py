"""The roster of some days: shifts, absences and paid hours per week against the contract."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.shifts.duty import during_shift, duty_of, paid_time
from collector.shifts.models import Absence, Contract, RosterShift
from collector.shifts.queries import absences_between, contracts_of, shifts_between


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekHours:
    """Paid hours of a collector in a week from Monday to Sunday.

    Attributes
    ----------
    planned
        The paid time of the shifts on duty.
    absent
        The paid time of the shifts that absences cover.
    contract
        The hours of the contract; None if they are not known.
    """

    planned: timedelta
    absent: timedelta
    contract: timedelta | None

    @property
    def over(self) -> timedelta:
        """The time beyond the contract, absences counted as worked; zero without a contract."""
        if self.contract is None:
            return timedelta()
        return max(timedelta(), self.planned + self.absent - self.contract)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The shifts and absences of one person on one day."""

    shifts: tuple[RosterShift, ...] = ()
    absences: tuple[Absence, ...] = ()
    vehicle_absences: tuple[Absence, ...] = ()
    """Absences of the vehicles of these shifts that hold during a part of one."""

    @property
    def state(self) -> str:
        """A text that changes with any row of the cell, for a form to send back."""
        rows = [f"{shift.id}:{shift.version}" for shift in self.shifts]
        return ",".join(rows + [f"a{each.id}" for each in self.absences])


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Shifts and absences of the days between two Mondays and Sundays, both included."""

    first: date
    last: date
    zone: ZoneInfo
    contracts: dict[int, Contract]
    shifts: dict[tuple[int, date], list[RosterShift]]
    absences: dict[int, list[Absence]]
    vehicle_absences: list[Absence]
    closings: list[Absence]

    def cell(self, person_id: int, day: date) -> Cell:
        """Return the cell of a person and a day."""
        shifts = self.shifts.get((person_id, day), ())
        off = {
            each.id: each
            for shift in shifts
            for each in during_shift(shift, self.vehicle_absences, self.zone)
            if each.vehicle
        }
        return Cell(
            shifts=tuple(shifts),
            vehicle_absences=tuple(off.values()),
            absences=tuple(
                each for each in self.absences.get(person_id, ()) if _touches(each, day, self.zone)
            ),
        )

    def hours(
        self, person_id: int, monday: date, shifts: Sequence[RosterShift] | None = None
    ) -> WeekHours:
        """Return the hours of a person in a week, or those of other shifts of that week."""
        if shifts is None:
            days = (monday + timedelta(days=ahead) for ahead in range(7))
            shifts = [each for day in days for each in self.shifts.get((person_id, day), ())]
        absences = [*self.closings, *self.absences.get(person_id, ())]
        planned, absent = timedelta(), timedelta()
        for shift in shifts:
            whole, duty = duty_of(shift, (), self.zone), duty_of(shift, absences, self.zone)
            paid = paid_time(duty) if duty else timedelta()
            planned += paid
            absent += paid_time(whole) - paid if whole else timedelta()
        contract = self.contracts.get(person_id)
        minutes = contract.weekly_minutes if contract else None
        return WeekHours(
            planned=planned,
            absent=absent,
            contract=None if minutes is None else timedelta(minutes=minutes),
        )

    def absences_of(self, shift: RosterShift) -> list[Absence]:
        """Return the absences that hold during a shift."""
        mine = self.absences.get(shift.collector_id, ())
        return during_shift(shift, [*self.closings, *mine, *self.vehicle_absences], self.zone)


def load_roster(session: Session, *, bank_id: int, first: date, last: date) -> Roster:
    """Load the roster of whole weeks around these days."""
    monday, sunday = monday_of(first), monday_of(last) + timedelta(days=6)
    by_cell: dict[tuple[int, date], list[RosterShift]] = defaultdict(list)
    for shift in shifts_between(session, bank_id=bank_id, first=monday, last=sunday):
        by_cell[shift.collector_id, shift.day].append(shift)
    by_person: dict[int, list[Absence]] = defaultdict(list)
    found = absences_between(session, bank_id=bank_id, first=monday, last=sunday)
    for absence in found:
        if absence.person_id is not None:
            by_person[absence.person_id].append(absence)
    return Roster(
        first=monday,
        last=sunday,
        zone=get_bank(session, bank_id).zone,
        contracts=contracts_of(session, bank_id),
        shifts=dict(by_cell),
        absences=dict(by_person),
        vehicle_absences=[each for each in found if each.vehicle],
        closings=[each for each in found if each.of_all],
    )


def touched_shifts(
    shifts: Iterable[RosterShift], absence: Absence, zone: ZoneInfo
) -> list[RosterShift]:
    """Return the shifts that an absence covers in part or as a whole."""
    return [shift for shift in shifts if during_shift(shift, [absence], zone)]


def _touches(absence: Absence, day: date, zone: ZoneInfo) -> bool:
    begins, ends = absence.begins_at.astimezone(zone), absence.ends_at.astimezone(zone)
    return begins.date() <= day <= (ends - timedelta(microseconds=1)).date()

"""Rows with legal and boring defaults; a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from collector.banks.models import Site, SiteKind
from collector.donors.models import Donor, DonorState, Serology, SerologyOutcome
from collector.people.models import Person
from collector.pickups.models import Pickup, PickupState, PickupWindow, Purpose
from collector.places.models import Address, Position, PositionSource
from collector.service_day import ServiceDay
from collector.shifts.actions import write_absence
from collector.shifts.models import Absence, AbsenceReason, RosterShift

DAY = date(2026, 11, 24)
"""The service day of most tests: a Tuesday."""

MORNING = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""The present of most tests: Monday, 08:00 in Paris."""

_numbers = count(10_000_000)


def add_site(
    session: Session,
    bank_id: int,
    *,
    name: str = "Bank",
    kind: SiteKind = SiteKind.BANK,
    latitude: float = 44.785,
    longitude: float = -0.66,
    receives: bool = True,
) -> Site:
    site = Site(
        bank_id=bank_id,
        kind=kind,
        name=name,
        town=name,
        latitude=latitude,
        longitude=longitude,
        receives=receives,
    )
    session.add(site)
    session.flush()
    return site


def add_donor(
    session: Session,
    bank_id: int,
    *,
    first_name: str = "Dora",
    email: str | None = None,
    state: DonorState = DonorState.ELIGIBLE,
    latitude: float = 44.80,
    longitude: float = -0.60,
    serology_until: date | None = date(2027, 1, 31),
    signed_by_id: int | None = None,
    language: str = "fr",
) -> Donor:
    donor = Donor(
        bank_id=bank_id,
        number=str(next(_numbers)),
        first_name=first_name,
        family_name="Martin",
        email=email,
        phone="+33 6 39 98 00 00",
        phone_unreached_on=None,
        language=language,
        discreet=False,
        state=state,
        suspended_until=None,
        baby_born_on=date(2026, 8, 1),
        interview_signed_by_id=signed_by_id,
        interview_signed_on=date(2026, 8, 15) if signed_by_id else None,
        consent_version="2026-1",
        consented_on=date(2026, 8, 15),
        registered_at=MORNING,
        address=_address(bank_id, latitude, longitude),
        serologies=_serologies(bank_id, serology_until),
        stays=[],
    )
    session.add(donor)
    session.flush()
    return donor


def _address(bank_id: int, latitude: float, longitude: float) -> Address:
    return Address(
        bank_id=bank_id,
        line="1 rue du Port",
        postcode="33000",
        town="Bordeaux",
        access_notes="",
        position=Position(
            bank_id=bank_id,
            latitude=latitude,
            longitude=longitude,
            source=PositionSource.IMPORTED,
            provider=None,
            score=None,
            set_at=MORNING,
        ),
    )


def _serologies(bank_id: int, until: date | None) -> list[Serology]:
    if until is None:
        return []
    drawn_on, clear = date(2026, 11, 2), SerologyOutcome.CLEAR
    return [Serology(bank_id=bank_id, drawn_on=drawn_on, outcome=clear, valid_until=until)]


def add_pickup(
    session: Session,
    donor: Donor,
    *,
    state: PickupState = PickupState.ACCEPTED,
    purposes: tuple[Purpose, ...] = (Purpose.COLLECTION,),
    bottles: int = 8,
    volume_ml: int = 1500,
    oldest_on: date | None = date(2026, 11, 1),
    windows: tuple[tuple[date, time, time], ...] = ((DAY, time(8), time(18)),),
) -> Pickup:
    pickup = Pickup(
        bank_id=donor.bank_id,
        donor=donor,
        state=state,
        purposes=list(purposes),
        bottles=bottles,
        volume_ml=volume_ml,
        oldest_on=oldest_on,
        freezer_nearly_full=False,
        empties_wanted=0,
        call_first=False,
        note="",
        failure=None,
        asked_at=MORNING,
        asked_by=f"donor:{donor.id}",
        windows=[
            PickupWindow(bank_id=donor.bank_id, day=day, opens=opens, closes=closes)
            for day, opens, closes in windows
        ],
    )
    session.add(pickup)
    session.flush()
    return pickup


def add_shift(
    session: Session,
    collector: Person,
    site: Site,
    *,
    end: Site | None = None,
    day: date = DAY,
    begins: time = time(8),
    ends: time = time(17),
    skills: tuple[str, ...] = (),
    capacity_bottles: int = 200,
    vehicle: str = "",
) -> RosterShift:
    shift = RosterShift(
        bank_id=collector.bank_id,
        day=day,
        collector_id=collector.id,
        begins=begins,
        ends=ends,
        start_site_id=site.id,
        end_site_id=(end or site).id,
        vehicle=vehicle or f"Van {collector.id}",
        capacity_bottles=capacity_bottles,
        capacity_ml=60_000,
        capacity_tubes=20,
        skills=list(skills),
        fixed_cents=0,
        cents_per_km=40,
        cents_per_hour=2500,
    )
    session.add(shift)
    session.flush()
    return shift


def add_absence(
    session: Session, bank_id: int, person_id: int, *, day: date = DAY, begins: time = time.min
) -> Absence:
    """Take a collector off duty from a time of a day to the end of the day."""
    service_day = ServiceDay(day, ZoneInfo("Europe/Paris"))
    return write_absence(
        session,
        now=MORNING,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        begins_at=service_day.instant(begins),
        ends_at=service_day.end,
        reason=AbsenceReason.ILL,
        person_id=person_id,
    )

"""The demonstration bank and its day: sites, staff, shifts, donors, requests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.actions import add_site, found_bank
from collector.banks.directory import LactariumEntry, write_line
from collector.banks.fleet import STARTING_CAPACITY, write_box, write_vehicle
from collector.banks.models import Bank, Known, LactariumKind, Site, SiteKind, Zone
from collector.banks.policies import PolicyKey
from collector.banks.policy_changes import PolicyDraft, change_policy
from collector.demo.cast import LATER, CastMember, DemoRequest, cast
from collector.demo.material import stock_material
from collector.demo.towns import LIBOURNE, MONT_DE_MARSAN, PESSAC, SAINT_SEVER
from collector.donors.models import Donor, Serology, SerologyOutcome
from collector.donors.numbers import new_number
from collector.people.actions import add_person
from collector.people.models import Person, Role
from collector.pickups.models import Pickup, PickupHold, PickupState, PickupWindow, Purpose
from collector.places.models import Address, Position, PositionSource
from collector.shifts.actions import write_shift
from collector.shifts.contracts import write_contract
from collector.shifts.drafts import ShiftDraft, load_roster_facts
from collector.shifts.models import RosterShift, WeekLetter
from collector.shifts.queries import shifts_on
from collector.shifts.usual_weeks import add_weekly_shift

SLUG = "demonstration"
STAFF = (
    ("Claire Castaing", "claire@lactarium.example", (Role.COORDINATOR, Role.ADMIN)),
    ("Ana Etcheverry", "ana@lactarium.example", (Role.COLLECTOR,)),
    ("Bruno Lafitte", "bruno@lactarium.example", (Role.COLLECTOR,)),
    ("Chantal Dupin", "chantal@lactarium.example", (Role.COLLECTOR,)),
    ("Denise Moreau", "denise@lactarium.example", (Role.COLLECTOR,)),
    ("Nadia Benali", "nadia@lactarium.example", (Role.PROFESSIONAL, Role.QUALITY)),
    ("Luc Robert", "luc@lactarium.example", (Role.LABORATORY,)),
    ("Inès Larrieu", "ines@lactarium.example", (Role.LABORATORY, Role.RELEASER)),
    ("Paul Cazenave", "paul@lactarium.example", (Role.DISPENSER,)),
    ("Lucie Navarro", "lucie@lactarium.example", (Role.DISPENSER,)),
    ("Sarah Daguerre", "sarah@lactarium.example", (Role.WARD,)),
    ("Marion Garcia", "marion@lactarium.example", (Role.WARD,)),
)
COORDINATOR, QUALITY = "claire@lactarium.example", "nadia@lactarium.example"
DISPENSER, CHECKER = "paul@lactarium.example", "lucie@lactarium.example"
NURSE, DEPOT_NURSE = "sarah@lactarium.example", "marion@lactarium.example"
TECHNICIAN, RELEASER = "luc@lactarium.example", "ines@lactarium.example"
HISTORY_BEGAN = timedelta(days=100)
"""Time before the day at which donors with a history were interviewed, and the bank founded."""
ASKED_THE_DAYS_BEFORE = timedelta(days=2)
LATER_BY = timedelta(days=2)
WORKING_DAYS = range(1, 6)
SEROLOGY_LASTS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Team:
    """One collector's shift: start, end, hours and skills."""

    email: str
    start: str
    end: str
    begins: time
    ends: time
    vehicle: str
    skills: tuple[str, ...] = ()


TEAMS = (
    Team("ana@lactarium.example", "Lactarium", "Lactarium", time(8), time(16, 30), "Kangoo 1",
         skills=("blood",)),
    Team("bruno@lactarium.example", "Lactarium", "Lactarium", time(8), time(17), "Kangoo 2"),
    Team("chantal@lactarium.example", "Chez Chantal", "Antenne des Landes", time(8), time(17),
         "Berlingo"),
    Team("denise@lactarium.example", "Chez Denise", "Chez Denise", time(8), time(17), "Clio"),
)  # fmt: skip


DEMAND_ML_PER_DAY = "2500"
EMPTYING_SOURCE = "Demonstration: the bank and its antenne receive milk during the day"
DEMAND_SOURCE = "Demonstration: two wards with some ten very small babies"


def demonstration_bank(session: Session, *, now: datetime) -> Bank:
    """Return the demonstration bank, founded on the first call with its staff and donors."""
    known = session.scalar(select(Bank).where(Bank.slug == SLUG))
    if known is not None:
        _add_staff(session, known)
        return known
    bank = found_bank(
        session,
        now=now,
        slug=SLUG,
        name="Lactarium de démonstration",
        town="Pessac",
        phone="+33 5 36 49 01 00",
    )
    _add_sites(session, bank.id)
    session.add(Zone(bank_id=bank.id, name="Gironde et Landes", postcodes=["33", "40"]))
    _list_publicly(session, bank, now=now)
    _add_staff(session, bank)
    today = now.astimezone(bank.zone).date()
    change_policy(
        session,
        now=now,
        bank_id=bank.id,
        actor="system",
        draft=PolicyDraft(
            key=PolicyKey.DEMAND_ML_PER_DAY,
            seen="0",
            value=DEMAND_ML_PER_DAY,
            source=DEMAND_SOURCE,
        ),
    )
    _equip(session, bank, now=now, day=today)
    _employ(session, bank, now=now)
    _begin_usual_weeks(session, bank, now=now, day=today)
    nurse = session.scalars(select(Person).where(Person.name == "Nadia Benali")).one()
    for number, member in enumerate(cast()):
        session.add(_donor(bank.id, member, number=number, nurse_id=nurse.id, now=now, day=today))
    session.flush()
    return bank


def permit_emptyings(session: Session, bank_id: int, *, now: datetime) -> None:
    """Let each round empty its box once on the way, from today on: the history was driven without.

    Repairs of the plan need it to keep the milk within its limits at a low cost.
    """
    change_policy(
        session,
        now=now,
        bank_id=bank_id,
        actor="system",
        draft=PolicyDraft(
            key=PolicyKey.EMPTYINGS_PER_ROUND, seen="0", value="1", source=EMPTYING_SOURCE
        ),
    )


def _add_staff(session: Session, bank: Bank) -> None:
    """Add the staff that the bank has not; one of an earlier version had no releasing officer."""
    known = set(session.scalars(select(Person.email).where(Person.bank_id == bank.id)))
    for name, email, roles in STAFF:
        if email not in known:
            add_person(
                session,
                bank_id=bank.id,
                name=name,
                email=email,
                roles=roles,
                language=bank.language,
            )


def _list_publicly(session: Session, bank: Bank, *, now: datetime) -> None:
    """Add the bank to the directory, so that mothers of its zone may write to it."""
    write_line(
        session,
        now=now,
        bank_id=bank.id,
        actor="system",
        said=LactariumEntry(
            name=bank.name,
            town=bank.town,
            postcode="33600",
            latitude=PESSAC.latitude,
            longitude=PESSAC.longitude,
            kind=LactariumKind.INTERNAL_AND_EXTERNAL,
            takes_anonymous=Known.YES,
            evidence="this installation",
            phone=bank.phone,
            checked_on=now.astimezone(bank.zone).date(),
            ours=True,
        ),
    )


def ask_for_day(session: Session, bank: Bank, *, now: datetime, day: date) -> None:
    """Create the demonstration's requests of a day once, with shifts on a day without any."""
    stock_material(session, bank, now=now, day=day)
    if not shifts_on(session, bank_id=bank.id, day=day):
        put_teams_on_duty(session, bank.id, day, TEAMS, now=now)
    asked_already = select(func.count()).where(
        PickupWindow.bank_id == bank.id, PickupWindow.day == day
    )
    if (session.scalar(asked_already) or 0) > len(LATER):
        return
    asked_at = now - ASKED_THE_DAYS_BEFORE
    donors = session.scalars(select(Donor).where(Donor.bank_id == bank.id).order_by(Donor.id))
    for donor, member in zip(donors, cast(), strict=False):
        if member.request is not None:
            accepted = PickupState.ACCEPTED
            session.add(pickup_of(donor, member.request, accepted, asked_at=asked_at, day=day))
        if member.later is not None:
            asked, later = PickupState.ASKED, day + LATER_BY
            session.add(pickup_of(donor, member.later, asked, asked_at=asked_at, day=later))
    session.flush()


def _equip(session: Session, bank: Bank, *, now: datetime, day: date) -> None:
    """Write the vehicles and boxes; the first box needs a new qualification within weeks."""
    for number, team in enumerate(TEAMS):
        capacity = {f"capacity_{name}": most for name, most in STARTING_CAPACITY._asdict().items()}
        due = day + timedelta(days=40 + 60 * number)
        facts = {"name": team.vehicle, "plate": "", "service_due_on": due, **capacity}
        vehicle = write_vehicle(session, now=now, bank_id=bank.id, actor="system", facts=facts)
        half = {name: most // 2 for name, most in capacity.items()}
        for box in (1, 2):
            dates = {"qualified_until": due, "thermometer_due_on": due + timedelta(days=30)}
            code, probe = f"B{2 * number + box}", f"T{2 * number + box}"
            facts = {"code": code, "vehicle_id": vehicle.id, "thermometer": probe, **half, **dates}
            write_box(session, now=now, bank_id=bank.id, actor="system", facts=facts)


def _employ(session: Session, bank: Bank, *, now: datetime) -> None:
    """Write the contracts of the collectors."""
    sites = _keys_of_sites(session, bank.id)
    for team in TEAMS:
        home = sites[team.start] if team.start.startswith("Chez") else None
        person = session.scalars(select(Person).where(Person.email == team.email)).one()
        facts = {"weekly_minutes": 42 * 60, "skills": list(team.skills), "home_site_id": home}
        write_contract(session, now=now, actor="system", person=person, facts=facts)


def _begin_usual_weeks(session: Session, bank: Bank, *, now: datetime, day: date) -> None:
    """Put four collectors on duty on every working day from a day on."""
    sites = _keys_of_sites(session, bank.id)
    for team in TEAMS:
        person = session.scalars(select(Person).where(Person.email == team.email)).one()
        for weekday in WORKING_DAYS:
            add_weekly_shift(
                session,
                now=now,
                actor="system",
                person=person,
                draft=_draft(team, sites),
                weekday=weekday,
                weeks=WeekLetter.EVERY,
                starts_on=day,
            )


def _keys_of_sites(session: Session, bank_id: int) -> dict[str, int]:
    return {s.name: s.id for s in session.scalars(select(Site).where(Site.bank_id == bank_id))}


def _draft(team: Team, sites: dict[str, int]) -> ShiftDraft:
    return ShiftDraft(
        begins=team.begins,
        ends=team.ends,
        start_site_id=sites[team.start],
        end_site_id=sites[team.end],
        vehicle=team.vehicle,
        skills=team.skills,
    )


def _add_sites(session: Session, bank_id: int) -> None:
    for kind, name, town, receives in (
        (SiteKind.BANK, "Lactarium", PESSAC, True),
        (SiteKind.ANTENNE, "Antenne des Landes", MONT_DE_MARSAN, True),
        (SiteKind.HOME, "Chez Chantal", SAINT_SEVER, False),
        (SiteKind.HOME, "Chez Denise", LIBOURNE, True),
    ):
        add_site(
            session,
            bank_id=bank_id,
            kind=kind,
            name=name,
            town=town.name,
            latitude=town.latitude,
            longitude=town.longitude,
            receives=receives,
        )


def put_teams_on_duty(
    session: Session, bank_id: int, day: date, teams: Iterable[Team], *, now: datetime
) -> list[RosterShift]:
    """Put these teams on duty on a day, and return their shifts."""
    sites = _keys_of_sites(session, bank_id)
    facts = load_roster_facts(session, bank_id=bank_id, first=day, last=day)
    return [
        write_shift(
            session,
            now=now,
            actor="system",
            person=session.scalars(select(Person).where(Person.email == team.email)).one(),
            day=day,
            draft=_draft(team, sites),
            facts=facts,
        )
        for team in teams
    ]


def _donor(
    bank_id: int, member: CastMember, *, number: int, nurse_id: int, now: datetime, day: date
) -> Donor:
    valid_until = day + timedelta(days=member.serology_left_days)
    interviewed = member.state != "prescreened"
    began = HISTORY_BEGAN if interviewed else timedelta(days=5)
    return Donor(
        bank_id=bank_id,
        number=new_number(),
        first_name=member.first_name,
        family_name=member.family_name,
        email=f"donor{number + 1}@example.org",
        phone=f"+33 6 39 98 {number // 100:02d} {number % 100:02d}",
        phone_unreached_on=None,
        language="fr",
        discreet=member.discreet,
        state=member.state,
        suspended_until=None,
        baby_born_on=day - began - timedelta(days=10 + number),
        interview_signed_by_id=nurse_id if interviewed else None,
        interview_signed_on=day - began if interviewed else None,
        consent_version="2026-1",
        consented_on=day - began,
        registered_at=now - began - timedelta(days=5),
        address=_address(bank_id, member, now=now),
        serologies=[
            Serology(
                bank_id=bank_id,
                drawn_on=until - SEROLOGY_LASTS,
                outcome=SerologyOutcome.CLEAR,
                valid_until=until,
            )
            for until in (valid_until - SEROLOGY_LASTS, valid_until)
        ]
        if interviewed
        else [],
    )


def _address(bank_id: int, member: CastMember, *, now: datetime) -> Address:
    return Address(
        bank_id=bank_id,
        line=member.line,
        postcode=member.town.postcode,
        town=member.town.name,
        access_notes="",
        position=Position(
            bank_id=bank_id,
            latitude=member.latitude,
            longitude=member.longitude,
            source=PositionSource.IMPORTED,
            provider=None,
            score=None,
            set_at=now,
        ),
    )


def pickup_of(
    donor: Donor, asked: DemoRequest, state: PickupState, *, asked_at: datetime, day: date
) -> Pickup:
    """Return a donor's request for a day."""
    collects = Purpose.COLLECTION in asked.purposes
    return Pickup(
        bank_id=donor.bank_id,
        donor=donor,
        state=state,
        purposes=list(asked.purposes),
        bottles=asked.bottles,
        volume_ml=asked.volume_ml,
        oldest_on=day - timedelta(days=asked.oldest_days) if collects else None,
        freezer_nearly_full=asked.freezer_nearly_full,
        empties_wanted=asked.empties_wanted,
        call_first=False,
        note=asked.note,
        failure=None,
        asked_at=asked_at,
        asked_by=f"donor:{donor.id}",
        windows=[
            PickupWindow(bank_id=donor.bank_id, day=day, opens=opens, closes=closes)
            for opens, closes in asked.hours
        ],
        holds=[
            PickupHold(
                bank_id=donor.bank_id,
                reason=asked.hold,
                opened_at=asked_at,
                cleared_at=None,
                cleared_by_id=None,
            )
        ]
        if asked.hold
        else [],
    )

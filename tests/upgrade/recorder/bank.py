"""The bank of the recording: staff, donors and requests.

All people are invented. Telephone numbers are of the ranges that France reserves for fiction.
"""

# ruff: noqa: I001 - its imports are modules of commit 1ef976c

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from collector.banks.actions import add_site, found_bank
from collector.banks.directory import Line, write_line
from collector.banks.models import (
    Known,
    Lactarium,
    LactariumKind,
    Policy,
    Site,
    SiteKind,
    Zone,
)
from collector.db import db, reading, transaction
from collector.donors.actions import (
    change_state,
    record_consent,
    record_serology,
    register,
    sign_interview,
)
from collector.donors.call_backs import HalfDay, ask_call_back
from collector.donors.editions import questionnaire_of
from collector.donors.models import DonorState, SerologyOutcome, WhySuspended
from collector.donors.questions import Answered, Said
from collector.donors.screening import save, submit
from collector.notices.actions import choose_channel, subscribe
from collector.notices.delivery import Letter, deliver
from collector.notices.models import Channel
from collector.people.actions import add_person, make_link
from collector.people.models import Person, Role
from collector.pickups.actions import accept, ask
from collector.pickups.giving import plan_giving, say_loss
from collector.pickups.models import HoldReason, Purpose
from collector.pickups.windows import Ask, Window
from collector.places.postcodes import import_postcodes
from collector.rights.actions import ask_erasure
from collector.rights.joining import join_files
from collector.rounds.duty import put_on_duty
from collector.web.letters import write

FOUNDED = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
LATER = (date(2026, 12, 7), date(2026, 12, 8))
DAY = (time(8), time(18))

STAFF = {
    "claire": ("Claire Castaing", (Role.COORDINATOR, Role.ADMIN)),
    "nadia": ("Nadia Benali", (Role.PROFESSIONAL, Role.QUALITY)),
    "luc": ("Luc Robert", (Role.LABORATORY, Role.QUALITY)),
    "ana": ("Ana Etcheverry", (Role.COLLECTOR,)),
    "bruno": ("Bruno Lafitte", (Role.COLLECTOR,)),
}
POSTCODES = b"""Code_postal;Nom_de_la_commune;_geopoint
33400;TALENCE;44.8027,-0.5876
33600;PESSAC;44.8060,-0.6314
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A donor's door."""

    name: str
    latitude: float
    longitude: float
    town: str
    postcode: str


HOMES = {
    "dora": Home(name="Dora", latitude=44.8065, longitude=-0.6312, town="Pessac", postcode="33600"),
    "elise": Home(
        name="Élise", latitude=44.8050, longitude=-0.5950, town="Talence", postcode="33400"
    ),
    "fanny": Home(
        name="Fanny", latitude=44.7722, longitude=-0.6127, town="Gradignan", postcode="33170"
    ),
    "gaelle": Home(
        name="Gaëlle", latitude=44.7795, longitude=-0.5666, town="Villenave", postcode="33140"
    ),
    "hana": Home(name="Hana", latitude=44.8077, longitude=-0.5488, town="Bègles", postcode="33130"),
    "ward": Home(
        name="Maternité", latitude=44.7890, longitude=-0.6560, town="Pessac", postcode="33600"
    ),
    "lou": Home(name="Lou", latitude=44.7500, longitude=-0.6700, town="Cestas", postcode="33610"),
    "manon": Home(
        name="Manon", latitude=44.7440, longitude=-0.6800, town="Cestas", postcode="33610"
    ),
    "nora": Home(
        name="Nora", latitude=44.7640, longitude=-0.6560, town="Canéjan", postcode="33610"
    ),
    "olga": Home(
        name="Olga", latitude=44.7290, longitude=-0.5990, town="Léognan", postcode="33850"
    ),
    "paule": Home(
        name="Paule", latitude=44.7060, longitude=-0.5440, town="Martillac", postcode="33650"
    ),
}


class SetClock:
    """A clock that is set by hand."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant


class Letters:
    """A transport that keeps every letter."""

    keeps_text = True

    def __init__(self) -> None:
        self.kept: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.kept.append(letter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The application, its clock, and the keys of people, donors and requests by name."""

    app: Flask
    clock: SetClock
    letters: Letters = field(default_factory=Letters)
    bank: list[int] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    donors: dict[str, int] = field(default_factory=dict)
    sites: dict[str, int] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)

    def actor(self, name: str) -> str:
        return f"person:{self.people[name]}"

    def carry(self) -> None:
        """Send every message of the outbox."""
        now = self.clock.now
        deliver(
            transaction,
            reading=reading,
            write=lambda session, notice: write(session, notice, now=now()),
            sender=self.letters,
            now=now,
        )

    def link(self, *, person: str = "", donor: str = "") -> str:
        """Return the path of a new sign-in link."""
        with self.app.app_context(), transaction() as session:
            token = make_link(
                session,
                now=self.clock.now(),
                bank_id=self.bank[0],
                person_id=self.people.get(person),
                donor_id=self.donors.get(donor),
            )
        return f"/link/{token}"

    def sign_in(self, *, person: str = "", donor: str = "") -> FlaskClient:
        """Return a browser that went through a sign-in link."""
        client = self.app.test_client()
        answer = client.post(self.link(person=person, donor=donor))
        if answer.status_code != HTTPStatus.SEE_OTHER:
            raise RuntimeError(f"{person}{donor} could not sign in")
        return client


def furnish(recorded: Recorded) -> None:
    """Found the bank, register its donors, and enter their requests."""
    with recorded.app.test_request_context():
        for step in (_found, _staff, _donors, _candidates, _files_that_end, _asked):
            with transaction() as session:
                step(session, recorded)
            db.session.remove()


def _found(session: Session, recorded: Recorded) -> None:
    # One line stands for the public directory, which a first bank would fill.
    session.add(
        Lactarium(
            bank_id=None,
            name="Lactarium d'ailleurs",
            town="Ailleurs",
            postcode="99999",
            latitude=45.0,
            longitude=0.0,
            kind=LactariumKind.UNKNOWN,
            takes_anonymous=Known.UNKNOWN,
            phone="",
            website="",
            postcodes=[],
            radius_km=None,
            evidence="invented",
            checked_on=None,
            listed=True,
        )
    )
    session.flush()
    bank = found_bank(
        session,
        now=FOUNDED,
        slug="pins",
        name="Lactarium des Pins",
        town="Pessac",
        phone="+33 5 36 49 00 01",
    )
    recorded.bank.append(bank.id)
    session.add(Zone(bank_id=bank.id, name="Gironde", postcodes=["33"], weekdays=["1", "2", "3"]))
    import_postcodes(session, POSTCODES)
    write_line(
        session,
        now=FOUNDED,
        bank_id=bank.id,
        actor="system",
        said=Line(
            name=bank.name,
            town=bank.town,
            postcode="33600",
            latitude=44.785,
            longitude=-0.66,
            kind=LactariumKind.INTERNAL_AND_EXTERNAL,
            takes_anonymous=Known.YES,
            evidence="this installation",
            phone=bank.phone,
            postcodes=("33",),
            checked_on=date(2026, 11, 2),
            ours=True,
        ),
    )
    for name, kind, latitude, longitude, receives in (
        ("Lactarium", SiteKind.BANK, 44.785, -0.66, True),
        ("Chez Bruno", SiteKind.HOME, 44.744, -0.68, True),
    ):
        recorded.sites[name] = add_site(
            session,
            bank_id=bank.id,
            kind=kind,
            name=name,
            town="Pessac",
            latitude=latitude,
            longitude=longitude,
            receives=receives,
        ).id


def _staff(session: Session, recorded: Recorded) -> None:
    for key, (name, roles) in STAFF.items():
        recorded.people[key] = add_person(
            session,
            bank_id=recorded.bank[0],
            name=name,
            email=f"{key}@example.org",
            roles=roles,
            language="en" if Role.COLLECTOR in roles else "fr",
        ).id
    for key, site, days, begins in (
        ("ana", "Lactarium", (MONDAY, TUESDAY, WEDNESDAY, *LATER), time(8)),
        ("bruno", "Chez Bruno", (TUESDAY,), time(9)),
    ):
        collector = session.get_one(Person, recorded.people[key])
        place = session.get_one(Site, recorded.sites[site])
        for day in days:
            put_on_duty(
                session,
                collector=collector,
                day=day,
                weeks=1,
                begins=begins,
                ends=time(17),
                start=place,
                end=place,
                vehicle=f"Van of {key}",
                skills=["blood"],
            )


def _donors(session: Session, recorded: Recorded) -> None:
    for number, (key, home) in enumerate(HOMES.items(), start=1):
        recorded.donors[key] = _register(session, recorded, key, home, number)
        if key != "gaelle":
            _make_eligible(session, recorded, recorded.donors[key], suspend=key == "paule")
    dora = f"donor:{recorded.donors['dora']}"
    bank = recorded.bank[0]
    choose_channel(session, bank_id=bank, recipient=dora, channel=Channel.SMS)
    subscribe(
        session,
        now=FOUNDED,
        bank_id=bank,
        recipient=f"donor:{recorded.donors['elise']}",
        endpoint="https://fcm.googleapis.com/fcm/send/invented",
        p256dh="BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        auth="tBHItJI5svbpez7KI4CCXg",
    )


def _register(session: Session, recorded: Recorded, key: str, home: Home, number: int) -> int:
    return register(
        session,
        now=FOUNDED,
        bank_id=recorded.bank[0],
        actor=recorded.actor("claire"),
        first_name=home.name,
        family_name="Inventée",
        email=f"{key}@example.org",
        phone=f"+33 6 39 98 00 {number:02d}",
        language="en" if key in {"dora", "elise"} else "fr",
        discreet=key == "fanny",
        baby_born_on=date(2026, 8, 1),
        line=f"{number} rue du Port",
        postcode=home.postcode,
        town=home.town,
        access_notes="Digicode 47B12" if key == "dora" else "",
        latitude=home.latitude,
        longitude=home.longitude,
    ).id


def _make_eligible(session: Session, recorded: Recorded, donor: int, *, suspend: bool) -> None:
    who = {"now": FOUNDED, "bank_id": recorded.bank[0], "donor_id": donor}
    nadia = recorded.actor("nadia")
    change_state(session, **who, actor=nadia, to=DonorState.PRESCREENED)
    sign_interview(
        session, **who, actor=nadia, person_id=recorded.people["nadia"], on=date(2026, 11, 2)
    )
    record_consent(session, **who, actor=nadia, version="2026-1", on=date(2026, 11, 2))
    change_state(session, **who, actor=nadia, to=DonorState.AWAITING_SEROLOGY)
    record_serology(
        session, **who, actor=nadia, drawn_on=date(2026, 11, 2), outcome=SerologyOutcome.CLEAR
    )
    change_state(session, **who, actor=nadia, to=DonorState.ELIGIBLE)
    if suspend:
        change_state(
            session,
            **who,
            actor=nadia,
            to=DonorState.SUSPENDED,
            because=WhySuspended.MEDICATION,
            until=date(2026, 12, 1),
            note="Antibiotic for ten days.",
        )


def _candidates(session: Session, recorded: Recorded) -> None:
    """Enter a candidate with answers and a half-day for the call back."""
    bank = recorded.bank[0]
    home = Home(name="Inès", latitude=44.7563, longitude=-0.5330, town="Cadaujac", postcode="33140")
    ines = recorded.donors["ines"] = _register(session, recorded, "ines", home, 21)
    questions = questionnaire_of(session, now=FOUNDED, bank_id=bank).questions
    answers = {each["key"]: Answered(said=Said.NO, on=None) for each in questions}
    save(session, now=FOUNDED, bank_id=bank, donor_id=ines, answers=answers)
    submit(session, now=FOUNDED, bank_id=bank, donor_id=ines)
    ask_call_back(
        session,
        now=SUNDAY,
        bank_id=bank,
        donor_id=ines,
        wanted=HalfDay(day=WEDNESDAY, half="morning"),
    )


def _files_that_end(session: Session, recorded: Recorded) -> None:
    """Merge two files of one donor, erase one, pause one, and note a loss."""
    bank, claire = recorded.bank[0], recorded.actor("claire")
    twin = Home(name="Inés", latitude=44.7563, longitude=-0.5330, town="Cadaujac", postcode="33140")
    gone = _register(session, recorded, "ines.twin", twin, 22)
    kept = recorded.donors["ines"]
    join_files(session, now=SUNDAY, bank_id=bank, actor=claire, kept_id=kept, gone_id=gone)
    julie = Home(name="Julie", latitude=44.71, longitude=-0.6, town="Léognan", postcode="33850")
    key = _register(session, recorded, "julie", julie, 23)
    ask_erasure(session, now=SUNDAY, bank_id=bank, donor_id=key)
    say_loss(
        session,
        now=SUNDAY,
        bank_id=bank,
        donor_id=recorded.donors["paule"],
        actor=f"donor:{recorded.donors['paule']}",
    )
    plan_giving(
        session,
        now=SUNDAY,
        bank_id=bank,
        donor_id=recorded.donors["olga"],
        actor=f"donor:{recorded.donors['olga']}",
        paused_from=date(2026, 12, 1),
        paused_until=date(2026, 12, 10),
        tapering=True,
        last_gift=False,
    )


VISITS: dict[str, tuple[str, date, tuple[Purpose, ...], int]] = {
    "nora": ("nora", MONDAY, (Purpose.COLLECTION,), 3),
    "olga": ("olga", MONDAY, (Purpose.COLLECTION, Purpose.BLOOD_SAMPLE), 2),
    "dora": ("dora", TUESDAY, (Purpose.COLLECTION, Purpose.BLOOD_SAMPLE), 4),
    "elise": ("elise", TUESDAY, (Purpose.COLLECTION,), 3),
    "fanny": ("fanny", TUESDAY, (Purpose.COLLECTION,), 5),
    "gaelle": ("gaelle", TUESDAY, (Purpose.FIRST_INTERVIEW, Purpose.MATERIAL_DROP), 0),
    "hana": ("hana", TUESDAY, (Purpose.COLLECTION, Purpose.PUMP_RETURN), 2),
    "ward": ("ward", TUESDAY, (Purpose.WARD,), 3),
    "manon": ("manon", TUESDAY, (Purpose.COLLECTION,), 2),
    "lou": ("lou", TUESDAY, (Purpose.COLLECTION,), 2),
    "olga again": ("olga", TUESDAY, (Purpose.COLLECTION,), 2),
    "elise later": ("elise", WEDNESDAY, (Purpose.COLLECTION,), 3),
    "hana later": ("hana", date(2026, 12, 2), (Purpose.COLLECTION,), 2),
}
"""By a name: the donor, the day, the purposes and the bottles of each request."""

HELD = "hana later"
"""A request that is not accepted yet, with a hold for an illness."""


def _asked(session: Session, recorded: Recorded) -> None:
    for name, (donor, day, purposes, bottles) in VISITS.items():
        asked = ask(
            session,
            now=SUNDAY - timedelta(days=2),
            bank_id=recorded.bank[0],
            donor_id=recorded.donors[donor],
            asked_by=recorded.actor("claire"),
            asked=Ask(
                bottles=bottles,
                volume_ml=200 * bottles,
                oldest_on=date(2026, 11, 3) if bottles else None,
                freezer_quarters=2,
                empties_wanted=bottles,
                note="Knock, do not ring." if name == "dora" else "",
                purposes=purposes,
                health={HoldReason.ILLNESS: name == HELD},
                windows=(Window(day, *DAY),),
            ),
        )
        recorded.visits[name] = asked.id
        if name != HELD:
            accept(
                session,
                now=SUNDAY,
                bank_id=recorded.bank[0],
                pickup_id=asked.id,
                actor=recorded.actor("claire"),
            )


def rule(recorded: Recorded, key: str, value: str) -> None:
    """Change a rule of the bank, as of now."""
    with recorded.app.app_context(), transaction() as session:
        session.execute(update(Policy).where(Policy.key == key).values(value=value))

"""Donors of the demonstration: 96, of them forty-eight with a request for today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from itertools import cycle, islice

from collector.demo.towns import (
    AROUND_BORDEAUX,
    BASSIN_AND_MEDOC,
    LANDES,
    LIBOURNAIS,
    Town,
)
from collector.donors.models import DonorState
from collector.pickups.models import HoldReason, Purpose

Hours = tuple[tuple[time, time], ...]

FIRST_NAMES = (
    "Agathe", "Alice", "Amina", "Anaïs", "Aurélie", "Camille", "Charlotte", "Chloé", "Claire",
    "Coralie", "Emma", "Estelle", "Fatou", "Flora", "Gaëlle", "Hélène", "Inès", "Jade", "Jeanne",
    "Julie", "Laura", "Léa", "Lina", "Lou", "Louise", "Lucie", "Maëlle", "Manon", "Margaux",
    "Marie", "Marion", "Mathilde", "Maya", "Mélanie", "Naïma", "Nina", "Noémie", "Océane",
    "Pauline", "Perrine", "Romane", "Rose", "Salomé", "Sarah", "Solène", "Sophie", "Thaïs",
    "Valentine", "Yasmine", "Zoé",
)  # fmt: skip
FAMILY_NAMES = (
    "Barrère", "Berger", "Bonnet", "Castaing", "Cazenave", "Daguerre", "Darrigade", "Dubois",
    "Dupin", "Etcheverry", "Faure", "Garcia", "Labadie", "Lacoste", "Lafitte", "Lalanne",
    "Laporte", "Larrieu", "Martin", "Moreau", "Navarro", "Petit", "Robert",
)  # fmt: skip
STREETS = ("rue du Port", "avenue de la Gare", "impasse des Pins", "chemin de l'Église",
           "rue des Écoles", "place du Marché", "allée des Chênes")  # fmt: skip

ALL_DAY: Hours = ((time(8), time(17)),)
MORNING: Hours = ((time(8), time(12)),)
AFTERNOON: Hours = ((time(13), time(17)),)
SCHOOL_HOURS: Hours = ((time(9), time(11, 30)), (time(13, 30), time(16)))
USUAL_HOURS = (ALL_DAY, MORNING, ALL_DAY, AFTERNOON, SCHOOL_HOURS, ALL_DAY, AFTERNOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRequest:
    """A donor's request for today."""

    hours: Hours
    bottles: int
    volume_ml: int
    oldest_days: int
    """Days since her oldest bottle was expressed."""
    purposes: tuple[Purpose, ...] = (Purpose.COLLECTION,)
    freezer_nearly_full: bool = False
    empties_wanted: int = 0
    note: str = ""
    hold: HoldReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CastMember:
    """A donor of the demonstration, with her request for today, if any."""

    first_name: str
    family_name: str
    line: str
    town: Town
    latitude: float
    longitude: float
    state: DonorState
    discreet: bool
    began_days: int
    """Days since she began to fill her freezer."""
    serology_left_days: int
    """Days from the service day to the last valid day of her serology; negative if expired."""
    request: DemoRequest | None
    later: DemoRequest | None
    """Her request for another day, not accepted yet."""


COLLECT_AND_DRAW = (Purpose.COLLECTION, Purpose.BLOOD_SAMPLE)
FIRST_VISIT = (Purpose.FIRST_INTERVIEW, Purpose.MATERIAL_DROP, Purpose.BLOOD_SAMPLE)

# Days near the limit of a rule, by index in the cast: a coordinator must notice each.
SPECIAL: dict[int, DemoRequest] = {
    2: DemoRequest(
        hours=MORNING,
        bottles=0,
        volume_ml=0,
        oldest_days=0,
        purposes=FIRST_VISIT,
        empties_wanted=12,
        note="Première visite ; merci d'apporter le tire-lait.",
    ),
    5: DemoRequest(
        hours=ALL_DAY,
        bottles=2,
        volume_ml=300,
        oldest_days=20,
        purposes=(Purpose.COLLECTION, Purpose.PUMP_RETURN),
        note="Mes derniers flacons, et je rends le tire-lait.",
    ),
    7: DemoRequest(
        hours=MORNING, bottles=9, volume_ml=1700, oldest_days=40, purposes=COLLECT_AND_DRAW
    ),
    12: DemoRequest(
        hours=ALL_DAY, bottles=14, volume_ml=2600, oldest_days=87, freezer_nearly_full=True
    ),
    15: DemoRequest(  # In no round, unless she agrees to an hour later: there is no milk to keep.
        hours=((time(7), time(7, 30)),),
        bottles=0,
        volume_ml=0,
        oldest_days=30,
        purposes=(Purpose.PUMP_RETURN,),
        note="Je rends le tire-lait ; je pars au travail à 7 h 30.",
    ),
    41: DemoRequest(
        hours=((time(17, 45), time(18, 30)),),
        bottles=7,
        volume_ml=1300,
        oldest_days=25,
        note="Au travail jusqu'à 17 h 30.",
    ),
}
# Requests in the inbox for the days after: each raises a flag.
LATER: dict[int, DemoRequest] = {
    49: DemoRequest(hours=ALL_DAY, bottles=2, volume_ml=350, oldest_days=12),
    52: DemoRequest(
        hours=MORNING,
        bottles=8,
        volume_ml=1500,
        oldest_days=33,
        hold=HoldReason.MEDICATION,
        note="J'ai pris un antibiotique la semaine dernière.",
    ),
    56: DemoRequest(hours=AFTERNOON, bottles=11, volume_ml=2100, oldest_days=84),
}
FIRST_VISIT_AT, LAPSED_SEROLOGY_AT = 2, 7
DONORS, ASKING_TODAY = 96, 48
DISCREET = frozenset({3, 11, 19, 27, 35, 50})


def cast() -> Iterator[CastMember]:
    """Yield the donors: the first forty-eight have a request for today, three more for later."""
    places = (*AROUND_BORDEAUX, *BASSIN_AND_MEDOC, *LIBOURNAIS, *LANDES)
    for number, town in enumerate(islice(cycle(places), DONORS)):
        yield _member(number, town, request=_request(number) if number < ASKING_TODAY else None)


def _member(number: int, town: Town, *, request: DemoRequest | None) -> CastMember:
    north, east = (number * 7 % 11 - 5) / 1000, (number * 5 % 13 - 6) / 1000
    return CastMember(
        first_name=FIRST_NAMES[number % len(FIRST_NAMES)],
        family_name=FAMILY_NAMES[number * 5 % len(FAMILY_NAMES)],
        line=f"{number * 3 % 47 + 1} {STREETS[number % len(STREETS)]}",
        town=town,
        latitude=town.latitude + north,
        longitude=town.longitude + east,
        discreet=number in DISCREET,
        state=DonorState.PRESCREENED if number == FIRST_VISIT_AT else DonorState.ELIGIBLE,
        began_days=30 if number < ASKING_TODAY else 3 + number * 7 % 27,
        serology_left_days=-1 if number == LAPSED_SEROLOGY_AT else 10 + number,
        request=request,
        later=LATER.get(number),
    )


def _request(number: int) -> DemoRequest:
    bottles = 5 + number * 3 % 9
    usual = DemoRequest(
        hours=USUAL_HOURS[number % len(USUAL_HOURS)],
        bottles=bottles,
        volume_ml=bottles * 185,
        oldest_days=15 + number % 40,
        freezer_nearly_full=number % 9 == 0,
        empties_wanted=bottles if number % 2 else 0,
    )
    return SPECIAL.get(number, usual)

"""Lactariums that collect at a postcode, nearest first.

A lactarium with an unknown radius is listed under "ask", never under "comes".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from collector.banks.models import Known, Lactarium, LactariumKind, Zone
from collector.banks.policies import Policies, PolicyKey
from collector.banks.zones import zone_of

FURTHEST_KM = 150
"""The widest radius read at a bank's own page, in kilometres (Nantes)."""

MOST_TO_ASK = 3


class Reach(StrEnum):
    """Whether a lactarium collects at a place."""

    COMES = "comes"
    ASK = "ask"
    TOO_FAR = "too_far"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionArea:
    """The collection area of a bank of this installation: its zones, or a radius in km."""

    zones: tuple[Zone, ...] = ()
    radius_km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A lactarium with its distance from a postcode."""

    lactarium: Lactarium
    km: float
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestBanks:
    """Lactariums by their answer to a postcode; each list nearest first."""

    comes: Option | None
    ask: tuple[Option, ...]
    """Lactariums that take anonymous gifts, with an unknown radius."""
    unclear: tuple[Option, ...]
    """Lactariums near enough, with unknown acceptance of anonymous gifts."""
    own_hospital: Option | None
    """The nearest lactarium; a mother's milk for her own baby is handled by her hospital's."""


def ground_of(zones: Iterable[Zone], policies: Policies) -> CollectionArea:
    """Return the collection area of a bank; without zones it is the radius."""
    return CollectionArea(
        zones=tuple(zones),
        radius_km=policies[PolicyKey.RADIUS_KM],
    )


def who_comes(
    lines: Sequence[Lactarium],
    *,
    postcode: str,
    at: tuple[float, float],
    areas: Mapping[int, CollectionArea],
) -> NearestBanks:
    """Return the lactariums for one postcode.

    Parameters
    ----------
    at
        Its latitude and longitude.
    areas
        The collection areas of this installation's banks, by the bank's key.
    """
    options = sorted(
        (_option(line, postcode=postcode, at=at, areas=areas) for line in lines),
        key=lambda option: option.km,
    )
    takers = [each for each in options if each.lactarium.takes_anonymous is Known.YES]
    comes = next((each for each in takers if each.reach is Reach.COMES), None)
    closer = [each for each in options if comes is None or each.km < comes.km]
    near = [each for each in closer if each.reach is Reach.ASK]
    return NearestBanks(
        comes=comes,
        ask=tuple(each for each in near if each in takers)[:MOST_TO_ASK],
        unclear=tuple(each for each in near if each.lactarium.takes_anonymous is Known.UNKNOWN)[
            :MOST_TO_ASK
        ],
        own_hospital=next(
            (each for each in options if each.lactarium.kind is not LactariumKind.UNKNOWN), None
        ),
    )


def _option(
    line: Lactarium,
    *,
    postcode: str,
    at: tuple[float, float],
    areas: Mapping[int, CollectionArea],
) -> Option:
    from geopy.distance import great_circle  # noqa: PLC0415 - geopy loads fifty geocoders

    km = float(great_circle(at, (line.latitude, line.longitude)).km)
    ground = None if line.bank_id is None else areas.get(line.bank_id)
    if ground is not None and ground.zones:
        within = zone_of(ground.zones, postcode=postcode, at=at) is not None
        reach = Reach.COMES if within else Reach.TOO_FAR
    else:
        reach = _reach(line, postcode, km, ground)
    return Option(lactarium=line, km=km, reach=reach)


def _reach(line: Lactarium, postcode: str, km: float, ground: CollectionArea | None) -> Reach:
    if ground is None and line.home_collection is Known.NO:
        return Reach.TOO_FAR
    radius = ground.radius_km if ground else line.radius_km
    if ground is None and line.postcodes:
        fits = postcode.startswith(tuple(line.postcodes))
        return Reach.COMES if fits else Reach.TOO_FAR
    if radius is not None:
        return Reach.COMES if km <= radius else Reach.TOO_FAR
    return Reach.ASK if km <= FURTHEST_KM else Reach.TOO_FAR

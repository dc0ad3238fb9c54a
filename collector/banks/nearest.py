"""Which lactarium comes to a postcode: the nearest that takes anonymous gifts and drives that far.

Where nobody told us how far a lactarium drives, the answer is "ask", never "they come".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from geopy.distance import great_circle

from collector.banks.models import Known, Lactarium, LactariumKind, Zone
from collector.banks.policies import Policies, PolicyKey

FURTHEST_KM = 150
"""The widest radius of collection that was read at a bank's own page (Nantes)."""

MOST_TO_ASK = 3


class Reach(StrEnum):
    """Whether somebody drives to a place."""

    COMES = "comes"
    ASK = "ask"
    TOO_FAR = "too_far"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionArea:
    """Where a bank that lives here collects: beginnings of postcodes, or a radius."""

    prefixes: tuple[str, ...]
    radius_km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A lactarium seen from a postcode."""

    lactarium: Lactarium
    km: float
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestBanks:
    """Who comes, whom to ask, and what else there is; each nearest first."""

    comes: Option | None
    ask: tuple[Option, ...]
    """They take anonymous gifts, and nobody told us how far they drive."""
    unclear: tuple[Option, ...]
    """Near enough; nobody told us whether they take anonymous gifts."""
    own_hospital: Option | None
    """The nearest of all: what a mother gives her own baby is handled by her hospital's."""


def ground_of(zones: Iterable[Zone], policies: Policies) -> CollectionArea:
    """Return where a bank collects; one without zones collects within its radius."""
    return CollectionArea(
        prefixes=tuple(prefix for zone in zones for prefix in zone.postcodes),
        radius_km=policies[PolicyKey.RADIUS_KM],
    )


def who_comes(
    lines: Sequence[Lactarium],
    *,
    postcode: str,
    at: tuple[float, float],
    grounds: Mapping[int, CollectionArea],
) -> NearestBanks:
    """Answer for one postcode.

    Parameters
    ----------
    at
        Its latitude and longitude.
    grounds
        Where the banks of this installation collect, by the bank's key.
    """
    options = sorted(
        (_option(line, postcode=postcode, at=at, grounds=grounds) for line in lines),
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
    grounds: Mapping[int, CollectionArea],
) -> Option:
    km = float(great_circle(at, (line.latitude, line.longitude)).km)
    return Option(lactarium=line, km=km, reach=_reach(line, postcode, km, grounds))


def _reach(
    line: Lactarium, postcode: str, km: float, grounds: Mapping[int, CollectionArea]
) -> Reach:
    ground = None if line.bank_id is None else grounds.get(line.bank_id)
    prefixes = ground.prefixes if ground else tuple(line.postcodes)
    radius = ground.radius_km if ground else line.radius_km
    if prefixes:
        return Reach.COMES if postcode.startswith(prefixes) else Reach.TOO_FAR
    if radius is not None:
        return Reach.COMES if km <= radius else Reach.TOO_FAR
    return Reach.ASK if km <= FURTHEST_KM else Reach.TOO_FAR

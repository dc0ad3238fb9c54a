"""Which lactarium comes to a postcode; where nobody told us, the answer is "ask"."""

from __future__ import annotations

import pytest

from collector.banks.directory import first_lines
from collector.banks.models import Jurisdiction, Known, Lactarium, LactariumKind, Zone
from collector.banks.nearest import (
    FURTHEST_KM,
    CollectionArea,
    NearestBanks,
    Option,
    Reach,
    who_comes,
)

BORDEAUX, PESSAC_BANK = (44.84, -0.58), 7
GIRONDE = Zone(name="Gironde", postcodes=["33"])
AROUND_BORDEAUX = [[44.0, -1.0], [45.0, -1.0], [45.0, 0.0], [44.0, 0.0]]


def line(
    name: str,
    latitude: float,
    *,
    takes: Known = Known.YES,
    postcodes: tuple[str, ...] = (),
    radius_km: int | None = None,
    bank_id: int | None = None,
    home_collection: Known = Known.UNKNOWN,
) -> Lactarium:
    """A lactarium due north of Bordeaux: a degree is 111 km."""
    return Lactarium(
        name=name,
        latitude=BORDEAUX[0] + latitude,
        longitude=BORDEAUX[1],
        kind=LactariumKind.INTERNAL_AND_EXTERNAL,
        takes_anonymous=takes,
        postcodes=list(postcodes),
        radius_km=radius_km,
        bank_id=bank_id,
        home_collection=home_collection,
    )


def answer(
    *lines: Lactarium, postcode: str = "33000", areas: dict[int, CollectionArea] | None = None
) -> NearestBanks:
    return who_comes(lines, postcode=postcode, at=BORDEAUX, areas=areas or {})


def names(options: tuple[Option, ...]) -> list[str]:
    return [option.lactarium.name for option in options]


def test_the_nearest_whose_zone_holds_her_comes_even_if_another_is_nearer() -> None:
    near = line("near", 0.1, postcodes=("40",))
    far = line("far", 1.0, postcodes=("33", "40"))
    found = answer(near, far)
    assert found.comes is not None
    assert found.comes.lactarium is far
    assert found.ask == ()


def test_a_bank_that_lives_here_answers_with_its_own_zones() -> None:
    ours = line("ours", 0.1, postcodes=("87",), bank_id=PESSAC_BANK)
    zones = {PESSAC_BANK: CollectionArea(zones=(GIRONDE,), radius_km=1)}
    assert answer(ours, areas=zones).comes is not None
    assert answer(ours, postcode="40000", areas=zones).comes is None


def test_a_bank_comes_to_a_postcode_that_lies_in_a_drawn_zone() -> None:
    ours = line("ours", 0.1, bank_id=PESSAC_BANK)
    drawn = Zone(name="Drawn", postcodes=[], outline=AROUND_BORDEAUX)
    areas = {PESSAC_BANK: CollectionArea(zones=(drawn,), radius_km=1)}
    assert answer(ours, postcode="40000", areas=areas).comes is not None
    elsewhere = who_comes([ours], postcode="40000", at=(43.9, -0.5), areas=areas)
    assert elsewhere.comes is None


def test_a_bank_without_zones_collects_within_its_radius_and_not_a_kilometre_further() -> None:
    ours = line("ours", 0.9, bank_id=PESSAC_BANK)  # 100.1 km
    within = {PESSAC_BANK: CollectionArea(radius_km=101)}
    beyond = {PESSAC_BANK: CollectionArea(radius_km=100)}
    assert answer(ours, areas=within).comes is not None
    assert answer(ours, areas=beyond).comes is None


def test_who_takes_no_anonymous_gifts_never_comes() -> None:
    found = answer(line("internal", 0.1, takes=Known.NO, postcodes=("33",)))
    assert found.comes is None
    assert found.own_hospital is not None, "her own baby's milk is handled there"


def test_where_nobody_told_us_the_answer_is_to_ask_up_to_the_widest_known_radius() -> None:
    assert FURTHEST_KM == 150
    found = answer(line("asked", 1.3), line("too far", 1.4))
    assert found.comes is None
    assert names(found.ask) == ["asked"]
    assert found.ask[0].reach is Reach.ASK


def test_a_lactarium_known_to_collect_at_no_home_is_not_one_to_ask() -> None:
    found = answer(line("at its counter", 0.1, home_collection=Known.NO))
    assert (found.comes, found.ask) == (None, ())


def test_a_nearer_one_to_ask_is_told_beside_the_one_that_comes() -> None:
    found = answer(line("near", 0.1), line("comes", 0.5, radius_km=80), line("further", 0.6))
    assert found.comes is not None
    assert names(found.ask) == ["near"]


def test_unknown_takers_are_told_apart() -> None:
    found = answer(line("unclear", 0.1, takes=Known.UNKNOWN))
    assert (found.comes, found.ask) == (None, ())
    assert names(found.unclear) == ["unclear"]


def test_nobody_comes_overseas() -> None:
    found = who_comes(
        [line("mainland", 0.0, radius_km=200)], postcode="97400", at=(-20.9, 55.5), areas={}
    )
    assert (found.comes, found.ask, found.unclear) == (None, (), ())


def test_the_directory_begins_with_the_lines_that_ship_with_the_package() -> None:
    lines = first_lines(Jurisdiction.FRANCE)
    assert len(lines) == 24
    assert sum(each.takes_anonymous is Known.YES for each in lines) == 18
    assert all(each.sources and each.name and each.town for each in lines)
    assert all(each.checked_on is None for each in lines), "the file does not say when"
    for each in lines:
        assert len(each.postcode) in {0, 5}
        assert abs(each.latitude) < 60
    assert first_lines(Jurisdiction.BRAZIL) == []


@pytest.mark.parametrize("takes", list(Known))
def test_a_line_that_is_nowhere_near_is_never_offered(takes: Known) -> None:
    found = answer(line("far away", 5.0, takes=takes))
    assert (found.comes, found.ask, found.unclear) == (None, (), ())

"""The zone of a place: outlines before postcodes, and the corners that a person writes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.banks.models import Zone
from collector.banks.zones import (
    MOST_CORNERS,
    Point,
    area_of,
    days_served,
    is_inside,
    parse_outline,
    parse_prefixes,
    zone_of,
)
from collector.errors import Refused

SQUARE: tuple[Point, ...] = ((44.0, -1.0), (45.0, -1.0), (45.0, 0.0), (44.0, 0.0))
INNER: tuple[Point, ...] = ((44.4, -0.6), (44.6, -0.6), (44.6, -0.4), (44.4, -0.4))
WITHIN_BOTH, WITHIN_SQUARE, AWAY = (44.5, -0.5), (44.1, -0.9), (46.0, 2.0)
MONDAY = date(2026, 11, 23)
degrees = st.floats(-80, 80, allow_nan=False).map(lambda value: round(value, 4))


def zone(name: str, *postcodes: str, outline: tuple[Point, ...] = (), weekdays: str = "") -> Zone:
    corners = [list(corner) for corner in outline]
    return Zone(name=name, postcodes=list(postcodes), outline=corners, weekdays=list(weekdays))


@pytest.mark.parametrize(
    ("postcode", "at", "name"),
    [
        ("33000", WITHIN_BOTH, "inner"),
        ("33000", WITHIN_SQUARE, "square"),
        ("33000", AWAY, "long"),
        ("33990", AWAY, "gironde"),
        ("33000", None, "long"),
        ("40000", AWAY, None),
        ("40000", None, None),
    ],
)
def test_an_outline_comes_before_postcodes_and_the_smallest_or_longest_counts(
    postcode: str, at: Point | None, name: str | None
) -> None:
    zones = [
        zone("square", outline=SQUARE),
        zone("gironde", "33"),
        zone("long", "330"),
        zone("inner", outline=INNER),
    ]
    for order in (zones, zones[::-1]):
        found = zone_of(order, postcode=postcode, at=at)
        assert (found.name if found else None) == name


def test_of_equal_zones_the_first_name_counts() -> None:
    for order in (("a", "b"), ("b", "a")):
        by_postcode = zone_of([zone(name, "33") for name in order], postcode="33000", at=None)
        drawn = zone_of([zone(name, outline=SQUARE) for name in order], postcode="", at=WITHIN_BOTH)
        assert by_postcode is not None
        assert drawn is not None
        assert (by_postcode.name, drawn.name) == ("a", "a")


def test_an_empty_beginning_of_a_postcode_fits_nothing() -> None:
    assert zone_of([zone("a", "")], postcode="33000", at=None) is None


def test_a_zone_is_served_on_its_weekdays_and_on_every_day_without_any() -> None:
    week = [MONDAY + timedelta(days=number) for number in range(7)]
    assert days_served(zone("a", "33", weekdays="13"), week) == [week[0], week[2]]
    assert days_served(zone("a", "33"), week) == week
    assert days_served(None, week) == week


@given(st.tuples(degrees, degrees), st.tuples(degrees, degrees), st.tuples(degrees, degrees))
def test_a_point_is_inside_a_rectangle_if_it_lies_between_its_sides(
    one: Point, other: Point, at: Point
) -> None:
    (south, north), (west, east) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    if at[0] in {south, north} or at[1] in {west, east}:
        return
    corners = [(south, west), (north, west), (north, east), (south, east)]
    within = south < at[0] < north and west < at[1] < east
    assert is_inside(corners, at) is within
    assert is_inside(corners[::-1], at) is within
    assert area_of(corners) == pytest.approx((north - south) * (east - west), abs=1e-6)


def test_a_bay_of_an_outline_is_outside() -> None:
    bay = [(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (2.0, 3.0), (2.0, 1.0), (1.0, 1.0), (1.0, 3.0)]
    outline = [*bay, (0.0, 3.0)]
    assert is_inside(outline, (0.5, 2.0))
    assert is_inside(outline, (2.5, 2.0))
    assert not is_inside(outline, (1.5, 2.0))


@pytest.mark.parametrize(
    "text",
    [
        "44.0, -1.0\n45.0, -1.0\n45.0, 0.0\n44.0, 0.0",
        "44 -1\n45 -1\n\n45 0\n44 0\n44 -1",
        "44,0 -1,0\n45,0 -1,0\n45,0 0,0\n44,0 0,0",
        "44.0,-1.0\n45.0,-1.0\n45.0;0.0\n44.0; 0.0",
    ],
)
def test_corners_are_read_as_people_and_maps_write_them(text: str) -> None:
    assert parse_outline(text) == SQUARE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("44.0, -1.0\n45.0, -1.0", "outline_too_few"),
        ("44.0, -1.0\n45.0, -1.0\n45.0, -1.0", "outline_too_few"),
        ("44.0, -1.0\n45.0, 0.0\n45.0, -1.0\n44.0, 0.0", "outline_crosses"),
        ("44.0, -1.0\nBordeaux\n45.0, -1.0", "outline_not_read"),
        ("nan, nan\n45.0, -1.0\n45.0, 0.0", "outline_not_read"),
        ("91, 0\n45.0, -1.0\n45.0, 0.0", "outline_not_read"),
        (
            "\n".join(f"{n / 100}, {n * n / 1000}" for n in range(MOST_CORNERS + 1)),
            "outline_too_many",
        ),
    ],
)
def test_corners_that_are_no_outline_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_outline(text)
    assert refused.value.code == code


@given(st.text(max_size=60))
def test_any_text_is_an_outline_or_refused(text: str) -> None:
    try:
        found = parse_outline(text)
    except Refused:
        return
    assert all(abs(latitude) <= 90 and abs(longitude) <= 180 for latitude, longitude in found)


def test_beginnings_of_postcodes_may_have_letters_and_are_kept_once() -> None:
    assert parse_prefixes("33, 401;33 sw1a") == ("33", "401", "SW1A")
    with pytest.raises(Refused):
        parse_prefixes("33 *")

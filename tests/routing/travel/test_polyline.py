"""Lines are written as encoded polylines, and simplified within a tolerance."""

from itertools import pairwise
from math import hypot

import pytest

from routing.travel.polyline import encoded
from routing.travel.simplification import simplified
from tests.tiny_roads import METRES_PER_DEGREE, position


def test_the_example_of_the_format_is_encoded():
    points = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]
    assert encoded(points) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    assert encoded([]) == ""


def test_a_straight_line_keeps_its_ends_and_a_corner_stays():
    line = tuple(position((0, east / 10)) for east in range(11))
    corner = (*line, position((1, 1)))
    assert simplified(line) == (line[0], line[-1])
    assert simplified(corner) == (line[0], line[-1], corner[-1])
    assert simplified(()) == ()


@pytest.mark.parametrize("tolerance", [1.0, 5.0, 30.0])
def test_no_point_lies_beyond_the_tolerance(tolerance: float):
    line = tuple(position((0.3 * (step % 7), step / 5)) for step in range(60))
    short = simplified(line, tolerance)
    assert set(short) <= set(line)
    for point in line:
        legs = pairwise(short)
        assert min(_distance(point, *leg) for leg in legs) <= tolerance + 0.01


def _distance(
    point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> float:
    (y, x), (y0, x0), (y1, x1) = point, start, end
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    share = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    away = hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0))
    return away * METRES_PER_DEGREE

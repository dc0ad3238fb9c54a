"""Curves: the plateau of the coldest probe, the eight checks, and the files of loggers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import Refused
from collector.laboratory.heating.judgement import (
    Colour,
    CurveCheckKey,
    CurveSituation,
    HeatLimits,
    judge,
    longest_plateau,
)
from collector.laboratory.heating.models import CurveProfileName
from collector.laboratory.heating.profiles import CurveFile, read_curve

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LIMITS = HeatLimits(
    celsius=Decimal("62.5"),
    plateau=timedelta(minutes=30),
    most_celsius=Decimal("64.0"),
    warm=timedelta(minutes=60),
    cool_to_celsius=10,
    cooling=timedelta(minutes=30),
    gap=timedelta(seconds=120),
)
HOT, COLD = [62.8] * 31, [40.0, 9.0]
LONG = CurveProfileName.LONG_UTC


def written(
    celsius: Sequence[float],
    *,
    start: datetime = START,
    separator: str = ",",
    sign: str = ".",
    skip: Sequence[int] = (),
    heading: str = "",
) -> bytes:
    """Return a file with one reading a minute of one probe."""
    lines = [separator.join(("time", "probe", "celsius"))]
    for minute, value in enumerate(celsius):
        if minute not in skip:
            at = (start + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S")
            lines.append(separator.join((at, "P1", f"{value:.1f}".replace(".", sign))))
    return (heading + "\n".join(lines)).encode()


def parsed(content: bytes, profile: CurveProfileName = LONG) -> CurveFile:
    return read_curve(content, profile=profile, zone=PARIS)


def situation(curve: CurveFile, **changes: Any) -> CurveSituation:  # noqa: ANN401
    usual = CurveSituation(
        curve=curve,
        limits=LIMITS,
        began_at=curve.first,
        ended_at=curve.last,
        day=date(2026, 11, 24),
        serial="S-1",
        qualified_until=date(2026, 12, 31),
        calibrated_until=date(2026, 12, 31),
        is_new=True,
    )
    return replace(usual, **changes)


def colours(found: CurveSituation) -> dict[CurveCheckKey, Colour]:
    return {each.key: each.colour for each in judge(found)}


def plateau_of(content: bytes) -> tuple[Colour, int]:
    check = next(
        each for each in judge(situation(parsed(content))) if each.key is CurveCheckKey.PLATEAU
    )
    return check.colour, check.figures["seconds"]


def test_scenario_4_thirty_one_readings_a_minute_are_thirty_minutes() -> None:
    assert plateau_of(written([62.5] * 31)) == (Colour.GREEN, 30 * 60)
    assert plateau_of(written([62.5] * 30)) == (Colour.RED, 29 * 60)


def test_scenario_4_a_reading_that_is_too_cold_breaks_the_plateau() -> None:
    values = [62.5] * 31
    values[15] = 62.4
    assert plateau_of(written(values)) == (Colour.RED, 14 * 60)


def test_scenario_4_a_hole_of_three_minutes_breaks_the_plateau() -> None:
    content = written([62.5] * 33, skip=(15, 16))
    found = colours(situation(parsed(content)))
    assert found[CurveCheckKey.PLATEAU] is Colour.RED
    assert found[CurveCheckKey.GAPS] is Colour.RED
    # Two minutes are the longest hole that the bank permits.
    assert plateau_of(written([62.5] * 31, skip=(15,))) == (Colour.GREEN, 30 * 60)


def test_scenario_4_the_hottest_reading_is_judged_to_the_tenth() -> None:
    for celsius, colour in ((64.0, Colour.GREEN), (64.1, Colour.AMBER)):
        values = [*HOT, *COLD]
        values[3] = celsius
        assert colours(situation(parsed(written(values))))[CurveCheckKey.MAXIMUM] is colour


def test_scenario_4_separator_decimal_sign_and_encoding_change_no_figure() -> None:
    values = [*HOT, *COLD]
    plain = parsed(written(values))
    french = written(values, separator=";", sign=",")
    assert parsed(french) == plain
    assert parsed(french.decode().encode("utf-16")) == plain
    assert parsed(b"\xef\xbb\xbf" + written(values, separator="\t", sign=",")) == plain


def test_scenario_4_in_the_night_of_the_clock_change_thirty_minutes_stay_thirty() -> None:
    # 25 October 2026, 00:45 UTC: 02:45 in Paris, and 02:00 again a quarter of an hour later.
    start = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    lines = ["time,probe,celsius"]
    for minute in range(31):
        wall = (start + timedelta(minutes=minute)).astimezone(PARIS)
        lines.append(f"{wall:%Y-%m-%dT%H:%M:%S},P1,62.5")
    assert lines[15:18:2] == ["2026-10-25T02:59:00,P1,62.5", "2026-10-25T02:01:00,P1,62.5"]
    curve = parsed("\n".join(lines).encode(), CurveProfileName.LONG_LOCAL)
    assert longest_plateau(curve, LIMITS) == (start, start + timedelta(minutes=30))


def test_a_good_curve_is_green_throughout() -> None:
    assert set(colours(situation(parsed(written([*HOT, *COLD])))).values()) == {Colour.GREEN}


def test_every_probe_must_be_hot_at_the_same_time() -> None:
    lines = ["time,P1,P2"]
    for minute in range(40):
        at = (START + timedelta(minutes=minute)).astimezone(PARIS)
        one, other = (62.6 if minute < 32 else 61.0), (62.6 if minute >= 8 else 61.0)
        lines.append(f"{at:%Y-%m-%d %H:%M:%S},{one},{other}")
    curve = parsed("\n".join(lines).encode(), CurveProfileName.WIDE_LOCAL)
    assert set(curve.probes) == {"P1", "P2"}
    found = longest_plateau(curve, LIMITS)
    # Both were hot from the minute 8 to the minute 31.
    assert found == (START + timedelta(minutes=8), START + timedelta(minutes=31))


@pytest.mark.parametrize(
    ("changes", "key", "colour"),
    [
        ({"is_new": False}, CurveCheckKey.FILE, Colour.RED),
        ({"began_at": START - timedelta(minutes=10)}, CurveCheckKey.TIMES, Colour.GREEN),
        ({"began_at": START - timedelta(minutes=11)}, CurveCheckKey.TIMES, Colour.RED),
        ({"qualified_until": date(2026, 11, 23)}, CurveCheckKey.DEVICE, Colour.RED),
        ({"calibrated_until": date(2026, 11, 23)}, CurveCheckKey.DEVICE, Colour.RED),
        ({"calibrated_until": date(2026, 11, 24)}, CurveCheckKey.DEVICE, Colour.GREEN),
    ],
)
def test_the_cycle_and_the_device_are_judged(
    changes: dict[str, Any], key: CurveCheckKey, colour: Colour
) -> None:
    assert colours(situation(parsed(written([*HOT, *COLD])), **changes))[key] is colour


def test_another_loggers_file_is_red() -> None:
    for serial, colour in (("S-1", Colour.GREEN), ("S-2", Colour.RED)):
        curve = parsed(written([*HOT, *COLD], heading=f"# serial: {serial}\n"))
        assert colours(situation(curve))[CurveCheckKey.TIMES] is colour


def test_slow_cooling_and_a_long_time_above_58_degrees_are_amber() -> None:
    slow = parsed(written([*HOT, *[30.0] * 30, 9.0]))
    assert colours(situation(slow))[CurveCheckKey.COOLING] is Colour.AMBER
    # The plateau ends with the reading 30; the reading 60 is 30 minutes later.
    in_time = parsed(written([*HOT, *[30.0] * 29, 10.0]))
    assert colours(situation(in_time))[CurveCheckKey.COOLING] is Colour.GREEN
    never = parsed(written(HOT))
    assert colours(situation(never))[CurveCheckKey.COOLING] is Colour.AMBER
    for minutes, colour in ((60, Colour.GREEN), (61, Colour.AMBER)):
        curve = parsed(written([*[62.8] * (minutes + 1), *COLD]))
        assert colours(situation(curve))[CurveCheckKey.WARM] is colour


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "curve_empty", None),
        (b"time,probe,celsius\n", "curve_empty", None),
        (b"\x00\x01\x02", "curve_not_text", None),
        (b"time,probe,celsius\n2026-11-24T09:00:00,P1\n", "curve_line_not_read", 2),
        (b"time,probe,celsius\n2026-11-24T09:00:00,P1,warm\n", "curve_line_not_read", 2),
        (b"time,probe,celsius\n2026-11-24T09:00:00,P1,nan\n", "curve_line_not_read", 2),
        (b"time,probe,celsius\nyesterday,P1,62.5\n", "curve_line_not_read", 2),
        (b"time,probe,celsius\n2026-11-24T09:00:00,P1,151\n", "curve_line_not_read", 2),
        (
            b"time,probe,celsius\n2026-11-24T09:01:00,P1,62.5\n2026-11-24T09:00:00,P1,62.5\n",
            "curve_goes_back",
            3,
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(
    content: bytes, code: str, line: int | None
) -> None:
    with pytest.raises(Refused) as refused:
        parsed(content)
    assert refused.value.code == code
    assert refused.value.figures.get("line") == line


@given(st.lists(st.sampled_from([62.4, 62.5, 63.0]), min_size=2, max_size=80))
def test_the_plateau_is_the_longest_run_of_hot_readings(values: list[float]) -> None:
    runs = "".join("x" if value >= 62.5 else " " for value in values).split()
    longest = max((len(run) - 1 for run in runs), default=0)
    found = longest_plateau(parsed(written(values)), LIMITS)
    lasted = (found[1] - found[0]) if found else timedelta()
    assert lasted == timedelta(minutes=longest)

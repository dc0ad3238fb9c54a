"""Learned times against planted ones: hours, a slow sector, slow doors, spreads, errors."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pytest

from bench.planted_rounds import (
    DAY,
    DOOR,
    EVERY,
    HOURS,
    LEG,
    OTHER_DOOR,
    SECTOR,
    SLOW_DOOR,
    SLOW_SECTOR,
    law_and_doors,
    planted_rounds,
)
from collector.planning.learning.choice import GENERAL, choose_effects, choose_times, is_lower
from collector.planning.learning.fit import EffectGroup, day_deviation, fit_effects
from collector.planning.learning.model import FREE_FLOW, TimesModel, errors_of, learn_times
from collector.planning.learning.traces import Trace
from collector.roads.learned import HourClass
from collector.roads.models import LearnedKind


@cache
def rounds() -> list[Trace]:
    return planted_rounds(*law_and_doors())


@cache
def model() -> TimesModel:
    return learn_times(rounds())


@pytest.mark.parametrize("hour", [HourClass.MORNING, HourClass.DAY])
def test_the_traffic_of_an_hour_is_learned(hour: HourClass) -> None:
    assert model().factor(LearnedKind.HOUR, hour) == pytest.approx(HOURS[hour], rel=0.05)


def test_a_slow_sector_differs_from_the_others_by_what_was_planted() -> None:
    others = [model().factor(LearnedKind.SECTOR, key) for key in ("000", "002", "003")]
    ratio = model().factor(LearnedKind.SECTOR, SLOW_SECTOR) / float(np.mean(others))
    assert ratio == pytest.approx(SECTOR, rel=0.05)


@pytest.mark.parametrize(
    ("instant", "hour"),
    [
        ("2026-10-24T07:00:00+00:00", HourClass.SATURDAY),
        ("2026-10-23T04:30:00+00:00", HourClass.MORNING),
        ("2026-10-26T04:30:00+00:00", HourClass.NIGHT),
        ("2026-10-26T05:00:00+00:00", HourClass.MORNING),
        ("2026-10-26T08:29:00+00:00", HourClass.MORNING),
        ("2026-10-26T08:30:00+00:00", HourClass.DAY),
        ("2026-10-26T19:00:00+00:00", HourClass.NIGHT),
    ],
)
def test_an_hour_is_that_of_the_wall_clock_in_summer_and_in_winter(
    instant: str, hour: HourClass
) -> None:
    assert rounds()[0].hour(datetime.fromisoformat(instant)) is hour


def test_slow_doors_are_told_from_the_others() -> None:
    donors = model().effects[LearnedKind.DONOR]
    slow = [each.factor for key, each in donors.items() if (int(key) - 1) % EVERY == 0]
    others = [each.factor for key, each in donors.items() if (int(key) - 1) % EVERY]
    assert float(np.mean(slow)) / float(np.mean(others)) == pytest.approx(
        SLOW_DOOR / OTHER_DOOR, rel=0.15
    )


def test_the_spreads_of_legs_days_and_visits_are_learned() -> None:
    effects = model().effects
    assert effects[LearnedKind.LEG_SPREAD][""].spread_percent == pytest.approx(100 * LEG, abs=2)
    assert effects[LearnedKind.DAY_SPREAD][""].spread_percent == pytest.approx(100 * DAY, abs=2)
    visit = effects[LearnedKind.PURPOSE]["collection"]
    assert visit.spread_percent == pytest.approx(100 * DOOR, abs=4)


def test_arrivals_of_days_held_out_are_off_by_at_most_two_thirds_of_free_flow() -> None:
    chosen = choose_times(rounds())
    before, after = chosen.before, chosen.after
    assert before.arrival is not None
    assert after.arrival is not None
    assert after.days == 9
    assert after.arrival <= before.arrival * 2 / 3
    assert chosen.used > GENERAL
    assert set(chosen.model.effects) == chosen.used | {
        LearnedKind.LEG_SPREAD,
        LearnedKind.DAY_SPREAD,
    }


def offset() -> list[Trace]:
    """Return rounds whose legs are longer than foreseen, and whose visits that much shorter."""
    found = []
    for trace in rounds()[:120]:
        at, halts = trace.departed, []
        for number, halt in enumerate(trace.halts):
            wobble = 1 + 0.04 * (-1) ** number
            arrived = at + timedelta(seconds=720 * 1.15 * wobble)
            at = arrived + timedelta(seconds=720 * 0.85)
            halts.append(replace(halt, base=720.0, arrived=arrived, left=at))
        found.append(replace(trace, halts=tuple(halts)))
    return found


def test_errors_that_offset_each_other_are_learned_together_or_not_at_all() -> None:
    whole = learn_times(offset(), GENERAL)
    for kind in GENERAL:
        alone = learn_times(offset(), {kind})
        tried = [
            errors_of([(trace, model) for trace in offset()]) for model in (FREE_FLOW, whole, alone)
        ]
        part = "leg" if kind is LearnedKind.HOUR else "door"
        assert is_lower(getattr(tried[0], part), getattr(tried[2], part)), "a gate of parts opens"
        assert is_lower(tried[2].arrival, tried[0].arrival), "and arrivals are worse"
        assert is_lower(tried[0].arrival, tried[1].arrival)
    assert choose_effects(offset()) >= GENERAL


def test_learning_that_does_not_lower_the_error_of_an_arrival_is_not_used() -> None:
    def swapped(trace: Trace, *, late: bool) -> Trace:
        """Return a round of a day that is slow or fast without a reason that could be learned."""
        at, halts = trace.departed, []
        for halt in trace.halts:
            arrived = at + timedelta(seconds=720 * (1.3 if late else 0.7))
            at = arrived + timedelta(seconds=720)
            halts.append(replace(halt, base=720.0, arrived=arrived, left=at))
        return replace(trace, halts=tuple(halts))

    days = sorted({trace.day for trace in rounds()[:160]})
    random = [swapped(trace, late=days.index(trace.day) % 2 == 0) for trace in rounds()[:160]]
    chosen = choose_times(random)
    assert not is_lower(chosen.before.arrival, chosen.after.arrival)
    assert chosen.used == frozenset()
    assert set(chosen.model.effects) == {LearnedKind.LEG_SPREAD, LearnedKind.DAY_SPREAD}
    assert choose_times([]).used == frozenset()


def test_nothing_is_learned_from_too_few_legs() -> None:
    few = learn_times(rounds()[:2])
    assert few.effects[LearnedKind.HOUR] == {}
    assert LearnedKind.LEG_SPREAD not in few.effects
    assert learn_times([]) == FREE_FLOW
    halt = rounds()[0].halts[0]
    assert few.leg_seconds(halt, HourClass.MORNING) == halt.base


def test_what_may_not_teach_changes_nothing() -> None:
    def dumb(trace: Trace) -> Trace:
        halts = [
            replace(
                halt,
                leg_teaches=False,
                door_teaches=False,
                arrived=halt.arrived + timedelta(hours=2),
            )
            for halt in trace.halts
        ]
        return replace(trace, halts=tuple(halts))

    kept = rounds()[:40]
    assert learn_times([*kept, *map(dumb, rounds()[40:80])]) == learn_times(kept)


def test_one_leg_in_ten_far_off_hardly_moves_an_effect() -> None:
    random = np.random.default_rng(1)
    values = random.normal(0.2, 0.1, 300)
    values[::10] += 2.0
    group = EffectGroup(names=("a",), shares=np.ones((300, 1)), least=30, shrinkage=1.0)
    found = fit_effects(values, {"one": group}).effects["one"]["a"]
    assert found.factor == pytest.approx(np.exp(0.2), rel=0.05)


def test_an_effect_of_few_observations_is_drawn_towards_none() -> None:
    shares = np.zeros((103, 2))
    shares[:100, 0] = shares[100:, 1] = 1
    values = np.concatenate((np.zeros(100), np.full(3, np.log(2))))
    group = EffectGroup(names=("many", "few"), shares=shares, least=3, shrinkage=4.0)
    few = fit_effects(values, {"one": group}).effects["one"]["few"]
    assert 1.0 < few.factor < 2.0
    assert few.count == 3


def test_days_without_a_factor_of_their_own_have_no_deviation() -> None:
    random = np.random.default_rng(2)
    residuals = random.normal(0, 0.2, 400)
    within, between = day_deviation(residuals, [row // 10 for row in range(400)])
    assert within == pytest.approx(0.2, rel=0.1)
    assert between < 0.06
    assert day_deviation(np.array([0.1]), [0]) == (0.0, 0.0)

"""What a problem says for a rule must not contradict itself, and the entry at fault is named."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from routing.cost import shares
from routing.errors import InvalidProblemError
from routing.problem import Problem
from routing.schedule import retimed
from routing.validation import dearest
from tests.routing.builders import balance, lunch, pin, problem, reload, shift, street, visit

ROWS = street().seconds
FETCHED = [("anna", "bea")]

WRONG: dict[str, tuple[Callable[[], Problem], str]] = {
    "a toll for one leg only": (
        lambda: problem(travel={"car": replace(street(), cents=((1,),))}),
        "travel.car.cents: has 1 rows for 7 places",
    ),
    "a negative toll": (
        lambda: problem(travel={"car": replace(street(), cents=((-1,) * 7, *ROWS[1:]))}),
        "travel.car.cents[0][0]: is negative",
    ),
    "no end": (
        lambda: problem(shifts=[shift(end=[])]),
        "shifts[0].ends: there is no place to end at",
    ),
    "an end twice": (
        lambda: problem(shifts=[shift(end=["bank", "bank"])]),
        "shifts[0].ends[1]: 'bank' is there twice",
    ),
    "ends of two kinds": (
        lambda: problem(shifts=[shift(end=["bank", "home"])]),
        "shifts[0].ends: some of them receive and some do not",
    ),
    "carried in nothing": (
        lambda: problem(shifts=[shift(carried={"botles": 1})]),
        "shifts[0].carried.botles: there is no dimension 'botles'",
    ),
    "a negative limit of a shift": (
        lambda: problem(shifts=[shift(max_driving=-1)]),
        "shifts[0].max_driving: is negative",
    ),
    "a negative price of overtime": (
        lambda: problem(shifts=[shift(per_overtime_hour=-1)]),
        "shifts[0].overtime_cents_per_hour: is negative",
    ),
    "a break at no time": (
        lambda: problem(shifts=[shift(breaks=[lunch()])]),
        "shifts[0].breaks[0].windows: there is no window",
    ),
    "a break's windows overlap": (
        lambda: problem(shifts=[shift(breaks=[lunch((0, 9), (9, 20))])]),
        "shifts[0].breaks[0].windows[1]: begins before the window ahead of it has ended",
    ),
    "a negative break": (
        lambda: problem(shifts=[shift(breaks=[lunch((0, 9), duration=-1)])]),
        "shifts[0].breaks[0].duration: is negative",
    ),
    "two breaks of one name": (
        lambda: problem(shifts=[shift(breaks=[lunch((0, 9)), lunch((20, 30))])]),
        "shifts[0].breaks[1].id: 'lunch' is also the id of shifts[0].breaks[0]",
    ),
    "nowhere to unload": (
        lambda: problem(shifts=[shift(reload=replace(reload("lab"), places=()))]),
        "shifts[0].reload.places: there is no place to unload at",
    ),
    "unloading at a place nobody knows": (
        lambda: problem(shifts=[shift(reload=reload("moon"))]),
        "shifts[0].reload.places[0]: there is no place 'moon'",
    ),
    "unloading where nothing is received": (
        lambda: problem(shifts=[shift(reload=reload("lab", "home"))]),
        "shifts[0].reload.places[1]: 'home' receives nothing",
    ),
    "unloading for less than nothing": (
        lambda: problem(shifts=[shift(reload=reload("lab", service=-1))]),
        "shifts[0].reload.service: is negative",
    ),
    "unloading less than never": (
        lambda: problem(shifts=[shift(reload=reload("lab", times=-1))]),
        "shifts[0].reload.times: is negative",
    ),
    "a negative set-up": (
        lambda: problem(visit("anna", setup=-1)),
        "visits[0].setup: is negative",
    ),
    "brought in nothing": (
        lambda: problem(visit("anna", brought={"botles": 1})),
        "visits[0].brought.botles: there is no dimension 'botles'",
    ),
    "a deadline before the release": (
        lambda: problem(visit("anna", release=2, deadline=1)),
        "visits[0].deadline: is before the release",
    ),
    "due for nothing": (
        lambda: problem(visit("anna", due=5)),
        "visits[0].due: and cents_per_hour_late go together",
    ),
    "late for nothing": (
        lambda: problem(visit("anna", late=5)),
        "visits[0].due: and cents_per_hour_late go together",
    ),
    "a preference for nobody": (
        lambda: problem(visit("anna", preference=5)),
        "visits[0].preference: there is no preferred collector",
    ),
    "a collector without a name": (
        lambda: problem(visit("anna", collectors=[""])),
        "visits[0].collectors[0]: is not a name",
    ),
    "somebody forbidden without a name": (
        lambda: problem(visit("anna", forbidden=[""])),
        "visits[0].forbidden[0]: is not a name",
    ),
    "a donor without a name": (
        lambda: problem(visit("anna", donor="")),
        "visits[0].donor: is not a name",
    ),
    "a visit in no zone at all": (
        lambda: problem(visit("anna", zone="")),
        "visits[0].zone: is not a name",
    ),
    "a pin against the allowed collectors": (
        lambda: problem(visit("anna", collectors=["Ina"]), pins=[pin("anna")]),
        "pins[0]: visit 'anna' does not allow collector 'collector of am'",
    ),
    "a pin on a forbidden collector": (
        lambda: problem(visit("anna", forbidden=["collector of am"]), pins=[pin("anna")]),
        "pins[0]: visit 'anna' does not allow collector 'collector of am'",
    ),
    "a shipment from nobody": (
        lambda: problem(visit("anna"), shipments=[("zoe", "anna")]),
        "shipments[0].pickup: there is no visit 'zoe'",
    ),
    "a shipment to nobody": (
        lambda: problem(visit("anna"), shipments=[("anna", "zoe")]),
        "shipments[0].delivery: there is no visit 'zoe'",
    ),
    "a shipment that shrinks": (
        lambda: problem(
            visit("anna", load={"ml": 2}), visit("bea", load={"ml": -1}), shipments=FETCHED
        ),
        "shipments[0]: the delivery's load is not what the pick-up's load puts on",
    ),
    "a shipment that appears": (
        lambda: problem(visit("anna"), visit("bea", load={"ml": -1}), shipments=FETCHED),
        "shipments[0]: the delivery's load is not what the pick-up's load puts on",
    ),
    "a pick-up that takes off": (
        lambda: problem(
            visit("anna", load={"ml": -1}), visit("bea", load={"ml": 1}), shipments=FETCHED
        ),
        "visits[0].load.ml: is negative",
    ),
    "a shipment torn apart by pins": (
        lambda: problem(
            visit("anna"),
            visit("bea"),
            shifts=[shift("am"), shift("pm")],
            pins=[pin("anna", "am"), pin("bea", "pm")],
            shipments=FETCHED,
        ),
        "shipments[0]: its two visits are pinned on two shifts",
    ),
    "a visit in two shipments": (
        lambda: problem(
            visit("anna"), visit("bea"), visit("cleo"), shipments=[*FETCHED, ("bea", "cleo")]
        ),
        "shipments[1]: visit 'bea' is in a shipment already",
    ),
    "a shipment to its own door": (
        lambda: problem(visit("anna"), shipments=[("anna", "anna")]),
        "shipments[0]: visit 'anna' is in a shipment already",
    ),
    "a measure nobody knows": (
        lambda: problem(balances=[replace(balance("stops", "am"), measure="miles")]),
        "balances[0].measure: 'miles' cannot be balanced",
    ),
    "work shared with nobody": (
        lambda: problem(balances=[balance("stops", "night")]),
        "balances[0].shifts: there is no shift 'night'",
    ),
    "a negative share": (
        lambda: problem(balances=[balance("stops", "am", share=-1)]),
        "balances[0].share: is negative",
    ),
    "a negative price of excess": (
        lambda: problem(balances=[balance("stops", "am", cents=-1)]),
        "balances[0].cents: is negative",
    ),
    "periods that overlap": (
        lambda: problem(shifts=[shift("am", 0, 5)], periods=[(0, 5), (5, 9)]),
        "periods[1]: begins before the window ahead of it has ended",
    ),
    "a shift that begins before its period": (
        lambda: problem(shifts=[shift("am", 0, 5)], periods=[(1, 5)]),
        "shifts[0].window: is only partly inside periods[0]",
    ),
    "a shift that ends after its period": (
        lambda: problem(shifts=[shift("am", 0, 5)], periods=[(0, 4)]),
        "shifts[0].window: is only partly inside periods[0]",
    ),
    "a zone without a name": (
        lambda: problem(shifts=[shift(zones=[""])]),
        "shifts[0].zones[0]: is not a name",
    ),
    "a collector in two places": (
        lambda: problem(shifts=[shift("am", 0, 10, collector="Ina"), shift("pm", collector="Ina")]),
        "shifts[1].window: overlaps with shifts[0], and 'Ina' drives both",
    ),
    "a collector in two places for a second": (
        lambda: problem(
            shifts=[shift("pm", 9, 20, collector="Ina"), shift("am", 0, 10, collector="Ina")]
        ),
        "shifts[1].window: overlaps with shifts[0], and 'Ina' drives both",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_refused_and_its_entry_named(mistake: str):
    make, sentence = WRONG[mistake]
    with pytest.raises(InvalidProblemError, match=f"^{re.escape(sentence)}$"):
        make()


def test_a_collector_may_begin_in_the_second_in_which_she_ended():
    both = [shift("am", 0, 10, collector="Ina"), shift("pm", 10, 20, collector="Ina")]
    assert problem(shifts=both)


def test_two_collectors_may_work_at_the_same_time():
    both = [shift("am", 0, 10, collector="Ina"), shift("too", 0, 10, collector="Jan")]
    assert problem(shifts=both)


def test_a_shift_may_fill_a_period_to_both_its_seconds_and_another_lie_outside_all():
    shifts = [shift("am", 5, 9), shift("pm", 10, 20), shift("early", 0, 4)]
    assert problem(shifts=shifts, periods=[(5, 9)])


def test_a_release_may_be_the_deadline():
    assert problem(visit("anna", release=5, deadline=5))


def test_overtime_that_begins_before_the_shift_is_less_than_leaving_a_visit_out():
    # From 0 to the arrival at 90,200 all is overtime, though the shift has 200 s only.
    late = shift("am", 90_000, 90_200, per_km=0, overtime_from=0, per_overtime_hour=3_600)
    asked = problem(visit("anna"), shifts=[late])
    assert shares(asked, retimed(asked, {"am": ["anna"]})) == 18_000 * 90_200
    assert dearest(asked) > 18_000 * 90_200

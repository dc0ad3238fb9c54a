"""A tour's times follow from one another: drive, wait, serve, drive on."""

import pytest

from routing.checker.judge import check_tour
from routing.plan import Rule
from routing.travel.matrix import Travel
from tests.routing.builders import (
    STREET,
    broken_by,
    engine,
    lunch,
    problem,
    reload,
    shift,
    street,
    tour,
    visit,
)

# Bank 0 -> Anna (100 s, serve 20 s) -> Bea (100 s, serve 30 s) -> bank (200 s): 450 s.
ASKED = problem(visit("anna", service=20), visit("bea", service=30))
ANNA = ("anna", 100, 100, 120)
BEA = ("bea", 220, 220, 250)


def test_a_tour_whose_times_add_up_is_legal():
    assert check_tour(ASKED, tour(ANNA, BEA, arrival=450)) == ()


@pytest.mark.parametrize(
    ("stops", "arrival", "where"),
    [
        ([("anna", 99, 99, 119), ("bea", 219, 219, 249)], 449, "anna"),  # 1 s faster than the road
        ([("anna", 101, 101, 121), ("bea", 221, 221, 251)], 451, "anna"),  # late for no reason
        ([ANNA, ("bea", 219, 219, 249)], 449, "bea"),
        ([("anna", 100, 99, 119), ("bea", 219, 219, 249)], 449, "anna"),  # begins before arriving
        ([("anna", 100, 100, 119), ("bea", 219, 219, 249)], 449, "anna"),  # 1 s short of service
        ([ANNA, BEA], 449, None),
        ([ANNA, BEA], 451, None),
    ],
)
def test_one_second_off_is_a_violation(
    stops: list[tuple[str, int, int, int]], arrival: int, where: str | None
):
    (violation,) = check_tour(ASKED, tour(*stops, arrival=arrival))
    assert (violation.rule, violation.visit, violation.by) == (Rule.CLOCK, where, 1)


@pytest.mark.parametrize(("arrival", "side"), [(440, "10 s before"), (460, "10 s after")])
def test_the_sentence_says_where_and_on_which_side(arrival: int, side: str):
    (violation,) = check_tour(ASKED, tour(ANNA, BEA, arrival=arrival))
    assert f"The arrival at the end on shift am is {side} what follows" in violation.sentence


def test_waiting_at_a_door_is_legal():
    stops = [("anna", 100, 170, 190), ("bea", 290, 290, 320)]
    assert check_tour(ASKED, tour(*stops, arrival=520)) == ()


@pytest.mark.parametrize(("latest", "served"), [(450, 2), (449, 1)])
def test_the_engine_counts_travel_and_service(latest: int, served: int):
    asked = problem(*ASKED.visits, shifts=[shift("am", 0, latest)])
    assert len(engine(asked)["am"]) == served


@pytest.mark.parametrize(("profile", "served"), [("car", 1), ("bicycle", 0)])
def test_the_engine_drives_each_shift_by_its_own_profile(profile: str, served: int):
    # By car 200 s there and back, by bicycle 600 s.
    asked = problem(
        visit("anna"),
        shifts=[shift("am", 0, 200, profile=profile)],
        travel={"car": street(), "bicycle": street(seconds=300)},
    )
    assert len(engine(asked)) == served


def uphill(*, climb: int) -> Travel:
    """The street, on which every way out of town takes or measures `climb` times as much."""
    flat, marks = street(), range(len(STREET))
    return Travel(
        seconds=tuple(
            tuple(flat.seconds[a][b] * (climb if b > a else 1) for b in marks) for a in marks
        ),
        metres=flat.metres,
    )


@pytest.mark.parametrize(("latest", "served"), [(300, 1), (299, 0)])
def test_the_engine_reads_matrices_from_row_to_column(latest: int, served: int):
    # Uphill to Anna 300 s: she is reached in the last second of her window, or not at all.
    asked = problem(visit("anna", (0, latest)), travel={"car": uphill(climb=3)})
    assert len(engine(asked)) == served


def test_the_engine_pays_for_metres_from_row_to_column():
    # Downhill from Bea to Anna is free; any other order of the two pays 9 km for the way up.
    flat = street()
    rows = [list(row) for row in flat.metres]
    anna, bea = list(STREET).index("anna"), list(STREET).index("bea")
    rows[anna][bea], rows[bea][anna] = 9_000, 0
    travel = Travel(seconds=flat.seconds, metres=tuple(map(tuple, rows)))
    asked = problem(visit("anna"), visit("bea"), travel={"car": travel})
    assert engine(asked) == {"am": ("bea", "anna")}


@pytest.mark.parametrize("metres", [3_999, 4_001])
def test_the_road_of_a_tour_is_as_long_as_its_legs(metres: int):
    (violation,) = check_tour(ASKED, tour(ANNA, BEA, arrival=450, metres=metres))
    assert (violation.rule, violation.what, violation.by) == (Rule.CLOCK, "metres", 1)


@pytest.mark.parametrize(("end", "legal"), [(119, False), (120, False), (130, True), (131, False)])
def test_the_setup_is_part_of_the_service_where_the_collector_comes_from_elsewhere(
    end: int, *, legal: bool
):
    # 20 s at Anna's door, and 10 s to park.
    asked = problem(visit("anna", service=20, setup=10))
    found = check_tour(asked, tour(("anna", 100, 100, end), arrival=end + 100))
    assert {one.rule for one in found} == (set() if legal else {Rule.CLOCK})


@pytest.mark.parametrize(("latest", "served"), [(250, 2), (249, 1)])
def test_who_lives_at_the_same_door_is_set_up_once(latest: int, served: int):
    # 100 s out, 10 s to park, 20 s for each of the two, 100 s home.
    asked = problem(
        visit("anna", name="a1", service=20, setup=10),
        visit("anna", name="a2", service=20, setup=10),
        shifts=[shift("am", 0, latest)],
    )
    driven = tour(("a1", 100, 100, 130), ("a2", 130, 130, 150), arrival=250, metres=2_000)
    assert {one.rule for one in check_tour(asked, driven)} <= {Rule.SHIFTS}
    assert len(engine(asked)["am"]) == served
    assert (broken_by(asked, am=["a1", "a2"]) == set()) == (served == 2)


def test_a_visit_at_the_start_needs_no_setup():
    asked = problem(visit("bank", service=20, setup=10))
    assert check_tour(asked, tour(("bank", 0, 0, 20), arrival=20)) == ()


def test_behind_an_unloading_at_the_same_place_no_setup_is_needed():
    # Bank 0 -> lab 500, 30 s there -> a visit at the lab until 550 -> bank 1,050.
    asked = problem(
        visit("lab", service=20, setup=10),
        shifts=[shift("am", reload=reload("lab", service=30))],
    )
    driven = tour(("lab", 530, 530, 550), unloadings=[("lab", 0, 500, 500, 530)], arrival=1_050)
    assert check_tour(asked, driven) == ()


@pytest.mark.parametrize(("halt", "where"), [(499, "the unloading at lab"), (501, "the unloading")])
def test_an_unloading_is_reached_by_the_road(halt: int, where: str):
    # Bank 0 -> Anna 100 -> lab 500 -> bank 1,000.
    asked = problem(visit("anna"), shifts=[shift("am", reload=reload())])
    driven = tour(
        ("anna", 100, 100, 100), unloadings=[("lab", 1, halt, halt, halt)], arrival=halt + 500
    )
    (violation,) = check_tour(asked, driven)
    assert (violation.rule, violation.visit, violation.by) == (Rule.CLOCK, None, 1)
    assert where in violation.sentence


@pytest.mark.parametrize(("arrival", "by"), [(449, 1), (450, 0), (451, 1)])
def test_breaks_on_the_way_put_the_arrival_off_one_after_the_other(arrival: int, by: int):
    # 400 s to Dora. Lunch from 380 to 400 puts her off to 420, so that tea from 410 to 440 still
    # begins on the way: 450.
    asked = problem(
        visit("dora"),
        shifts=[
            shift(
                "am",
                breaks=[
                    lunch((380, 380), duration=20),
                    lunch((410, 410), name="tea", duration=30),
                ],
            )
        ],
    )
    driven = tour(
        ("dora", arrival, arrival, arrival),
        breaks=[("lunch", 0, 380, 400), ("tea", 0, 410, 440)],
        arrival=arrival + 400,
    )
    assert [(one.rule, one.by) for one in check_tour(asked, driven)] == (
        [(Rule.CLOCK, by)] if by else []
    )

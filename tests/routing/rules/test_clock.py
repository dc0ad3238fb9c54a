"""A tour's times follow from one another: drive, wait, serve, drive on."""

import pytest

from routing.check.judge import check_tour
from routing.plan import Rule
from routing.travel.matrix import Travel
from tests.routing.builders import STREET, engine, problem, shift, street, tour, visit

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

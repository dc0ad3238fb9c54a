"""A plan's bill can be added up by hand, and the engine adds up the same."""

from hypothesis import assume, given, settings

from routing.cost import cost, rank, shares, tour_cost
from routing.model.build import build
from routing.model.search import Orders, search
from routing.plan import Cost
from routing.problem import Problem
from routing.schedule import retimed
from routing.units import Cents, cents
from routing.validation import dearest
from tests.routing.builders import problem, shift, visit
from tests.routing.scale import scaled
from tests.routing.strategies import problems

ASKED = problem(
    visit("anna", service=1_400),
    visit("bea", penalty=300),
    visit("cleo"),
    shifts=[shift("am", fixed=150, per_km=35, per_hour=1_000)],
)


def test_every_part_of_a_bill():
    # Bank - Anna - Cleo - bank: 1 + 2 + 3 = 6 km at 35 cents = 210.
    # 600 s of travel and 1,400 s at Anna's: 2,000 s at 1,000 cents an hour = 555.6, so 556.
    plan = retimed(ASKED, {"am": ["anna", "cleo"]})
    assert plan.cost == Cost(
        driving=Cents(210), time=Cents(556), fixed=Cents(150), penalties=Cents(300)
    )
    assert plan.cost.total == 1_216
    assert (plan.metres, plan.seconds) == (6_000, 2_000)


def test_the_exact_cost_is_counted_in_shares_of_a_cent():
    # 555 5/9 cents are exactly 10,000,000 of 18,000 shares each.
    plan = retimed(ASKED, {"am": ["anna", "cleo"]})
    assert shares(ASKED, plan) == 18_000 * (210 + 150 + 300) + 10_000_000


def test_a_shift_that_stays_at_home_costs_nothing():
    assert retimed(ASKED, {}).cost == Cost(penalties=Cents(300))


def test_a_tour_has_a_bill_of_its_own():
    plan = retimed(ASKED, {"am": ["bea"]})
    # 4 km at 35 cents; 400 s at 1,000 cents an hour are 111 cents.
    assert tour_cost(ASKED, plan.tours[0]).total == 140 + 111 + 150


def test_half_a_cent_is_rounded_up():
    assert [cents(8_999), cents(9_000), cents(26_999), cents(27_000)] == [0, 1, 1, 2]


def test_a_mandatory_visit_weighs_more_than_any_bill():
    served = retimed(ASKED, {"am": ["anna", "cleo"]})
    assert rank(ASKED, served) < rank(ASKED, retimed(ASKED, {"am": ["anna", "bea"]}))


def test_nothing_costs_more_than_the_dearest():
    plan = retimed(ASKED, {"am": ["cleo", "anna", "bea"]})
    assert shares(ASKED, plan) < dearest(ASKED)


class _Ledger:
    """Writes down what the engine says each solution costs."""

    def __init__(self, asked: Problem) -> None:
        self.model = build(asked)
        self.entries: list[tuple[int, Orders]] = []

    def on_best(self, read) -> None:  # noqa: ANN001 - a reader of orders
        self.entries.append((self.model.routing.CostVar().Value(), read()))

    def should_stop(self, moves: int) -> bool:
        return moves > 1_000


@settings(max_examples=scaled(40), deadline=None, derandomize=True)
@given(problems(most=6, least=2))
def test_the_engine_pays_what_the_bill_says(asked: Problem):
    """Exactly, save that the engine may wait where the schedule finds it need not."""
    ledger = _Ledger(asked)
    search(ledger.model, ledger)
    assume(ledger.entries)
    waits = any(line.cents_per_hour for line in asked.shifts) and (
        any(len(found.windows) > 1 or found.ride_limits for found in asked.visits)
    )
    for paid, orders in ledger.entries:
        plan = retimed(asked, orders)
        left, exact = rank(asked, plan)
        due = exact + left * dearest(asked)
        assert paid == due or (waits and paid > due)
    assert cost(asked, plan) == plan.cost

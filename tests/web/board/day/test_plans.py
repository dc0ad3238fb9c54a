"""The planner on the board: true prices, several visits at once, undo, remedies, proposals."""

from __future__ import annotations

import os
import re
from datetime import date, time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from collector.db import reading, transaction
from collector.people.actions import add_person
from collector.people.models import Person, Role
from collector.pickups.models import Pickup, PickupState, Purpose
from collector.planning.editing.assignment import assignment_of
from collector.planning.models import PlanningRun
from collector.planning.optimise.runs import create_run
from collector.planning.problem.build import build_problem, load_written_facts
from collector.planning.problem.objectives import Objectives, Weight
from collector.planning.problem.write_back import plan_as_written
from collector.rounds.actions import open_day
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan
from collector.shifts.models import RosterShift
from routing.checker.judge import check_plan
from routing.cost import cost
from tests.builders import DAY, MORNING, add_donor, add_pickup, add_shift, add_site
from tests.town import Town, sign_in

HERE = f"/board/days/{DAY}"
SCALE = int(os.environ.get("MILKROUND_TEST_SCALE", "1"))
NEXT_DAY = date(2026, 11, 25)


def the_day(session: Session, town: Town) -> DayPlan:
    found = day_plan(session, bank_id=town.bank, day=DAY)
    assert found is not None
    return found


class Board:
    """Claire at her board; every act names the true version."""

    def __init__(self, app: Flask, town: Town, browser: FlaskClient) -> None:
        self.app, self.town, self.browser = app, town, browser
        with app.app_context(), transaction() as session:
            rounds = open_day(session, bank_id=town.bank, day=DAY).rounds
            self.ana, self.bruno = (row.id for row in rounds)

    @property
    def orders(self) -> dict[int, list[int]]:
        with self.app.app_context(), reading() as session:
            found = assignment_of(the_day(session, self.town)).orders
            return {key: list(order) for key, order in found.items()}

    @property
    def version(self) -> int:
        with self.app.app_context(), reading() as session:
            return the_day(session, self.town).version

    def act(self, part: str, *, version: int | None = None, **form: object):
        data = {"version": self.version if version is None else version} | form
        return self.browser.post(f"{HERE}/{part}", data=data)

    def see(self, part: str) -> str:
        answer = self.browser.get(f"{HERE}/{part}".rstrip("/"))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return re.sub(r"\s+", " ", answer.get_data(as_text=True))


@pytest.fixture
def board(app: Flask, town: Town) -> Board:
    return Board(app, town, sign_in(app, bank=town.bank, person=town.claire))


def everybody(board: Board) -> None:
    for position, pickup in enumerate(board.town.pickups):
        assert board.act("moves", pickup=pickup, place=f"{board.ana}:{position}").status_code == 303


def truth(board: Board) -> tuple[int, int, int, dict[tuple[str, ...], int]]:
    """Return the cost and the violations of the rounds as written, by the library."""
    with board.app.app_context(), reading() as session:
        facts = load_written_facts(session, the_day(session, board.town))
        problem = build_problem(facts, facts.pickups.values())
        plan = plan_as_written(facts, problem)
        broken = {
            (str(each.rule), each.shift or "", each.visit or "", each.what or ""): each.by
            for each in check_plan(problem, plan)
        }
        return cost(problem, plan).paid, plan.metres, plan.seconds, broken


def figures(page: str) -> tuple[str, int, int, int, list[str]]:
    found = re.search(
        r'data-verdict="(\w+)" data-cents="(-?\d+)"\s+data-metres="(-?\d+)" data-seconds="(-?\d+)"',
        page,
    )
    assert found is not None
    verdict, *numbers = found.groups()
    cents, metres, seconds = map(int, numbers)
    return verdict, cents, metres, seconds, re.findall(r'data-rule="(\w+)"', page)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(
    max_examples=6 * SCALE,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    turns=st.lists(
        st.tuples(
            st.sets(st.integers(0, 4), min_size=1, max_size=3),
            st.sampled_from(["{a}:0", "{a}:1", "{b}:0", "{b}", "{a}", "tray", "spread"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_every_price_equals_the_checkers_and_the_bills_difference(
    app: Flask, town: Town, board: Board, turns: list[tuple[set[int], str]]
) -> None:
    keys = cast_of(app, town)
    for which, to in turns:
        chosen = [keys[number] for number in sorted(which)]
        place = to.format(a=board.ana, b=board.bruno)
        query = "&".join(f"pickup={key}" for key in chosen)
        before = truth(board)
        answer = board.browser.get(f"{HERE}/moves/price?{query}&place={place}")
        assert answer.status_code == 200
        verdict, cents, metres, seconds, rules = figures(answer.get_data(as_text=True))
        made = board.act("moves", pickup=chosen, place=place, reason="she said so")
        if verdict == "refused" or b"It is there already" in made.data:
            assert made.status_code == 422
            assert truth(board) == before
            continue
        assert made.status_code == 303
        after = truth(board)
        # The bill as a whole and the bill per round are each rounded once: a cent per round.
        assert abs(cents - (after[0] - before[0])) <= 2
        assert (metres, seconds) == (after[1] - before[1], after[2] - before[2])
        worse = {key[0] for key, amount in after[3].items() if amount > before[3].get(key, -1)}
        assert worse == set(rules)
        assert (verdict == "needs_reason") == bool(rules)


def cast_of(app: Flask, town: Town) -> list[int]:
    """Add five visits, one early, one late, so that rules break."""
    with app.app_context(), transaction() as session:
        if session.query(Pickup).filter_by(bank_id=town.bank).count() < 5:
            for opens, closes in ((time(8), time(8, 30)), (time(15), time(16))):
                donor = add_donor(session, town.bank, latitude=45.1)
                add_pickup(session, donor, windows=((DAY, opens, closes),))
        rows = session.query(Pickup).filter_by(bank_id=town.bank).order_by(Pickup.id)
        return [row.id for row in rows]


def test_a_whole_round_is_given_to_a_colleague_and_undone(board: Board) -> None:
    everybody(board)
    sheet = board.see(f"moves?round={board.ana}")
    assert "Move 3 visits" in sheet
    assert "Spread over the other rounds" in sheet
    before = board.orders
    board.act("moves", pickup=list(board.town.pickups), place=str(board.bruno))
    assert sorted(board.orders[board.bruno]) == sorted(board.town.pickups)
    assert board.orders[board.ana] == []
    assert "Undo: moved 3 visits to round B" in board.see("")
    board.act("edits", what="undo")
    assert board.orders == before
    board.act("edits", what="redo")
    assert board.orders[board.ana] == []


def test_a_conflict_lists_the_colleagues_edits_and_the_log_keeps_them(board: Board) -> None:
    everybody(board)
    stale = board.version
    board.act("moves", pickup=board.town.pickups[0], place=f"{board.bruno}:0")
    late = board.act("moves", pickup=board.town.pickups[1], place="tray", version=stale)
    assert late.status_code == 409
    said = re.sub(r"\s+", " ", late.get_data(as_text=True))
    assert "Claire moved Dora Martin to round B" in said
    log = board.see("edits")
    assert log.index("moved Dora Martin to round B") < log.index("moved Fanny Martin to round A")


def test_an_edit_of_a_colleague_cannot_be_undone(board: Board, app: Flask, town: Town) -> None:
    everybody(board)
    with app.app_context(), transaction() as session:
        colin = add_person(
            session,
            bank_id=town.bank,
            name="Colin",
            email="colin@town.example",
            roles=[Role.COORDINATOR],
            language="en",
        ).id
    board.browser = sign_in(app, bank=town.bank, person=colin)
    assert board.act("edits", what="undo").status_code == 422
    assert board.orders[board.ana] == list(board.town.pickups)


def test_an_impossible_target_shows_its_rule(board: Board, town: Town) -> None:
    with board.app.app_context(), transaction() as session:
        blood = add_pickup(session, add_donor(session, town.bank), purposes=(Purpose.BLOOD_SAMPLE,))
        session.get_one(RosterShift, town.shifts[0]).skills = ["blood"]
        key = blood.id
    board.act("moves", pickup=key, place=f"{board.ana}:0")
    page = board.see(f"moves?pickup={key}")
    assert "here now" in page
    assert "the collector of round B may not make this visit" in page


def test_an_unplanned_visit_is_explained_and_a_remedy_admits_it(board: Board, town: Town) -> None:
    everybody(board)
    with board.app.app_context(), transaction() as session:
        donor = add_donor(session, town.bank, first_name="Gina", latitude=44.9, language="en")
        key = add_pickup(session, donor, windows=((DAY, time(5), time(5, 30)),)).id
    page = board.see(f"unplanned/{key}")
    assert "Ask her: round" in page
    assert "Hello Gina, on" in page
    fixes = re.findall(r'name="fix" value="(widen_window[^"]+)"', page)
    cents = int(re.search(r"[+±]€(\d+)\.(\d\d)", page).expand(r"\1\2"))  # type: ignore[union-attr]
    before = truth(board)
    made = board.act(f"unplanned/{key}", fix=fixes[0], reason="She agreed to other hours")
    assert made.status_code == 303
    assert any(key in order for order in board.orders.values())
    after = truth(board)
    assert after[3] == before[3] == {}
    assert abs(after[0] - before[0] - cents) <= 2
    board.act("edits", what="undo")
    assert not any(key in order for order in board.orders.values())
    assert board.act(f"unplanned/{key}", fix="nonsense").status_code == 422
    assert truth(board) == before


def test_remedies_lengthen_a_shift_unpin_and_leave_out_a_visit(board: Board, town: Town) -> None:
    everybody(board)
    board.act("pins", pickup=town.pickups[0], pinned="yes")
    with board.app.app_context(), transaction() as session:
        for shift in town.shifts:
            session.get_one(RosterShift, shift).capacity_bottles = 24
        session.get_one(RosterShift, town.shifts[1]).ends = time(8, 5)
        donor = add_donor(session, town.bank, first_name="Gina", latitude=44.9)
        key = add_pickup(session, donor).id
    page = board.see(f"unplanned/{key}")
    fixes = re.findall(r'name="fix" value="([^"]+)"', page)
    kinds = {each.split("-")[0] for each in fixes}
    assert {"lengthen_shift", "add_capacity", "drop_optional"} <= kinds
    before, orders = truth(board), board.orders
    for each in fixes:
        assert board.act(f"unplanned/{key}", fix=each).status_code == 303, each
        assert truth(board)[3] == {}, each
        board.act("edits", what="undo")
        assert (truth(board), board.orders) == (before, orders), each


def test_a_visit_moves_to_another_day_after_a_word_with_the_donor(board: Board, town: Town) -> None:
    everybody(board)
    with board.app.app_context(), transaction() as session:
        ana, site = session.get_one(Person, town.ana), add_site(session, town.bank)
        add_shift(session, ana, site, day=NEXT_DAY)
    page = board.see(f"moves/days?pickup={town.pickups[0]}")
    assert "The donor did not ask for this day" in page
    assert "not planned yet" in page
    form = {"pickup": town.pickups[0], "place": f"day:{NEXT_DAY}"}
    assert board.act("moves", **form).status_code == 422
    assert board.act("moves", **form, reason="She agreed on the phone").status_code == 303
    assert town.pickups[0] not in board.orders[board.ana]
    assert "Dora" in board.browser.get(f"/board/days/{NEXT_DAY}").get_data(as_text=True)
    board.act("edits", what="undo")
    assert board.orders[board.ana] == list(town.pickups)


def test_the_form_sets_the_objectives_of_the_run(board: Board) -> None:
    everybody(board)
    board.browser.post(
        f"{HERE}/plans",
        data={
            "seconds": "2",
            "scope": "insert",
            "round": board.ana,
            "kilometres": "more",
            "fairness": "much_more",
            "promises": "free",
            "full_freezers": "yes",
        },
    )
    with board.app.app_context(), reading() as session:
        run = session.query(PlanningRun).one()
        assert Objectives.from_json(run.asked) == Objectives(
            rounds=(board.ana,),
            insert_only=True,
            kilometres=Weight.MORE,
            fairness=Weight.MUCH_MORE,
            keep_promises=False,
            full_freezers_first=True,
        )
        assert [shift["id"] for shift in run.problem["shifts"]] == [str(board.town.shifts[0])]
        assert {pin["visit"] for pin in run.problem["pins"]} == set(map(str, board.town.pickups))
        assert run.problem["balances"]


def test_the_problem_itself_keeps_promises(board: Board) -> None:
    everybody(board)
    board.act("publications")
    with board.app.app_context(), transaction() as session:
        kept, free = (
            create_run(
                session,
                now=MORNING,
                bank_id=board.town.bank,
                day=DAY,
                objectives=Objectives(keep_promises=keeps),
            ).problem["visits"]
            for keeps in (True, False)
        )
        assert {
            state for (state,) in session.query(Pickup.state).filter_by(bank_id=board.town.bank)
        } == {PickupState.PUBLISHED}
    for narrow, wide in zip(kept, free, strict=True):
        (hers,), (all_day,) = narrow["windows"], wide["windows"]
        assert hers[1] - hers[0] <= 7200 < all_day[1] - all_day[0]

"""Comparisons on the board: a proposal applied, in part, or discarded; any two plans of a day."""

from __future__ import annotations

import json
import re

from collector.db import transaction
from collector.planning.models import PlanningRun
from collector.planning.optimise.proposals import store_proposal
from collector.planning.optimise.runs import create_run
from collector.planning.problem.objectives import Objectives
from routing.analysis.explain import explained
from routing.analysis.insertion import filled
from routing.formats.native import plan_data, read_problem
from routing.schedule import assembled
from tests.builders import DAY, MORNING
from tests.web.board.day.test_plans import Board, board, everybody, figures, truth

__all__ = ["board"]


def proposed(board: Board, *, objectives: Objectives | None = None) -> int:
    """Store the plan of greedy insertion as a proposal; return the run."""
    with board.app.app_context(), transaction() as session:
        run = create_run(
            session,
            now=MORNING,
            bank_id=board.town.bank,
            day=DAY,
            objectives=objectives or Objectives(),
        )
        problem = read_problem(json.dumps(run.problem))
        plan = explained(problem, filled(problem, assembled(problem, ())))
        return store_proposal(session, bank_id=board.town.bank, run_id=run.id, plan=plan).id


def three_proposed(board: Board, *, same: bool = False) -> int:
    """Store three plans: nobody is visited in the cheapest, everybody in the others."""
    run = proposed(board)
    with board.app.app_context(), transaction() as session:
        row = session.get_one(PlanningRun, run)
        problem = read_problem(json.dumps(row.problem))
        nobody = plan_data(explained(problem, assembled(problem, ())))
        cheapest = row.plan if same else json.loads(json.dumps(nobody))
        row.levels = {"cheapest": cheapest, "balanced": row.plan, "safest": row.plan}
    return run


def test_one_of_three_plans_is_applied_by_one_click_and_undone(board: Board) -> None:
    board.act("moves", pickup=board.town.pickups[0], place=f"{board.bruno}:0")
    before = board.orders
    run = three_proposed(board)
    page = board.see(f"comparisons/{run}")
    for words in ("Cheapest", "Balanced", "Safest", "visits left out", "days in 100"):
        assert words in page
    assert board.act(f"comparisons/{run}", act="apply", level="cheapest").status_code == 303
    assert sum(map(len, board.orders.values())) == 0
    board.act("edits", what="undo")
    assert board.orders == before


def test_another_of_three_plans_is_looked_at_before_anything_moves(board: Board) -> None:
    before, run = board.orders, three_proposed(board)
    assert board.act(f"comparisons/{run}", act="look", level="cheapest").status_code == 303
    assert board.orders == before
    with board.app.app_context(), transaction() as session:
        row = session.get_one(PlanningRun, run)
        assert row.levels is not None
        assert row.plan == row.levels["cheapest"]
    assert board.act(f"comparisons/{run}", act="look", level="dearest").status_code == 404


def test_three_plans_that_are_the_same_say_so(board: Board) -> None:
    page = board.see(f"comparisons/{three_proposed(board, same=True)}")
    assert "All three plans are the same" in page
    assert "Cheapest" not in page


def test_three_plans_that_an_edit_made_the_same_are_not_called_the_safest(board: Board) -> None:
    run = three_proposed(board)
    for number, pickup in enumerate(board.town.pickups):
        board.act("moves", pickup=pickup, place=f"{board.bruno}:{number}")
    page = board.see(f"comparisons/{run}")
    assert "The rounds were changed since the search" in page
    assert "All three plans are the same" not in page


def test_a_proposal_is_compared_then_applied_and_can_be_undone(board: Board) -> None:
    board.act("moves", pickup=board.town.pickups[0], place=f"{board.bruno}:0")
    board.act("moves", pickup=board.town.pickups[1], place=f"{board.ana}:0")
    before = board.orders
    run = proposed(board)
    assert board.orders == before, "a proposal moves nothing"
    assert "The planner has a proposal" in board.see("")
    page = board.see(f"comparisons/{run}")
    assert "Visits that move" in page
    cents = figures(page)[1]
    was = truth(board)[0]
    assert board.act(f"comparisons/{run}", act="apply").status_code == 303
    assert abs(truth(board)[0] - was - cents) <= 2
    assert sum(map(len, board.orders.values())) == 3
    assert board.act(f"comparisons/{run}", act="apply").status_code == 422
    board.act("edits", what="undo")
    assert board.orders == before


def test_some_moves_of_a_proposal_are_applied_without_the_others(board: Board) -> None:
    board.act("moves", pickup=board.town.pickups[0], place=f"{board.bruno}:0")
    run = proposed(board)
    elise = board.town.pickups[1]
    part = board.see(f"comparisons/{run}/part?pickup={elise}")
    assert "Only this 1 move would do this" in part
    assert board.act(f"comparisons/{run}", act="take", pickup=elise).status_code == 303
    placed = [key for order in board.orders.values() for key in order]
    assert sorted(placed) == sorted([board.town.pickups[0], elise])


def test_a_proposal_is_rebased_onto_a_day_that_was_changed_since(board: Board) -> None:
    dora, elise, fanny = board.town.pickups
    board.act("moves", pickup=dora, place=f"{board.bruno}:0")
    run = proposed(board)
    board.act("moves", pickup=elise, place=f"{board.bruno}:0")
    page = board.see(f"comparisons/{run}")
    assert "1 move no longer applies" in page
    assert "Elise Martin: somebody moved the visit since" in page
    was, cents = truth(board), figures(page)[1]
    assert board.act(f"comparisons/{run}", act="apply").status_code == 303
    assert elise in board.orders[board.bruno], "what was done by hand stands"
    assert dora in board.orders[board.ana]
    assert fanny in board.orders[board.ana]
    assert abs(truth(board)[0] - was[0] - cents) <= 2
    assert "The planner has a proposal" not in board.see("")


def test_a_plan_after_an_edit_is_announced_as_such_and_rebased(board: Board) -> None:
    dora, elise, fanny = board.town.pickups
    run = proposed(board, objectives=Objectives(at_once=True))
    board.act("moves", pickup=dora, place=f"{board.bruno}:0")
    assert "The day was changed during planning" in board.see("")
    assert "Nothing has moved yet." not in board.see("")
    assert "Dora Martin: somebody moved the visit since" in board.see(f"comparisons/{run}")
    assert board.act(f"comparisons/{run}", act="apply").status_code == 303
    assert board.orders[board.bruno] == [dora]
    assert sorted(board.orders[board.ana]) == [elise, fanny]
    assert "The day was changed during planning" not in board.see("")


def test_a_requested_proposal_does_not_mention_an_edit(board: Board) -> None:
    proposed(board)
    assert "Nothing has moved yet." in board.see("")


def test_a_proposal_without_a_valid_move_is_announced_as_such(board: Board) -> None:
    run = proposed(board)
    for pickup in board.town.pickups:
        board.act("moves", pickup=pickup, place=f"{board.bruno}:0")
    assert "Nothing of the proposal is left" in board.see(f"comparisons/{run}")
    before = board.orders
    assert board.act(f"comparisons/{run}", act="apply").status_code == 422
    assert board.orders == before
    assert board.act(f"comparisons/{run}", act="discard").status_code == 303
    assert "The planner has a proposal" not in board.see("")


def test_any_two_plans_of_a_day_are_compared(board: Board) -> None:
    dora, elise, _ = board.town.pickups
    everybody(board)
    board.act("publications")
    told, run = kilometres(board), proposed(board)
    board.act("moves", pickup=dora, place=f"{board.bruno}:0")
    page = board.see("comparisons")
    offered = re.findall(r'<option value="([^"]+)"', page)
    assert offered[: len(offered) // 2] == ["present", f"proposal-{run}", "revision-1"]
    assert 'Visits that move <span class="count">1</span>' in page, "revision 1, then the present"
    assert distances(page) == (told, kilometres(board))
    board.act("publications")
    board.act("moves", pickup=elise, place="tray")
    page = board.see("comparisons?first=revision-2&second=present")
    assert 'Visits that move <span class="count">1</span>' in page
    assert "withdrawn" in page, "Elise was promised something"
    page = board.see("comparisons?first=revision-1&second=revision-1")
    assert "No visit is in another place." in page
    assert board.browser.get(f"/board/days/{DAY}/comparisons?first=revision-9").status_code == 404
    assert board.browser.get("/board/days/2027-01-01/comparisons").status_code == 404


def distances(page: str) -> tuple[str, str]:
    found = re.search(r"distance</th>\s*<td[^>]*>([\d.]+)\skm</td>\s*<td[^>]*>([\d.]+)", page)
    assert found is not None
    return found[1], found[2]


def kilometres(board: Board) -> str:
    return f"{truth(board)[1] / 1000:.1f}"

"""Moves that make a round hold on more days, with their prices."""

from dataclasses import dataclass

from flask import Blueprint

from collector.db import reading
from collector.errors import NotFound
from collector.planning.editing.earlier_starts import earlier_start
from collector.planning.editing.safer import SaferMove, safer_moves
from collector.planning.problem.build import load_facts
from collector.planning.problem.write_back import plan_as_written
from collector.planning.risk.chances import (
    chances_of,
    hopeless_visits,
    written_problem,
)
from collector.rounds.queries import day_plan
from collector.web.board.day.page import load_day_view
from collector.web.board.day.price_wording import PriceView, describe_price
from collector.web.board.page_context import civil_day
from collector.web.board.page_context import page as board_page
from collector.web.framework.guards import actor

blueprint = Blueprint("safer", __name__, url_prefix="/days/<day>/safer")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaferView:
    """A move on the page, with its price in words."""

    move: SaferMove
    price: PriceView


@blueprint.get("/<int:round_id>")
def page(day: str, round_id: int) -> str:
    """Show the chances of a round, and the moves that make it hold on more days."""
    on_day, bank_id = civil_day(day), actor().bank_id
    with reading() as session:
        plan = day_plan(session, bank_id=bank_id, day=on_day)
        if plan is None:
            raise NotFound("not_found", kind="day_plans")
        view = load_day_view(session, plan, on_day)
        facts = load_facts(session, plan)
        moves = safer_moves(facts, round_id)
        problem = written_problem(facts)
        visits = [stop.pickup_id for stop in facts.stops if stop.round_id == round_id]
        return board_page(
            session,
            "board/day/safer.html",
            day=on_day,
            seen=view,
            each=next(found for found in view.rounds if found.round.id == round_id),
            chances=chances_of(facts, problem, plan_as_written(facts, problem)),
            hopeless=hopeless_visits(facts, problem, visits),
            earlier=earlier_start(facts, round_id),
            moves=[
                SaferView(move=move, price=describe_price(move.preview, view.names))
                for move in moves
            ],
        )

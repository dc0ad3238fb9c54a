"""Undo and redo: exact alone, and beside a second coordinator never a silent overwrite."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.db import reading, transaction
from collector.errors import Conflict, NotFound, Refused
from collector.people.models import Person
from collector.pickups.models import Pickup, PickupState
from collector.planning.editing.assignment import (
    Assignment,
    Overlap,
    assignment_of,
    changed_visits,
    revert_change,
)
from collector.planning.editing.commit import EditContext
from collector.planning.editing.moves import TargetPosition
from collector.planning.editing.other_days import compute_day_move, move_to_day
from collector.planning.editing.pins import pin
from collector.planning.editing.queries import edits_of, undo_stacks, visits_of_edit
from collector.planning.editing.undo import undo_or_redo
from collector.planning.models import DayEdit
from collector.rounds.actions import publish
from tests.builders import DAY, MORNING, add_donor, add_pickup, add_shift, add_site
from tests.collector.planning.days import computing, move, orders, planned, the_plan
from tests.town import Town

pytestmark = pytest.mark.twin

TURNS = 60 * int(os.environ.get("MILKROUND_TEST_SCALE", "1"))
NEXT_DAY = date(2026, 11, 25)


@dataclass
class Coordinator:
    """A coordinator at a board, with the version of her page."""

    town: Town
    person: int
    seen: int = 0
    session: Session = field(init=False)

    @property
    def by(self) -> EditContext:
        return EditContext(now=MORNING, actor=f"person:{self.person}", reason="she said so")

    def move(self, pickup: int, place: str, *, version: int | None = None) -> DayEdit:
        return move(
            self.session,
            context=self.by,
            bank_id=self.town.bank,
            day=DAY,
            version=self.seen if version is None else version,
            pickups=[pickup],
            place=TargetPosition.parse(place),
        )

    def pin(self, pickup: int, *, pinned: bool) -> DayEdit:
        return pin(
            self.session,
            context=self.by,
            bank_id=self.town.bank,
            day=DAY,
            version=self.seen,
            pickups=[pickup],
            pinned=pinned,
        )

    def back(self, *, redo: bool = False, day: date = DAY, version: int | None = None) -> DayEdit:
        return undo_or_redo(
            self.session,
            context=self.by,
            bank_id=self.town.bank,
            day=day,
            version=self.seen if version is None else version,
            redo=redo,
        )


def at(session: Session, town: Town) -> Coordinator:
    claire = Coordinator(town=town, person=town.claire)
    claire.session = session
    claire.seen = the_plan(session, town).version
    return claire


def looks(claire: Coordinator) -> None:
    claire.seen = the_plan(claire.session, claire.town).version


def everything(session: Session, town: Town) -> list[object]:
    """Return the state that an undo has to restore."""
    plan = the_plan(session, town)
    return [
        [
            (round_.letter, stop.pickup_id, stop.begins_at, stop.pinned, stop.pickup.state)
            for round_ in plan.rounds
            for stop in round_.stops
        ],
        [(row.pickup_id, row.reason, row.details) for row in plan.unplanned],
    ]


@pytest.mark.parametrize("place", ["tray", "{b}:0", "{a}:0", "spread", "{b}"])
def test_an_undone_move_leaves_the_day_as_it_was_and_redo_makes_it_again(
    app: Flask, town: Town, place: str
):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        a, b = plan.rounds
        claire = at(session, town)
        claire.pin(town.pickups[0], pinned=True)
        looks(claire)
        before = everything(session, town)
        claire.move(town.pickups[0], place.format(a=a.id, b=b.id))
        looks(claire)
        after = everything(session, town)
        assert after != before
        claire.back()
        looks(claire)
        assert everything(session, town) == before
        claire.back(redo=True)
        assert everything(session, town) == after


def test_a_promise_comes_back_with_its_visit(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        publish(
            session,
            now=MORNING,
            bank_id=town.bank,
            day=DAY,
            version=plan.version,
            person_id=town.claire,
        )
        claire = at(session, town)
        claire.move(town.pickups[0], "tray")
        assert session.get_one(Pickup, town.pickups[0]).state is PickupState.ACCEPTED
        looks(claire)
        claire.back()
        assert session.get_one(Pickup, town.pickups[0]).state is PickupState.PUBLISHED


def test_there_is_nothing_to_undo_at_first_and_a_new_move_clears_redo(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        claire = at(session, town)
        with pytest.raises(Refused, match="nothing_to_undo"):
            claire.back()
    with app.app_context(), transaction() as session:
        claire = at(session, town)
        claire.move(town.pickups[0], "tray")
        looks(claire)
        claire.back()
        looks(claire)
        claire.move(town.pickups[1], f"{plan.rounds[1].id}:0")
        looks(claire)
        with pytest.raises(Refused, match="nothing_to_redo"):
            claire.back(redo=True)


def test_an_undo_does_not_take_back_a_colleagues_later_move(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        a, b = (round_.id for round_ in plan.rounds)
        claire, other = at(session, town), at(session, town)
        other.person = town.adele
        claire.move(town.pickups[0], f"{b}:0")
        looks(other)
        other.move(town.pickups[1], f"{b}:0")
        looks(other)
        other.move(town.pickups[0], f"{a}:0")
        looks(claire)
        with pytest.raises(Conflict, match="moved_since") as lost:
            claire.back()
        assert lost.value.figures == {
            "pickups": [town.pickups[0]],
            "actor": f"person:{town.adele}",
        }
    with app.app_context(), transaction() as session:
        # Hers were other visits: those go back, and the colleague's move stays.
        claire, other = at(session, town), at(session, town)
        other.person = town.adele
        claire.move(town.pickups[2], "tray")
        looks(other)
        other.move(town.pickups[1], f"{a}:0")
        looks(claire)
        claire.back()
        kept = orders(the_plan(session, town))
        assert kept["A"].index(town.pickups[1]) == 0
        assert town.pickups[2] in kept["A"] + kept["B"]


def test_a_visit_goes_to_another_day_and_back_on_both(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        planned(session, town)
        add_shift(
            session, session.get_one(Person, town.ana), add_site(session, town.bank), day=NEXT_DAY
        )
        claire = at(session, town)
        before = everything(session, town)
        claire.session = session
        with computing():
            computed = compute_day_move(
                session,
                bank_id=town.bank,
                day=DAY,
                version=claire.seen,
                pickups=[town.pickups[0]],
                to=NEXT_DAY,
            )
        move_to_day(session, computed, context=claire.by, bank_id=town.bank)
        plan = the_plan(session, town)
        assert town.pickups[0] not in assignment_of(plan).placed
        assert plan.unplanned == []
        windows = session.get_one(Pickup, town.pickups[0])
        session.refresh(windows, ["windows"])
        assert [window.day for window in windows.windows] == [NEXT_DAY]
        looks(claire)
        claire.back()
        assert everything(session, town) == before
        looks(claire)
        claire.back(redo=True)
        assert town.pickups[0] not in assignment_of(the_plan(session, town)).placed


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_interleaved_edits_of_two_coordinators_are_never_overwritten_silently(
    app: Flask, town: Town
) -> None:
    dice = random.Random(7)  # noqa: S311 - a game, not a secret
    with app.app_context():
        with transaction() as session:
            for number in range(5):
                donor = add_donor(session, town.bank, latitude=44.80 + number / 50)
                add_pickup(session, donor, windows=((DAY, time(8), time(18)),))
            planned(session, town)
        both = [Coordinator(town=town, person=key) for key in (town.claire, town.adele)]
        made = sum(turn(dice, dice.choice(both)) for _ in range(TURNS))
        assert made > TURNS / 4, "most turns were refused: the game tries nothing"
        with reading() as session:
            assert len(edits_of(session, plan=the_plan(session, town))) >= made


def turn(dice: random.Random, who: Coordinator) -> bool:
    """Let a coordinator act on her page; return whether the day was changed."""
    with reading() as session:
        plan = the_plan(session, who.town)
        before, version = assignment_of(plan), plan.version
        keys = sorted(before.placed | {row.pickup_id for row in plan.unplanned})
        places = [*(f"{key}:{dice.randrange(4)}" for key in before.orders), "tray", "spread"]
        found = undo_stacks(session, plan=plan, actor=who.by.actor)
    if dice.random() < 0.7:
        who.seen = version
    act, pickup = dice.choice(["move", "move", "pin", "undo", "undo", "redo"]), dice.choice(keys)
    next_back = found.redo if act == "redo" else found.undo
    try:
        with transaction() as session:
            who.session = session
            if act == "move":
                named = {pickup}
                who.move(pickup, dice.choice(places))
            elif act == "pin":
                named = {pickup}
                who.pin(pickup, pinned=dice.random() < 0.5)
            else:
                named = set(visits_of_edit(next_back)) if next_back else set()
                who.back(redo=act == "redo")
    except (Conflict, Refused, NotFound) as told:
        refused = told.code
    else:
        refused = ""
    if refused:
        assert refused != "changed_meanwhile" or who.seen != version
        assert now(who) == before, "what was refused changed something"
        return False
    assert who.seen == version, "an old page was acted upon"
    nothing_else_moved(before, now(who), named)
    if act in {"undo", "redo"}:
        assert next_back is not None
        came_back(before, now(who), next_back, named)
    return True


def now(who: Coordinator) -> Assignment:
    with reading() as session:
        return assignment_of(the_plan(session, who.town))


def nothing_else_moved(before: Assignment, after: Assignment, named: set[int]) -> None:
    assert before.without(named).orders == after.without(named).orders
    assert before.pinned - named == after.pinned - named


def came_back(before: Assignment, after: Assignment, edit: DayEdit, named: set[int]) -> None:
    then, made = Assignment.from_json(edit.before), Assignment.from_json(edit.after)
    for key in named:
        assert before.round_of(key) == made.round_of(key), "somebody's later move was overwritten"
        assert after.round_of(key) == then.round_of(key)
        assert (key in after.pinned) == (key in then.pinned)


def test_the_changed_visits_are_the_fewest_possible() -> None:
    before = Assignment(orders={1: (1, 2, 3, 4), 2: (5,)}, pinned=frozenset({5}))
    assert changed_visits(before, before.with_moved([1], 1, 3)) == {1}
    assert changed_visits(before, before.with_moved([4], 2, 0)) == {4}
    assert changed_visits(before, before.with_pin(5, pinned=False)) == {5}
    assert changed_visits(before, before) == frozenset()


def test_a_change_goes_back_behind_the_stop_it_followed() -> None:
    before = Assignment(orders={1: (1, 2, 3), 2: (4, 5)})
    after = before.with_moved([2], 2, 1)
    since = after.with_moved([1], 2, 0)
    assert revert_change(since, before=before, after=after).orders == {1: (2, 3), 2: (1, 4, 5)}
    with pytest.raises(Overlap) as lost:
        revert_change(after.with_moved([2], None, 0), before=before, after=after)
    assert lost.value.pickups == (2,)

"""Two coordinators on one day, step by step in any order: ``python -m bench.interleaved_edits``.

Each coordinator reads the day, computes an edit from that reading, and writes it; a draw decides
whose next step comes. An edit of a day that changed since its reading must be refused with the
day's new version, and change nothing. An accepted one must leave exactly the orders of a model of
four lines that knows nothing of the application: nobody's edit is overwritten in silence.
"""

import argparse
import json
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bench.killed_publications import bench_application
from bench.postgresql import new_database
from collector.db import db, reading, transaction
from collector.errors import Conflict, Refused
from collector.planning.editing.commit import EditContext, write_edit
from collector.planning.editing.moves import TargetPosition, compute_move
from collector.planning.editing.undo import undo_or_redo
from collector.rounds.actions import publish
from collector.rounds.queries import day_plan
from tests.builders import DAY
from tests.collector.rounds.days import draft
from tests.phone_round import FIRST_ARRIVAL
from tests.town import MORNING, Town, build_town

Orders = dict[int, list[int]]
"""Visits of each round, in order."""


@dataclass(slots=True)
class Faults:
    """Steps that did what they must not, by name, with all the steps and answers."""

    counts: Counter[str]

    def expect(self, fact: bool, fault: str) -> None:  # noqa: FBT001 - the fact is the subject
        """Count a fault unless the fact holds."""
        self.counts[fault] += not fact


def main() -> None:
    """Take as many steps as asked, and print the counts as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true", help="a database of the local server")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/milkround.sqlite3"
        if options.postgresql:
            url = new_database("milkround_bench_edits")
        print(json.dumps(interleaved(url, Path(folder), edits=options.edits, seed=options.seed)))


def interleaved(url: str, home: Path, *, edits: int, seed: int) -> dict[str, int]:
    """Let two coordinators try so many edits; return the numbers of answers and of faults.

    Parameters
    ----------
    url
        An empty database.
    """
    faults = Faults(
        Counter({"overwritten": 0, "changed by a refusal": 0, "accepted though old": 0})
    )
    with bench_application(url, home).app_context():
        town = build_town()
        _first_draft(town)
        dice = Random(seed)  # noqa: S311 - the order of the steps
        people = [_coordinator(town, person, dice, faults) for person in (town.claire, town.adele)]
        while faults.counts["edits"] < edits:
            next(dice.choice(people))
            db.session.remove()
    return dict(faults.counts)


def _coordinator(town: Town, person: int, dice: Random, faults: Faults) -> Generator[None]:
    """Edit for ever: read, compute, write, with a pause for the other one after each step."""
    while True:
        version, before = _day(town)
        yield
        act = dice.choices((_move, _undo, _publish), weights=(8, 2, 1))[0]
        yield from act(town, person, dice, faults, version, before)
        faults.counts["edits"] += 1


def _move(
    town: Town, person: int, dice: Random, faults: Faults, version: int, before: Orders
) -> Generator[None]:
    visit = dice.choice(town.pickups)
    number = dice.choice([None, *before])
    place = "tray" if number is None else f"{number}:{dice.randrange(4)}"
    try:
        with reading() as session:
            computed = compute_move(
                session,
                bank_id=town.bank,
                day=DAY,
                version=version,
                pickups=[visit],
                place=TargetPosition.parse(place),
            )
    except (Conflict, Refused) as refused:
        faults.counts[refused.code] += 1
        return
    yield
    context = EditContext(now=MORNING, actor=f"person:{person}", reason="a trial")
    old = _day(town)
    try:
        with transaction() as session:
            write_edit(session, computed, context=context, bank_id=town.bank)
    except (Conflict, Refused) as refused:
        _refused(town, faults, refused, old, version)
        return
    faults.counts["moved"] += 1
    _accepted(town, faults, old, version, _moved(before, visit, place))


def _undo(
    town: Town, person: int, dice: Random, faults: Faults, version: int, _before: Orders
) -> Generator[None]:
    yield
    old, redo = _day(town), dice.choice((True, False))
    context = EditContext(now=MORNING, actor=f"person:{person}")
    try:
        with transaction() as session:
            undo_or_redo(
                session, context=context, bank_id=town.bank, day=DAY, version=version, redo=redo
            )
    except (Conflict, Refused) as refused:
        _refused(town, faults, refused, old, version)
        return
    faults.counts["redone" if redo else "undone"] += 1
    _accepted(town, faults, old, version, None)


def _publish(
    town: Town, person: int, _dice: Random, faults: Faults, version: int, before: Orders
) -> Generator[None]:
    yield
    old = _day(town)
    try:
        with transaction() as session:
            publish(
                session,
                now=MORNING,
                bank_id=town.bank,
                day=DAY,
                version=version,
                person_id=person,
            )
    except (Conflict, Refused) as refused:
        _refused(town, faults, refused, old, version)
        return
    faults.counts["published"] += 1
    _accepted(town, faults, old, version, before)


def _refused(
    town: Town, faults: Faults, refused: Conflict | Refused, old: tuple[int, Orders], version: int
) -> None:
    """A refusal changes nothing, and that of an old version tells the new one."""
    faults.counts[refused.code] += 1
    faults.expect(_day(town) == old, "changed by a refusal")
    if refused.code == "changed_meanwhile":
        faults.expect(refused.figures.get("version") == old[0], "refused with another version")
        faults.expect(version != old[0], "refused though new")


def _accepted(
    town: Town, faults: Faults, old: tuple[int, Orders], version: int, orders: Orders | None
) -> None:
    """An accepted edit was of the newest version, and left the orders of the model."""
    found = _day(town)
    faults.expect(old[0] == version, "accepted though old")
    faults.expect(found[0] > version, "version that did not rise")
    faults.expect(orders is None or found[1] == orders, "overwritten")


def _moved(orders: Orders, visit: int, place: str) -> Orders:
    """Return the orders after a move: the model."""
    after = {number: [each for each in row if each != visit] for number, row in orders.items()}
    if place != "tray":
        number, position = map(int, place.split(":"))
        after[number].insert(position, visit)
    return after


def _day(town: Town) -> tuple[int, Orders]:
    with reading() as session:
        plan = day_plan(session, bank_id=town.bank, day=DAY)
        if plan is None:
            raise RuntimeError("the day has no draft")
        return plan.version, {
            each.id: [stop.pickup_id for stop in each.stops] for each in plan.rounds
        }


def _first_draft(town: Town) -> None:
    first, second, third = town.pickups
    later = FIRST_ARRIVAL + timedelta(minutes=40)
    with transaction() as session:
        draft(session, town, {0: [(first, FIRST_ARRIVAL), (second, later)], 1: [(third, later)]})


if __name__ == "__main__":
    main()

"""Recalls: holds at once, a frozen scope, two signatures, a fate for every millilitre, drills."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from collector.audit.models import AuditEntry
from collector.banks.queries import get_bank
from collector.db import reading
from collector.errors import NotFound, Refused
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.pooling.models import Bottle, Lot
from collector.laboratory.release.leaving import bottle_to_leave
from collector.recall.actions import (
    ask_confirmation,
    confirm,
    freeze_scope,
    open_recall,
)
from collector.recall.closing import ask_to_close, close
from collector.recall.drills import drill_before, drill_state, open_drill
from collector.recall.fates import note_fates
from collector.recall.freezing import is_unchanged
from collector.recall.models import (
    Recall,
    RecallFate,
    RecallItem,
    RecallState,
    RecallSubject,
    Whereabouts,
)
from collector.recall.queries import recall_picture, recalls_of, scope_page, second_ring
from collector.recall.walk import Origin
from collector.service_day import ServiceDay
from tests.laboratory_bench import open_bench
from tests.recall_bench import RecallBench
from tests.release_bench import LATER
from tests.town import Town

pytestmark = pytest.mark.twin

DAY = LATER.date()


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[RecallBench]:
    with open_bench(app, town) as bench, reading() as session:
        found = RecallBench(bench, session)
        found.pour()
        session.flush()
        yield found


def drill(lea: RecallBench, **changes: Any) -> Recall:  # noqa: ANN401
    told = lea.by(lea.quentin) | {"reason": "Due", "draw": random.Random(1)} | changes  # noqa: S311
    opened = open_drill(lea.session, **told)
    return freeze_scope(lea.session, **lea.by(lea.quentin), recall_id=opened.id)


def signed(lea: RecallBench, recall: Recall) -> None:
    ask_confirmation(lea.session, **lea.by(lea.bench.lea), recall_id=recall.id)
    confirm(lea.session, **lea.by(lea.quentin), recall_id=recall.id)


def settled(lea: RecallBench, recall: Recall) -> None:
    keys = [each.id for each in lea.items(recall) if each.fate is None]
    note_fates(
        lea.session,
        **lea.by(lea.bench.lea),
        recall_id=recall.id,
        items=keys,
        fate=RecallFate.HERE,
    )


def leaves(lea: RecallBench, label: str) -> str:
    """Return why a bottle may not leave; empty if it may."""
    today = ServiceDay.of(LATER, get_bank(lea.session, lea.bench.town.bank).zone).day
    try:
        bottle_to_leave(lea.session, bank_id=lea.bench.town.bank, text=label, today=today)
    except Refused as refused:
        return refused.code
    return ""


def test_a_recall_of_a_donor_holds_at_once_by_one_row(lea: RecallBench) -> None:
    (label, _other) = lea.labels_of(lea.released)
    assert leaves(lea, label) == ""
    entries = select(func.count()).select_from(AuditEntry)
    before = lea.session.scalar(entries) or 0
    origin = Origin(subject=RecallSubject.DONOR, subject_id=lea.dora)
    told = lea.by(lea.bench.lea) | {"origin": origin, "reason": "Fever"}
    recall = open_recall(lea.session, **told)
    assert recall.state is RecallState.OPENED
    assert leaves(lea, label) == "bottle_held"
    (hold,) = lea.session.scalars(select(LaboratoryHold)).all()
    assert (hold.subject, hold.subject_id) == (HoldSubject.DONOR, lea.dora)
    assert lea.session.scalar(entries) == before + 3


def test_the_scope_is_frozen_with_its_hash(lea: RecallBench) -> None:
    recall = lea.recall(RecallSubject.DONOR, lea.dora)
    assert recall.state is RecallState.SCOPED
    assert lea.forms(recall) == {
        "bottle in_laboratory": 4,
        "container in_laboratory": 3,
        "pool in_laboratory": 1,
        "pool used_up": 2,
    }
    assert len(recall.scope_hash) == 64
    assert is_unchanged(lea.session, recall)
    with pytest.raises(Refused, match="recall_scoped"):
        freeze_scope(lea.session, **lea.by(lea.quentin), recall_id=recall.id)
    # A fate changes no frozen column; a volume does.
    lea.items(recall)[0].fate = RecallFate.HERE
    assert is_unchanged(lea.session, recall)
    lea.items(recall)[0].volume_ml = 91
    assert not is_unchanged(lea.session, recall)


def test_two_people_confirm(lea: RecallBench) -> None:
    recall = lea.recall(RecallSubject.LOT, lea.released)
    with pytest.raises(Refused, match="recall_first_signature_missing"):
        confirm(lea.session, **lea.by(lea.rose), recall_id=recall.id)
    ask_confirmation(lea.session, **lea.by(lea.rose), recall_id=recall.id)
    with pytest.raises(Refused, match="two_people_needed"):
        confirm(lea.session, **lea.by(lea.rose), recall_id=recall.id)
    confirm(lea.session, **lea.by(lea.quentin), recall_id=recall.id)
    assert recall.state is RecallState.CONFIRMED
    with pytest.raises(Refused, match="recall_confirmed"):
        ask_confirmation(lea.session, **lea.by(lea.rose), recall_id=recall.id)


def test_every_millilitre_gets_a_fate_and_the_sums_are_complete(lea: RecallBench) -> None:
    recall = lea.recall(RecallSubject.DONOR, lea.dora)
    picture = recall_picture(lea.session, bank_id=recall.bank_id, recall_id=recall.id)
    assert (picture.volume_ml, picture.open_ml, picture.bottles) == (1200, 1160, 4)
    assert picture.open_lines == 8
    assert [each.lines for each in picture.of_fate(RecallFate.USED_UP)] == [2]
    signed(lea, recall)
    settled(lea, recall)
    picture = recall_picture(lea.session, bank_id=recall.bank_id, recall_id=recall.id)
    assert (picture.open_lines, picture.open_ml, picture.volume_ml) == (0, 0, 1200)
    # Its wards are not told yet, so it is not settled.
    assert recall.state is RecallState.CONFIRMED
    used_up = next(each for each in lea.items(recall) if each.fate is RecallFate.USED_UP)
    told = {"recall_id": recall.id, "items": [used_up.id], "fate": RecallFate.HERE}
    with pytest.raises(Refused, match="fate_by_itself"):
        note_fates(lea.session, **lea.by(lea.bench.lea), **told)


def test_a_fate_is_corrected_and_the_event_keeps_both(lea: RecallBench) -> None:
    recall = lea.recall(RecallSubject.LOT, lea.released)
    key = lea.items(recall)[0].id
    for fate in (RecallFate.NOT_FOUND, RecallFate.HERE, RecallFate.HERE):
        told = {"recall_id": recall.id, "items": [key], "fate": fate}
        note_fates(lea.session, **lea.by(lea.bench.lea), **told)
    picture = recall_picture(lea.session, bank_id=recall.bank_id, recall_id=recall.id)
    noted = [each.figures for each in picture.events if each.act.value == "fate_noted"]
    assert [(each["before"], each["fate"]) for each in noted] == [
        ([""], "not_found"),
        (["not_found"], "here"),
    ]


def test_another_bank_sees_no_recall(lea: RecallBench) -> None:
    recall = lea.recall(RecallSubject.LOT, lea.released)
    other = lea.bench.town.other_bank
    with pytest.raises(NotFound):
        recall_picture(lea.session, bank_id=other, recall_id=recall.id)
    told = lea.by(lea.quentin) | {"bank_id": other, "reason": "Fever"}
    with pytest.raises(NotFound):
        open_recall(
            lea.session,
            **told,
            origin=Origin(subject=RecallSubject.LOT, subject_id=lea.released),
        )
    assert recalls_of(lea.session, other) == []


@pytest.mark.parametrize(
    ("origin", "code"),
    [
        ({"subject": RecallSubject.DAY, "since": DAY - timedelta(9)}, "recall_of_nothing"),
        ({"subject": RecallSubject.UNIT}, "recall_day_missing"),
        ({"subject": RecallSubject.UNIT, "since": DAY + timedelta(1)}, "recall_day_ahead"),
        (
            {
                "subject": RecallSubject.UNIT,
                "since": DAY,
                "until": DAY - timedelta(1),
            },
            "days_backwards",
        ),
    ],
)
def test_a_recall_needs_milk_and_a_time_that_can_be(
    lea: RecallBench, origin: dict[str, Any], code: str
) -> None:
    unit = lea.unit().id if origin["subject"] is RecallSubject.UNIT else None
    told = lea.by(lea.quentin) | {"reason": "Warm"}
    with pytest.raises(Refused) as refused:
        open_recall(lea.session, **told, origin=Origin(**origin, subject_id=unit))
    assert refused.value.code == code


def test_a_visit_is_held_by_its_containers_and_pools(lea: RecallBench) -> None:
    recall = lea.recall(RecallSubject.VISIT, lea.bench.dora)
    holds = lea.session.scalars(select(LaboratoryHold.subject)).all()
    assert sorted(holds) == ["container"] * 3 + ["pool"] * 3
    picture = recall_picture(lea.session, bank_id=recall.bank_id, recall_id=recall.id)
    assert (picture.holds, picture.open_holds) == (6, 6)


def test_the_second_ring_is_the_rest_of_her_milk(lea: RecallBench) -> None:
    recall = lea.recall(RecallSubject.LOT, lea.released)
    ring = second_ring(lea.session, recall)
    assert len(ring.donors) == 1
    # The unheated pool has two bottles of 90 ml; the open pool has none.
    assert (ring.pools, ring.bottles, ring.volume_ml) == (2, 2, 180)


def test_lines_come_page_by_page(lea: RecallBench) -> None:
    recall = lea.recall(RecallSubject.DONOR, lea.dora)
    first = scope_page(lea.session, recall_id=recall.id, most=6)
    assert (len(first.items), first.next_after) == (6, first.items[-1].id)
    rest = scope_page(lea.session, recall_id=recall.id, most=6, after=first.items[-1].id)
    assert (len(rest.items), rest.next_after) == (4, None)
    open_ = scope_page(
        lea.session,
        recall_id=recall.id,
        whereabouts=Whereabouts.USED_UP,
        open_only=True,
    )
    assert open_.items == []


def test_a_drill_goes_the_same_way_without_notices(lea: RecallBench) -> None:
    bank = lea.bench.town.bank
    recall = drill(lea)
    assert recall.mock
    assert recall.subject_id == lea.released
    (label, _other) = lea.labels_of(lea.released)
    assert leaves(lea, label) == "bottle_held"
    with pytest.raises(Refused, match="drill_under_way"):
        drill(lea)
    with pytest.raises(Refused, match="recall_not_settled"):
        ask_to_close(lea.session, **lea.by(lea.rose), recall_id=recall.id, note="Done")
    signed(lea, recall)
    settled(lea, recall)
    assert recall.state is RecallState.SETTLED
    ask_to_close(lea.session, **lea.by(lea.quentin), recall_id=recall.id, note="All found")
    with pytest.raises(Refused, match="quality_and_releaser_needed"):
        close(lea.session, **lea.by(lea.bench.nora), recall_id=recall.id)
    close(lea.session, **lea.by(lea.rose), recall_id=recall.id)
    assert recall.state is RecallState.CLOSED
    # The two signatures lift the holds of the drill: the bottle may leave again.
    assert leaves(lea, label) == ""
    state = drill_state(lea.session, bank_id=bank)
    assert state.due_on == LATER.date() + timedelta(days=90)
    assert state.under_way is None
    again = drill(lea)
    before = drill_before(lea.session, again)
    assert before is not None
    assert before.recall.id == recall.id


def test_the_holds_of_a_recall_stay_after_its_end(lea: RecallBench) -> None:
    recall = lea.recall(RecallSubject.LOT, lea.released)
    recall.state = RecallState.SETTLED
    lea.session.flush()
    ask_to_close(lea.session, **lea.by(lea.rose), recall_id=recall.id, note="Destroyed")
    close(lea.session, **lea.by(lea.quentin), recall_id=recall.id)
    (label, _other) = lea.labels_of(lea.released)
    assert leaves(lea, label) == "bottle_held"
    with pytest.raises(Refused, match="recall_over"):
        settled(lea, recall)


def test_without_a_release_no_drill_is_due(lea: RecallBench) -> None:
    bank = lea.bench.town.other_bank
    assert drill_state(lea.session, bank_id=bank).due_on is None
    with pytest.raises(Refused, match="drill_without_lots"):
        open_drill(
            lea.session,
            now=LATER,
            bank_id=bank,
            person_id=lea.bench.town.sophie,
            reason="Due",
            draw=random.Random(1),  # noqa: S311
        )


def test_milk_poured_after_the_opening_is_stopped(lea: RecallBench) -> None:
    """A drill or a recall stays complete: what the scope names cannot go elsewhere."""
    lea.recall(RecallSubject.DONOR, lea.dora)
    with pytest.raises(Refused, match="intake_blocked"):
        lea.thaw([lea.raw[0]])
    bottles = select(func.count(RecallItem.id)).where(RecallItem.bottle_id.is_not(None))
    of_lots = select(func.count(Bottle.id)).join(Lot, Lot.id == Bottle.lot_id)
    assert lea.session.scalar(bottles) == lea.session.scalar(of_lots)

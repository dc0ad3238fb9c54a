"""Recalls that reach wards: notices, acknowledgements, fates, identities, reactions, drills."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from collector.dispensary.dispensings.models import DispensedBottle
from collector.dispensary.fates.actions import undo_fate
from collector.dispensary.fates.models import BottleFate, MilkFate
from collector.dispensary.fates.queries import bottles_out
from collector.dispensary.fates.reactions import ReactionDraft, report_reaction
from collector.dispensary.returns.actions import ReturnDraft, take_back
from collector.errors import NotFound, Refused
from collector.laboratory.holding.models import LotDecision, LotVerdict
from collector.laboratory.holds.models import LaboratoryHold
from collector.laboratory.pooling.models import Bottle, Lot, LotState
from collector.laboratory.sampling.models import SampleStage
from collector.notices.models import Notice
from collector.recall.actions import (
    ask_confirmation,
    confirm,
    freeze_scope,
    open_recall,
)
from collector.recall.closing import ask_to_close, close
from collector.recall.drills import open_drill
from collector.recall.fates import note_fates, note_found
from collector.recall.identities import open_identities
from collector.recall.models import (
    Recall,
    RecallFate,
    RecallItem,
    RecallState,
    RecallSubject,
    Whereabouts,
)
from collector.recall.notifying import (
    acknowledge,
    bottles_of_ward,
    note_fates_of_ward,
    notices_of_recall,
    notices_of_ward,
    notify_wards,
)
from collector.recall.outside import donors_of_recipient
from collector.recall.proposals import proposed_recalls
from collector.recall.queries import recall_picture
from collector.recall.walk import Origin
from collector.recall.ward_fates import follow_fate, follow_undo
from collector.recipients.models import Recipient
from collector.recipients.sealing import write_identity
from tests.dispensary_bench import TODAY, DispensaryBench, open_dispensary
from tests.recall_bench import fill_row
from tests.release_bench import LATER
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def dana(app: Flask, town: Town) -> Iterator[DispensaryBench]:
    with open_dispensary(app, town) as found:
        yield found


def lot_of(dana: DispensaryBench, label: str) -> Lot:
    found = select(Lot).join(Bottle, Bottle.lot_id == Lot.id).where(Bottle.number == label)
    return dana.session.scalars(found).one()


def recalled(
    dana: DispensaryBench, subject: RecallSubject, key: int, *, mock: bool = False
) -> Recall:
    told = dana.by(dana.quentin)
    origin = Origin(subject=subject, subject_id=key)
    found = open_recall(dana.session, **told, origin=origin, reason="B. cereus", mock=mock)
    return freeze_scope(dana.session, **told, recall_id=found.id)


def confirmed(dana: DispensaryBench, recall: Recall) -> None:
    ask_confirmation(dana.session, **dana.by(dana.lab.rose), recall_id=recall.id)
    confirm(dana.session, **dana.by(dana.quentin), recall_id=recall.id)


def lines(dana: DispensaryBench, recall: Recall) -> list[tuple[str, str | None, int | None]]:
    """Return whereabouts, fate and millilitres of the bottles of a scope."""
    rows = dana.session.scalars(
        select(RecallItem)
        .where(RecallItem.recall_id == recall.id, RecallItem.bottle_id.is_not(None))
        .order_by(RecallItem.number, RecallItem.part)
    )
    return [(row.whereabouts.value, row.fate and row.fate.value, row.volume_ml) for row in rows]


def test_scenario_6_a_failing_result_proposes_a_recall_of_40_bottles(
    dana: DispensaryBench,
) -> None:
    labels = dana.lot(40, 120)
    dana.dispense(dana.order(None, 12 * 120), *labels[:12])
    lot = lot_of(dana, labels[0])
    sample = dana.lab.sample(lot.id, SampleStage.PRE)
    dana.lab.enter(sample, "2000000")
    dana.session.flush()
    assert lot.state is LotState.WITHDRAWN
    (hold,) = dana.session.scalars(select(LaboratoryHold)).all()
    assert hold.result_id is not None
    # 28 cannot be scanned out.
    other = dana.begin(dana.order(None, 120, on=TODAY + timedelta(days=1)))
    for label in labels[12:]:
        with pytest.raises(Refused) as refused:
            dana.pick(other, label)
        assert refused.value.code == "bottle_held"
    (proposal,) = proposed_recalls(dana.session, dana.bank)
    assert (proposal.bottles, proposal.here, proposal.outside) == (40, 28, 12)
    assert (proposal.donors, proposal.children) == (1, 0)
    recall = recalled(dana, RecallSubject.LOT, lot.id)
    picture = recall_picture(dana.session, bank_id=dana.bank, recall_id=recall.id)
    assert picture.bottles == 40
    at = {each.whereabouts: each.bottles for each in picture.sums}
    assert (at[Whereabouts.IN_LABORATORY], at[Whereabouts.AT_WARD]) == (28, 12)
    assert proposed_recalls(dana.session, dana.bank) == []


def test_wards_are_told_acknowledge_and_account_for_every_millilitre(
    dana: DispensaryBench,
) -> None:
    labels = dana.lot(4)
    child = dana.child()
    dana.dispense(dana.order(child, 200), *labels[:2])
    dana.dispense(dana.order(None, 100), labels[2])
    dana.receive(labels[0])
    dana.fate(labels[0], MilkFate.GIVEN, volume_ml=60)
    recall = recalled(dana, RecallSubject.LOT, lot_of(dana, labels[0]).id)
    assert lines(dana, recall) == [
        ("at_ward", None, 40),
        ("at_ward", "given", 60),
        ("at_ward", None, 100),
        ("at_ward", None, 100),
        ("in_laboratory", None, 100),
    ]
    told = dana.by(dana.quentin) | {"recall_id": recall.id}
    with pytest.raises(Refused, match="recall_not_confirmed"):
        notify_wards(dana.session, **told)
    confirmed(dana, recall)
    notify_wards(dana.session, **told)
    assert [each.lines for each in notices_of_recall(dana.session, recall.id)] == [3, 1]
    sent = dana.session.scalars(select(Notice.recipient)).all()
    assert sorted(sent) == sorted([f"person:{dana.wanda}", f"person:{dana.willa}"])

    later = LATER + timedelta(minutes=12)
    here = dana.by(dana.wanda, later) | {"ward_id": dana.ward, "recall_id": recall.id}
    notice = acknowledge(dana.session, **here)
    again = acknowledge(dana.session, **here | {"now": later + timedelta(hours=1)})
    assert (notice.acknowledged_at, again.acknowledged_at) == (later, later)
    own = bottles_of_ward(dana.session, ward_id=dana.ward, recall_id=recall.id)
    keys = [each.id for each in own if each.fate is None]
    with pytest.raises(Refused, match="fate_missing"):
        note_fates_of_ward(dana.session, **here, items=keys, fate=RecallFate.DESTROYED)
    note_fates_of_ward(dana.session, **here, items=keys, fate=RecallFate.THROWN_AWAY)
    (drunk,) = [each.id for each in own if each.fate is RecallFate.GIVEN]
    with pytest.raises(Refused, match="fate_by_records"):
        note_fates_of_ward(dana.session, **here, items=[drunk], fate=RecallFate.THROWN_AWAY)

    there = dana.by(dana.willa, later) | {"ward_id": dana.depot, "recall_id": recall.id}
    with pytest.raises(NotFound):
        note_fates_of_ward(dana.session, **there, items=keys, fate=RecallFate.HERE)
    acknowledge(dana.session, **there)
    (last,) = bottles_of_ward(dana.session, ward_id=dana.depot, recall_id=recall.id)
    given = there | {"items": [last.id], "fate": RecallFate.GIVEN}
    with pytest.raises(Refused, match="recipient_missing"):
        note_fates_of_ward(dana.session, **given)
    with pytest.raises(Refused, match="recipient_unknown"):
        note_fates_of_ward(dana.session, **given, recipient_id=child.id)
    drinker = dana.child(ward=dana.depot)
    note_fates_of_ward(dana.session, **given, recipient_id=drinker.id)
    assert recall.state is RecallState.NOTIFIED
    inside = select(RecallItem.id).where(
        RecallItem.recall_id == recall.id, RecallItem.fate.is_(None)
    )
    left = list(dana.session.scalars(inside))
    note_fates(dana.session, **told, items=left, fate=RecallFate.HERE)
    assert recall.state is RecallState.SETTLED
    picture = recall_picture(dana.session, bank_id=dana.bank, recall_id=recall.id)
    assert (picture.bottles, picture.open_ml) == (4, 0)
    assert picture.stopwatch.acknowledged == timedelta(minutes=12)
    assert notices_of_ward(dana.session, ward_id=dana.ward)[0].recall_id == recall.id


def test_a_bottle_in_stock_again_is_here_and_reached_no_child(dana: DispensaryBench) -> None:
    labels = dana.lot(2)
    child = dana.child()
    dispensing = dana.dispense(dana.order(child, 100), labels[0])
    assert donors_of_recipient(dana.session, bank_id=dana.bank, recipient_id=child.id)
    recall = recalled(dana, RecallSubject.RECIPIENT, child.id)
    assert [each[0] for each in lines(dana, recall)] == ["at_ward", "in_laboratory"]
    assert recall.label == child.pseudonym
    row = dana.session.scalars(
        select(DispensedBottle).where(DispensedBottle.dispensing_id == dispensing.id)
    ).one()
    row.returned_at = LATER
    dana.session.flush()
    assert donors_of_recipient(dana.session, bank_id=dana.bank, recipient_id=child.id) == set()


def test_a_late_dispensing_after_the_scope_is_refused(dana: DispensaryBench) -> None:
    """The frozen scope stays complete: nothing leaves the house after it."""
    labels = dana.lot(3)
    order = dana.order(dana.child(), 100)
    dispensing = dana.begin(order)
    dana.pick(dispensing, labels[0])
    recall = recalled(dana, RecallSubject.LOT, lot_of(dana, labels[0]).id, mock=True)
    with pytest.raises(Refused):
        dana.check(dispensing, labels[0])
    with pytest.raises(Refused, match="bottle_held"):
        dana.pick(dispensing, labels[1])
    assert {each[0] for each in lines(dana, recall)} == {"in_laboratory"}


def test_a_drill_traces_wards_by_the_records_and_tells_none(dana: DispensaryBench) -> None:
    labels = dana.lot(3)
    dana.dispense(dana.order(dana.child(), 100), labels[0])
    lot = lot_of(dana, labels[0])
    fill_row(
        dana.session,
        LotDecision,
        bank_id=dana.bank,
        lot_id=lot.id,
        verdict=LotVerdict.RELEASED,
        person_id=dana.lab.rose,
        checks=[],
    )
    draw = random.Random(3)  # noqa: S311
    told = dana.by(dana.quentin)
    drill = open_drill(dana.session, **told, reason="Due", draw=draw)
    freeze_scope(dana.session, **told, recall_id=drill.id)
    confirmed(dana, drill)
    with pytest.raises(Refused, match="drill_sends_nothing"):
        notify_wards(dana.session, **told, recall_id=drill.id)
    with pytest.raises(Refused, match="drill_opens_no_identity"):
        open_identities(dana.session, **told, recall_id=drill.id, reason="Why")
    assert [each[1] for each in lines(dana, drill)] == ["traced", None, None]
    assert dana.session.scalars(select(Notice)).all() == []


def test_identities_are_opened_with_a_reason(dana: DispensaryBench) -> None:
    labels = dana.lot(2)
    child = dana.child()
    told = {"bank_id": dana.bank, "recipient_id": child.id, "born_on": TODAY}
    write_identity(dana.session, **told, name="Kanary Petit", hospital_number="H-77")
    dana.dispense(dana.order(child, 100), labels[0])
    dana.receive(labels[0])
    dana.fate(labels[0], MilkFate.GIVEN)
    recall = recalled(dana, RecallSubject.LOT, lot_of(dana, labels[0]).id)
    by = dana.by(dana.quentin) | {"recall_id": recall.id}
    with pytest.raises(Refused, match="reason_missing"):
        open_identities(dana.session, **by, reason=" ")
    found = open_identities(dana.session, **by, reason="Physicians examine the children")
    (seen,) = found.children
    assert (seen.name, seen.hospital_number, seen.bottles, seen.given_ml) == (
        "Kanary Petit",
        "H-77",
        1,
        100,
    )
    assert [each.name.split()[0] for each in found.donors] == ["Dora"]
    picture = recall_picture(dana.session, bank_id=dana.bank, recall_id=recall.id)
    assert [each.figures["children"] for each in picture.events if "children" in each.figures] == [
        1
    ]


def test_the_case_of_necker_three_ill_children_lead_to_one_lot(dana: DispensaryBench) -> None:
    """Three children fell ill; two lots were given to each, and one lot to all three."""
    shared, *others = dana.lot(6), *(dana.lot(2) for _ in range(2))
    others.append(dana.lot(2, donor="elise"))
    children: list[Recipient] = []
    for place, own in enumerate(others):
        child = dana.child()
        children.append(child)
        dana.dispense(dana.order(child, 200), shared[place], own[0])
        for label in (shared[place], own[0]):
            dana.receive(label)
            dana.fate(label, MilkFate.GIVEN)
    for child in children:
        report_reaction(
            dana.session,
            **dana.by(dana.wanda),
            ward_id=dana.ward,
            recipient_id=child.id,
            draft=ReactionDraft(fell_ill_on=TODAY, words="Fever", reason="Suspected reaction"),
            today=TODAY,
        )
    proposals = proposed_recalls(dana.session, dana.bank)
    assert {each.label for each in proposals} == {child.pseudonym for child in children}
    # Every lot that a child had is held already, by one person and one button.
    with pytest.raises(Refused, match="bottle_held"):
        dana.pick(dana.begin(dana.order(dana.child(), 100)), shared[5])
    scopes = []
    for child in children:
        recall = recalled(dana, RecallSubject.RECIPIENT, child.id)
        scopes.append(
            set(
                dana.session.scalars(
                    select(RecallItem.pool_id).where(RecallItem.recall_id == recall.id)
                )
            )
        )
    assert [len(each) for each in scopes] == [2, 2, 2]
    assert set.intersection(*scopes) == {lot_of(dana, shared[0]).pool_id}
    assert proposed_recalls(dana.session, dana.bank) == []
    dora, elise = dana.lab.bench.town.dora, dana.lab.bench.town.elise
    back = [
        donors_of_recipient(dana.session, bank_id=dana.bank, recipient_id=child.id)
        for child in children
    ]
    assert back == [{dora}, {dora}, {dora, elise}]
    shared_lot = recalled(dana, RecallSubject.LOT, lot_of(dana, shared[0]).id)
    given = [each for each in lines(dana, shared_lot) if each[1] == "given"]
    assert (len(given), len(lines(dana, shared_lot))) == (3, 6)


def told_wards(dana: DispensaryBench, *labels: str) -> Recall:
    """Return a recall of the lot of bottles whose wards are told."""
    recall = recalled(dana, RecallSubject.LOT, lot_of(dana, labels[0]).id)
    confirmed(dana, recall)
    notify_wards(dana.session, **dana.by(dana.quentin), recall_id=recall.id)
    return recall


def item_of(dana: DispensaryBench, recall: Recall, label: str) -> RecallItem:
    rows = select(RecallItem).where(RecallItem.recall_id == recall.id, RecallItem.number == label)
    return dana.session.scalars(rows).one()


def ends(dana: DispensaryBench) -> list[tuple[str, int, int | None]]:
    """Return the fates of the dispensary that stand: fate, millilitres, child."""
    rows = select(BottleFate).where(BottleFate.withdrawn_at.is_(None)).order_by(BottleFate.id)
    return [(row.fate.value, row.volume_ml, row.recipient_id) for row in dana.session.scalars(rows)]


def test_a_technician_notes_no_fate_of_a_bottle_on_a_ward(dana: DispensaryBench) -> None:
    out, inside = dana.lot(2)
    dana.dispense(dana.order(dana.child(), 100), out)
    recall = told_wards(dana, out)
    technician = dana.by(dana.lab.leo) | {"recall_id": recall.id}
    there, here = (item_of(dana, recall, label).id for label in (out, inside))
    for fate in (RecallFate.HERE, RecallFate.GIVEN, RecallFate.DESTROYED):
        with pytest.raises(Refused, match="fate_of_ward"):
            note_fates(dana.session, **technician, items=[here, there], fate=fate)
    for person in (dana.lab.leo, dana.quentin):
        told = dana.by(person) | {"recall_id": recall.id, "label": out}
        with pytest.raises(Refused, match="bottle_at_ward"):
            note_found(dana.session, **told)
    note_found(dana.session, **technician, label=inside)
    told = dana.by(dana.quentin) | {"recall_id": recall.id}
    note_fates(dana.session, **told, items=[there], fate=RecallFate.HERE)
    assert recall.state is RecallState.SETTLED


def test_a_bottle_that_came_back_is_found_by_a_technician(dana: DispensaryBench) -> None:
    (out,) = dana.lot(1)
    dana.dispense(dana.order(dana.child(), 100), out)
    recall = told_wards(dana, out)
    cold = ReturnDraft(sealed=True, never_thawed=True, logged=True)
    take_back(dana.session, **dana.by(dana.dana), text=out, draft=cold)
    told = dana.by(dana.lab.leo) | {"recall_id": recall.id}
    assert note_found(dana.session, **told, label=out).fate is RecallFate.HERE


def test_a_recall_with_a_silent_ward_is_closed_with_a_named_reason_alone(
    dana: DispensaryBench,
) -> None:
    out, inside = dana.lot(2)
    dana.dispense(dana.order(dana.child(), 100), out)
    recall = told_wards(dana, out)
    told = dana.by(dana.quentin) | {"recall_id": recall.id}
    with pytest.raises(Refused, match="recall_not_settled"):
        ask_to_close(dana.session, **told, note="Done")
    note_found(dana.session, **told, label=inside)
    note_fates(
        dana.session, **told, items=[item_of(dana, recall, out).id], fate=RecallFate.NOT_FOUND
    )
    assert recall.state is RecallState.SETTLED
    for reason in ("", "  "):
        with pytest.raises(Refused) as refused:
            ask_to_close(dana.session, **told, note="Done", unanswered_because=reason)
        assert refused.value.code == "recall_unanswered"
        assert refused.value.figures == {"wards": "CHU, Neonatology"}
    ask_to_close(dana.session, **told, note="Done", unanswered_because="The ward was closed")
    close(dana.session, **dana.by(dana.lab.rose), recall_id=recall.id)
    assert (recall.state, recall.unanswered_because) == (RecallState.CLOSED, "The ward was closed")


def test_an_acknowledged_recall_needs_no_reason_to_close(dana: DispensaryBench) -> None:
    (out,) = dana.lot(1)
    dana.dispense(dana.order(dana.child(), 100), out)
    recall = told_wards(dana, out)
    here = dana.by(dana.wanda) | {"ward_id": dana.ward, "recall_id": recall.id}
    key = item_of(dana, recall, out).id
    note_fates_of_ward(dana.session, **here, items=[key], fate=RecallFate.HERE)
    told = dana.by(dana.quentin) | {"recall_id": recall.id, "note": "Done"}
    ask_to_close(dana.session, **told, unanswered_because="Nobody answers the telephone")
    acknowledge(dana.session, **here)
    close(dana.session, **dana.by(dana.lab.rose), recall_id=recall.id)
    assert recall.unanswered_because == "", "the ward answered before the second signature"


def test_the_fates_of_a_recall_are_the_ones_of_the_dispensary(dana: DispensaryBench) -> None:
    labels = dana.lot(4)
    child = dana.child()
    dana.dispense(dana.order(child, 400), *labels)
    dana.fate(labels[0], MilkFate.WASTED, volume_ml=30)
    recall = told_wards(dana, *labels)
    here = dana.by(dana.wanda) | {"ward_id": dana.ward, "recall_id": recall.id}
    rest = next(
        row.id
        for row in bottles_of_ward(dana.session, ward_id=dana.ward, recall_id=recall.id)
        if row.number == labels[0] and row.fate is None
    )
    keys = [rest, *(item_of(dana, recall, label).id for label in labels[1:])]
    fates = (RecallFate.GIVEN, RecallFate.THROWN_AWAY, RecallFate.NOT_FOUND, RecallFate.HERE)
    for key, fate in zip(keys, fates, strict=True):
        note_fates_of_ward(dana.session, **here, items=[key], fate=fate)
    before = [("wasted", 30, child.id)]
    assert ends(dana) == [
        *before,
        ("given", 70, child.id),
        ("wasted", 100, child.id),
        ("not_found", 100, child.id),
    ]
    assert [each.open_ml for each in bottles_out(dana.session, bank_id=dana.bank)] == [100]
    # A correction withdraws the fate it replaces; "here" opens the bottle again.
    note_fates_of_ward(dana.session, **here, items=[keys[2]], fate=RecallFate.GIVEN)
    note_fates_of_ward(dana.session, **here, items=[keys[1]], fate=RecallFate.HERE)
    assert ends(dana) == [*before, ("given", 70, child.id), ("given", 100, child.id)]


def test_a_fate_that_a_ward_scans_is_noted_in_the_recall(dana: DispensaryBench) -> None:
    (out,) = dana.lot(1)
    dana.dispense(dana.order(dana.child(), 100), out)
    recall = told_wards(dana, out)
    by = {"now": LATER, "person_id": dana.wanda}
    part = dana.fate(out, MilkFate.WASTED, volume_ml=40)
    follow_fate(dana.session, **by, fate=part)
    item = item_of(dana, recall, out)
    assert item.fate is None, "60 ml are open"
    rest = dana.fate(out, MilkFate.NOT_FOUND)
    follow_fate(dana.session, **by, fate=rest)
    assert (item.fate, recall.state) == (RecallFate.NOT_FOUND, RecallState.SETTLED)
    undo_fate(dana.session, **dana.by(dana.wanda), ward_id=dana.ward, fate_id=rest.id)
    follow_undo(dana.session, **by, fate=rest)
    assert (item.fate, recall.state) == (None, RecallState.NOTIFIED)
    picture = recall_picture(dana.session, bank_id=dana.bank, recall_id=recall.id)
    assert picture.open_ml == 100

"""Scenarios 6 and 11 of the design, whole: from the release to the recall, and a recall's sums."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from collector.audit.models import AuditEntry
from collector.db import reading
from collector.dispensary.fates.models import MilkFate
from collector.errors import Conflict, Refused
from collector.laboratory.holds.models import LaboratoryHold
from collector.laboratory.pooling.models import Lot, LotState
from collector.laboratory.release.actions import sign_exception
from collector.laboratory.sampling.models import SampleStage
from collector.laboratory.sampling.results import supersede_result
from collector.laboratory.sampling.spellings import parse_result
from collector.notices.models import Notice
from collector.recall.actions import freeze_scope, open_recall
from collector.recall.fates import note_fates
from collector.recall.freezing import hash_of_scope, is_unchanged
from collector.recall.models import RecallFate, RecallItem, RecallState, RecallSubject, Whereabouts
from collector.recall.notifying import bottles_of_ward, note_fates_of_ward, notify_wards
from collector.recall.proposals import proposed_recalls
from collector.recall.queries import recall_picture
from collector.recall.scope import read_scope
from collector.recall.walk import Origin, forward
from tests.collector.laboratory.release.test_release import entries, propose, ten_lots
from tests.collector.recall.test_wards import confirmed, recalled
from tests.dispensary_bench import TODAY, DispensaryBench
from tests.laboratory_bench import open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town

pytestmark = pytest.mark.twin


def test_scenario_6_from_ten_lots_to_the_recall_of_one(app: Flask, town: Town) -> None:
    with open_bench(app, town) as bench, reading() as session:
        lea = ReleaseBench(bench, session)
        numbers = lea.take_over(dora=35)["dora"]
        green, amber, red = ten_lots(lea, [lea.lot_of(number) for number in numbers[:10]])
        of_40 = lea.lot_of_40(numbers[10:])
        lea.ready(of_40, serial="S-3")

        acts = select(func.count(AuditEntry.id))
        before = session.scalar(acts) or 0
        lea.release(*green)
        assert session.scalar(acts) == before + 7
        assert entries(lea, "lot released") == 7
        propose(lea, amber[0], by=lea.rose)
        with pytest.raises(Refused, match="two_people_needed"):
            sign_exception(session, **lea.by(lea.rose), lot_id=amber[0])
        with pytest.raises(Refused, match="lot_red"):
            lea.release(red)

        lea.release(of_40)
        labels = lea.labels_of(of_40)
        dana = DispensaryBench(lea, containers={"dora": []})
        dana.dispense(dana.order(None, 12 * 120), *labels[:12])
        (row,) = lea.standing(lea.sample_of(of_40, SampleStage.POST))
        told = lea.by(lea.leo) | {"result_id": row.id, "figure": parse_result("10")}
        supersede_result(session, **told, reason="Grew on the second day")
        (hold,) = session.scalars(select(LaboratoryHold)).all()
        assert (hold.subject_id, session.get_one(Lot, of_40).state) == (of_40, LotState.WITHDRAWN)

        late = dana.begin(dana.order(None, 120, on=TODAY + timedelta(days=1)))
        refused = Counter[str]()
        for label in labels:
            try:
                dana.pick(late, label)
            except (Conflict, Refused) as error:
                refused[error.code] += 1
        assert refused == {"bottle_held": 28, "bottle_gone": 12}
        (proposal,) = proposed_recalls(session, dana.bank)
        assert (proposal.bottles, proposal.here, proposal.outside) == (40, 28, 12)
        recall = recalled(dana, RecallSubject.LOT, of_40)
        picture = recall_picture(session, bank_id=dana.bank, recall_id=recall.id)
        at = {each.whereabouts: each.bottles for each in picture.sums}
        assert (at[Whereabouts.IN_LABORATORY], at[Whereabouts.AT_WARD]) == (28, 12)
        assert proposed_recalls(session, dana.bank) == []


def test_scenario_11_a_drill_then_a_recall_of_a_donor(app: Flask, town: Town) -> None:
    """Five containers of 200 ml: 40 bottles of 4 ml and a rest, an unheated pool, three raw."""
    with open_bench(app, town) as bench, reading() as session:
        lea = ReleaseBench(bench, session)
        numbers = lea.take_over(dora=5)["dora"]
        dana = DispensaryBench(lea, containers={"dora": numbers[:1]})
        labels = dana.lot(40, 4)
        lea.thaw(numbers[1:2])
        lea.add(lea.pool(), numbers[1])
        dana.dispense(dana.order(dana.child(), 12 * 4), *labels[:12])
        for label in labels[:5]:
            dana.fate(label, MilkFate.GIVEN)
        for label in labels[5:7]:
            dana.fate(label, MilkFate.WASTED, volume_ml=1)
        late = dana.begin(dana.order(None, 8))
        dana.pick(late, labels[20])

        # The drill: its scope is frozen after two seconds, and nothing leaves afterwards.
        origin = Origin(subject=RecallSubject.DONOR, subject_id=town.dora)
        drill = open_recall(
            session, **dana.by(dana.quentin), origin=origin, reason="Due", mock=True
        )
        two_seconds = dana.by(dana.quentin, LATER + timedelta(seconds=2))
        freeze_scope(session, **two_seconds, recall_id=drill.id)
        with pytest.raises(Refused, match="bottle_held"):
            dana.check(late, labels[20])
        with pytest.raises(Refused, match="bottle_held"):
            dana.pick(late, labels[21])
        confirmed(dana, drill)
        now_ = read_scope(session, reach=forward(session, bank_id=dana.bank, origin=origin))
        assert hash_of_scope(drill, now_) == drill.scope_hash
        picture = recall_picture(session, bank_id=dana.bank, recall_id=drill.id)
        assert picture.stopwatch.scoped == timedelta(seconds=2)
        assert session.scalars(select(Notice)).all() == []

        recall = recalled(dana, RecallSubject.DONOR, town.dora)
        rows = session.scalars(select(RecallItem).where(RecallItem.recall_id == recall.id)).all()
        forms = Counter(f"{row.form.value} {row.whereabouts.value}" for row in rows if not row.part)
        assert forms == {
            "container in_laboratory": 3,
            "pool in_laboratory": 1,
            "pool used_up": 1,
            "bottle in_laboratory": 28,
            "bottle at_ward": 12,
        }
        confirmed(dana, recall)
        notify_wards(session, **dana.by(dana.quentin), recall_id=recall.id)
        rest = [
            each.id
            for each in bottles_of_ward(session, ward_id=dana.ward, recall_id=recall.id)
            if each.fate is None
        ]
        here = dana.by(dana.wanda) | {"ward_id": dana.ward, "recall_id": recall.id}
        note_fates_of_ward(session, **here, items=rest, fate=RecallFate.THROWN_AWAY)
        left = [row.id for row in rows if row.fate is None]
        told = dana.by(lea.leo) | {"recall_id": recall.id}
        note_fates(session, **told, items=left, fate=RecallFate.HERE)
        assert recall.state is RecallState.SETTLED
        picture = recall_picture(session, bank_id=dana.bank, recall_id=recall.id)
        assert (picture.bottles, picture.volume_ml, picture.open_lines) == (40, 1000, 0)
        by_fate = Counter[str]()
        for each in picture.sums:
            by_fate[(each.fate or RecallFate.NOT_FOUND).value] += each.volume_ml
        assert by_fate == {"here": 112 + 800, "used_up": 40, "given": 20, "thrown_away": 28}
        assert is_unchanged(session, recall)

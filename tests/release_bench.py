"""The bench of release: lots that were heated, sampled, read and verified, and those who sign."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.laboratory.holding.actions import open_hold
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.pooling.filling import print_labels
from collector.laboratory.pooling.models import Bottle, Lot
from collector.laboratory.release.actions import release_green, rows_of
from collector.laboratory.release.checks import LotCheck, digest_of_checks, judge_lot
from collector.laboratory.release.facts import facts_of
from collector.laboratory.sampling.actions import take_sample
from collector.laboratory.sampling.models import (
    Analyte,
    LabResult,
    LabSample,
    ResultUnit,
    SampleStage,
)
from collector.laboratory.sampling.results import (
    ResultDraft,
    enter_results,
    standing_results,
    verify_results,
)
from collector.laboratory.sampling.spellings import parse_result
from collector.people.actions import add_person
from collector.people.models import Role
from tests.collector.laboratory.heating.test_curves import COLD, HOT, written
from tests.collector.laboratory.heating.test_cycles import CycleBench
from tests.laboratory_bench import Bench
from tests.pool_bench import NOW

LATER = NOW + timedelta(hours=1)
STAFF = {
    "leo": (Role.LABORATORY,),
    "rose": (Role.RELEASER,),
    "rita": (Role.RELEASER,),
    "quentin": (Role.QUALITY,),
}
READINGS = {
    SampleStage.PRE: {Analyte.TOTAL: "1000", Analyte.AUREUS: "<10"},
    SampleStage.POST: {Analyte.TOTAL: "<10"},
}


class ReleaseBench(CycleBench):
    """Lea and Leo at the bench, Rose and Rita release, Quentin is of quality."""

    def __init__(self, bench: Bench, session: Session) -> None:
        super().__init__(bench, session)
        self.leo, self.rose, self.rita, self.quentin = (
            add_person(
                session,
                bank_id=bench.town.bank,
                name=name.capitalize(),
                email=f"{name}@town.example",
                roles=roles,
                language="en",
            ).id
            for name, roles in STAFF.items()
        )

    def by(self, person: int) -> dict[str, Any]:
        return {"now": LATER, "bank_id": self.bench.town.bank, "person_id": person}

    def lot_of_40(self, numbers: list[str] | None = None) -> int:
        """Make one closed pool of 25 containers, 5,000 ml, in 40 bottles of 120 ml."""
        numbers = numbers or self.take_over(dora=25)["dora"]
        self.thaw(numbers)
        pool = self.pool()
        for number in numbers:
            self.add(pool, number)
        for label in self.fill(pool, 40, 120):
            self.scan(pool, label)
        self.close(pool, sampled_ml=200)
        lot = self.contents(pool).lot
        assert lot is not None
        return lot.id

    def heat(self, *lots: int, serial: str = "S-1", hottest: float = 62.8) -> int:
        """Run a cycle with a good curve, but for its hottest reading."""
        cycle = self.load(self.device(serial=serial), *lots)
        self.begin(cycle)
        self.end(cycle)
        celsius = [hottest, *HOT[1:], *COLD]
        self.keep(cycle, written(celsius, start=NOW, heading=f"# serial: {serial}\n"))
        return cycle.id

    def label(self, *lots: int) -> None:
        for key in lots:
            print_labels(
                self.session,
                **self.told,
                pool_id=self.session.get_one(Lot, key).pool_id,
                layout="a4_24",
                first_label=1,
                reason="",
            )

    def sample(self, lot: int, stage: SampleStage, **changes: Any) -> LabSample:  # noqa: ANN401
        told = self.by(self.bench.lea) | changes
        return take_sample(self.session, **told, lot_id=lot, stage=stage, volume_ml=1)

    def enter(
        self,
        sample: LabSample,
        *figures: str,
        analyte: Analyte = Analyte.TOTAL,
        unit: ResultUnit = ResultUnit.CFU_ML,
        first: int = 1,
        by: int | None = None,
    ) -> list[LabResult]:
        drafts = [
            ResultDraft(
                plate=plate, analyte=analyte, figure=parse_result(text), unit=unit, plated_ul=100
            )
            for plate, text in enumerate(figures, start=first)
        ]
        told = self.by(by or self.bench.lea)
        return enter_results(self.session, **told, sample_id=sample.id, drafts=drafts)

    def read(self, *lots: int, **others: str) -> None:
        """Take both samples of lots, enter passing results, and let Leo verify them."""
        for lot in lots:
            for stage, readings in READINGS.items():
                sample = self.sample(lot, stage)
                rows = [
                    row
                    for analyte, text in readings.items()
                    for row in self.enter(sample, others.get(analyte, text), analyte=analyte)
                ]
                self.verify(rows)

    def verify(self, rows: list[LabResult], *, by: int | None = None) -> None:
        told = self.by(by or self.leo)
        verify_results(self.session, **told, results=[row.id for row in rows])

    def ready(self, *lots: int, **cycle: Any) -> None:  # noqa: ANN401
        """Heat, label, sample, read and verify lots."""
        self.heat(*lots, **cycle)
        self.label(*lots)
        self.read(*lots)

    def checks(self, lot: int) -> dict[str, LotCheck]:
        self.session.flush()
        row = self.session.get_one(Lot, lot)
        (facts,) = facts_of(self.session, now=LATER, bank_id=self.bench.town.bank, lots=[row])
        return {check.key.value: check for check in judge_lot(facts)}

    def colours(self, lot: int) -> dict[str, str]:
        return {key: check.colour.value for key, check in self.checks(lot).items()}

    def seen(self, *lots: int) -> dict[int, str]:
        return {lot: digest_of_checks(rows_of(list(self.checks(lot).values()))) for lot in lots}

    def release(self, *lots: int, by: int | None = None) -> list[Lot]:
        return release_green(self.session, **self.by(by or self.rose), seen=self.seen(*lots))

    def hold(self, subject: HoldSubject, key: int, **changes: Any) -> LaboratoryHold:  # noqa: ANN401
        told = self.by(self.bench.lea) | {"reason": "A reason"} | changes
        return open_hold(self.session, **told, subject=subject, subject_id=key)

    def release_seen(self, seen: dict[int, str]) -> list[Lot]:
        return release_green(self.session, **self.by(self.rose), seen=seen)

    def sample_of(self, lot: int, stage: SampleStage) -> LabSample:
        found = select(LabSample).where(LabSample.lot_id == lot, LabSample.stage == stage)
        return self.session.scalars(found).one()

    def standing(self, sample: LabSample) -> list[LabResult]:
        return standing_results(self.session, sample.id)

    def labels_of(self, lot: int) -> list[str]:
        found = select(Bottle.number).where(Bottle.lot_id == lot).order_by(Bottle.number)
        return list(self.session.scalars(found))

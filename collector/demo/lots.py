"""Lots of the demonstration: from thawed bottles to a decision, by the acts of the laboratory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from collector.custody.models import Container
from collector.demo.bench import DemoBench
from collector.demo.curves import CurveStory, curve_file
from collector.demo.freezers import Freezers
from collector.laboratory.destroying.actions import (
    add_to_destruction,
    begin_destruction,
    witness_destruction,
)
from collector.laboratory.destructions.models import DestructionMethod, DestructionReason
from collector.laboratory.heating.actions import begin_cycle, end_cycle, keep_curve, load_cycle
from collector.laboratory.holding.actions import ask_to_lift, lift_hold, open_hold
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.actions import (
    begin_thaw,
    close_pool,
    empty_into_pool,
    make_pool,
)
from collector.laboratory.pooling.filling import fill_bottles, print_labels, scan_back
from collector.laboratory.pooling.models import Bottle, Lot
from collector.laboratory.reception.models import Intake, IntakeState
from collector.laboratory.release.actions import (
    propose_exception,
    reject_lot,
    release_green,
    sign_exception,
)
from collector.laboratory.release.queries import lot_page
from collector.laboratory.sampling.actions import send_sample, take_sample
from collector.laboratory.sampling.models import Analyte, LabSample, ResultUnit, SampleStage
from collector.laboratory.sampling.results import ResultDraft, enter_results, verify_results
from collector.laboratory.sampling.spellings import parse_result
from collector.laboratory.units.models import StorageZone
from collector.pickups.models import MilkLine

BOTTLE_ML, LEAST_ML = 120, 40
"""Volume of a bottle, and the least of the last bottle of a pool."""
SAMPLE_ML = 5
LOST_SHARE, SPILT_SHARE = 0.007, 0.032
"""Share of a pool that stays in the beaker, and that is lost where a bottle is spilt."""
HOSPITAL = "Laboratoire de bactériologie du CHU"
POOLED, HEATED, COOLED = timedelta(hours=5), timedelta(hours=6, minutes=30), timedelta(hours=8)
"""Time from the thaw to each act of the same day."""
PASSING: Mapping[SampleStage, Mapping[Analyte, str]] = {
    SampleStage.PRE: {Analyte.TOTAL: "12000", Analyte.AUREUS: "<10"},
    SampleStage.POST: {Analyte.TOTAL: "<10"},
}
CEREUS: Mapping[Analyte, str] = {Analyte.TOTAL: "40", Analyte.CEREUS: "40"}


class LotStory(StrEnum):
    """The fate of a lot."""

    RELEASED = "released"
    CURVE_FAILED = "curve_failed"
    CEREUS = "cereus"
    """*Bacillus cereus* grows after heating."""
    SPILT = "spilt"
    """More is lost than tolerated; two people release it."""
    READY = "ready"
    """Nothing is missing but the signature."""
    PEAK = "peak"
    """The curve is amber; two people may release it."""
    AWAITED = "awaited"
    """The first results await their second reader, and those after heating have not come."""


CURVES = {LotStory.CURVE_FAILED: CurveStory.DIP, LotStory.PEAK: CurveStory.PEAK}


@dataclass(slots=True, kw_only=True)
class DemoLot:
    """A lot to be made from the bottles of some visits of one donor."""

    bench: DemoBench
    freezers: Freezers
    device_id: int
    story: LotStory
    pickups: Sequence[int]
    lot_id: int = 0

    def make(self, at: datetime) -> None:
        """Thaw, pool, fill, label and heat the bottles on one day, and take both samples."""
        bench, session = self.bench, self.bench.session
        for number in (numbers := self._numbers()):
            begin_thaw(session, **bench.by(bench.technician, at), number=number)
        told = bench.by(bench.technician, at + POOLED)
        pool = make_pool(session, **told, line=MilkLine.DONATED)
        inputs = [
            empty_into_pool(session, **told, pool_id=pool.id, number=number) for number in numbers
        ]
        volume_ml = sum(session.get_one(Intake, each.intake_id).volume_ml for each in inputs)
        labels, rest_ml = self._fill(pool.id, volume_ml, at + POOLED)
        self._sample(SampleStage.PRE, at + POOLED)
        spilt = self.story is LotStory.SPILT
        close_pool(
            session,
            **told,
            pool_id=pool.id,
            sampled_ml=SAMPLE_ML,
            discarded_ml=rest_ml,
            loss_reason="Un flacon renversé au remplissage." if spilt else "",
        )
        self._heat(at + HEATED)
        passed = self.story is not LotStory.CURVE_FAILED
        if passed:
            self._sample(SampleStage.POST, at + COOLED)
        self.freezers.put(StorageZone.HEATED if passed else StorageZone.BACK, labels, at + COOLED)

    def examine(self, at: datetime) -> None:
        """Enter the results that have come, and let the second person verify them."""
        self._enter(SampleStage.PRE, PASSING[SampleStage.PRE], at)
        if self.story is LotStory.CEREUS:
            self._enter(SampleStage.POST, CEREUS, at)
        elif self.story not in {LotStory.CURVE_FAILED, LotStory.AWAITED}:
            self._enter(SampleStage.POST, PASSING[SampleStage.POST], at)

    def decide(self, at: datetime) -> None:
        """Sign as the checks of the lot ask; some lots wait for the visitor."""
        bench, session = self.bench, self.bench.session
        told = bench.by(bench.releaser, at) | {"lot_id": self.lot_id}
        if self.story is LotStory.RELEASED:
            seen = {self.lot_id: self._digest(at)}
            release_green(session, **bench.by(bench.releaser, at), seen=seen)
        elif self.story is LotStory.SPILT:
            reasons = {"balance": "Perte connue et pesée ; le reste du mélange est intact."}
            propose_exception(session, **told, seen=self._digest(at), reasons=reasons)
            signed_at = at + timedelta(hours=1)
            sign_exception(session, **told | bench.by(bench.quality, signed_at))
        elif self.story is LotStory.CURVE_FAILED:
            reject_lot(session, **told, reason="Plateau interrompu : 62,5 °C non tenus 30 minutes.")
        elif self.story is LotStory.CEREUS:
            reject_lot(session, **told, reason="Bacillus cereus après pasteurisation.")
        else:
            return
        is_released = self.story in {LotStory.RELEASED, LotStory.SPILT}
        zone = StorageZone.RELEASED if is_released else StorageZone.BACK
        self.freezers.put(zone, self._labels(), at + timedelta(hours=2))

    def destroy(self, at: datetime) -> None:
        """Put the rejected bottles on a list; the one of *B. cereus* awaits its witness."""
        bench, session = self.bench, self.bench.session
        listed = begin_destruction(
            session,
            **bench.by(bench.technician, at),
            reason=DestructionReason.REJECTED,
            method=DestructionMethod.CARE_WASTE,
            note="",
        )
        for label in (labels := self._labels()):
            add_to_destruction(
                session, now=at, bank_id=bench.bank_id, destruction_id=listed.id, label=label
            )
        if self.story is LotStory.CURVE_FAILED:
            told = bench.by(bench.releaser, at + timedelta(minutes=20))
            witness_destruction(session, **told, destruction_id=listed.id, seen=len(labels))

    def hold_and_lift(self, at: datetime) -> None:
        """Hold the lot for a day; quality and the releasing officer lift the hold."""
        bench, session = self.bench, self.bench.session
        hold = open_hold(
            session,
            **bench.by(bench.technician, at),
            subject=HoldSubject.LOT,
            subject_id=self.lot_id,
            reason="Étiquette illisible sur un flacon : vérification du lot.",
        )
        told = bench.by(bench.quality, at + timedelta(hours=26)) | {"hold_id": hold.id}
        ask_to_lift(session, **told, reason="Lot compté et relu en entier ; étiquette remplacée.")
        lift_hold(session, **told | bench.by(bench.releaser, at + timedelta(hours=27)))

    def _numbers(self) -> Sequence[str]:
        return self.bench.session.scalars(
            select(Container.number)
            .join(Intake, Intake.container_id == Container.id)
            .where(
                Container.pickup_id.in_(self.pickups),
                Intake.state == IntakeState.QUARANTINE,
                Intake.withdrawn_at.is_(None),
            )
            .order_by(Container.number)
        ).all()

    def _fill(self, pool_id: int, volume_ml: int, at: datetime) -> tuple[list[str], int]:
        """Fill, label and scan back the bottles; return their numbers and the rest in millilitres.

        The last bottle is smaller; a rest that is too small for one is poured away.
        """
        bench, session = self.bench, self.bench.session
        lost = SPILT_SHARE if self.story is LotStory.SPILT else LOST_SHARE
        count, rest = divmod(int(volume_ml * (1 - lost)) - SAMPLE_ML, BOTTLE_ML)
        told = bench.by(bench.technician, at) | {"pool_id": pool_id}
        bottles = fill_bottles(session, **told, count=count, volume_ml=BOTTLE_ML, filled_before=0)
        if rest >= LEAST_ML:
            bottles += fill_bottles(session, **told, count=1, volume_ml=rest, filled_before=count)
            rest = 0
        self.lot_id = bottles[0].lot_id
        print_labels(session, **told, layout="a4_65", first_label=1, reason="")
        labels = [each.number for each in bottles]
        for label in labels:
            scan_back(session, now=at, bank_id=bench.bank_id, pool_id=pool_id, text=label)
        return labels, rest

    def _heat(self, at: datetime) -> None:
        bench, session = self.bench, self.bench.session
        content, ended_at = curve_file(at, CURVES.get(self.story, CurveStory.GOOD))
        told = bench.by(bench.technician, at)
        cycle = load_cycle(session, **told, device_id=self.device_id, lots=[self.lot_id])
        begin_cycle(session, **told, cycle_id=cycle.id)
        ended = bench.by(bench.technician, ended_at) | {"cycle_id": cycle.id}
        end_cycle(session, **ended)
        keep_curve(session, **ended, content=content)

    def _sample(self, stage: SampleStage, at: datetime) -> None:
        bench, session = self.bench, self.bench.session
        told = bench.by(bench.technician, at)
        sample = take_sample(session, **told, lot_id=self.lot_id, stage=stage, volume_ml=SAMPLE_ML)
        send_sample(session, **told, sample_id=sample.id, laboratory=HOSPITAL)

    def _enter(self, stage: SampleStage, readings: Mapping[Analyte, str], at: datetime) -> None:
        bench, session = self.bench, self.bench.session
        sample = session.scalars(
            select(LabSample).where(LabSample.lot_id == self.lot_id, LabSample.stage == stage)
        ).one()
        drafts = [
            ResultDraft(
                plate=1,
                analyte=analyte,
                figure=parse_result(text),
                unit=ResultUnit.CFU_ML,
                plated_ul=100,
            )
            for analyte, text in readings.items()
        ]
        told = bench.by(bench.technician, at)
        rows = enter_results(session, **told, sample_id=sample.id, drafts=drafts)
        if self.story is not LotStory.AWAITED:
            verified = bench.by(bench.releaser, at + timedelta(hours=1))
            verify_results(session, **verified, results=[row.id for row in rows])

    def _digest(self, at: datetime) -> str:
        bench = self.bench
        told = bench.by(bench.releaser, at)
        return lot_page(bench.session, **told, lot_id=self.lot_id).lot.digest

    def _labels(self) -> Sequence[str]:
        found = (
            select(Bottle.number).join(Lot, Lot.id == Bottle.lot_id).where(Lot.id == self.lot_id)
        )
        return self.bench.session.scalars(found.order_by(Bottle.number)).all()

"""A laboratory to measure on: lots that wait for release, each of 25 containers and 40 bottles.

Written in bulk with the columns that the actions write; the same every time.
"""

from __future__ import annotations

import zlib
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from collector.banks.actions import found_bank
from collector.custody.models import Container, ContainerKind, ContainerState
from collector.db import Base
from collector.donors.models import Serology, SerologyOutcome
from collector.laboratory.heating.actions import write_device
from collector.laboratory.heating.models import (
    CurveProfileName,
    Cycle,
    CycleCurve,
    CycleState,
)
from collector.laboratory.labels.numbers import bottle_number
from collector.laboratory.pooling.models import (
    Bottle,
    LabelPrint,
    Lot,
    LotState,
    MilkPool,
    PoolInput,
    PoolState,
)
from collector.laboratory.pooling.numbering import next_pool_number
from collector.laboratory.reception.models import Intake, IntakeState, VolumeMeasure
from collector.laboratory.sampling.actions import take_sample
from collector.laboratory.sampling.models import Analyte, ResultUnit, SampleStage
from collector.laboratory.sampling.results import ResultDraft, enter_results, verify_results
from collector.laboratory.sampling.spellings import parse_result
from collector.people.actions import add_person
from collector.people.models import Role
from collector.pickups.models import MilkLine
from tests.builders import add_donor, add_pickup, add_site

CONTAINERS, CONTAINER_ML, BOTTLES, BOTTLE_ML, LOTS_IN_A_CYCLE = 25, 200, 40, 124, 4
FIGURES = {"minutes": 0, "seconds": 1800, "celsius": 62.8, "until": "2027-12-31"}
CHECKS = [
    {"key": key, "colour": "green", "figures": FIGURES}
    for key in ("file", "times", "plateau", "gaps", "maximum", "warm", "cooling", "device")
]
READ = {
    SampleStage.PRE: {Analyte.TOTAL: "1000", Analyte.AUREUS: "<10"},
    SampleStage.POST: {Analyte.TOTAL: "0"},
}


class LaboratoryBank:
    """A bank with lots whose checks are all green, and Rose, who releases them."""

    def __init__(self, session: Session, now: datetime, *, lots: int) -> None:
        self.session, self.now = session, now
        bank = found_bank(session, now=now, slug="laboratory", name="Bench bank", town="Pessac")
        self.bank, self.day = bank.id, now.date()
        self.site = add_site(session, bank.id).id
        self.lea, self.leo, self.rose = (
            self.person(name, role)
            for name, role in (
                ("Lea", Role.LABORATORY),
                ("Leo", Role.LABORATORY),
                ("Rose", Role.RELEASER),
            )
        )
        told: dict[str, Any] = {"now": now, "bank_id": bank.id, "person_id": self.lea}
        self.told = told
        self.device = write_device(
            session,
            **told,
            serial="S-1",
            name="Pasteuriser",
            profile=CurveProfileName.LONG_UTC,
            qualified_until=self.day + timedelta(days=365),
            calibrated_until=self.day + timedelta(days=365),
        ).id
        cycle = 0
        for place in range(lots):
            if place % LOTS_IN_A_CYCLE == 0:
                cycle = self.cycle(place)
            self.sample(self.lot(place, cycle))

    def person(self, name: str, role: Role) -> int:
        """Add a member of the staff."""
        return add_person(
            self.session,
            bank_id=self.bank,
            name=name,
            email=f"{name.lower()}@laboratory.example",
            roles=[role],
            language="fr",
        ).id

    def add(self, row: type[Base], **values: Any) -> int:  # noqa: ANN401 - columns of any kind
        """Write one row, and return its key."""
        found = row(bank_id=self.bank, **values)
        self.session.add(found)
        self.session.flush()
        return found.id

    def cycle(self, place: int) -> int:
        """Write a cycle that passed its curve."""
        key = self.add(
            Cycle,
            device_id=self.device,
            operator_id=self.lea,
            state=CycleState.CURVE_OK,
            loaded_at=self.now,
            began_at=self.now,
            ended_at=self.now,
        )
        self.add(
            CycleCurve,
            cycle_id=key,
            sha256=str(place),
            file=zlib.compress(b"time,probe,celsius\n"),
            profile=CurveProfileName.LONG_UTC,
            checks=CHECKS,
            imported_by_id=self.lea,
            imported_at=self.now,
        )
        return key

    def lot(self, place: int, cycle: int) -> int:
        """Write a donor with 25 containers, their pool, and its 40 bottles."""
        session, expressed = self.session, self.day - timedelta(days=20)
        pool = self.add(
            MilkPool,
            number=next_pool_number(session, bank_id=self.bank, today=self.day),
            line=MilkLine.DONATED,
            state=PoolState.CLOSED,
            made_by_id=self.lea,
            made_at=self.now,
            closed_by_id=self.lea,
            closed_at=self.now,
            sampled_ml=0,
            discarded_ml=0,
            loss_reason="",
        )
        for number in range(CONTAINERS):
            self.pool_container(pool, place, number, expressed)
        lot = self.add(
            Lot,
            pool_id=pool,
            cycle_id=cycle,
            expires_on=self.day + timedelta(days=180),
            state=LotState.WAITING,
        )
        self.fill(lot, session.get_one(MilkPool, pool).number)
        return lot

    def pool_container(self, pool: int, place: int, number: int, expressed: date) -> None:
        """Write a container that was taken over and emptied into a pool."""
        if number == 0:
            self.donor = self.covered_donor(expressed)
        container = self.add(
            Container,
            number=f"MR-{place}-{number}",
            donor_id=self.donor[0],
            pickup_id=self.donor[1],
            state=ContainerState.RECEIVED,
            refused_because=None,
            kind=ContainerKind.BOTTLE,
            taken_over_at=self.now,
        )
        intake = self.add(
            Intake,
            container_id=container,
            site_id=self.site,
            line=MilkLine.DONATED,
            child_of_id=None,
            volume_ml=CONTAINER_ML,
            measured=VolumeMeasure.READ,
            expressed_first=expressed,
            expressed_last=expressed + timedelta(days=4),
            days_after_birth=None,
            preterm="unknown",
            dairy_free="unknown",
            state=IntakeState.POOLED,
            refused_because=None,
            note="",
            taken_by_id=self.lea,
            taken_at=self.now,
            withdrawn_at=None,
            thaw_began_at=self.now - timedelta(hours=12),
        )
        self.add(
            PoolInput,
            pool_id=pool,
            intake_id=intake,
            added_by_id=self.lea,
            added_at=self.now,
            withdrawn_at=None,
        )

    def covered_donor(self, expressed: date) -> tuple[int, int]:
        """Add a donor with a clear blood test and a visit; return both keys."""
        donor = add_donor(self.session, self.bank, serology_until=None)
        self.add(
            Serology,
            donor_id=donor.id,
            drawn_on=expressed,
            outcome=SerologyOutcome.CLEAR,
            valid_until=expressed + timedelta(days=90),
        )
        return donor.id, add_pickup(self.session, donor).id

    def fill(self, lot: int, pool: str) -> None:
        """Write the bottles of a lot and the print of their labels."""
        labels = filter(None, (bottle_number(pool, division) for division in range(1, 99)))
        rows = [
            {
                "bank_id": self.bank,
                "number": label,
                "lot_id": lot,
                "volume_ml": BOTTLE_ML,
                "filled_at": self.now,
                "scanned_back_at": self.now,
            }
            for label, _ in zip(labels, range(BOTTLES), strict=False)
        ]
        self.session.execute(insert(Bottle), rows)
        self.add(
            LabelPrint,
            lot_id=lot,
            layout="a4_65",
            first_label=1,
            copies=BOTTLES,
            reprint=0,
            reason="",
            printed_by_id=self.lea,
            printed_at=self.now,
        )

    def sample(self, lot: int) -> None:
        """Take both samples of a lot, with results that a second person verified."""
        for stage, figures in READ.items():
            found = take_sample(self.session, **self.told, lot_id=lot, stage=stage, volume_ml=1)
            drafts = [
                ResultDraft(
                    plate=1,
                    analyte=analyte,
                    figure=parse_result(text),
                    unit=ResultUnit.CFU_ML,
                    plated_ul=100,
                )
                for analyte, text in figures.items()
            ]
            rows = enter_results(self.session, **self.told, sample_id=found.id, drafts=drafts)
            told = self.told | {"person_id": self.leo}
            verify_results(self.session, **told, results=[row.id for row in rows])

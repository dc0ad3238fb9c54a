"""Quarantine: accepted intakes, oldest first, each with the reasons that block it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import policies_of
from collector.custody.discrepancies import differing_containers
from collector.custody.queries import containers_in_excursions
from collector.donors.models import Decision, Serology
from collector.laboratory.destructions.queries import intakes_on_lists
from collector.laboratory.reception.held_milk import held_intakes
from collector.laboratory.reception.models import Intake, IntakeState
from collector.laboratory.reception.queries import donor_numbers
from collector.laboratory.reception.serology_cover import SerologyCover, serology_cover
from collector.laboratory.units.warm_milk import all_warm_intakes, warm_intakes

LINES_OF_PAGE = 200
"""The bottles that one page of the quarantine shows."""


class IntakeBlock(StrEnum):
    """Reasons for which an intake may not be pooled yet, or not at all."""

    SEROLOGY = "serology"
    """A day of expression is not covered by a clear blood sample."""
    TOO_OLD = "too_old"
    EXCURSION = "excursion"
    """A temperature above its limit is undecided, or the milk is to be thrown away."""
    DISCREPANCY = "discrepancy"
    HELD = "held"
    """A hold on the container, its donor or a unit is open."""
    DESTRUCTION = "destruction"
    """It is on a list of things to destroy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineLine:
    """An intake with the reasons that block it; none means that it may be pooled."""

    intake: Intake
    donor_number: str
    blocks: tuple[IntakeBlock, ...]
    heat_before: date
    """The last day on which the milk may be heated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineDonor:
    """A donor's intakes of one line in quarantine."""

    donor_number: str
    own_child: bool
    lines: list[QuarantineLine] = field(default_factory=list)

    @property
    def volume_ml(self) -> int:
        """The volume of all, in millilitres."""
        return sum(line.intake.volume_ml for line in self.lines)

    @property
    def free_ml(self) -> int:
        """The volume that nothing blocks, in millilitres."""
        return sum(line.intake.volume_ml for line in self.lines if not line.blocks)


def quarantine_of(session: Session, *, bank_id: int, today: date) -> list[QuarantineDonor]:
    """Return the intakes in quarantine by donor and line, the oldest milk first."""
    intakes = session.scalars(
        select(Intake)
        .options(joinedload(Intake.container))
        .where(
            Intake.bank_id == bank_id,
            Intake.state.in_((IntakeState.QUARANTINE, IntakeState.THAWING)),
            Intake.withdrawn_at.is_(None),
        )
        .order_by(Intake.expressed_first, Intake.id)
    )
    found: dict[tuple[str, bool], QuarantineDonor] = {}
    for line in judged(session, bank_id=bank_id, intakes=list(intakes), today=today):
        own_child = line.intake.child_of_id is not None
        key = line.donor_number, own_child
        donor = found.setdefault(key, QuarantineDonor(donor_number=key[0], own_child=own_child))
        donor.lines.append(line)
    return list(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinePage:
    """The part of the quarantine that one page shows."""

    page: int
    """Counted from one."""
    pages: int
    bottles: int
    """The bottles of all pages."""
    shown: Sequence[tuple[QuarantineDonor, Sequence[QuarantineLine]]]
    """The donors of this page, each with those of her lines that it shows."""


def quarantine_page(donors: Sequence[QuarantineDonor], *, page: int) -> QuarantinePage:
    """Return one page of the quarantine; a page beyond the last one is the last one."""
    bottles = sum(len(donor.lines) for donor in donors)
    pages = max(1, -(-bottles // LINES_OF_PAGE))
    page = min(max(page, 1), pages)
    begin, shown = (page - 1) * LINES_OF_PAGE, []
    end = begin + LINES_OF_PAGE
    before = 0
    for donor in donors:
        lines = donor.lines[max(begin - before, 0) : max(end - before, 0)]
        before += len(donor.lines)
        if lines:
            shown.append((donor, lines))
    return QuarantinePage(page=page, pages=pages, bottles=bottles, shown=shown)


def judged(
    session: Session, *, bank_id: int, intakes: Sequence[Intake], today: date
) -> list[QuarantineLine]:
    """Return the reasons that block each of these intakes today.

    Parameters
    ----------
    intakes
        Accepted intakes with their containers loaded.
    """
    policies = policies_of(session, bank_id)
    donors = {each.container.donor_id for each in intakes}
    covers = covers_of(session, donors, policies)
    numbers = donor_numbers(session, donors)
    warm = containers_in_excursions(session, bank_id=bank_id)
    warm_here = _warm_here(session, bank_id, intakes)
    differing = set(differing_containers(session, bank_id=bank_id))
    listed = intakes_on_lists(session, bank_id=bank_id)
    held = held_intakes(session, bank_id=bank_id, intakes=intakes)
    lines: list[QuarantineLine] = []
    for intake in intakes:
        first, last = _days(intake)
        heat_before = first + timedelta(days=policies[PolicyKey.RAW_AGE_DAYS])
        reasons = {
            IntakeBlock.SEROLOGY: not covers[intake.container.donor_id].covers_all(first, last),
            IntakeBlock.TOO_OLD: today > heat_before,
            IntakeBlock.EXCURSION: intake.container.number in warm or intake.id in warm_here,
            IntakeBlock.DISCREPANCY: intake.container_id in differing,
            IntakeBlock.HELD: intake.id in held,
            IntakeBlock.DESTRUCTION: intake.id in listed,
        }
        lines.append(
            QuarantineLine(
                intake=intake,
                donor_number=numbers[intake.container.donor_id],
                blocks=tuple(block for block, holds in reasons.items() if holds),
                heat_before=heat_before,
            )
        )
    return lines


def _warm_here(session: Session, bank_id: int, intakes: Sequence[Intake]) -> set[int]:
    """Return the intakes that a warm unit blocks; for many of them, all of the bank."""
    if len(intakes) > LINES_OF_PAGE:
        # Thousands of keys in one statement cost more than the blocked milk of all units.
        return all_warm_intakes(session, bank_id=bank_id)
    return warm_intakes(session, [each.id for each in intakes])


def _days(intake: Intake) -> tuple[date, date]:
    """Return the first and the last day of expression of an accepted intake."""
    if intake.expressed_first is None or intake.expressed_last is None:
        raise AssertionError("an accepted intake has its days of expression")
    return intake.expressed_first, intake.expressed_last


def covers_of(session: Session, donors: set[int], policies: Policies) -> dict[int, SerologyCover]:
    """Return the serology cover of each of these donors, by key."""
    samples: dict[int, list[Serology]] = defaultdict(list)
    for sample in session.scalars(select(Serology).where(Serology.donor_id.in_(donors))):
        samples[sample.donor_id].append(sample)
    steps: dict[int, list[Decision]] = defaultdict(list)
    decided = select(Decision).where(Decision.donor_id.in_(donors)).order_by(Decision.id)
    for step in session.scalars(decided):
        steps[step.donor_id].append(step)
    lookback = policies[PolicyKey.SEROLOGY_LOOKBACK_DAYS]
    return {
        donor: serology_cover(samples[donor], steps[donor], lookback_days=lookback)
        for donor in donors
    }

"""Eligibility of a donor on one day, computed from her file; a professional decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from collector.banks.policies import Policies, PolicyKey
from collector.donors.models import Donor, DonorState, Serology, SerologyOutcome, WhySuspended


class EligibilityVerdict(StrEnum):
    """A computed verdict; never a medical decision."""

    NOTHING_FOUND = "nothing_found"
    NEEDS_REVIEW = "needs_review"
    BLOCKED = "blocked"


class EligibilityReason(StrEnum):
    """A reason against a visit on a day."""

    EXCLUDED = "excluded"
    ENDED = "ended"
    SUSPENDED = "suspended"
    SEROLOGY_NOT_CLEAR = "serology_not_clear"
    SUSPENSION_OVER = "suspension_over"
    NOT_INTERVIEWED = "not_interviewed"
    NO_CONSENT = "no_consent"
    NO_SEROLOGY = "no_serology"
    SEROLOGY_PENDING = "serology_pending"
    SEROLOGY_LAPSED = "serology_lapsed"
    NOT_YET_ELIGIBLE = "not_yet_eligible"
    BABY_TOO_OLD = "baby_too_old"


BLOCKING = frozenset(
    {
        EligibilityReason.EXCLUDED,
        EligibilityReason.ENDED,
        EligibilityReason.SUSPENDED,
        EligibilityReason.SEROLOGY_NOT_CLEAR,
    }
)
"""Reasons by which a professional has decided, or must decide before a visit."""

BLOOD_HELPS = frozenset({EligibilityReason.NO_SEROLOGY, EligibilityReason.SEROLOGY_LAPSED})
"""Reasons that a blood sample drawn at the visit removes."""

UNFINISHED = frozenset(
    {
        DonorState.CANDIDATE,
        DonorState.PRESCREENED,
        DonorState.INTERVIEWED,
        DonorState.AWAITING_SEROLOGY,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict for one day, with every reason."""

    verdict: EligibilityVerdict
    reasons: tuple[EligibilityReason, ...]


def judge(donor: Donor, *, on: date, policies: Policies) -> Judgement:
    """Judge a donor's file for a visit on a day.

    Parameters
    ----------
    donor
        A donor with `serologies` loaded.
    on
        The day of the visit, never the day of the request.
    """
    reasons = (
        *_state_reasons(donor, on),
        *_paper_reasons(donor, on),
        *_serology_reasons(donor, on),
        *_baby_reasons(donor, on, policies),
    )
    return Judgement(verdict=_verdict(reasons), reasons=reasons)


def serology_valid_until(donor: Donor) -> date | None:
    """Return the last day on which a clear result is valid, or None if there is none."""
    return max((day for result in donor.serologies if (day := _valid_until(result))), default=None)


def is_serology_unclear(results: Iterable[Serology]) -> bool:
    """Return whether the latest answered result is not clear; an older clear one is outweighed."""
    answered = [result for result in results if result.outcome is not SerologyOutcome.PENDING]
    return bool(answered) and max(answered, key=_drawn).outcome is SerologyOutcome.NOT_CLEAR


def baby_limit(donor: Donor, policies: Policies) -> date | None:
    """Return the last day on which the baby's age allows a collection; None if it is unknown."""
    if donor.baby_born_on is None:
        return None
    return donor.baby_born_on + timedelta(days=policies[PolicyKey.BABY_AGE_DAYS])


def _verdict(reasons: tuple[EligibilityReason, ...]) -> EligibilityVerdict:
    if not reasons:
        return EligibilityVerdict.NOTHING_FOUND
    return (
        EligibilityVerdict.BLOCKED if BLOCKING & set(reasons) else EligibilityVerdict.NEEDS_REVIEW
    )


def _state_reasons(donor: Donor, on: date) -> list[EligibilityReason]:
    if donor.state is DonorState.EXCLUDED:
        return [EligibilityReason.EXCLUDED]
    if donor.state is DonorState.ENDED:
        return [EligibilityReason.ENDED]
    if donor.suspended_because is WhySuspended.SEROLOGY_LAPSED:
        return []  # the blood test gives its own reason, which a sample at the visit removes
    if donor.state is DonorState.SUSPENDED:
        over = donor.suspended_until is not None and on > donor.suspended_until
        return [EligibilityReason.SUSPENSION_OVER if over else EligibilityReason.SUSPENDED]
    return [EligibilityReason.NOT_YET_ELIGIBLE] if donor.state in UNFINISHED else []


def _paper_reasons(donor: Donor, on: date) -> list[EligibilityReason]:
    found = []
    if donor.interview_signed_on is None or donor.interview_signed_on > on:
        found.append(EligibilityReason.NOT_INTERVIEWED)
    if donor.consent_version is None:
        found.append(EligibilityReason.NO_CONSENT)
    return found


def _serology_reasons(donor: Donor, on: date) -> list[EligibilityReason]:
    drawn = [result for result in donor.serologies if result.drawn_on <= on]
    if not drawn:
        return [EligibilityReason.NO_SEROLOGY]
    if is_serology_unclear(drawn):
        return [EligibilityReason.SEROLOGY_NOT_CLEAR]
    if any((until := _valid_until(result)) is not None and on <= until for result in drawn):
        return []
    waiting = max(drawn, key=_drawn).outcome is SerologyOutcome.PENDING
    return [EligibilityReason.SEROLOGY_PENDING if waiting else EligibilityReason.SEROLOGY_LAPSED]


def _baby_reasons(donor: Donor, on: date, policies: Policies) -> list[EligibilityReason]:
    limit = baby_limit(donor, policies)
    return [EligibilityReason.BABY_TOO_OLD] if limit is not None and on > limit else []


def _valid_until(result: Serology) -> date | None:
    return result.valid_until if result.outcome is SerologyOutcome.CLEAR else None


def _drawn(result: Serology) -> tuple[date, int]:
    return (result.drawn_on, result.id or 0)

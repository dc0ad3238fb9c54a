"""Writing of release: signatures, exceptions by two people, rejection, withdrawal.

Every signature computes the checks again inside its transaction, with the lots locked. A page
carries the digest of the checks that it showed; if they have changed, nothing is signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import AuditAct, record_acts
from collector.banks.policies import PolicyKey, Switch
from collector.db import owned
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.heating.judgement import Colour
from collector.laboratory.holding.actions import refuse_unfit_pair
from collector.laboratory.holding.models import LotDecision, LotVerdict
from collector.laboratory.holding.withdrawal import withdraw
from collector.laboratory.pooling.models import Lot, LotState
from collector.laboratory.release.checks import (
    LotCheck,
    colour_of,
    digest_of_checks,
    judge_lot,
)
from collector.laboratory.release.facts import LotFacts, facts_of
from collector.laboratory.release.models import ReleaseProposal
from collector.laboratory.sampling.actions import lock_lot

LONGEST_REASON = 500
"""Longest reason of a decision, in characters."""
USED = (
    PolicyKey.RAW_AGE_DAYS,
    PolicyKey.SEROLOGY_LOOKBACK_DAYS,
    PolicyKey.THAW_TO_HEAT_HOURS,
    PolicyKey.BALANCE_TOLERANCE_PERMILLE,
    PolicyKey.RELEASE_INDEPENDENT,
)
"""The rules of the bank that are kept with a decision."""
UNDECIDED = (LotState.WAITING, LotState.WITHDRAWN)


def release_green(
    session: Session, *, now: datetime, bank_id: int, person_id: int, seen: Mapping[int, str]
) -> list[Lot]:
    """Release lots that are green, all or none, by one signature.

    Parameters
    ----------
    seen
        The digest of the checks that the person saw, by the key of the lot.

    Raises
    ------
    NotFound
        The bank has no such lot.
    Conflict
        `lot_decided` (`pool`); `lot_changed` (`pool`): its checks differ from those seen.
    Refused
        `lots_missing`; `lot_red`, `lot_amber` (`pool`); `release_not_independent` (`pool`).
    """
    if not seen:
        raise Refused("lots_missing")
    found = _locked_facts(session, now, bank_id, list(seen))
    decided = []
    for facts in found:
        checks = judge_lot(facts)
        _refuse_changed(facts, checks, seen[facts.lot.id])
        colour = colour_of(checks)
        if colour is not Colour.GREEN:
            raise Refused(f"lot_{colour.value}", pool=facts.pool.number)
        _refuse_worker(facts, person_id)
        decided.append(_decision(facts, checks, LotVerdict.RELEASED, now, person_id))
    _write(session, now, bank_id, decided, "lot released")
    return [facts.lot for facts in found]


def propose_exception(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    lot_id: int,
    seen: str,
    reasons: Mapping[str, str],
) -> ReleaseProposal:
    """Sign first that an amber lot be released, with a reason for each amber check.

    Raises
    ------
    NotFound
        The bank has no such lot.
    Conflict
        `lot_decided`, `lot_changed` (`pool`).
    Refused
        `lot_red`, `lot_green` (`pool`); `reason_missing`; `text_too_long` (`most`);
        `release_not_independent` (`pool`).
    """
    (facts,) = _locked_facts(session, now, bank_id, [lot_id])
    checks = judge_lot(facts)
    _refuse_changed(facts, checks, seen)
    if colour_of(checks) is not Colour.AMBER:
        raise Refused(f"lot_{colour_of(checks).value}", pool=facts.pool.number)
    _refuse_worker(facts, person_id)
    amber = [check.key.value for check in checks if check.colour is Colour.AMBER]
    given = {key: _reason(reasons.get(key, "")) for key in amber}
    _close_proposals(session, now, lot_id)
    proposal = ReleaseProposal(
        bank_id=bank_id,
        lot_id=lot_id,
        reasons=given,
        checks=rows_of(checks),
        person_id=person_id,
        proposed_at=now,
        closed_at=None,
    )
    session.add(proposal)
    act = AuditAct(
        actor=f"person:{person_id}", action="exception proposed", subject=f"lot:{lot_id}"
    )
    session.flush()
    record_acts(session, now=now, bank_id=bank_id, acts=[act])
    return proposal


def sign_exception(
    session: Session, *, now: datetime, bank_id: int, person_id: int, lot_id: int
) -> Lot:
    """Release an amber lot by the second signature.

    The checks must still be those that the first person saw.

    Raises
    ------
    NotFound
        The bank has no such lot, or no proposal waits for it.
    Conflict
        `lot_decided`, `lot_changed` (`pool`).
    Refused
        `two_people_needed`; `quality_and_releaser_needed`; `release_not_independent` (`pool`).
    """
    (facts,) = _locked_facts(session, now, bank_id, [lot_id])
    proposal = waiting_proposal(session, lot_id)
    if proposal is None:
        raise NotFound("not_found", kind="release_proposals")
    checks = judge_lot(facts)
    _refuse_changed(facts, checks, digest_of_checks(proposal.checks))
    refuse_unfit_pair(session, first=proposal.person_id, second=person_id)
    _refuse_worker(facts, person_id)
    decision = _decision(facts, checks, LotVerdict.RELEASED, now, proposal.person_id)
    decision.second_id = person_id
    decision.reason = "\n".join(f"{key}: {text}" for key, text in proposal.reasons.items())
    proposal.closed_at = now
    _write(session, now, bank_id, [decision], "lot released with exception")
    return facts.lot


def reject_lot(
    session: Session, *, now: datetime, bank_id: int, person_id: int, lot_id: int, reason: str
) -> Lot:
    """Reject a lot that is not released, with a reason.

    Raises
    ------
    NotFound
        The bank has no such lot.
    Conflict
        `lot_decided` (`pool`).
    Refused
        `reason_missing`; `text_too_long` (`most`).
    """
    (facts,) = _locked_facts(session, now, bank_id, [lot_id])
    checks = judge_lot(facts)
    decision = _decision(facts, checks, LotVerdict.REJECTED, now, person_id)
    decision.reason = _reason(reason)
    _close_proposals(session, now, lot_id)
    _write(session, now, bank_id, [decision], "lot rejected")
    return facts.lot


def withdraw_lot(
    session: Session, *, now: datetime, bank_id: int, person_id: int, lot_id: int, reason: str
) -> Lot:
    """Withdraw a released lot, with a hold at once.

    Raises
    ------
    NotFound
        The bank has no such lot.
    Conflict
        `lot_not_released`.
    Refused
        `reason_missing`; `text_too_long` (`most`).
    """
    lot = lock_lot(session, bank_id=bank_id, lot_id=lot_id)
    if lot.state is not LotState.RELEASED:
        raise Conflict("lot_not_released")
    withdraw(session, now=now, person_id=person_id, lot=lot, reason=reason)
    return lot


def waiting_proposal(session: Session, lot_id: int) -> ReleaseProposal | None:
    """Return the first signature that awaits its second one."""
    return session.scalar(
        select(ReleaseProposal).where(
            ReleaseProposal.lot_id == lot_id, ReleaseProposal.closed_at.is_(None)
        )
    )


def rows_of(checks: Sequence[LotCheck]) -> list[dict[str, Any]]:
    """Return checks as they are kept."""
    return [asdict(check) for check in checks]


def may_sign(facts: LotFacts, person_id: int) -> bool:
    """Return whether a person may sign: with the rule on, not the one who pooled or heated it."""
    is_on = facts.policies.word(PolicyKey.RELEASE_INDEPENDENT) == Switch.ON
    return not is_on or person_id not in facts.workers


def _locked_facts(
    session: Session, now: datetime, bank_id: int, lots: Sequence[int]
) -> list[LotFacts]:
    """Lock lots in the order of their keys, and return the facts of undecided ones."""
    rows = [lock_lot(session, bank_id=bank_id, lot_id=key) for key in sorted(lots)]
    found = facts_of(session, now=now, bank_id=bank_id, lots=rows)
    for facts in found:
        if facts.lot.state not in UNDECIDED:
            raise Conflict("lot_decided", pool=facts.pool.number)
    return found


def _refuse_changed(facts: LotFacts, checks: Sequence[LotCheck], seen: str) -> None:
    if digest_of_checks(rows_of(checks)) != seen:
        raise Conflict("lot_changed", pool=facts.pool.number)


def _refuse_worker(facts: LotFacts, person_id: int) -> None:
    if not may_sign(facts, person_id):
        raise Refused("release_not_independent", pool=facts.pool.number)


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("reason_missing")
    if len(text) > LONGEST_REASON:
        raise Refused("text_too_long", most=LONGEST_REASON)
    return text.strip()


def _close_proposals(session: Session, now: datetime, lot_id: int) -> None:
    proposal = waiting_proposal(session, lot_id)
    if proposal is not None:
        proposal.closed_at = now
        session.flush()


def _decision(
    facts: LotFacts,
    checks: Sequence[LotCheck],
    verdict: LotVerdict,
    now: datetime,
    person_id: int,
) -> LotDecision:
    plans = {each.stage.value: each.plan.edition for each in facts.examinations}
    return LotDecision(
        bank_id=facts.lot.bank_id,
        lot_id=facts.lot.id,
        verdict=verdict,
        reason="",
        checks=rows_of(checks),
        rules={key.value: facts.policies.word(key) for key in USED} | {"editions": plans},
        person_id=person_id,
        second_id=None,
        decided_at=now,
    )


def _write(
    session: Session, now: datetime, bank_id: int, decisions: Sequence[LotDecision], action: str
) -> None:
    """Keep decisions with one audit entry for each lot."""
    for decision in decisions:
        owned(session, Lot, bank_id, decision.lot_id).state = LotState(decision.verdict.value)
    session.add_all(decisions)
    session.flush()
    acts = [
        AuditAct(
            actor=f"person:{each.person_id}",
            action=action,
            subject=f"lot:{each.lot_id}",
            details={
                "checks": {check["key"]: check["colour"] for check in each.checks},
                "rules": each.rules,
                "second": f"person:{each.second_id}" if each.second_id else None,
            },
        )
        for each in decisions
    ]
    record_acts(session, now=now, bank_id=bank_id, acts=acts)

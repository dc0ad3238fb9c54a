"""Requests made, changed, cancelled and accepted, by donors within limits and by staff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.audit.queries import first_broken_link, history_of
from collector.db import transaction
from collector.donors.models import Donor, DonorState
from collector.errors import NotFound, Refused
from collector.pickups import actions
from collector.pickups.drafts import CivilWindow, PickupDraft
from collector.pickups.models import HoldReason, Pickup, PickupState
from collector.pickups.queries import (
    get_pickup,
    inbox,
    pickup_of_donor,
    requests_for_day,
    requests_of_donor,
)
from tests.builders import DAY
from tests.conftest import SetClock
from tests.town import MORNING, Town

pytestmark = pytest.mark.twin

THURSDAY = DAY + timedelta(days=2)
ASKED = PickupDraft(
    bottles=8,
    volume_ml=1500,
    oldest_on=date(2026, 11, 1),
    windows=(CivilWindow(THURSDAY, time(9), time(11)),),
)


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:  # noqa: ARG001 - the town must stand
    with app.app_context(), transaction() as session:
        yield session


def dora_asks(session: Session, town: Town, draft: PickupDraft = ASKED, **how: str) -> Pickup:
    return actions.request_pickup(
        session,
        now=MORNING,
        bank_id=town.bank,
        donor_id=town.dora,
        actor=f"donor:{town.dora}",
        draft=draft,
        **how,
    )


def dora_changes(session: Session, town: Town, pickup: Pickup, draft: PickupDraft) -> Pickup:
    return actions.change(
        session,
        now=MORNING,
        bank_id=town.bank,
        pickup_id=pickup.id,
        actor=f"donor:{town.dora}",
        draft=draft,
    )


def refusal(of: pytest.ExceptionInfo[Refused]) -> str:
    return of.value.code


def test_a_request_is_in_the_inbox_and_in_the_audit_chain(session: Session, town: Town) -> None:
    pickup = dora_asks(session, town)
    assert [row.id for row in inbox(session, town.bank)] == [pickup.id]
    assert inbox(session, town.other_bank) == []
    (entry,) = history_of(session, bank_id=town.bank, subject=f"pickup:{pickup.id}")
    assert (entry.action, entry.actor) == ("pickup asked", f"donor:{town.dora}")
    assert first_broken_link(session, town.bank) is None


def test_the_same_form_sent_twice_asks_once(session: Session, town: Town) -> None:
    first = dora_asks(session, town, once="a form")
    again = dora_asks(session, town, once="a form")
    assert first.id == again.id
    made = session.scalar(
        select(func.count()).select_from(Pickup).where(Pickup.donor_id == town.dora)
    )
    assert made == 2, "the town's own and this one"


def test_another_donors_form_key_shows_nothing_of_hers(session: Session, town: Town) -> None:
    dora_asks(session, town, once="a form")
    with pytest.raises(NotFound):
        actions.request_pickup(
            session,
            now=MORNING,
            bank_id=town.bank,
            donor_id=town.elise,
            actor=f"donor:{town.elise}",
            draft=ASKED,
            once="a form",
        )


def test_a_donor_asks_once_a_day_and_a_colleague_may_type_a_second(
    session: Session, town: Town
) -> None:
    twice = replace(ASKED, windows=(CivilWindow(DAY, time(9), time(11)),))
    with pytest.raises(Refused) as refused:
        dora_asks(session, town, twice)
    assert refusal(refused) == "already_asked"
    typed = actions.request_pickup(
        session,
        now=MORNING,
        bank_id=town.bank,
        donor_id=town.dora,
        actor=f"person:{town.claire}",
        draft=twice,
    )
    assert typed.state is PickupState.ASKED


def test_an_excluded_donor_is_refused(session: Session, town: Town) -> None:
    session.get_one(Donor, town.dora).state = DonorState.EXCLUDED
    with pytest.raises(Refused) as refused:
        dora_asks(session, town)
    assert refusal(refused) == "donor_blocked"


def test_a_suspension_that_ends_before_one_of_her_days_does_not_block(
    session: Session, town: Town
) -> None:
    donor = session.get_one(Donor, town.dora)
    donor.state, donor.suspended_until = DonorState.SUSPENDED, THURSDAY
    with pytest.raises(Refused):
        dora_asks(session, town)
    donor.suspended_until = DAY
    assert dora_asks(session, town).state is PickupState.ASKED


def test_another_banks_donor_is_not_found(session: Session, town: Town) -> None:
    with pytest.raises(NotFound):
        actions.request_pickup(
            session,
            now=MORNING,
            bank_id=town.bank,
            donor_id=town.stranger_donor,
            actor=f"person:{town.claire}",
            draft=ASKED,
        )


def test_a_yes_opens_a_hold_and_refuses_nothing(session: Session, town: Town) -> None:
    sick = (HoldReason.ILLNESS,)
    pickup = dora_asks(session, town, replace(ASKED, health=sick))
    assert [hold.reason for hold in pickup.holds] == [HoldReason.ILLNESS]
    (entry,) = history_of(session, bank_id=town.bank, subject=f"pickup:{pickup.id}")
    assert "illness" not in str(entry.details), "a health answer stays out of the chain"


def test_only_a_colleague_clears_a_hold_and_a_no_does_not(session: Session, town: Town) -> None:
    pickup = dora_asks(session, town, replace(ASKED, health=(HoldReason.ILLNESS,)))
    dora_changes(session, town, pickup, replace(ASKED, health=()))
    (hold,) = pickup.holds
    assert hold.cleared_at is None
    actions.clear_hold(
        session,
        now=MORNING,
        bank_id=town.bank,
        pickup_id=pickup.id,
        hold_id=hold.id,
        person_id=town.claire,
    )
    assert hold.cleared_by_id == town.claire
    with pytest.raises(NotFound):
        actions.clear_hold(
            session,
            now=MORNING,
            bank_id=town.bank,
            pickup_id=town.pickups[1],
            hold_id=hold.id,
            person_id=town.claire,
        )


def test_a_smaller_change_keeps_the_answer_and_other_hours_ask_again(
    session: Session, town: Town
) -> None:
    pickup = dora_asks(session, town)
    key, who = pickup.id, f"person:{town.claire}"
    actions.accept(session, now=MORNING, bank_id=town.bank, pickup_id=key, actor=who)
    dora_changes(session, town, pickup, replace(ASKED, bottles=9))
    assert (pickup.state, pickup.bottles) == (PickupState.ACCEPTED, 9)
    later = (CivilWindow(THURSDAY, time(9), time(12)),)
    dora_changes(session, town, pickup, replace(ASKED, windows=later))
    assert pickup.state is PickupState.ASKED
    assert [(w.day, w.opens, w.closes) for w in pickup.windows] == list(later)


def test_a_wrong_change_changes_nothing(session: Session, town: Town) -> None:
    pickup = dora_asks(session, town)
    with pytest.raises(Refused) as refused:
        dora_changes(session, town, pickup, replace(ASKED, bottles=0))
    assert refusal(refused) == "number_out_of_bounds"
    assert pickup.bottles == 8


def test_a_promised_visit_may_be_called_off_until_the_banks_hours_before(
    session: Session, town: Town, clock: SetClock
) -> None:
    pickup = get_pickup(session, town.bank, town.pickups[0])
    pickup.state = PickupState.PUBLISHED
    promised_at = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 12 hours before: the evening, 20:00

    def cancel(actor: str) -> Pickup:
        return actions.cancel(
            session,
            now=clock.now(),
            bank_id=town.bank,
            pickup_id=pickup.id,
            actor=actor,
            promised_at=promised_at,
        )

    clock.instant = datetime(2026, 11, 23, 20, 0, 1, tzinfo=UTC)
    with pytest.raises(Refused) as refused:
        cancel(f"donor:{town.dora}")
    assert (refusal(refused), refused.value.figures["hours"]) == ("too_late_to_change", 12)
    clock.instant = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    assert cancel(f"donor:{town.dora}").state is PickupState.CANCELLED
    assert cancel(f"donor:{town.dora}").state is PickupState.CANCELLED, "twice is once"


def test_before_it_is_planned_a_visit_may_be_called_off_at_any_moment(
    session: Session, town: Town
) -> None:
    just_before = datetime(2026, 11, 24, 6, 59, tzinfo=UTC)
    pickup = actions.cancel(
        session,
        now=just_before,
        bank_id=town.bank,
        pickup_id=town.pickups[0],
        actor=f"donor:{town.dora}",
    )
    assert pickup.state is PickupState.CANCELLED


def test_staff_may_cancel_at_the_last_minute_but_not_afterwards(
    session: Session, town: Town
) -> None:
    pickup = get_pickup(session, town.bank, town.pickups[0])
    pickup.state = PickupState.COLLECTED
    how = {"now": MORNING, "bank_id": town.bank, "pickup_id": pickup.id}
    with pytest.raises(Refused) as refused:
        actions.cancel(session, **how, actor=f"person:{town.claire}")  # type: ignore[arg-type]
    assert refusal(refused) == "pickup_not_open"
    pickup.state = PickupState.PUBLISHED
    actions.cancel(session, **how, actor=f"person:{town.claire}")  # type: ignore[arg-type]
    assert pickup.state is PickupState.CANCELLED


def test_a_cancelled_request_cannot_be_accepted(session: Session, town: Town) -> None:
    get_pickup(session, town.bank, town.pickups[0]).state = PickupState.CANCELLED
    with pytest.raises(Refused) as refused:
        actions.accept(
            session,
            now=MORNING,
            bank_id=town.bank,
            pickup_id=town.pickups[0],
            actor=f"person:{town.claire}",
        )
    assert refusal(refused) == "pickup_state_not_possible"


def test_a_day_holds_the_accepted_requests_with_a_window_on_it(
    session: Session, town: Town
) -> None:
    asked = dora_asks(session, town)
    assert [row.id for row in requests_for_day(session, town.bank, DAY)] == list(town.pickups)
    assert requests_for_day(session, town.bank, THURSDAY) == []
    asked.state = PickupState.ACCEPTED
    session.flush()
    assert [row.id for row in requests_for_day(session, town.bank, THURSDAY)] == [asked.id]


def test_a_donor_sees_no_request_of_another(session: Session, town: Town) -> None:
    with pytest.raises(NotFound):
        get_pickup(session, town.bank, town.stranger_pickup)
    with pytest.raises(NotFound):
        pickup_of_donor(session, town.bank, town.elise, town.pickups[0])
    assert [row.id for row in requests_of_donor(session, town.bank, town.dora)] == [town.pickups[0]]

"""Verbs of a donor's file, and their refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.audit.queries import history_of
from collector.db import transaction
from collector.donors import actions
from collector.donors.models import Donor, DonorState, SerologyOutcome
from collector.donors.numbers import is_valid_number
from collector.donors.queries import donors_by_email, donors_of, get_donor
from collector.errors import Conflict, NotFound, Refused
from collector.places.actions import set_position
from tests.town import MORNING, Town

pytestmark = pytest.mark.twin

TODAY = date(2026, 11, 23)


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:  # noqa: ARG001 - the town must stand
    with app.app_context(), transaction() as session:
        yield session


def hanna(session: Session, town: Town, **besides: Any) -> Donor:  # noqa: ANN401
    said: dict[str, Any] = {
        "first_name": "Hanna",
        "family_name": "Petit",
        "email": " Hanna@Home.example ",
        "phone": "",
        "language": "fr",
        "line": "2 rue du Port",
        "postcode": "33000",
        "town": "Bordeaux",
    } | besides
    return actions.register(session, **who(town), **said)


def who(town: Town) -> dict[str, Any]:
    return {"now": MORNING, "bank_id": town.bank, "actor": f"person:{town.claire}"}


def test_a_new_file_is_a_candidates_with_a_number_of_its_own(session: Session, town: Town) -> None:
    donor = hanna(session, town)
    assert donor.state is DonorState.CANDIDATE
    assert is_valid_number(donor.number)
    assert donors_by_email(session, "HANNA@home.example") == [donor]
    assert donors_by_email(session, "") == []
    (entry,) = history_of(session, bank_id=town.bank, subject=f"donor:{donor.id}")
    assert entry.action == "donor registered"
    assert "Hanna" not in str(entry.details)


def test_a_given_number_must_check_and_be_free(session: Session, town: Town) -> None:
    taken = hanna(session, town).number
    with pytest.raises(Conflict):
        hanna(session, town, number=taken)
    with pytest.raises(Refused) as refused:
        hanna(session, town, number="123456789")
    assert refused.value.code == "donor_number_not_valid"


def test_a_file_becomes_eligible_by_its_papers_and_a_colleague(
    session: Session, town: Town
) -> None:
    key = hanna(session, town).id
    actions.sign_interview(session, **who(town), donor_id=key, person_id=town.claire, on=TODAY)
    actions.record_consent(session, **who(town), donor_id=key, version="1", on=TODAY)
    actions.record_serology(
        session, **who(town), donor_id=key, drawn_on=TODAY, outcome=SerologyOutcome.PENDING
    )
    with pytest.raises(Refused) as refused:
        actions.change_state(session, **who(town), donor_id=key, to=DonorState.ELIGIBLE)
    assert refused.value.code == "donor_papers_missing"


def test_a_clear_blood_test_counts_as_long_as_the_policy_says(session: Session, town: Town) -> None:
    key = hanna(session, town).id
    result = actions.record_serology(
        session, **who(town), donor_id=key, drawn_on=TODAY, outcome=SerologyOutcome.CLEAR
    )
    assert result.valid_until == TODAY + timedelta(days=90)
    with pytest.raises(Refused) as refused:
        actions.record_serology(
            session,
            **who(town),
            donor_id=key,
            drawn_on=TODAY,
            outcome=SerologyOutcome.CLEAR,
            valid_until=TODAY - timedelta(days=1),
        )
    assert refused.value.code == "serology_dates_backwards"
    with pytest.raises(Refused) as refused:
        actions.record_serology(
            session,
            **who(town),
            donor_id=key,
            drawn_on=TODAY,
            outcome=SerologyOutcome.CLEAR,
            valid_until=TODAY + timedelta(days=91),
        )
    assert refused.value.code == "serology_too_long"


def test_an_interview_is_not_before_the_birth(session: Session, town: Town) -> None:
    donor = hanna(session, town)
    donor.baby_born_on = TODAY
    about = {**who(town), "donor_id": donor.id, "person_id": town.claire}
    with pytest.raises(Refused) as refused:
        actions.sign_interview(session, **about, on=TODAY - timedelta(days=1))
    assert refused.value.code == "interview_before_birth"
    assert actions.sign_interview(session, **about, on=TODAY).interview_signed_on == TODAY


def test_a_donor_may_end_her_file_and_decide_nothing_else(session: Session, town: Town) -> None:
    dora = {"now": MORNING, "bank_id": town.bank, "actor": f"donor:{town.dora}"}
    with pytest.raises(Refused) as refused:
        actions.change_state(session, **dora, donor_id=town.dora, to=DonorState.EXCLUDED)
    assert refused.value.code == "only_staff_decides"
    ended = actions.change_state(session, **dora, donor_id=town.dora, to=DonorState.ENDED)
    assert ended.state is DonorState.ENDED


def test_a_suspension_remembers_its_end_and_forgets_it_afterwards(
    session: Session, town: Town
) -> None:
    key = town.dora
    suspended = actions.change_state(
        session, **who(town), donor_id=key, to=DonorState.SUSPENDED, until=TODAY
    )
    assert suspended.suspended_until == TODAY
    back = actions.change_state(session, **who(town), donor_id=key, to=DonorState.ELIGIBLE)
    assert back.suspended_until is None


def test_another_banks_donor_and_colleague_are_not_found(session: Session, town: Town) -> None:
    with pytest.raises(NotFound):
        get_donor(session, town.bank, town.stranger_donor)
    with pytest.raises(NotFound):
        actions.sign_interview(
            session, **who(town), donor_id=town.dora, person_id=town.sophie, on=TODAY
        )
    assert town.stranger_donor not in [donor.id for donor in donors_of(session, town.bank)]


def test_a_coordinator_sets_and_corrects_the_position_of_an_address(
    session: Session, town: Town
) -> None:
    donor = hanna(session, town)
    assert donor.address.position is None
    for latitude in (44.8, 44.9):
        set_position(
            session, **who(town), address_id=donor.address_id, latitude=latitude, longitude=-0.5
        )
    assert get_donor(session, town.bank, donor.id).address.position.latitude == 44.9


@pytest.mark.parametrize(("latitude", "longitude"), [(90.1, 0), (0, 180.1), (float("nan"), 0)])
def test_a_place_off_the_earth_is_refused(
    session: Session, town: Town, latitude: float, longitude: float
) -> None:
    key = get_donor(session, town.bank, town.dora).address_id
    with pytest.raises(Refused) as refused:
        set_position(session, **who(town), address_id=key, latitude=latitude, longitude=longitude)
    assert refused.value.code == "position_not_on_earth"


def test_another_banks_address_is_not_found(session: Session, town: Town) -> None:
    key = get_donor(session, town.other_bank, town.stranger_donor).address_id
    with pytest.raises(NotFound):
        set_position(session, **who(town), address_id=key, latitude=44.8, longitude=-0.5)

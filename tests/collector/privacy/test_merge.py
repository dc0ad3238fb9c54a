"""Two files of one donor become one: nothing that counts is lost, no bottle loses its number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.queries import first_broken_link, history_of
from collector.db import transaction
from collector.donors.actions import change_state, record_serology
from collector.donors.call_backs import offered, request_call_back
from collector.donors.duplicates import duplicates_of
from collector.donors.models import CallBack, Donor, DonorState, Screening, SerologyOutcome
from collector.donors.queries import donors_by_email, donors_of, get_donor
from collector.donors.questions import Answered, AnswerValue
from collector.donors.screening import first_contact, save
from collector.errors import Refused
from collector.people.actions import begin_session
from collector.people.models import Surface, WebSession
from collector.pickups.giving import giving_of, start_loss
from collector.pickups.models import Pickup, PickupState
from collector.pickups.queries import requests_of_donor
from collector.privacy.actions import erase
from collector.privacy.merge import join_files
from tests.builders import DAY, MORNING, add_pickup
from tests.collector.privacy.test_privacy import everything, over
from tests.town import Town

pytestmark = pytest.mark.twin

HOURS = (time(9), time(12))


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:
    assert town
    with app.app_context(), transaction() as session:
        yield session


@pytest.fixture
def second(session: Session, town: Town) -> Donor:
    """Dora again: she wrote from the public pages with her telephone."""
    donor = first_contact(
        session,
        now=MORNING,
        bank_id=town.bank,
        first_name="Dora",
        email="dodo@elsewhere.example",
        phone="06 39 98 00 00",
        postcode="33000",
        language="fr",
        baby_born_on=date(2026, 11, 1),
        discreet=True,
    )
    said = {"now": MORNING, "bank_id": town.bank, "donor_id": donor.id}
    save(session, **said, answers={"tobacco": Answered(value=AnswerValue.NO)})
    half = offered(session, now=MORNING, bank_id=town.bank)[0]
    request_call_back(session, **said, half_day=half)
    begin_session(session, **said, surface=Surface.DONOR)
    record_serology(
        session,
        **said,
        actor="person:1",
        drawn_on=MORNING.date(),
        outcome=SerologyOutcome.CLEAR,
    )
    return donor


def join(session: Session, town: Town, *, kept: int, gone: int) -> Donor:
    return join_files(
        session, now=MORNING, bank_id=town.bank, actor="person:1", kept_id=kept, gone_id=gone
    )


def test_a_second_file_is_found_by_her_telephone_however_it_is_written(
    session: Session, town: Town, second: Donor
) -> None:
    dora = get_donor(session, town.bank, town.dora)
    assert second in duplicates_of(session, dora)
    assert dora in duplicates_of(session, second)


def test_what_the_second_file_held_moves_over_and_its_doors_close(
    session: Session, town: Town, second: Donor
) -> None:
    visit = add_pickup(session, second, windows=((DAY + timedelta(days=3), *HOURS),))
    visit.state = PickupState.ASKED
    start_loss(session, now=MORNING, bank_id=town.bank, donor_id=second.id, actor="donor")
    before = len(get_donor(session, town.bank, town.dora).serologies)
    kept = join(session, town, kept=town.dora, gone=second.id)
    assert kept.email == "dora@home.example", "what the file knew stays"
    assert kept.baby_born_on == date(2026, 8, 1)
    assert kept.discreet, "discretion asked for once is kept"
    assert len(get_donor(session, town.bank, town.dora).serologies) == before + 1
    assert visit.id in {each.id for each in requests_of_donor(session, town.bank, town.dora)}
    assert session.scalars(select(Screening.donor_id)).all() == [town.dora]
    assert session.scalars(select(CallBack.donor_id)).all() == [town.dora]
    giving = giving_of(session, town.dora)
    assert giving is not None
    assert giving.bereaved_at == MORNING
    assert session.scalars(select(WebSession)).all() == [], "an unproved browser opens nothing"
    assert donors_by_email(session, "dodo@elsewhere.example") == []


def test_of_the_second_file_a_number_is_left_and_where_it_leads(
    session: Session, town: Town, second: Donor
) -> None:
    join(session, town, kept=town.dora, gone=second.id)
    gone = get_donor(session, town.bank, second.id)
    assert (gone.joined_into_id, gone.state) == (town.dora, DonorState.ENDED)
    assert (gone.first_name, gone.email, gone.phone) == ("", None, None)
    assert gone not in donors_of(session, town.bank)
    for key in (town.dora, second.id):
        assert history_of(session, bank_id=town.bank, subject=f"donor:{key}")
    assert first_broken_link(session, town.bank) is None
    with pytest.raises(Refused) as refused:
        join(session, town, kept=town.dora, gone=second.id)
    assert refused.value.code == "already_erased"


def test_a_second_set_of_answers_is_kept_and_erased_with_the_rest(
    session: Session, town: Town, second: Donor
) -> None:
    said = {"now": MORNING, "bank_id": town.bank}
    save(session, **said, donor_id=town.dora, answers={"tobacco": Answered(value=AnswerValue.YES)})
    join(session, town, kept=town.dora, gone=second.id)
    assert len(session.scalars(select(Screening)).all()) == 2
    over(session, town, taken=True)
    erase(session, **said, donor_id=town.dora, actor="person:1")
    assert session.scalars(select(Screening)).all() == []
    assert "dodo@" not in everything(session)


def test_what_must_not_be_joined_away(session: Session, town: Town, second: Donor) -> None:
    def code_of(*, kept: int, gone: int) -> str:
        with pytest.raises(Refused) as refused:
            join(session, town, kept=kept, gone=gone)
        return refused.value.code

    assert code_of(kept=second.id, gone=second.id) == "join_itself"
    session.get_one(Pickup, town.pickups[0]).state = PickupState.PUBLISHED
    assert code_of(kept=second.id, gone=town.dora) == "join_open_visit"
    over(session, town, taken=True)
    assert code_of(kept=second.id, gone=town.dora) == "join_given"
    change_state(
        session,
        now=MORNING,
        bank_id=town.bank,
        donor_id=second.id,
        actor=f"person:{town.claire}",
        to=DonorState.EXCLUDED,
    )
    assert code_of(kept=town.dora, gone=second.id) == "join_decided"

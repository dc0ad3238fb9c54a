"""A donor's rights: a copy, the erasure, and a number that stays traceable for a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from collector.audit.queries import first_broken_link, history_of
from collector.custody.models import Container, ContainerState
from collector.custody.photos import keep_photo
from collector.db import Base, transaction
from collector.donors.models import DonorState
from collector.donors.queries import get_donor
from collector.donors.questions import Answered, AnswerValue
from collector.donors.screening import first_contact, save
from collector.errors import NotFound, Refused
from collector.notices.actions import choose_channel, subscribe
from collector.notices.models import Channel, ChannelChoice, PushSubscription
from collector.people.actions import begin_session, make_link
from collector.people.models import ProofCode, Surface, WebSession
from collector.people.second_factor import make_code
from collector.pickups.drafts import PickupDraft
from collector.pickups.enquiries import save_enquiry
from collector.pickups.giving import start_loss
from collector.pickups.models import (
    Correction,
    Enquiry,
    Giving,
    HoldReason,
    Pickup,
    PickupState,
    VisitLink,
)
from collector.pickups.visit_links import make_visit_link
from collector.privacy.actions import ask_erasure, erase, open_seal
from collector.privacy.queries import copy_of
from collector.rounds.models import EventKind, Incident, IncidentKind, RoundEvent
from tests.builders import DAY, MORNING
from tests.collector.planning.on_the_road import published
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:
    assert town
    with app.app_context(), transaction() as session:
        yield session


def over(session: Session, town: Town, *, taken: bool) -> None:
    """Dora's visit is over; a bottle was taken, or not."""
    pickup = session.get_one(Pickup, town.pickups[0])
    pickup.state, pickup.note = PickupState.COLLECTED, "Behind Martin's garage"
    state = ContainerState.RECEIVED if taken else ContainerState.REFUSED_AT_DOOR
    session.add(
        Container(
            bank_id=town.bank,
            number="B1",
            donor_id=town.dora,
            pickup_id=pickup.id,
            state=state,
            refused_because=None,
        )
    )
    donor = get_donor(session, town.bank, town.dora)
    donor.first_name, donor.family_name = "Xanthippe", "Quillfeather"
    session.flush()


def everything(session: Session) -> str:
    """Return every cell of every table but the sealed ones, as text."""
    session.flush()
    return " ".join(
        str(row)
        for table in Base.metadata.sorted_tables
        if table.name != "sealed_identities"
        for row in session.execute(text(f"SELECT * FROM {table.name}"))  # noqa: S608
    )


def test_a_copy_holds_all_we_know_and_is_json(session: Session, town: Town) -> None:
    over(session, town, taken=True)
    found = json.dumps(copy_of(session, bank_id=town.bank, donor_id=town.dora))
    for known in ("Xanthippe", "dora@home.example", "1 rue du Port", "B1", "2027-01-31"):
        assert known in found
    with pytest.raises(NotFound):
        copy_of(session, bank_id=town.other_bank, donor_id=town.dora)


@pytest.mark.parametrize("taken", [True, False])
def test_nothing_of_an_erased_donor_is_left_outside_the_seal(
    session: Session, town: Town, *, taken: bool
) -> None:
    over(session, town, taken=taken)
    erase(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="person:1")
    left = everything(session)
    for gone in ("Xanthippe", "Quillfeather", "dora@home.example", "garage"):
        assert gone not in left
    dora = get_donor(session, town.bank, town.dora)
    assert dora.state is DonorState.ENDED
    assert dora.address.position is None
    assert dora.address.postcode == "33"
    assert bool(dora.serologies) is taken, "the blood test of milk that was given stays"
    assert first_broken_link(session, town.bank) is None


def test_the_notes_and_the_pictures_of_her_door_are_erased(session: Session, town: Town) -> None:
    day_plan = published(session, town)
    round_ = day_plan.rounds[0]
    photo = uuid4()
    keep_photo(
        session,
        now=MORNING,
        bank_id=town.bank,
        round_id=round_.id,
        person_id=town.ana,
        client_id=photo,
        jpeg=b"\xff\xd8\xff her door",
    )
    event = RoundEvent(
        bank_id=town.bank,
        client_id=str(uuid4()),
        round_id=round_.id,
        pickup_id=town.pickups[0],
        person_id=town.ana,
        kind=EventKind.NOT_DONE,
        sequence=1,
        device_at=MORNING,
        received_at=MORNING,
        payload={"reason": "nobody_home", "note": "a dog barked", "photo": str(photo)},
    )
    session.add(event)
    session.flush()
    session.add(
        Incident(
            bank_id=town.bank,
            round_id=round_.id,
            pickup_id=town.pickups[0],
            event_id=event.id,
            kind=IncidentKind.OTHER,
            note="a dog barked",
            site_id=None,
            device_at=MORNING,
            received_at=MORNING,
            withdrawn_at=None,
            decision=None,
            decision_note="called about the dog",
            decided_by_id=None,
            decided_at=None,
        )
    )
    over(session, town, taken=True)
    erase(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="person:1")
    left = everything(session)
    for gone in ("dog", "her door"):
        assert gone not in left


def test_what_she_said_between_two_visits_is_in_her_copy_and_goes_with_her(
    session: Session, town: Town
) -> None:
    over(session, town, taken=True)
    said = {"now": MORNING, "bank_id": town.bank}
    me = f"donor:{town.dora}"
    start_loss(session, **said, donor_id=town.dora, actor=me)
    draft = PickupDraft(bottles=31337, health=(HoldReason.ILLNESS,))
    save_enquiry(session, now=MORNING, donor=get_donor(session, town.bank, town.dora), draft=draft)
    browser = {"endpoint": "https://push.example/31337", "p256dh": "p", "auth": "a"}
    subscribe(session, **said, recipient=me, **browser)
    choose_channel(session, bank_id=town.bank, recipient=me, channel=Channel.SMS)
    make_link(session, **said, donor_id=town.dora)
    begin_session(session, **said, surface=Surface.DONOR, donor_id=town.dora)
    visitor = session.scalars(select(WebSession.id).where(WebSession.donor_id == town.dora)).one()
    make_code(session, **said, session_id=visitor)
    make_visit_link(session, **said, pickup_id=town.pickups[0], day=DAY)
    session.add(
        Correction(
            bank_id=town.bank,
            pickup_id=town.pickups[0],
            bottles=8,
            volume_ml=1600,
            words="word 31337",
            made_at=MORNING,
            settled_at=None,
            settled_by_id=None,
        )
    )
    session.flush()
    found = copy_of(session, bank_id=town.bank, donor_id=town.dora)
    assert found["weeks_to_come"]["bereaved_at"] == MORNING.isoformat()
    assert found["about_to_ask"]["health"] == ["illness"]
    assert found["messages_come_by"] == "sms"
    assert json.dumps(found).count("31337") == 3

    erase(session, **said, donor_id=town.dora, actor="person:1")
    assert "31337" not in everything(session)
    for row in (Giving, Enquiry, PushSubscription, ChannelChoice, ProofCode, VisitLink):
        assert session.scalars(select(row)).all() == []
    assert session.scalars(select(WebSession).where(WebSession.donor_id == town.dora)).all() == []


def test_a_number_is_re_linked_for_a_reason_that_is_kept(session: Session, town: Town) -> None:
    over(session, town, taken=True)
    number = get_donor(session, town.bank, town.dora).number
    said = {"now": MORNING, "bank_id": town.bank, "actor": f"person:{town.adele}"}
    erase(session, **said, donor_id=town.dora)
    with pytest.raises(Refused):
        open_seal(session, **said, number=number, reason=" ")
    opened = open_seal(session, **said, number=number, reason="Recall of batch 12")
    assert opened["family_name"] == "Quillfeather"
    last = history_of(session, bank_id=town.bank, subject=f"donor:{town.dora}")[-1]
    assert (last.action, last.details["reason"]) == ("identity re-linked", "Recall of batch 12")
    with pytest.raises(NotFound):
        open_seal(session, **(said | {"bank_id": town.other_bank}), number=number, reason="x")


def test_what_was_never_collected_is_not_sealed(session: Session, town: Town) -> None:
    over(session, town, taken=False)
    number = get_donor(session, town.bank, town.dora).number
    assert (
        erase(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="system") is None
    )
    with pytest.raises(NotFound):
        open_seal(
            session, now=MORNING, bank_id=town.bank, number=number, actor="person:1", reason="x"
        )


def test_an_open_visit_is_called_off_first_and_nobody_is_erased_twice(
    session: Session, town: Town
) -> None:
    said = {"now": MORNING, "bank_id": town.bank, "actor": "system", "donor_id": town.dora}
    with pytest.raises(Refused) as refused:
        erase(session, **said)
    assert refused.value.code == "donor_has_open_visit"
    over(session, town, taken=False)
    erase(session, **said)
    with pytest.raises(Refused) as refused:
        erase(session, **said)
    assert refused.value.code == "already_erased"


def test_a_candidate_is_erased_as_soon_as_she_asks_with_her_answers(
    session: Session, town: Town
) -> None:
    said = {"now": MORNING, "bank_id": town.bank}
    ida = first_contact(
        session,
        **said,
        first_name="Idalina",
        email="idalina@home.example",
        phone=None,
        postcode="33600",
        language="fr",
        baby_born_on=date(2026, 10, 1),
        discreet=True,
    )
    save(session, **said, donor_id=ida.id, answers={"tobacco": Answered(value=AnswerValue.YES)})
    assert "Idalina" in everything(session)
    ask_erasure(session, **said, donor_id=ida.id)
    left = everything(session)
    assert "dalina" not in left
    assert "'said': 'yes'" not in left
    assert '"said": "yes"' not in left


def test_one_who_gave_asks_and_the_bank_erases(session: Session, town: Town) -> None:
    over(session, town, taken=True)
    dora = ask_erasure(session, now=MORNING, bank_id=town.bank, donor_id=town.dora)
    assert dora.erasure_asked_at == MORNING
    assert dora.erased_at is None

"""The board's inbox: acceptance, cancellation, holds, positions, requests by telephone."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from collector.audit.models import AuditEntry
from collector.db import reading, transaction
from collector.donors.models import Donor, DonorState
from collector.pickups.models import HoldReason, Pickup, PickupHold, PickupState
from collector.places.models import Position
from collector.rounds.events.intake import accept_events
from collector.web.health_questions import QUESTIONS
from tests.builders import DAY, MORNING, add_pickup
from tests.conftest import SetClock
from tests.phone_round import collected, publish_round
from tests.town import Town, sign_in

PHONED = {
    "bottles": "8",
    "volume_ml": "1500",
    "oldest_on": "2026-11-01",
    "day_0": DAY.isoformat(),
    "opens_0": "08:00",
    "closes_0": "12:00",
    "health_illness": "no",
    "health_medication": "no",
    "health_exposure": "no",
    "once": "a key of this form",
}

UNTROUBLED = PHONED | {"day_0": "2026-12-01"}
"""Nothing is remarkable about it: she has no other request for that day."""


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


@pytest.fixture
def sophie(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.other_bank, person=town.sophie)


def text(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def asked(app: Flask, donor: int, **about: Any) -> int:  # noqa: ANN401 - a pick-up's own fields
    """Add a request that waits for an answer."""
    with app.app_context(), transaction() as session:
        row = session.get_one(Donor, donor)
        day = date(2026, 12, 1)
        windows = ((day, time(8), time(12)),)
        return add_pickup(
            session, row, **({"state": PickupState.ASKED, "windows": windows} | about)
        ).id


def state_of(app: Flask, pickup: int) -> PickupState:
    with app.app_context(), reading() as session:
        return session.get_one(Pickup, pickup).state


def test_an_empty_inbox_explains_its_purpose(claire: FlaskClient) -> None:
    page = text(claire.get("/board/inbox"))
    assert "When a donor asks for a visit, it appears here" in page


def test_a_request_waits_with_its_flags_in_words(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    asked(app, town.dora, volume_ml=100, oldest_on=date(2026, 7, 1))
    page = text(claire.get("/board/inbox"))
    assert "Dora Martin" in page
    assert "below the minimum volume" in page
    assert "milk too old by the visit" in page
    assert "1 request waits" in page


def test_several_requests_are_accepted_at_once(app: Flask, town: Town, claire: FlaskClient) -> None:
    both = [asked(app, town.dora), asked(app, town.elise)]
    answer = claire.post("/board/inbox/acceptances", data={"pickup": both})
    assert answer.status_code == 303
    assert {state_of(app, each) for each in both} == {PickupState.ACCEPTED}


def test_one_request_is_accepted_whatever_else_is_chosen(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    one, other = asked(app, town.dora), asked(app, town.elise)
    claire.post("/board/inbox/acceptances", data={"pickup": [other], "only": one})
    assert state_of(app, one) is PickupState.ACCEPTED
    assert state_of(app, other) is PickupState.ASKED


def test_a_request_that_was_answered_cannot_be_accepted_again(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    gone, waiting = asked(app, town.dora), asked(app, town.elise)
    claire.post(f"/board/inbox/pickups/{gone}/cancellation", data={"reason": "duplicate"})
    answer = claire.post("/board/inbox/acceptances", data={"pickup": [waiting, gone]})
    assert answer.status_code == 422
    assert state_of(app, waiting) is PickupState.ASKED


def test_a_hold_is_cleared_by_the_caller(app: Flask, town: Town, claire: FlaskClient) -> None:
    pickup = asked(app, town.dora)
    with app.app_context(), transaction() as session:
        hold = PickupHold(
            bank_id=town.bank, pickup_id=pickup, reason=HoldReason.ILLNESS, opened_at=MORNING
        )
        session.add(hold)
        session.flush()
        hold_id = hold.id
    assert "call her first" in text(claire.get("/board/inbox"))
    claire.post(f"/board/inbox/pickups/{pickup}/holds/{hold_id}/clearance")
    with app.app_context(), reading() as session:
        assert session.get_one(PickupHold, hold_id).cleared_by_id == town.claire
    assert "call her first" not in text(claire.get("/board/inbox"))


def test_a_visit_is_called_off_with_a_reason(app: Flask, town: Town, claire: FlaskClient) -> None:
    pickup = asked(app, town.dora)
    assert "Why?" in text(claire.get(f"/board/inbox/pickups/{pickup}/cancellation"))
    claire.post(f"/board/inbox/pickups/{pickup}/cancellation", data={"reason": "donor_asked"})
    assert state_of(app, pickup) is PickupState.CANCELLED


def test_an_address_that_was_not_found_is_placed(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    asked(app, town.dora)
    with app.app_context(), transaction() as session:
        address = session.get_one(Donor, town.dora).address_id
        session.delete(session.scalars(select(Position).filter_by(address_id=address)).one())
    assert "address not found" in text(claire.get("/board/inbox"))
    where = f"/board/donors/{town.dora}/position"
    assert claire.get(where).status_code == 200
    form = {"latitude": "44,81", "longitude": "-0.61"}
    assert claire.post(where, data=form).status_code == 303
    with app.app_context(), reading() as session:
        found = session.scalars(select(Position).filter_by(address_id=address)).one()
    assert (found.latitude, found.longitude) == (44.81, -0.61)


@pytest.mark.parametrize("latitude", ["", "north", "91", "nan"])
def test_a_place_that_is_not_on_earth_is_refused(
    town: Town, claire: FlaskClient, latitude: str
) -> None:
    form = {"latitude": latitude, "longitude": "0"}
    answer = claire.post(f"/board/donors/{town.dora}/position", data=form)
    assert answer.status_code == 422
    assert "latitude" in text(answer)


@pytest.mark.parametrize("typed", ["dora", "MARTIN D", "98 00 00", "Dora M"])
def test_a_donor_is_found_by_number_name_or_phone(
    town: Town, claire: FlaskClient, typed: str
) -> None:
    if typed == "MARTIN D":
        typed = "martin dora"
    page = text(claire.get("/board/inbox/requests/new", query_string={"q": typed}))
    assert f"donor={town.dora}" in page


def test_a_request_by_phone_is_kept_and_may_be_accepted_at_once(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    assert "Bottles" in text(claire.get(f"/board/inbox/requests/new?donor={town.dora}"))
    form = UNTROUBLED | {"donor": str(town.dora), "accept": "yes", "besides_pump_return": "yes"}
    assert claire.post("/board/inbox/requests", data=form).status_code == 303
    with app.app_context(), reading() as session:
        found = session.scalars(select(Pickup).order_by(Pickup.id.desc())).first()
        assert found is not None
        assert found.asked_by == f"person:{town.claire}"
        assert found.state is PickupState.ACCEPTED
        assert set(found.purposes) == {"collection", "pump_return"}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"oldest_on": "2026-07-01"}, "milk too old by the visit"),
        ({"volume_ml": "100"}, "below the minimum volume"),
        ({"day_0": DAY.isoformat()}, "asked twice"),
        ({"health_illness": "yes"}, "call her first: health answers"),
        ({"day_1": DAY.isoformat(), "opens_1": "08:00", "closes_1": "09:00"}, "asked twice"),
    ],
)
def test_a_request_by_telephone_with_a_flag_waits_with_the_reason(
    app: Flask, town: Town, claire: FlaskClient, given: dict[str, str], why: str
) -> None:
    form = UNTROUBLED | {"donor": str(town.dora), "accept": "yes"} | given
    assert claire.post("/board/inbox/requests", data=form).status_code == 303
    assert f"It waits among the requests: {why}." in text(claire.get("/board/inbox"))
    with app.app_context(), reading() as session:
        (found,) = session.scalars(select(Pickup).where(Pickup.once == PHONED["once"]))
        assert found.state is PickupState.ASKED


def test_a_request_by_phone_for_a_file_that_does_not_allow_it_waits(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Donor, town.dora).state = DonorState.EXCLUDED
    claire.post(
        "/board/inbox/requests", data=UNTROUBLED | {"donor": str(town.dora), "accept": "yes"}
    )
    assert "It waits among the requests: file does not allow" in text(claire.get("/board/inbox"))


def test_a_flagged_request_without_the_tick_is_only_kept(town: Town, claire: FlaskClient) -> None:
    claire.post("/board/inbox/requests", data=PHONED | {"donor": str(town.dora)})
    assert "It waits among the requests" not in text(claire.get("/board/inbox"))


def test_accepting_in_two_tabs_accepts_once(app: Flask, town: Town, claire: FlaskClient) -> None:
    pickup = asked(app, town.dora)
    for _ in range(2):
        assert claire.post("/board/inbox/acceptances", data={"only": pickup}).status_code == 303
    with app.app_context(), reading() as session:
        said = select(func.count()).where(
            AuditEntry.action == "pickup accepted", AuditEntry.subject == f"pickup:{pickup}"
        )
        assert session.scalar(said) == 1


@pytest.mark.parametrize("state", [PickupState.PLANNED, PickupState.PUBLISHED])
def test_accepting_a_planned_request_leaves_it_planned(
    app: Flask, town: Town, claire: FlaskClient, state: PickupState
) -> None:
    pickup = asked(app, town.dora, state=state)
    assert claire.post("/board/inbox/acceptances", data={"only": pickup}).status_code == 303
    assert state_of(app, pickup) is state


def test_a_yes_to_a_health_question_waits_for_a_nurse(town: Town, claire: FlaskClient) -> None:
    form = PHONED | {"donor": str(town.dora), "accept": "yes", "health_illness": "yes"}
    claire.post("/board/inbox/requests", data=form)
    assert "ill since the last visit" in text(claire.get("/board/inbox"))


def test_both_forms_ask_the_same_three_health_questions(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    hers = text(dora.get("/donor/visits/new"))
    phoned = text(claire.get(f"/board/inbox/requests/new?donor={town.dora}"))
    assert len(QUESTIONS) == len(HoldReason)
    for question in QUESTIONS.values():
        assert str(question) in hers
        assert str(question) in phoned


def test_a_donors_words_are_quoted_and_isolated(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    pickup = asked(app, town.dora)
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, pickup).note = "Ring twice"
    assert "<q><bdi>Ring twice</bdi></q>" in text(claire.get("/board/inbox"))


def test_a_request_sent_twice_is_one_request(app: Flask, town: Town, claire: FlaskClient) -> None:
    form = PHONED | {"donor": str(town.dora), "accept": "yes"}
    for _ in range(2):
        assert claire.post("/board/inbox/requests", data=form).status_code == 303
    with app.app_context(), reading() as session:
        hers = select(func.count()).where(
            Pickup.donor_id == town.dora, Pickup.once == PHONED["once"]
        )
        assert session.scalar(hers) == 1


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("bottles", "eight", "Give a whole number"),
        ("bottles", "0", "Give a number from 1"),
        ("oldest_on", "2027-01-01", "This day has not come yet"),
        ("opens_0", "13:00", "must come after the first"),
        ("day_0", "", "at least one day"),
    ],
)
def test_a_mistake_in_a_telephone_request_is_shown_at_its_field(
    town: Town, claire: FlaskClient, field: str, given: str, said: str
) -> None:
    answer = claire.post(
        "/board/inbox/requests", data=PHONED | {"donor": str(town.dora), field: given}
    )
    assert answer.status_code == 422
    assert said in text(answer)
    assert 'value="1500"' in text(answer)


def test_another_banks_requests_and_donors_are_not_found(
    app: Flask, town: Town, sophie: FlaskClient
) -> None:
    pickup = asked(app, town.dora)
    assert "Dora" not in text(sophie.get("/board/inbox"))
    assert "Dora" not in text(sophie.get("/board/donors?q=dora"))
    for address in (
        f"/board/inbox/pickups/{pickup}/cancellation",
        f"/board/donors/{town.dora}",
        f"/board/donors/{town.dora}/position",
        f"/board/inbox/requests/new?donor={town.dora}",
    ):
        assert sophie.get(address).status_code == 404, address
    place = {"latitude": "1", "longitude": "1"}
    assert sophie.post("/board/inbox/acceptances", data={"pickup": pickup}).status_code == 404
    assert sophie.post(f"/board/inbox/pickups/{pickup}/cancellation").status_code == 404
    assert sophie.post(f"/board/inbox/pickups/{pickup}/holds/1/clearance").status_code == 404
    assert sophie.post(f"/board/donors/{town.dora}/position", data=place).status_code == 404
    assert (
        sophie.post("/board/inbox/requests", data=PHONED | {"donor": town.dora}).status_code == 404
    )


def test_a_file_is_shown_with_the_reasons_against_a_visit(town: Town, claire: FlaskClient) -> None:
    page = text(claire.get(f"/board/donors/{town.dora}"))
    assert "Dora Martin" in page
    assert "31 January" in page
    assert "Visits" in page


def test_unverified_rules_are_marked(claire: FlaskClient) -> None:
    page = text(claire.get("/board/bank/policies"))
    assert "not verified" in page
    assert "A blood test counts for" in page


def test_an_unknown_bottle_is_not_found(claire: FlaskClient) -> None:
    assert claire.get("/laboratory/chain/123").status_code == 404


def test_a_collectors_remark_for_the_office_shows_until_it_is_settled(
    app: Flask, town: Town, clock: SetClock, claire: FlaskClient, sophie: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        accept_events(
            session,
            now=clock.now(),
            bank_id=town.bank,
            person_id=town.ana,
            round_id=publish_round(session, town.shifts[0], town.pickups).id,
            sent=[collected(town.pickups[0], note="Her bell is broken", for_office=True)],
        )
    page = claire.get("/board/inbox").text
    assert "Her bell is broken" in page
    address = re.search(r"/board/inbox/remarks/\d+/completion", page)
    assert address
    assert "Her bell is broken" not in sophie.get("/board/inbox").text
    assert sophie.post(address[0]).status_code == 404
    claire.post(address[0])
    assert "Her bell is broken" not in claire.get("/board/inbox").text

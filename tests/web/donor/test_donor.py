"""The donor's pages: requests made, shown, changed and cancelled, with their mistakes."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from collector.db import reading, transaction
from collector.donors.models import Donor, DonorState, Serology
from collector.people.models import WebSession
from collector.pickups.models import Pickup, PickupHold, PickupState, Purpose
from collector.rounds.models import DayPlan, Round, RoundState
from tests.builders import DAY, MORNING
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.request_forms import link_of

THURSDAY = date(2026, 11, 26)
GOOD: dict[str, object] = {
    "once": "one form",
    "bottles": "8",
    "volume_ml": "1 500",
    "oldest_on": "2026-11-01",
    "empties_wanted": "6",
    "health-illness": "no",
    "health-medication": "no",
    "health-exposure": "no",
    "day": ["2026-11-26", "", ""],
    "opens": ["09:00", "08:00", "08:00"],
    "closes": ["11:00", "18:00", "18:00"],
    "note": "Second floor",
}


@pytest.fixture
def dora(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, donor=town.dora)


def words(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.get_data(as_text=True))).split())


def latest(app: Flask, town: Town) -> Pickup:
    with app.app_context(), reading() as session:
        pickup = session.scalars(
            select(Pickup).where(Pickup.donor_id == town.dora).order_by(Pickup.id.desc())
        ).first()
        assert pickup is not None
        return pickup


def publish(app: Flask, town: Town) -> None:
    """Promise Dora's visit for the 24th between 9 and 11 in Paris."""
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, town.pickups[0]).state = PickupState.PUBLISHED
        plan = DayPlan(bank_id=town.bank, day=DAY, revision=1, edits=0)
        session.add(plan)
        session.flush()
        window = {"opens": "2026-11-24T08:00:00+00:00", "closes": "2026-11-24T10:00:00+00:00"}
        session.add(
            Round(
                bank_id=town.bank,
                day_plan_id=plan.id,
                shift_id=town.shifts[0],
                letter="A",
                state=RoundState.PUBLISHED,
                revision=1,
                departs_at=None,
                returns_at=None,
                metres=0,
                driving_seconds=0,
                cost_cents=0,
                published={
                    "stops": [
                        {"pickup": town.pickups[1], "window": window, "code": "duo polo"},
                        {"pickup": town.pickups[0], "window": window, "code": "lotus canyon"},
                    ]
                },
            )
        )


def test_a_request_is_made_and_shown(app: Flask, town: Town, dora: FlaskClient) -> None:
    answer = dora.post("/donor/visits", data=GOOD, follow_redirects=True)
    assert answer.status_code == 200
    assert "We have your request." in words(answer)
    assert "Thursday 26 November 09:00\N{EN DASH}11:00" in words(answer)
    assert "8 bottles, 1.5 L" in words(answer)
    assert "We bring 6 empty bottles" in words(answer)
    pickup = latest(app, town)
    assert (pickup.state, pickup.asked_by) == (PickupState.ASKED, f"donor:{town.dora}")


def test_a_double_click_asks_once(app: Flask, town: Town, dora: FlaskClient) -> None:
    first, second = (dora.post("/donor/visits", data=GOOD) for _ in range(2))
    assert first.location == second.location
    assert latest(app, town).id == town.stranger_pickup + 1


def test_a_form_sent_by_four_fingers_at_once_asks_once(
    app: Flask, town: Town, dora: FlaskClient
) -> None:
    cookie = dora.get_cookie("milkround_donor")
    assert cookie is not None

    def send(_finger: int) -> str:
        client = app.test_client()
        client.set_cookie(cookie.key, cookie.value)
        answer = client.post("/donor/visits", data=GOOD)
        assert answer.status_code == 303, words(answer)
        return answer.location

    with ThreadPoolExecutor(4) as fingers:
        assert len(set(fingers.map(send, range(4)))) == 1
    with app.app_context(), reading() as session:
        hers = session.scalars(select(Pickup.id).where(Pickup.donor_id == town.dora)).all()
    assert len(hers) == 2, "the town's own and this one"


def test_the_form_offers_last_times_numbers_and_the_next_fourteen_days(dora: FlaskClient) -> None:
    page = dora.get("/donor/visits/new").get_data(as_text=True)
    assert re.search(r'id="bottles"[^>]*value="8"', page)
    days = set(re.findall(r'<option value="(\d{4}-\d\d-\d\d)"', page))
    assert days == {str(date(2026, 11, 23) + timedelta(days=ahead)) for ahead in range(15)}
    health = re.findall(r'name="health-[^>]*', page)
    assert len(health) == 6
    assert "checked" not in "".join(health), "a health question is never answered for her"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"bottles": "many"}, "Write a whole number in digits, such as 8."),
        ({"bottles": ""}, "Give a number."),
        ({"bottles": "0"}, "Give a number from 1 to 150."),
        ({"volume_ml": "1,5"}, "Write a whole number in digits, such as 8."),
        ({"volume_ml": "99999999999999999999"}, "Write a whole number in digits, such as 8."),
        ({"oldest_on": "yesterday"}, "Write the day as day/month/year, such as 24/11/2026."),
        ({"oldest_on": ""}, "Give the day written on your oldest bottle."),
        ({"oldest_on": "2026-12-24"}, "This day has not come yet."),
        ({"health-illness": ""}, "Please answer yes or no."),
        ({"day": ["", "", ""]}, "Choose at least one day on which you are at home."),
        ({"day": ["2026-11-22", "", ""]}, "This time is over. Choose a later one."),
        ({"day": ["2026-12-24", "", ""]}, "Choose a day within the next 14 days."),
        ({"closes": ["08:00", "", ""]}, "The second time must come after the first."),
        ({"opens": ["nine", "", ""]}, "Write the time as hours and minutes, such as 09:30."),
        ({"note": "x" * 501}, "Please keep to 500 characters."),
    ],
)
def test_a_mistake_is_shown_and_no_typed_text_is_lost(
    app: Flask, town: Town, dora: FlaskClient, change: dict[str, object], says: str
) -> None:
    answer = dora.post("/donor/visits", data=GOOD | {"note": "Blue door"} | change)
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert says in page
    typed = {**GOOD, "note": "Blue door", **change}
    for name in ("bottles", "volume_ml", "oldest_on", "note"):
        assert str(typed[name]) in page
    assert "opens" in change or 'value="09:00"' in page
    assert latest(app, town).id == town.pickups[0], "nothing was asked"


def test_a_day_that_is_offered_no_more_is_shown_in_words(dora: FlaskClient) -> None:
    for typed, shown in (("2026-12-24", "jeudi 24 décembre"), ("soon", "soon")):
        day = {"day": [typed, "", ""]}
        page = dora.post("/donor/visits?language=fr", data=GOOD | day).get_data(as_text=True)
        assert f'<option value="{typed}" selected>{shown}</option>' in page


def test_a_mistake_stands_beside_its_own_line(dora: FlaskClient) -> None:
    days = {"day": ["2026-11-26", "", "2026-11-27"], "closes": ["11:00", "18:00", "07:00"]}
    page = dora.post("/donor/visits", data=GOOD | days).get_data(as_text=True)
    assert re.findall(r'id="(windows[^"]*)-wrong"', page) == ["windows.2"]


def test_another_day_is_offered_without_javascript(dora: FlaskClient) -> None:
    answer = dora.post("/donor/visits", data=GOOD | {"more": "1", "bottles": "many"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, page.count('name="day"')) == (200, 4)
    assert 'value="many"' in page
    assert "wrong" not in page.replace("data-wrong", "")


def test_a_yes_keeps_the_request_and_opens_a_hold(
    app: Flask, town: Town, dora: FlaskClient
) -> None:
    answer = dora.post(
        "/donor/visits", data=GOOD | {"health-illness": "yes"}, follow_redirects=True
    )
    assert "Please keep your milk: a nurse calls you before we come." in words(answer)
    with app.app_context(), reading() as session:
        held = session.scalars(select(PickupHold.reason)).all()
    assert (list(held), latest(app, town).state) == (["illness"], PickupState.ASKED)


def test_a_day_with_a_request_already_is_refused_above_the_form(dora: FlaskClient) -> None:
    taken = {"day": [DAY.isoformat(), "", ""]}
    answer = dora.post("/donor/visits", data=GOOD | taken)
    assert answer.status_code == 422
    assert "You already asked for a visit on one of these days." in words(answer)


def test_a_blood_test_that_lapses_before_the_visit_is_renewed_at_it(
    app: Flask, town: Town, dora: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(
            update(Serology)
            .where(Serology.donor_id == town.dora)
            .values(valid_until=THURSDAY - timedelta(days=1))
        )
    answer = dora.post("/donor/visits", data=GOOD, follow_redirects=True)
    said = "Your blood test is valid until Wednesday 25 November; we draw the next one"
    assert said in words(answer)
    assert latest(app, town).purposes == [Purpose.COLLECTION, Purpose.BLOOD_SAMPLE]


def test_too_little_and_too_old_milk_are_noted_kindly_and_not_refused(
    dora: FlaskClient,
) -> None:
    little = GOOD | {"volume_ml": "300", "oldest_on": "2026-08-20"}
    answer = dora.post("/donor/visits", data=little, follow_redirects=True)
    assert answer.status_code == 200
    assert "We usually come from 0.4 L." in words(answer)
    assert "was to be fetched by Wednesday 18 November" in words(answer)


def test_a_published_visit_is_promised_in_words(app: Flask, town: Town, dora: FlaskClient) -> None:
    publish(app, town)
    page = words(dora.get("/donor/"))
    assert "We come on Tuesday 24 November between 09:00 and 11:00." in page
    assert "lotus canyon" not in page
    assert "1 rue du Port" not in page, "a link alone shows days and times"
    with app.app_context(), transaction() as session:
        session.execute(update(WebSession).values(proved_at=MORNING))
    page = words(dora.get("/donor/"))
    assert "lotus canyon" in page
    assert "1 rue du Port" in page, "her own address, once she is signed in"


def test_a_promised_visit_may_be_called_off_until_twelve_hours_before(
    app: Flask, town: Town, dora: FlaskClient, clock: SetClock
) -> None:
    publish(app, town)
    url = f"/donor/visits/{town.pickups[0]}"
    assert "until Mon 23 Nov 21:00" in words(dora.get(url)).replace(",", "")
    clock.instant = datetime(2026, 11, 23, 20, 0, 1, tzinfo=UTC)
    assert "please call us" in words(dora.get(url))
    late = dora.post(f"{url}/cancellation")
    assert (late.status_code, "less than 12 hours away" in words(late)) == (422, True)
    clock.instant = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    answer = dora.post(f"{url}/cancellation", follow_redirects=True)
    assert "Your visit is called off. Nobody will come." in words(answer)
    assert latest(app, town).state is PickupState.CANCELLED


def test_a_change_is_shown_as_it_stood_and_saved(app: Flask, town: Town, dora: FlaskClient) -> None:
    url = f"/donor/visits/{town.pickups[0]}"
    page = dora.get(f"{url}/change").get_data(as_text=True)
    assert re.search(r'value="2026-11-24" selected', page)
    assert 'value="08:00"' in page
    answer = dora.post(url, data=GOOD | {"day": ["2026-11-25", "", ""]}, follow_redirects=True)
    assert "Wednesday 25 November" in words(answer)
    assert latest(app, town).state is PickupState.ASKED, "other days are a new question"
    wrong = dora.post(url, data=GOOD | {"bottles": "many"})
    assert (wrong.status_code, "many" in wrong.get_data(as_text=True)) == (422, True)


@pytest.mark.parametrize("path", ["", "/change"])
def test_anothers_visit_is_not_there(town: Town, dora: FlaskClient, path: str) -> None:
    for key in (town.pickups[1], town.stranger_pickup, 10_000):
        assert dora.get(f"/donor/visits/{key}{path}").status_code == 404


def test_anothers_visit_is_neither_changed_nor_called_off(town: Town, dora: FlaskClient) -> None:
    for key in (town.pickups[1], town.stranger_pickup):
        assert dora.post(f"/donor/visits/{key}", data=GOOD).status_code == 404
        assert dora.post(f"/donor/visits/{key}/cancellation").status_code == 404


def test_a_candidate_gives_her_windows_and_nothing_else(app: Flask, town: Town) -> None:
    gina = sign_in(app, bank=town.other_bank, donor=town.stranger_donor)
    page = gina.get("/donor/visits/new").get_data(as_text=True)
    assert 'name="bottles"' not in page
    assert "health-" not in page
    sent = {name: GOOD[name] for name in ("once", "day", "opens", "closes", "note")}
    answer = gina.post("/donor/visits", data=sent, follow_redirects=True)
    assert "we meet for a first talk" in words(answer)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (DonorState.ENDED, "Thank you for all you gave."),
        (DonorState.EXCLUDED, "Please call us: we explain and help."),
        (DonorState.SUSPENDED, "Please call us: we explain and help."),
    ],
)
def test_a_blocked_donor_reads_a_kind_sentence_and_gets_no_form(
    app: Flask, town: Town, dora: FlaskClient, state: DonorState, says: str
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Donor, town.dora).state = state
    page = words(dora.get("/donor/"))
    assert says in page
    assert "Ask for" not in page
    assert dora.post("/donor/visits", data=GOOD).status_code == 422


def test_a_discreet_donor_sees_neutral_titles(app: Flask, town: Town, dora: FlaskClient) -> None:
    assert "Town bank" in words(dora.get("/donor/"))
    with app.app_context(), transaction() as session:
        session.get_one(Donor, town.dora).discreet = True
    for path in ("/donor/", "/donor/visits/new", f"/donor/visits/{town.pickups[0]}"):
        page = dora.get(path).get_data(as_text=True)
        (title,) = re.findall(r"<title>(.*?)</title>", page)
        assert "appointment" in title
        assert not re.search(r"[Mm]ilk|Town", title)
        assert "Town bank" not in page
        assert not re.search(r"<h[12][^>]*>[^<]*[Mm]ilk", page)


def test_any_odd_form_is_answered(dora: FlaskClient) -> None:
    for odd in (
        {},
        {"day": ["\x00"] * 40},
        {"day": "9999-99-99", "opens": "25:99"},
        {"note": "\x00"},
    ):
        assert dora.post("/donor/visits", data=odd).status_code == 422


def test_hours_that_are_over_are_announced_no_more(app: Flask, town: Town, clock: SetClock) -> None:
    publish(app, town)
    dora, link = sign_in(app, bank=town.bank, donor=town.dora), link_of(app, town, clock)
    visit = f"/donor/visits/{town.pickups[0]}"
    before = words(dora.get(visit))
    assert "We come on Tuesday 24 November between" in before
    clock.instant = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    for page in (words(dora.get(visit)), words(dora.get("/donor/"))):
        assert "and are late. We are sorry." in page
        assert "We come on Tuesday" not in page
    assert "We are late." in words(dora.get(link))
    clock.advance(days=1)
    assert "If nobody came, please call us." in words(dora.get(visit))


def test_a_visit_that_is_over_shows_the_load_as_announced(app: Flask, town: Town) -> None:
    publish(app, town)
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, town.pickups[0]).state = PickupState.COLLECTED
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    assert re.search(r"\d+ bottles?, [\d.]+ L announced", words(dora.get("/donor/")))
    page = words(dora.get(f"/donor/visits/{town.pickups[0]}"))
    assert "You announced" in page
    assert "You were at home" in page
    assert "We bring" not in page

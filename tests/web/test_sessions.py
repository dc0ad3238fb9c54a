"""Sessions of staff and donors: their ends, their list, and the text that survives them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from collector.db import reading, transaction
from collector.people.actions import make_link
from collector.people.devices import see_device
from collector.people.models import Device, RoleGrant, Surface, WebSession
from tests.builders import MORNING
from tests.conftest import SetClock
from tests.town import Town, sign_in

DESK, PHONE, DONOR = "/board/morning", "/phone/session", "/donor/"
BY_ITSELF = {"X-Milkround-Background": "1"}


def is_in(client: FlaskClient, path: str, *, by_itself: bool = False) -> bool:
    answer = client.get(path, headers=BY_ITSELF if by_itself else {})
    return answer.status_code == 200


def test_a_desk_session_ends_after_thirty_minutes_without_use(
    app: Flask, clock: SetClock, town: Town
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    clock.advance(minutes=29.9)
    assert is_in(claire, DESK)
    clock.advance(minutes=29.9)
    assert is_in(claire, DESK)
    clock.advance(minutes=30)
    assert not is_in(claire, DESK)


def test_a_page_that_refreshes_itself_is_no_use(app: Flask, clock: SetClock, town: Town) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    for _ in range(2):
        clock.advance(minutes=14)
        assert is_in(claire, DESK, by_itself=True)
    clock.advance(minutes=2)
    assert not is_in(claire, DESK)


def test_a_desk_session_ends_after_twelve_hours_of_use(
    app: Flask, clock: SetClock, town: Town
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    for _ in range(35):
        clock.advance(minutes=20)
        assert is_in(claire, DESK)
    clock.advance(minutes=20)
    assert not is_in(claire, DESK)


def test_a_phone_rests_ten_hours_on_a_day_with_a_shift(
    app: Flask, clock: SetClock, town: Town
) -> None:
    clock.advance(days=1)
    ana = sign_in(app, bank=town.bank, person=town.ana)
    clock.advance(hours=9.99)
    assert is_in(ana, PHONE, by_itself=True)
    clock.advance(hours=0.01)
    assert not is_in(ana, PHONE)


def test_a_phone_rests_ten_hours_over_midnight(app: Flask, clock: SetClock, town: Town) -> None:
    clock.advance(days=1, hours=11)
    ana = sign_in(app, bank=town.bank, person=town.ana)
    clock.advance(hours=9)
    assert is_in(ana, PHONE, by_itself=True)


def test_a_phone_rests_thirty_minutes_on_a_day_without_a_shift(
    app: Flask, clock: SetClock, town: Town
) -> None:
    ana = sign_in(app, bank=town.bank, person=town.ana)
    clock.advance(minutes=29.9)
    assert is_in(ana, PHONE, by_itself=True)
    clock.advance(minutes=0.1)
    assert not is_in(ana, PHONE)


def test_a_donors_session_ends_after_thirty_days_of_rest(
    app: Flask, clock: SetClock, town: Town
) -> None:
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    for _ in range(3):
        clock.advance(days=29.9)
        assert is_in(dora, DONOR)
    clock.advance(days=30)
    assert not is_in(dora, DONOR)


def test_a_use_renews_a_donors_cookie(app: Flask, clock: SetClock, town: Town) -> None:
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    assert "milkround_donor" not in str(dora.get(DONOR).headers.getlist("Set-Cookie"))
    clock.advance(days=1)
    assert "milkround_donor" in str(dora.get(DONOR).headers.getlist("Set-Cookie"))


def test_a_use_is_stored_at_most_once_a_minute(app: Flask, clock: SetClock, town: Town) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    seen = []
    for _ in range(4):
        clock.advance(seconds=30)
        claire.get(DESK)
        with app.app_context(), reading() as session:
            seen.append(session.scalars(select(WebSession.seen_at)).one())
    assert [(each - MORNING).total_seconds() for each in seen] == [0, 60, 60, 120]


def test_a_session_of_one_surface_opens_no_other(app: Flask, town: Town) -> None:
    sophie = sign_in(app, bank=town.other_bank, person=town.sophie)
    desk, phone = (sophie.get_cookie(surface).value for surface in (Surface.DESK, Surface.PHONE))
    assert desk != phone
    sophie.set_cookie(Surface.PHONE, desk)
    assert not is_in(sophie, PHONE)
    sophie.post("/sign-out/milkround_desk")
    sophie.set_cookie(Surface.PHONE, phone)
    assert is_in(sophie, PHONE)


def test_a_newer_link_ends_the_older_ones(app: Flask, clock: SetClock, town: Town) -> None:
    with app.app_context(), transaction() as session:
        said = {"now": clock.now(), "bank_id": town.bank}
        old, new = (make_link(session, **said, person_id=town.claire) for _ in range(2))
        hers = make_link(session, **said, person_id=town.ana)
    statuses = [app.test_client().post(f"/link/{each}").status_code for each in (old, new, hers)]
    assert statuses == [410, 303, 303]


@pytest.mark.parametrize(
    ("who", "page", "start"),
    [
        ("claire", "/account/sessions", DESK),
        ("ana", "/account/phone/sessions", PHONE),
        ("dora", "/donor/sessions", DONOR),
    ],
)
def test_a_session_is_ended_from_another_one(
    app: Flask, town: Town, who: str, page: str, start: str
) -> None:
    holder = {"donor" if who == "dora" else "person": getattr(town, who)}
    lost, kept = (sign_in(app, bank=town.bank, **holder) for _ in range(2))
    shown = kept.get(page).text
    assert shown.count("End this session") == 2
    assert kept.post(f"{page}/1/end").status_code == 303
    assert not is_in(lost, start)
    assert is_in(kept, start)
    assert kept.get(page).text.count("End this session") == 1


def test_signing_out_everywhere_ends_sessions_and_links(
    app: Flask, clock: SetClock, town: Town
) -> None:
    browsers = [sign_in(app, bank=town.bank, person=town.claire) for _ in range(3)]
    stranger = sign_in(app, bank=town.bank, person=town.adele)
    with app.app_context(), transaction() as session:
        token = make_link(session, now=clock.now(), bank_id=town.bank, person_id=town.claire)
    assert browsers[0].post("/account/sessions/end").status_code == 303
    assert not any(is_in(each, DESK) for each in browsers)
    assert app.test_client().post(f"/link/{token}").status_code == 410
    assert is_in(stranger, "/account/sessions")


def test_a_session_of_somebody_else_is_not_found(app: Flask, town: Town) -> None:
    adele = sign_in(app, bank=town.bank, person=town.adele)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert claire.post("/account/sessions/1/end").status_code == 404
    assert is_in(adele, "/account/sessions")


def test_only_ones_own_phone_is_revoked(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        for key, person in enumerate((town.ana, town.bruno)):
            see_device(
                session,
                now=MORNING,
                bank_id=town.bank,
                person_id=person,
                key=f"00000000-0000-0000-0000-00000000000{key}",
                name="iPhone Safari",
                session_id=None,
                unsent=2,
            )
    ana = sign_in(app, bank=town.bank, person=town.ana)
    page = unescape(ana.get("/account/phone/sessions").text)
    assert "2 records not sent" in page
    assert ana.post("/account/phone/sessions/phones/2/revocation").status_code == 404
    assert ana.post("/account/phone/sessions/phones/1/revocation").status_code == 303
    with app.app_context(), reading() as session:
        revoked = session.scalars(select(Device.revoked_at).order_by(Device.id)).all()
    assert [each is not None for each in revoked] == [True, False]


def test_a_form_sent_after_the_end_comes_back_to_be_sent_again(
    app: Flask, clock: SetClock, town: Town
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    app.config["WTF_CSRF_ENABLED"] = True
    token = re.findall(r'csrf-token" content="([^"]+)"', claire.get(DESK).text)[0]
    typed = 'Rue du "Port"\n<b>3</b>'
    clock.advance(minutes=31)
    form = {"csrf_token": token, "number": "20000003", "reason": typed}
    answer = claire.post("/board/bank/directory?x=1", data=form)
    assert answer.status_code == 401
    page = answer.text
    fields = {
        unescape(name): unescape(text)
        for name, text in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    }
    assert fields["reason"] == typed
    assert fields["number"] == "20000003"
    assert 'action="/board/bank/directory?x=1"' in page
    assert "<b>3</b>" not in page


def test_without_a_session_no_form_comes_back_to_a_script(app: Flask) -> None:
    client = app.test_client()
    for headers in ({"HX-Request": "true"}, {"Accept": "application/json"}):
        answer = client.post("/board/bank/directory", data={"reason": "typed"}, headers=headers)
        assert answer.status_code == 401
        assert "typed" not in answer.text


def test_a_person_without_a_role_gets_no_session(app: Flask, clock: SetClock, town: Town) -> None:
    with app.app_context(), transaction() as session:
        token = make_link(session, now=clock.now(), bank_id=town.bank, person_id=town.claire)

        session.execute(delete(RoleGrant).where(RoleGrant.person_id == town.claire))
    assert app.test_client().post(f"/link/{token}").status_code == 410

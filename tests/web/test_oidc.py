"""Sign-in by a hospital's provider: flow, link of the account, factors, faults, sign-out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from collector.app import create_app
from collector.audit.models import AuditEntry
from collector.config import Settings
from collector.db import db, reading, transaction
from collector.oidc_settings import Oidc
from collector.people.actions import deactivate
from collector.people.factors import remove_factors
from collector.people.models import Person, ProviderAccount
from collector.processes import free_port
from tests.conftest import SetClock
from tests.town import Town
from tests.web.account.test_factors import by_link, code_of, enrol
from tests.web.provider import CLIENT, SECRET, STRANGERS_KEY, Provider, go, serving

pytestmark = pytest.mark.twin

START = "/sign-in/oidc"
DESK = "/board/morning"
SEAL = "/board/bank/erasures/seal"


MADE: list[Flask] = []
"""The applications of a test, whose connections are closed after it."""


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while MADE:
        app = MADE.pop()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def hospital() -> Provider:
    return Provider()


@pytest.fixture
def issuer(hospital: Provider, first_port: int) -> Iterator[str]:
    with serving(hospital, free_port("127.0.0.1", first_port)) as address:
        yield address


def with_provider(settings: Settings, clock: SetClock, issuer: str, **more: object) -> Flask:
    known = Oidc(issuer=issuer, client_id=CLIENT, client_secret=SECRET, name="CHU", **more)
    app = create_app(replace(settings, oidc=known), clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    MADE.append(app)
    return app


@pytest.fixture
def linked(settings: Settings, clock: SetClock, issuer: str, town: Town) -> Flask:
    """The application with the hospital's provider, over the database with the town."""
    assert town
    return with_provider(settings, clock, issuer)


def sign_in_there(client: FlaskClient, start: str = START) -> TestResponse:
    departed = client.get(start)
    assert departed.status_code == 302, departed.text
    return client.get(go(departed.headers["Location"]))


def strong(hospital: Provider, clock: SetClock) -> None:
    """Let the provider ask for two factors, now."""
    hospital.claims |= {"amr": ["pwd", "mfa"], "auth_time": int(clock.now().timestamp())}


def audited(app: Flask) -> list[str]:
    with app.app_context(), reading() as session:
        return list(session.scalars(select(AuditEntry.action)))


def test_a_hospital_account_with_two_factors_opens_the_desk(
    linked: Flask, hospital: Provider, clock: SetClock
) -> None:
    strong(hospital, clock)
    claire = linked.test_client()
    assert "Sign in by CHU" in claire.get(f"/sign-in?next={DESK}").text
    answer = sign_in_there(claire, f"{START}?next=/board/donors/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/board/donors/")
    assert claire.get(DESK).status_code == 200
    assert hospital.asked["scope"] == "openid email"
    assert hospital.asked["max_age"] == "43200"
    assert audited(linked).count("hospital account linked") == 1
    sign_in_there(linked.test_client())
    assert audited(linked).count("hospital account linked") == 1


def test_a_sign_in_is_logged_with_its_way_and_without_an_address(
    linked: Flask, hospital: Provider, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    sign_in_there(linked.test_client())
    hospital.claims |= {"sub": "hospital-0815", "email": "nobody@town.example"}
    sign_in_there(linked.test_client())
    assert f"signed in: person:{town.claire} by oidc from=" in caplog.text
    assert "sign-in refused: provider_person_unknown" in caplog.text
    assert "@town.example" not in caplog.text
    assert "127.0.0.1" not in "".join(
        each.getMessage() for each in caplog.records if "sign" in each.getMessage()
    )


def test_an_account_with_one_factor_is_asked_for_the_second(
    linked: Flask, clock: SetClock, town: Town
) -> None:
    secret, _ = enrol(by_link(linked, clock, town, town.claire), clock)
    claire = linked.test_client()
    assert sign_in_there(claire).status_code == 303
    assert claire.get(DESK).headers["Location"].startswith("/account/proof")
    clock.advance(minutes=1)
    claire.post("/account/proof", data={"code": code_of(secret, clock)})
    assert claire.get(DESK).status_code == 200


@pytest.mark.parametrize(
    ("acr", "opens"), [("urn:hospital:card", True), ("urn:hospital:password", False)]
)
def test_the_operator_names_the_classes_that_stand_for_two_factors(
    settings: Settings,
    clock: SetClock,
    issuer: str,
    hospital: Provider,
    town: Town,
    acr: str,
    *,
    opens: bool,
) -> None:
    assert town
    app = with_provider(settings, clock, issuer, strong=("urn:hospital:card",))
    hospital.claims |= {"acr": acr, "auth_time": int(clock.now().timestamp())}
    claire = app.test_client()
    sign_in_there(claire)
    assert hospital.asked["acr_values"] == "urn:hospital:card"
    assert (claire.get(DESK).status_code == 200) is opens


def test_factors_of_yesterday_open_no_desk(
    linked: Flask, hospital: Provider, clock: SetClock
) -> None:
    strong(hospital, clock)
    clock.advance(hours=12, seconds=1)
    claire = linked.test_client()
    sign_in_there(claire)
    assert claire.get(DESK).status_code == 302


def test_an_unknown_or_deactivated_person_is_told_the_remedy_and_is_not_added(
    linked: Flask, hospital: Provider, clock: SetClock, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    hospital.claims["email"] = "nobody@hospital.example"
    answer = sign_in_there(linked.test_client())
    assert answer.status_code == 403
    assert "An administrator of the bank adds you" in answer.text
    assert "Send me a link" in answer.text
    assert "nobody@hospital.example" not in caplog.text
    with linked.app_context(), transaction() as session:
        assert session.scalars(select(ProviderAccount)).all() == []
        assert session.scalar(select(Person).where(Person.email.startswith("nobody"))) is None
    hospital.claims["email"] = "claire@town.example"
    claire = linked.test_client()
    sign_in_there(claire)
    with linked.app_context(), transaction() as session:
        deactivate(
            session, now=clock.now(), bank_id=town.bank, person_id=town.claire, actor="system"
        )
    assert sign_in_there(linked.test_client()).status_code == 403


def test_an_address_that_the_provider_does_not_vouch_for_links_nobody(
    settings: Settings, clock: SetClock, issuer: str, linked: Flask, hospital: Provider
) -> None:
    for unmarked in (False, None):
        hospital.claims["email_verified"] = unmarked
        answer = sign_in_there(linked.test_client())
        assert answer.status_code == 403
        assert "no confirmed e-mail address" in answer.text
    trusting = with_provider(settings, clock, issuer, trusts_email=True)
    assert sign_in_there(trusting.test_client()).status_code == 303


def test_the_account_decides_after_the_first_sign_in_and_the_address_no_more(
    linked: Flask, hospital: Provider, clock: SetClock, town: Town
) -> None:
    sign_in_there(linked.test_client())
    hospital.claims["email"] = "adele@town.example"
    again = linked.test_client()
    assert sign_in_there(again).status_code == 303
    assert _session_holder(linked, again) == town.claire
    hospital.claims |= {"sub": "hospital-0815", "email": "claire@town.example"}
    other = sign_in_there(linked.test_client())
    assert other.status_code == 403
    assert "not the hospital account that you use here" in other.text
    with linked.app_context(), transaction() as session:
        person = session.get_one(Person, town.claire)
        remove_factors(session, now=clock.now(), person=person, actor="system")
    assert sign_in_there(linked.test_client()).status_code == 303


def _session_holder(app: Flask, client: FlaskClient) -> int | None:
    from collector.people.queries import actor_of  # noqa: PLC0415

    cookie = client.get_cookie("milkround_desk")
    assert cookie is not None
    with app.app_context(), reading() as session:
        found = actor_of(session, cookie.value, now=app.extensions["milkround_clock"].now())
    return found.person_id if found else None


def test_a_way_back_serves_once_and_in_its_own_browser(linked: Flask, hospital: Provider) -> None:
    claire, thief = linked.test_client(), linked.test_client()
    back = go(claire.get(START).headers["Location"])
    assert thief.get(back).status_code == 410
    thief.get(START)
    assert thief.get(back).status_code == 410
    assert claire.get(back).status_code == 303
    assert claire.get(back).status_code == 410
    assert hospital.codes == {}


def test_a_stolen_code_is_worthless_without_its_verifier(linked: Flask) -> None:
    claire, thief = linked.test_client(), linked.test_client()
    stolen = parse_qs(urlsplit(go(claire.get(START).headers["Location"])).query)["code"][0]
    own = go(thief.get(START).headers["Location"])
    state = parse_qs(urlsplit(own).query)["state"][0]
    answer = thief.get(f"{START}/return?{urlencode({'state': state, 'code': stolen})}")
    assert answer.status_code == 403
    assert "is not valid" in answer.text


FAULTS = {
    "a nonce of another sign-in": {"nonce": "other"},
    "a token for another client": {"aud": "another"},
    "a token of another issuer": {"iss": "https://evil.example"},
    "a token that has expired": {"exp": 1},
    "a token without an account": {"sub": ""},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_token_with_a_wrong_claim_is_refused(
    linked: Flask, hospital: Provider, fault: str
) -> None:
    hospital.claims |= FAULTS[fault]
    _refused(linked)


@pytest.mark.parametrize("fault", ["another key", "no signature", "the client's secret"])
def test_a_token_with_a_wrong_signature_is_refused(
    linked: Flask, hospital: Provider, fault: str
) -> None:
    if fault == "another key":
        hospital.key = STRANGERS_KEY
    elif fault == "no signature":
        hospital.algorithm = "none"
    else:
        from joserfc.jwk import OctKey  # noqa: PLC0415

        hospital.algorithm, hospital.key = "HS256", OctKey.import_key(SECRET)
    _refused(linked)


def _refused(app: Flask) -> None:
    client = app.test_client()
    answer = sign_in_there(client)
    assert answer.status_code == 403
    assert "tell the operator of the installation" in " ".join(answer.text.split())
    assert client.get_cookie("milkround_desk") is None


def test_a_provider_under_another_name_is_refused(linked: Flask, hospital: Provider) -> None:
    hospital.issuer = "https://evil.example"
    answer = linked.test_client().get(START)
    assert answer.status_code == 403
    hospital.issuer = ""
    assert linked.test_client().get(START).status_code == 302


def test_a_provider_that_is_away_leaves_the_link_and_heals(
    linked: Flask, hospital: Provider, clock: SetClock, settings: Settings, first_port: int
) -> None:
    hospital.broken = True
    away = linked.test_client().get(START)
    assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
    assert "does not answer" in away.text
    assert "Send me a link" in away.text
    hospital.broken = False
    client = linked.test_client()
    back = go(client.get(START).headers["Location"])
    hospital.broken = True
    assert client.get(back).status_code == 503
    hospital.broken = False
    assert sign_in_there(linked.test_client()).status_code == 303
    closed = f"http://127.0.0.1:{free_port('127.0.0.1', first_port + 40)}"
    dark = with_provider(settings, clock, closed)
    french = {"Accept-Language": "fr"}
    answer = dark.test_client().get(START, headers=french)
    assert answer.status_code == 503
    assert "ne répond pas" in answer.text


def test_a_cancelled_sign_in_says_so(linked: Flask, hospital: Provider) -> None:
    hospital.refuses = True
    answer = sign_in_there(linked.test_client())
    assert answer.status_code == 403
    assert "was cancelled" in answer.text


def test_a_grave_act_is_proved_by_the_hospital_account_anew(
    linked: Flask, hospital: Provider, clock: SetClock
) -> None:
    strong(hospital, clock)
    claire = linked.test_client()
    sign_in_there(claire)
    export = "/board/days/2026-11-24/rounds.csv"
    assert claire.get(export).status_code == 200
    clock.advance(minutes=6)
    asked = claire.get(export).headers["Location"]
    assert "Prove it with your hospital account" in claire.get(asked).text
    stale = sign_in_there(claire, f"{START}/proof?next={export}")
    assert stale.status_code == 403
    assert hospital.asked["max_age"] == "0"
    assert hospital.asked["prompt"] == "login"
    strong(hospital, clock)
    before = claire.get_cookie("milkround_desk").value
    proved = sign_in_there(claire, f"{START}/proof?next={export}")
    assert (proved.status_code, proved.headers["Location"]) == (303, export)
    assert claire.get_cookie("milkround_desk").value != before
    assert claire.get(export).status_code == 200


def test_a_colleagues_account_proves_nothing_of_mine(
    linked: Flask, hospital: Provider, clock: SetClock
) -> None:
    strong(hospital, clock)
    claire = linked.test_client()
    sign_in_there(claire)
    clock.advance(minutes=6)
    strong(hospital, clock)
    hospital.claims |= {"sub": "hospital-0815", "email": "adele@town.example"}
    sign_in_there(linked.test_client())
    answer = sign_in_there(claire, f"{START}/proof")
    assert answer.status_code == 403
    assert claire.get("/board/days/2026-11-24/rounds.csv").status_code == 302


def test_a_sign_out_offers_the_one_of_the_hospital(
    linked: Flask, hospital: Provider, clock: SetClock
) -> None:
    strong(hospital, clock)
    claire = linked.test_client()
    sign_in_there(claire)
    answer = claire.post("/sign-out/milkround_desk")
    assert answer.headers["Location"] == f"{START}/signed-out"
    page = claire.get(f"{START}/signed-out").text
    assert "may still be open in this browser" in page
    assert claire.get(DESK).headers["Location"].startswith("/sign-in")
    out = urlsplit(claire.get(f"{START}/end").headers["Location"])
    assert out.path == "/logout"
    asked = parse_qs(out.query)
    assert asked["client_id"] == [CLIENT]
    assert asked["post_logout_redirect_uri"] == ["http://127.0.0.1:8000/sign-in"]


def test_without_a_provider_there_is_no_such_way(app: Flask) -> None:
    client = app.test_client()
    assert "hospital account" not in client.get("/sign-in").text
    for address in (START, f"{START}/return?code=a&state=b", f"{START}/end"):
        assert client.get(address).status_code == 404

"""The second factor of the staff: enrolment, proof, tries, recovery codes, exemption."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.app import create_app
from collector.audit.models import AuditEntry
from collector.config import Settings, SettingsError, settings_from
from collector.db import db, reading, transaction
from collector.notices.models import Notice
from collector.people.actions import make_link
from collector.people.factors import TRIES_OF_A_SESSION, draw_recovery_codes, remove_factors
from collector.people.links import hashed
from collector.people.models import Person, RecoveryCode, TotpSecret
from collector.people.vault import Vault
from tests.conftest import SetClock
from tests.slow_hashes import hashes_of
from tests.town import Town

DESK = "/board/morning"
PROOF = "/account/proof"
APP = "/account/proofs/app"


def by_link(app: Flask, clock: SetClock, town: Town, person: int) -> FlaskClient:
    """Return a browser that a link alone has signed in."""
    with app.app_context(), transaction() as session:
        token = make_link(session, now=clock.now(), bank_id=town.bank, person_id=person)
    client = app.test_client()
    assert client.post(f"/link/{token}").status_code == 303
    return client


def enrol(client: FlaskClient, clock: SetClock) -> tuple[str, list[str]]:
    """Set up an app as a person does; return its secret and the recovery codes."""
    page = unescape(client.get(APP).text)
    secret = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)[0].replace(" ", "")
    assert f"secret={secret}" in page
    done = client.post(APP, data={"code": code_of(secret, clock)})
    assert done.status_code == 200, done.text
    return secret, re.findall(r"<code>([a-z0-9-]{14})</code>", done.text)


def code_of(secret: str, clock: SetClock) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def told(app: Flask) -> list[object]:
    """Return the changes of proofs that were told to their persons."""
    with app.app_context(), reading() as session:
        return [each.figures.get("change") for each in session.scalars(select(Notice))]


def is_in(client: FlaskClient) -> bool:
    return client.get(DESK).status_code == 200


def test_a_link_alone_opens_no_desk_and_leads_to_the_enrolment(
    app: Flask, clock: SetClock, town: Town
) -> None:
    claire = by_link(app, clock, town, town.claire)
    assert claire.get(DESK).headers["Location"].startswith("/account/proof?next=/board/morning")
    page = claire.get(f"{PROOF}?next={DESK}", follow_redirects=True).text
    assert "Set up an app" in page
    refused = claire.post(f"/board/donors/{town.dora}/loss", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.get_json()["error"]) == (422, "second_factor_needed")
    secret, codes = enrol(claire, clock)
    assert is_in(claire)
    assert len(set(codes)) == 10
    with app.app_context(), reading() as session:
        kept = session.scalars(select(TotpSecret.sealed)).one()
        assert secret not in kept
        assert Vault(app.secret_key).unseal(kept) == secret
        assert Vault("another secret").unseal(kept) is None
        hashes = session.scalars(select(RecoveryCode.code_hash)).all()
        assert not set(codes) & set(hashes)


def test_a_link_alone_opens_a_collectors_phone(app: Flask, clock: SetClock, town: Town) -> None:
    ana = by_link(app, clock, town, town.ana)
    assert ana.get("/phone/session").status_code == 200


def test_the_next_sign_in_asks_for_a_code_that_serves_once(
    app: Flask, clock: SetClock, town: Town
) -> None:
    secret, _ = enrol(by_link(app, clock, town, town.claire), clock)
    clock.advance(minutes=1)
    code = code_of(secret, clock)
    claire = by_link(app, clock, town, town.claire)
    assert not is_in(claire)
    before = claire.get_cookie("milkround_desk").value
    answer = claire.post(f"{PROOF}?next={DESK}", data={"code": f"{code[:3]} {code[3:]}"})
    assert answer.headers["Location"] == DESK
    assert claire.get_cookie("milkround_desk").value != before
    assert is_in(claire)
    thief = by_link(app, clock, town, town.claire)
    thief.post(PROOF, data={"code": code})
    assert not is_in(thief)


@pytest.mark.parametrize(
    ("seconds", "is_right"), [(-60, False), (-30, True), (30, True), (60, False)]
)
def test_a_clock_may_be_half_a_minute_wrong(
    app: Flask, clock: SetClock, town: Town, seconds: int, *, is_right: bool
) -> None:
    secret, _ = enrol(by_link(app, clock, town, town.claire), clock)
    clock.advance(minutes=5)
    claire = by_link(app, clock, town, town.claire)
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()) + seconds)
    claire.post(PROOF, data={"code": code})
    assert is_in(claire) is is_right


def test_a_recovery_code_serves_once_and_is_in_the_audit_chain(
    app: Flask, clock: SetClock, town: Town
) -> None:
    _, codes = enrol(by_link(app, clock, town, town.claire), clock)
    first, second = (by_link(app, clock, town, town.claire) for _ in range(2))
    assert first.post(PROOF, data={"code": codes[3].upper()}).status_code == 303
    assert second.post(PROOF, data={"code": codes[3]}).status_code == 422
    assert (is_in(first), is_in(second)) == (True, False)
    with app.app_context(), reading() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert "recovery code used" in actions
    assert "authenticator app added" in actions
    assert "9 codes are left." in first.get("/account/proofs").text


def test_a_recovery_code_is_kept_as_a_slow_hash_and_a_former_one_still_serves(
    app: Flask, clock: SetClock, town: Town
) -> None:
    _, codes = enrol(by_link(app, clock, town, town.claire), clock)
    with app.app_context():
        with transaction() as session:
            rows = session.scalars(select(RecoveryCode).order_by(RecoveryCode.id)).all()
            salts = {row.code_hash.split("$")[0] for row in rows}
            assert [len(salt) for salt in salts] == [32]
            assert len({row.code_hash for row in rows}) == len(codes)
            former = hashed(f"recovery {town.claire} abcdefghjkmn")
            rows[0].code_hash = former
        db.session.remove()
    for code, opens in ((codes[0], False), ("abcd-efgh-jkmn", True), (codes[1], True)):
        claire = by_link(app, clock, town, town.claire)
        claire.post(PROOF, data={"code": code})
        assert is_in(claire) is opens


def test_no_recovery_code_is_hashed_while_a_transaction_keeps_other_writers_waiting(
    app: Flask, clock: SetClock, town: Town
) -> None:
    claire = by_link(app, clock, town, town.claire)
    _, codes = enrol(claire, clock)
    again = by_link(app, clock, town, town.claire)
    with hashes_of(app) as in_transactions:
        assert again.post(PROOF, data={"code": "aaaa-bbbb-cccc"}).status_code == 422
        assert again.post(PROOF, data={"code": codes[0]}).status_code == 303
    assert in_transactions == [False, False]


def test_recovery_codes_are_drawn_and_hashed_without_a_transaction() -> None:
    drawn = draw_recovery_codes()
    assert len(set(drawn.codes)) == len(set(drawn.hashes)) == 10
    assert len({each.partition("$")[0] for each in drawn.hashes}) == 1
    assert not any(code in repr(drawn) for code in [*drawn.codes, *drawn.hashes])


def test_a_changed_factor_ends_the_other_sessions_at_a_desk(
    app: Flask, clock: SetClock, town: Town
) -> None:
    first = by_link(app, clock, town, town.claire)
    _, codes = enrol(first, clock)
    other = by_link(app, clock, town, town.claire)
    other.post(PROOF, data={"code": codes[0]})
    assert is_in(other)
    assert first.post("/account/proofs/recovery-codes").status_code == 200
    assert (is_in(first), is_in(other)) == (True, False)


def test_five_wrong_codes_end_the_session_and_lock_nobody_out(
    app: Flask, clock: SetClock, town: Town
) -> None:
    secret, _ = enrol(by_link(app, clock, town, town.claire), clock)
    clock.advance(minutes=1)
    thief = by_link(app, clock, town, town.claire)
    for _ in range(TRIES_OF_A_SESSION):
        assert thief.post(PROOF, data={"code": "000000"}).status_code == 422
    assert thief.get(PROOF).headers["Location"].startswith("/sign-in")
    claire = by_link(app, clock, town, town.claire)
    assert claire.post(PROOF, data={"code": code_of(secret, clock)}).status_code == 303
    assert told(app).count("session ended by wrong codes") == 1


def test_thirty_wrong_codes_in_an_hour_leave_passkeys_alone(
    app: Flask, clock: SetClock, town: Town
) -> None:
    secret, _ = enrol(by_link(app, clock, town, town.claire), clock)
    for _ in range(6):
        thief = by_link(app, clock, town, town.claire)
        for _ in range(TRIES_OF_A_SESSION):
            thief.post(PROOF, data={"code": "000000"})
    claire = by_link(app, clock, town, town.claire)
    page = claire.post(PROOF, data={"code": code_of(secret, clock)})
    assert (page.status_code, "Wait an hour" in page.text) == (422, True)
    clock.advance(minutes=29)
    claire.get(PROOF)
    clock.advance(minutes=29)
    claire.get(PROOF)
    clock.advance(minutes=3)
    assert claire.post(PROOF, data={"code": code_of(secret, clock)}).status_code == 303


def test_a_link_alone_neither_adds_nor_removes_a_factor_beside_the_first(
    app: Flask, clock: SetClock, town: Town
) -> None:
    enrol(by_link(app, clock, town, town.claire), clock)
    thief = by_link(app, clock, town, town.claire)
    for path in ("", "/app"):
        assert thief.get(f"/account/proofs{path}").headers["Location"].startswith(PROOF)
    for path in ("/app", "/app/removal", "/recovery-codes", "/passkeys/options", "/passkeys"):
        assert thief.post(f"/account/proofs{path}").headers["Location"].startswith(PROOF)


def test_the_only_factor_is_not_removed(app: Flask, clock: SetClock, town: Town) -> None:
    claire = by_link(app, clock, town, town.claire)
    enrol(claire, clock)
    assert claire.post("/account/proofs/app/removal").status_code == 422
    assert claire.post("/account/proofs/passkeys/1/removal").status_code == 422


def test_an_app_is_replaced_by_the_confirmed_one(app: Flask, clock: SetClock, town: Town) -> None:
    claire = by_link(app, clock, town, town.claire)
    old, _ = enrol(claire, clock)
    assert claire.post(APP, data={"code": "000000"}).status_code == 422
    clock.advance(minutes=1)
    new, codes = enrol(claire, clock)
    assert new != old
    assert codes == []
    clock.advance(minutes=1)
    again = by_link(app, clock, town, town.claire)
    assert again.post(PROOF, data={"code": code_of(old, clock)}).status_code == 422
    assert again.post(PROOF, data={"code": code_of(new, clock)}).status_code == 303


def test_factors_taken_away_are_set_up_anew(app: Flask, clock: SetClock, town: Town) -> None:
    enrol(by_link(app, clock, town, town.claire), clock)
    with app.app_context(), transaction() as session:
        claire = session.get_one(Person, town.claire)
        remove_factors(session, now=clock.now(), person=claire, actor="system")
    browser = by_link(app, clock, town, town.claire)
    assert "Set up an app" in browser.get(PROOF, follow_redirects=True).text


def test_the_demonstration_is_exempt_and_says_why(
    settings: Settings, clock: SetClock, town: Town
) -> None:
    app = create_app(replace(settings, demonstration=True), clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    claire = by_link(app, clock, town, town.claire)
    assert is_in(claire)
    assert "This is the demonstration: invented data" in claire.get("/account/proofs").text
    with app.app_context():
        db.engine.dispose()


def test_a_demonstration_answers_its_own_machine_alone(tmp_path: Path) -> None:
    there = {"MILKROUND_HOME": str(tmp_path), "MILKROUND_DEMONSTRATION": "1"}
    assert settings_from(there).demonstration
    with pytest.raises(SettingsError, match="MILKROUND_DEMONSTRATION"):
        settings_from(there | {"PUBLIC_URL": "https://milk.example"})

"""Every route, every role: generated from the URL map, so that no route can be forgotten."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from collector.db import db, reading, transaction
from collector.people.actions import add_person
from collector.people.models import Role
from collector.people.queries import person_by_email
from collector.web.framework.guards import Guard, guard_of
from tests.town import Town, sign_in

OPEN = {
    "static",
    "session.welcome",
    "session.ask",
    "session.send",
    "session.look",
    "session.enter",
    "session.leave",
    "session.passkey_options",
    "session.enter_by_code",
    "session.enter_by_passkey",
    "session.returned",
    "badge_entry.enter",
    "oidc.start",
    "oidc.prove",
    "oidc.finish",
    "oidc.signed_out",
    "oidc.end",
    "public.give",
    "public.who",
    "public.how",
    "public.questions",
    "guides.guide",
    "public_texts.of_site",
    "public_texts.of_bank",
    "public.where",
    "public.lactariums",
    "contact.ask",
    "contact.send",
    "founding.home",
    "founding.found",
    "visit_link.look",
    "visit_link.say",
    "visit_link.restore",
    "donor.worker",
    "my_data.erased",
    "phone.service_worker",
    "phone.web_manifest",
    "phone.device",
    "calendar.shifts",
    "probe_readings.post",
    "api.document",
    "moved_pages.moved",
}
"""The routes that anyone may reach: a new one is added here on purpose or not at all."""

OPENS_BY_KEY = {"probe_readings.post"}
"""The routes of machines: a key in the header opens them, and no form has one."""

ENDS_THE_SESSION = {
    f"{pages}.{view}"
    for pages in ("my_sessions", "my_phone_sessions", "my_ward_sessions", "my_donor_sessions")
    for view in ("end", "end_all")
}


KEYS = {
    "pickup_id",
    "donor_id",
    "stay_id",
    "place_id",
    "round_id",
    "stop_id",
    "job_id",
    "container_id",
    "intake_id",
    "discrepancy_id",
    "pool_id",
    "input_id",
    "print_id",
    "cycle_id",
    "count_id",
    "unit_id",
    "probe_id",
    "alarm_id",
    "lot_id",
    "sample_id",
    "result_id",
    "hold_id",
    "recall_id",
    "material_id",
    "destruction_id",
    "item_id",
    "application_id",
    "absence_id",
    "webhook_id",
    "learned_id",
    "order_id",
    "dispensing_id",
    "return_id",
    "ward_id",
    "recipient_id",
    "prescription_id",
    "fate_id",
    "period_id",
}
"""The arguments of routes that name a row of one bank."""


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Return every rule with every method it takes."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def address(app: Flask, rule: Rule, town: Town, **others: int) -> str:
    """Return an address of the rule that names things of the town's own bank, but for `others`."""
    values: dict[str, object] = {}
    for name in rule.arguments:
        values[name] = {
            "day": "2026-11-24",
            "pickup_id": town.pickups[0],
            "donor_id": town.dora,
            "number": "1",
            "kind": "donors",
            "version": "none",
            "zoom": 1,
            "column": 1,
            "row": 1,
            "token": "x" * 43,
            "door": "milkround_desk",
            "key": UUID(int=1),
            "client_id": UUID(int=1),
            "name": str(UUID(int=1)),
            "filename": "x",
        }.get(name, 1)
    values |= others
    with app.test_request_context():
        url: str = app.url_map.bind("localhost").build(rule.endpoint, values)
    return url


def test_every_route_has_a_policy(app: Flask) -> None:
    with app.app_context():
        for rule, _ in routes(app):
            is_open = guard_of(rule.endpoint) is None
            assert is_open == (rule.endpoint in OPEN), rule


def test_nobody_gets_in_without_signing_in(app: Flask, town: Town) -> None:
    client = app.test_client()
    for rule, method in routes(app):
        if rule.endpoint in OPEN:
            continue
        answer = client.open(address(app, rule, town), method=method)
        to_sign_in = answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
        assert to_sign_in or answer.status_code == 401, (rule, method, answer.status_code)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_its_own_surfaces_and_no_other(app: Flask, town: Town, role: Role) -> None:
    client = client_of(app, town, role)
    for rule, method in routes(app):
        if rule.endpoint in OPEN:
            continue
        with app.app_context():
            guard = guard_of(rule.endpoint)
        assert guard is not None
        answer = client.open(address(app, rule, town), method=method)
        if rule.endpoint in ENDS_THE_SESSION:
            client = sign_in_again(app, town, role)
        if role in guard.roles:
            assert answer.status_code not in {401, 403}, (rule, method)
            assert answer.status_code < 500, (rule, method)
        else:
            turned_away = answer.status_code in {401, 403} or (
                answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
            )
            assert turned_away, (rule, method, answer.status_code)


def test_a_refused_page_is_logged_without_a_name(
    app: Flask, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert claire.get("/board/bank/people").status_code == 403
    assert f"access refused: board.staff.home to person:{town.claire}" in caplog.text
    assert "Claire" not in caplog.text


def keyed_routes(app: Flask) -> list[tuple[Rule, str, Guard]]:
    """Return every guarded route of the staff with a key in its address, and its guard.

    The routes of the API have a test of their own, by tokens.
    """
    with app.app_context():
        found = [
            (rule, method, guard_of(rule.endpoint))
            for rule, method in routes(app)
            if any(name.endswith("_id") for name in rule.arguments)
        ]
    return [
        (rule, method, guard)
        for rule, method, guard in found
        if guard is not None and guard.roles and Role.DONOR not in guard.roles
    ]


def test_another_banks_staff_finds_nothing_of_ours(app: Flask, town: Town) -> None:
    client = sign_in(app, bank=town.other_bank, person=town.sophie)
    for rule, method, _guard in keyed_routes(app):
        if not rule.arguments & KEYS:
            continue
        said = {"json": []} if rule.endpoint.startswith("phone.") else {}
        answer = client.open(
            address(app, rule, town), method=method, headers={"Accept": "application/json"}, **said
        )
        assert answer.status_code == 404, (rule, method, answer.status_code)


def test_a_key_of_another_bank_is_not_found_by_any_role_of_its_own(app: Flask, town: Town) -> None:
    """Each route with a key, by each role that may use it, with a key of another bank."""
    theirs = {"donor_id": town.stranger_donor, "pickup_id": town.stranger_pickup}
    surfaces = ("my_sessions", "my_phone_sessions", "my_ward_sessions")
    own_sessions = {f"{pages}.end" for pages in surfaces}
    clients = {role: client_of(app, town, role) for role in Role if role is not Role.DONOR}
    answered = 0
    for rule, method, guard in keyed_routes(app):
        if rule.endpoint in own_sessions:
            continue
        named = rule.arguments & theirs.keys()
        url = address(
            app,
            rule,
            town,
            **{name: theirs.get(name, FAR) for name in rule.arguments if name.endswith("_id")},
        )
        for role in guard.roles:
            said = {"json": []} if rule.endpoint.startswith("phone.") else {}
            answer = clients[role].open(
                url, method=method, headers={"Accept": "application/json"}, **said
            )
            assert answer.status_code in ({404} if named else NOT_OURS), (rule, method, role)
            answered += 1
    assert answered > 60


FAR = 2**31 - 1
"""A key of no row."""
NOT_OURS = {400, 404, 405, 409, 422}
"""Answers to a key of no row: not found, or refused before it is looked for."""


def test_another_donor_finds_nothing_of_hers(app: Flask, town: Town) -> None:
    client = sign_in(app, bank=town.bank, donor=town.elise)
    for rule, method in routes(app):
        if not rule.endpoint.startswith("donor.") or "pickup_id" not in rule.arguments:
            continue
        answer = client.open(address(app, rule, town), method=method)
        assert answer.status_code == 404, (rule, method, answer.status_code)


@pytest.mark.parametrize("path", ["/", "/no-such-page", "/sign-in", "/board/"])
def test_every_answer_carries_the_headers_errors_included(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_form_is_taken_without_its_token(app: Flask, town: Town) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    for rule, method in routes(app):
        if method == "GET" or rule.endpoint.startswith("api."):
            # The API takes no cookie, so no other site can send its requests.
            continue
        answer = client.open(address(app, rule, town), method=method)
        refused = 401 if rule.endpoint in OPENS_BY_KEY else 400
        assert answer.status_code == refused, (rule, method, answer.status_code)


def client_of(app: Flask, town: Town, role: Role) -> FlaskClient:
    """Return a browser signed in with exactly this role."""
    if role is Role.DONOR:
        return sign_in(app, bank=town.bank, donor=town.dora)
    with app.app_context():
        with transaction() as session:
            person = add_person(
                session,
                bank_id=town.bank,
                name=role.value,
                email=f"{role.value}@town.example",
                roles=[role],
                language="en",
            )
            key = person.id
        db.session.remove()
    return sign_in(app, bank=town.bank, person=key)


def sign_in_again(app: Flask, town: Town, role: Role) -> FlaskClient:
    """Return a browser of the same holder, whose former sessions have ended."""
    if role is Role.DONOR:
        return sign_in(app, bank=town.bank, donor=town.dora)
    with app.app_context(), reading() as session:
        person = person_by_email(session, f"{role.value}@town.example")
        assert person is not None
    return sign_in(app, bank=town.bank, person=person.id)

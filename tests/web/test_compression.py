from __future__ import annotations

import gzip

import pytest
from flask import Flask

from collector.db import db, transaction
from collector.web.framework.assets import dist_folder, manifest
from tests.phone_round import publish_round
from tests.town import Town, sign_in


@pytest.mark.parametrize(("asked", "given"), [("gzip, br", "br"), ("gzip", "gzip"), ("", None)])
def test_a_built_file_travels_as_its_reader_can_take_it(
    app: Flask, asked: str, given: str | None
) -> None:
    name = manifest()["js/phone.js"]
    with app.test_client().get(
        f"/static/dist/{name}", headers={"Accept-Encoding": asked}
    ) as answer:
        assert answer.headers.get("Content-Encoding") == given
        assert answer.mimetype == "text/javascript"
        assert answer.cache_control.immutable
        ending = {"br": ".br", "gzip": ".gz", None: ""}[given]
        assert answer.data == (dist_folder() / f"{name}{ending}").read_bytes()


def test_a_file_that_nobody_built_is_not_there(app: Flask) -> None:
    answer = app.test_client().get("/static/dist/no.js", headers={"Accept-Encoding": "br"})
    assert answer.status_code == 404


def test_the_phones_answers_travel_compressed_and_a_donors_pages_do_not(
    app: Flask, town: Town
) -> None:
    with app.app_context():
        with transaction() as session:
            round_id = publish_round(session, town.shifts[0], town.pickups[:2]).id
        db.session.remove()
    ana = sign_in(app, bank=town.bank, person=town.ana)
    packed = {"Accept": "application/json", "Accept-Encoding": "gzip"}
    answer = ana.get(f"/phone/rounds/{round_id}", headers=packed)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"Dora" in gzip.decompress(answer.data)
    known = packed | {"If-None-Match": answer.headers["ETag"]}
    assert ana.get(f"/phone/rounds/{round_id}", headers=known).status_code == 304
    assert "Content-Encoding" not in ana.get("/phone/session", headers=packed).headers
    donor = sign_in(app, bank=town.bank, donor=town.dora)
    assert "Content-Encoding" not in donor.get("/donor/", headers=packed).headers


def test_the_sign_in_page_of_the_phone_repeats_text_and_is_not_compressed(app: Flask) -> None:
    client, form = app.test_client(), {"email": "x" * 200}
    with client.post("/phone/sign-in", data=form, headers={"Accept-Encoding": "gzip"}) as answer:
        assert "x" * 200 in answer.text
        assert "Content-Encoding" not in answer.headers

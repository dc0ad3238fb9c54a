"""The readable copy of a donor's data: a label for each key, and dates in words."""

from __future__ import annotations

from flask import Flask

from collector.db import reading
from collector.privacy.queries import copy_of
from collector.web.data_copy_wording import LABELS
from tests.town import Town, sign_in
from tests.web.donor.test_donor import GOOD, publish, words
from tests.web.request_forms import WRITTEN, record_door


def keys_in(value: object) -> set[str]:
    """Return every key of nested JSON values, without the questions' own."""
    if isinstance(value, dict):
        inner = {name: each for name, each in value.items() if name not in {"questions", "answers"}}
        return set(inner) | set().union(*map(keys_in, inner.values()))
    return set().union(*map(keys_in, value)) if isinstance(value, list) else set()


def test_a_copy_is_readable(app: Flask, town: Town) -> None:
    publish(app, town)
    record_door(app, town)
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    dora.post("/donor/visits", data=GOOD)
    dora.post("/donor/request/", data=WRITTEN)
    dora.post("/donor/giving", data={"last_gift": "yes"})
    dora.post(
        f"/donor/visits/{town.pickups[0]}/corrections",
        data={"bottles": "8", "volume_ml": "1600", "words": "One more"},
    )
    dora.get("/donor/screening/questions/1")
    dora.post("/donor/screening/questions/1", data={"tobacco": "no", "later": "1"})
    with app.app_context(), reading() as session:
        assert keys_in(copy_of(session, bank_id=town.bank, donor_id=town.dora)) <= set(LABELS)
    page = words(dora.get("/donor/my-data/readable-copy"))
    assert "My file" in page
    assert "24 November 2026" in page
    assert "Do you smoke" in page
    assert "The next visit is the last one yes" in page
    assert "2026-11-24" not in page

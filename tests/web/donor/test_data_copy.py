"""The readable copy of a donor's data: a label for each key, and dates in words."""

from __future__ import annotations

from base64 import b64decode
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from collector.custody.photos import JPEG, keep_photo
from collector.db import reading, transaction
from collector.privacy.queries import copy_of
from collector.rounds.models import EventKind, Round, RoundEvent
from collector.web.data_copy_wording import LABELS
from tests.town import MORNING, Town, sign_in
from tests.web.donor.test_donor import GOOD, publish, words
from tests.web.request_forms import WRITTEN, record_door

PICTURE = JPEG + b"door"


def keys_in(value: object) -> set[str]:
    """Return every key of nested JSON values, without the questions' own."""
    if isinstance(value, dict):
        inner = {name: each for name, each in value.items() if name not in {"questions", "answers"}}
        return set(inner) | set().union(*map(keys_in, inner.values()))
    return set().union(*map(keys_in, value)) if isinstance(value, list) else set()


def keep_picture(app: Flask, town: Town, client_id: UUID, index: int) -> None:
    """Store a picture, and the event of the visit that names it."""
    with app.app_context(), transaction() as session:
        round_id = session.scalars(select(Round.id)).one()
        keep_photo(
            session,
            now=MORNING,
            bank_id=town.bank,
            round_id=round_id,
            person_id=town.ana,
            client_id=client_id,
            jpeg=PICTURE,
        )
        session.add(
            RoundEvent(
                bank_id=town.bank,
                client_id=f"record {index}",
                round_id=round_id,
                pickup_id=town.pickups[index],
                person_id=town.ana,
                kind=EventKind.COLLECTED,
                sequence=index,
                device_at=MORNING,
                received_at=MORNING,
                payload={"photo": str(client_id)},
            )
        )


def test_the_pictures_taken_at_her_door_are_in_her_copy_and_no_others(
    app: Flask, town: Town
) -> None:
    publish(app, town)
    hers, anothers = (UUID(int=number) for number in (1, 2))
    for index, each in enumerate((hers, anothers)):
        keep_picture(app, town, each, index)
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    copy = dora.get("/donor/my-data/copy").get_json()
    (photo,) = [each for visit in copy["visits"] for each in visit["photos"]]
    assert (photo["client_id"], b64decode(photo["jpeg"])) == (str(hers), PICTURE)
    page = dora.get("/donor/my-data/readable-copy").text
    assert f"/donor/my-data/photos/{hers}" in page
    assert photo["jpeg"] not in page
    assert dora.get(f"/donor/my-data/photos/{hers}").data == PICTURE
    assert dora.get(f"/donor/my-data/photos/{anothers}").status_code == 404


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

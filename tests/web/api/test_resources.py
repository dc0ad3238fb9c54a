"""The other resources of the API: days, rounds, containers, roster, reports, events, slots."""

from __future__ import annotations

import pytest
from flask import Flask

from collector.db import db, transaction
from collector.donors.models import WhySuspended
from tests.phone_round import publish_round
from tests.town import Town
from tests.web.api.callers import ApiClient

HEALTH = ("serolog", "screening", "questionnaire", "suspended_because", "decision", "hold")


def test_a_donor_has_no_health_answer(api: ApiClient, town: Town) -> None:
    donor = api.read(f"/donors/{town.dora}")
    assert donor["number"]
    assert not [name for name in donor if any(word in name for word in HEALTH)]
    assert {reason.value for reason in WhySuspended}.isdisjoint(map(str, donor.values()))
    schemas = api.read("/openapi.json")["components"]["schemas"]
    assert not [name for name in schemas["DonorAnswer"]["properties"] if name in HEALTH]


def test_a_day_without_a_plan_has_no_rounds(api: ApiClient) -> None:
    assert api.read("/days/2026-11-24") == {
        "day": "2026-11-24", "revision": 0, "rounds": [], "unplanned": [],
    }  # fmt: skip
    for day in ("2026-02-30", "today", "2026-1-1"):
        assert api.send("GET", f"/days/{day}").status_code == 404


def test_shifts_and_absences_of_the_roster(api: ApiClient, town: Town) -> None:
    roster = api.read("/roster?first=2026-11-24&last=2026-11-24")
    assert {shift["collector_id"] for shift in roster["shifts"]} == {town.ana, town.bruno}
    backwards = api.send("GET", "/roster?first=2026-11-24&last=2026-11-23")
    assert backwards.json["mistakes"][0]["field"] == "last"
    assert api.send("GET", "/roster?first=2026-01-01&last=2026-12-31").status_code == 422


@pytest.mark.parametrize(
    ("path", "field"),
    [("/roster?first=0001-01-01&last=0001-01-01", "first"),
     ("/reports?first=9999-12-31&last=9999-12-31", "first"),
     ("/requests?day=0001-01-01", "day"),
     ("/slots?donor_id=1&after=9999-12-31", "after")],
)  # fmt: skip
def test_a_day_at_the_end_of_the_calendar_is_a_mistake(
    api: ApiClient, path: str, field: str
) -> None:
    answer = api.send("GET", path)
    assert answer.status_code == 422
    assert [mistake["field"] for mistake in answer.json["mistakes"]] == [field]


def absence(town: Town, **changes: object) -> dict[str, object]:
    return {
        "person_id": town.ana, "reason": "leave",
        "begins_at": "2026-11-24T06:00:00+01:00", "ends_at": "2026-11-24T22:00:00+01:00",
    } | changes  # fmt: skip


def test_an_absence_is_written_and_taken_back(api: ApiClient, town: Town) -> None:
    made = api.send("POST", "/absences", json=absence(town))
    assert made.status_code == 201, made.get_data(as_text=True)
    roster = api.read("/roster?first=2026-11-24&last=2026-11-24")
    assert [each["id"] for each in roster["absences"]] == [made.json["id"]]
    gone = api.send(
        "DELETE", f"/absences/{made.json['id']}", headers={"If-Match": made.headers["ETag"]}
    )
    assert gone.json["withdrawn"] is True
    assert api.read("/roster?first=2026-11-24&last=2026-11-24")["absences"] == []


def test_an_absence_without_a_zone_or_an_end_is_refused(api: ApiClient, town: Town) -> None:
    naive = api.send("POST", "/absences", json=absence(town, begins_at="2026-11-24T06:00:00"))
    assert naive.json["mistakes"][0]["field"] == "begins_at"
    ended = api.send("POST", "/absences", json=absence(town, ends_at="2026-11-24T06:00:00+01:00"))
    assert ended.json["mistakes"][0]["field"] == "ends_at"
    far = api.send("POST", "/absences", json=absence(town, begins_at="0001-01-01T00:00:00+14:00"))
    assert far.json["mistakes"][0]["field"] == "begins_at"
    other = api.send("POST", "/absences", json=absence(town, person_id=town.sophie))
    assert other.status_code == 404


def test_an_absence_during_planned_visits_is_left_to_the_roster(
    app: Flask, api: ApiClient, town: Town
) -> None:
    plan_one_visit(app, town)
    refused = api.send("POST", "/absences", json=absence(town))
    assert (refused.status_code, refused.json["code"]) == (409, "visits_planned_then")
    assert api.read("/roster?first=2026-11-24&last=2026-11-24")["absences"] == []


def test_a_planned_round_is_read_with_its_stops(app: Flask, api: ApiClient, town: Town) -> None:
    plan_one_visit(app, town)
    day = api.read("/days/2026-11-24")
    (with_stops,) = [each for each in day["rounds"] if each["stops"]]
    assert [stop["request_id"] for stop in with_stops["stops"]] == [town.pickups[0]]
    assert with_stops["collector_id"] == town.ana
    assert api.read(f"/rounds/{with_stops['id']}") == with_stops


def test_events_are_read_in_order_without_names(api: ApiClient, town: Town) -> None:
    before = api.read("/events")["items"]
    made = api.send(
        "POST",
        "/requests",
        json={
            "donor_id": town.dora,
            "bottles": 4,
            "volume_ml": 800,
            "oldest_on": "2026-11-10",
            "windows": [{"day": "2026-11-26", "opens": "09:00:00", "closes": "12:00:00"}],
        },
    ).json
    after = api.read("/events")["items"]
    (new,) = [event for event in after if event not in before]
    assert (new["kind"], new["subject"]) == ("request.made", f"pickup:{made['id']}")
    assert set(new) == {"sequence", "kind", "subject", "at"}
    page = api.read("/events?limit=1")
    assert len(page["items"]) == 1


def test_slots_have_a_price(api: ApiClient, town: Town) -> None:
    slots = api.read(f"/slots?donor_id={town.dora}&bottles=4&volume_ml=800")["slots"]
    assert all(slot["cents"] >= 0 and slot["day"] > "2026-11-23" for slot in slots)


def test_figures_of_days(api: ApiClient) -> None:
    assert api.read("/reports?first=2026-11-01&last=2026-11-30")["days"] == []


def plan_one_visit(app: Flask, town: Town) -> None:
    """Publish a round of Ana's with the first request on 24 November."""
    with app.app_context():
        with transaction() as session:
            publish_round(session, town.shifts[0], town.pickups[:1])
        db.session.remove()

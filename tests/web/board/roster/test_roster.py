"""The roster on the screen: cells, absences, swaps, planned visits, copies, two editors."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collector.banks.models import Site
from collector.db import reading, transaction
from collector.people.models import Person
from collector.planning.models import PlanningRun
from collector.rounds.queries import day_plan, planned_shifts
from collector.shifts.actions import write_shift
from collector.shifts.models import Absence, RosterShift
from collector.shifts.queries import duties_on, shifts_on
from tests.builders import DAY, MORNING
from tests.collector.planning.days import planned
from tests.collector.shifts.rosters import box, contract, draft, vehicle
from tests.town import Town, sign_in

LATER = DAY + timedelta(days=7)
SHIFT = {"begins": "08:00", "ends": "16:00", "cell": ""}


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    client = sign_in(app, bank=town.bank, person=town.claire)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def cell(person_id: int, day: date = LATER) -> str:
    return f"/board/roster/people/{person_id}/{day}"


def sent(town: Town, **changes: str) -> dict[str, str]:
    return SHIFT | {"start_site_id": str(town.site), "end_site_id": str(town.site)} | changes


def shifts(app: Flask, town: Town, day: date = LATER) -> list[RosterShift]:
    with app.app_context(), reading() as session:
        return shifts_on(session, bank_id=town.bank, day=day)


def register_vans(app: Flask, town: Town) -> None:
    """Register the vehicles of the town's shifts, as the migration does."""
    with app.app_context(), transaction() as session:
        for person_id in (town.ana, town.bruno):
            vehicle(session, town, f"Van {person_id}")


def state(client: FlaskClient, address: str) -> str:
    """Return the state of a cell as the page writes it into its forms."""
    page = client.get(address).get_data(as_text=True)
    return re.findall(r'name="cell" value="([^"]*)"', page)[-1]


def test_the_roster_shows_four_weeks_with_hours_and_holidays(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        contract(session, town.ana, hours=35)
    page = claire.get("/board/roster?first=2026-12-01").get_data(as_text=True)
    assert page.count("data-cell") == 2 * 28
    assert "Christmas Day" in page
    assert "Week A" in page
    assert "Week B" in page
    now = claire.get("/board/roster").get_data(as_text=True)
    assert re.search(r"9</span>\s*<span[^>]*>/35", now)  # 9 of 35 hours
    assert "Tue 24 Nov: 08:00\N{EN DASH}17:00, Van" in now
    with app.app_context(), transaction() as session:
        session.get_one(RosterShift, town.shifts[0]).break_minutes = 45
    french = claire.get("/board/roster", headers={"Accept-Language": "fr"})
    assert ">8,25<" in french.get_data(as_text=True)


def test_a_person_is_put_on_duty_changed_and_taken_off(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    address = cell(town.ana)
    assert claire.post(f"{address}/shifts", data=sent(town)).status_code == 303
    (shift,) = shifts(app, town)
    change = sent(town, ends="12:00", seen=str(shift.version), cell=state(claire, address))
    assert claire.post(f"{address}/shifts/{shift.id}", data=change).status_code == 303
    (shift,) = shifts(app, town)
    assert f"{shift.ends:%H:%M}" == "12:00"
    ending = {"seen": str(shift.version)}
    assert claire.post(f"{address}/shifts/{shift.id}/ending", data=ending).status_code == 303
    assert shifts(app, town) == []
    with app.app_context(), reading() as session:
        assert session.get_one(RosterShift, shift.id).ended_at == MORNING


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends": "07:00"}, "A shift ends after it begins."),
        ({"begins": "25:00"}, "Write the time as hours and minutes"),
        ({"vehicle": "Gone"}, "Gone is retired since"),
        ({"vehicle": "Unknown"}, "There is no vehicle Unknown."),
        ({"boxes": "Old"}, "The qualification of box Old ended"),
        ({"skills": "blood"}, "Ana is not qualified for this."),
        ({"break_minutes": "30"}, "Say between which hours the break lies."),
        ({"start_site_id": "999"}, "Choose a site."),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nothing_is_written(
    app: Flask, town: Town, claire: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    with app.app_context(), transaction() as session:
        vehicle(session, town, "Gone", retired_on=DAY)
        box(session, town, "Old", qualified_until=DAY)
    answer = claire.post(f"{cell(town.ana)}/shifts", data=sent(town, **changes))
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert shifts(app, town) == []


def test_of_two_editors_the_second_sees_the_new_state(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    address = cell(town.ana)
    assert claire.post(f"{address}/shifts", data=sent(town)).status_code == 303
    late = claire.post(f"{address}/shifts", data=sent(town, begins="17:00", ends="19:00"))
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "A colleague changed this" in page
    assert "08:00\N{EN DASH}16:00" in page
    assert len(shifts(app, town)) == 1
    (shift,) = shifts(app, town)
    old = claire.post(f"{address}/shifts/{shift.id}/ending", data={"seen": "0"})
    assert old.status_code == 409


def test_the_hours_of_the_week_follow_the_form(app: Flask, town: Town, claire: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        contract(session, town.ana, hours=6)
    query = sent(town, ends="15:00")
    page = claire.get(f"{cell(town.ana)}/hours", query_string=query).get_data(as_text=True)
    assert "7\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}00 planned" in page or "7 h 00 planned" in page
    assert "over." in page
    wrong = claire.get(f"{cell(town.ana)}/hours", query_string=sent(town, vehicle="Unknown"))
    assert "There is no vehicle Unknown." in wrong.get_data(as_text=True)


def test_an_absence_covers_days_or_hours_and_is_taken_back(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    address = cell(town.ana, DAY)
    leave = {"reason": "leave", "until": "2026-11-26", "cell": state(claire, address)}
    assert claire.post(f"{address}/absences", data=leave).status_code == 303
    with app.app_context(), reading() as session:
        (absence,) = session.query(Absence).all()
        assert absence.ends_at - absence.begins_at == timedelta(days=3)
        on_duty = duties_on(session, bank_id=town.bank, day=DAY)
        assert [duty.shift.collector_id for duty in on_duty] == [town.bruno]
    assert "on leave" in claire.get("/board/roster").get_data(as_text=True)
    back = claire.post(f"{address}/absences/{absence.id}/withdrawal")
    assert back.status_code == 303
    training = {"reason": "training", "from_time": "13:00", "until_time": "15:00"}
    training |= {"cell": state(claire, address)}
    assert claire.post(f"{address}/absences", data=training).status_code == 303
    with app.app_context(), reading() as session:
        duties = duties_on(session, bank_id=town.bank, day=DAY)
        hers = next(duty for duty in duties if duty.shift.collector_id == town.ana)
        assert hers.ends - hers.begins == timedelta(hours=5)  # the longer part, until 13:00
    backwards = training | {"until_time": "12:00", "cell": state(claire, address)}
    assert claire.post(f"{address}/absences", data=backwards).status_code == 422


@pytest.mark.parametrize("lot", ["tray", "propose"])
def test_the_visits_of_a_planned_round_are_asked_about(
    app: Flask, town: Town, claire: FlaskClient, lot: str
) -> None:
    with app.app_context(), transaction() as session:
        planned(session, town)
        (round_,) = planned_shifts(session, bank_id=town.bank, shifts=town.shifts)[:1]
        shift = session.get_one(RosterShift, round_.shift_id)
        person_id, seen = shift.collector_id, shift.version
    address = cell(person_id, DAY)
    ending = {"seen": str(seen)}
    asked = claire.post(f"{address}/shifts/{round_.shift_id}/ending", data=ending)
    assert asked.status_code == 422
    assert "What becomes of" in asked.get_data(as_text=True)
    assert len(shifts(app, town, DAY)) == 2
    answer = claire.post(
        f"{address}/shifts/{round_.shift_id}/ending", data=ending | {"visits": lot}
    )
    assert answer.status_code == 303
    assert len(shifts(app, town, DAY)) == 1
    with app.app_context(), reading() as session:
        plan = day_plan(session, bank_id=town.bank, day=DAY)
        assert plan is not None
        waiting = {row.pickup_id for row in plan.unplanned}
        assert waiting >= set(round_.pickups)
        assert planned_shifts(session, bank_id=town.bank, shifts=[round_.shift_id]) == []
        runs = session.query(PlanningRun).filter(PlanningRun.job_id.is_not(None)).count()
        assert runs == (lot == "propose")


def test_a_change_may_keep_the_visits_and_an_ending_may_not(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        planned(session, town)
        round_ = planned_shifts(session, bank_id=town.bank, shifts=town.shifts)[0]
        shift = session.get_one(RosterShift, round_.shift_id)
        person_id, seen = shift.collector_id, str(shift.version)
    address = cell(person_id, DAY)
    ending = {"seen": seen, "visits": "keep"}
    refused = claire.post(f"{address}/shifts/{round_.shift_id}/ending", data=ending)
    assert refused.status_code == 422
    change = sent(town, ends="17:30", seen=seen, cell=state(claire, address), visits="keep")
    assert claire.post(f"{address}/shifts/{round_.shift_id}", data=change).status_code == 303
    with app.app_context(), reading() as session:
        assert planned_shifts(session, bank_id=town.bank, shifts=[round_.shift_id]) != []


def test_a_shift_outside_the_hours_of_its_site_is_marked(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        site = session.get_one(Site, town.site)
        site.opens, site.closes = time(9), time(16)
    panel = claire.get(cell(town.ana, DAY)).get_data(as_text=True)
    assert "Bank opens at 09:00: the round leaves no earlier." in panel
    assert "Bank closes at 16:00: the round is back before." in panel
    assert "Bank opens at 09:00" in claire.get("/board/roster").get_data(as_text=True)
    with app.app_context(), transaction() as session:
        session.get_one(Site, town.site).weekdays = ["1"]
    panel = claire.get(cell(town.ana, DAY)).get_data(as_text=True)
    assert "Bank is closed on this day: the planner leaves the shift out." in panel


def test_two_collectors_swap(app: Flask, town: Town, claire: FlaskClient) -> None:
    register_vans(app, town)
    first, second = shifts(app, town, DAY)
    pair = {"mine": f"{first.id}:{first.version}", "other": f"{second.id}:{second.version}"}
    assert claire.post(f"{cell(town.ana, DAY)}/swaps", data=pair).status_code == 303
    swapped = {shift.id: shift.collector_id for shift in shifts(app, town, DAY)}
    assert swapped == {first.id: second.collector_id, second.id: first.collector_id}
    again = claire.post(f"{cell(town.ana, DAY)}/swaps", data=pair)
    assert again.status_code == 409


def test_the_week_before_is_copied(app: Flask, town: Town, claire: FlaskClient) -> None:
    register_vans(app, town)
    copied = claire.post("/board/roster/copies", data={"monday": "2026-11-30"})
    assert copied.status_code == 303
    assert [shift.collector_id for shift in shifts(app, town)] == [town.ana, town.bruno]
    assert claire.post("/board/roster/copies", data={"monday": "soon"}).status_code == 422


def test_another_banks_person_is_not_found(town: Town, claire: FlaskClient) -> None:
    assert claire.get(cell(town.sophie)).status_code == 404
    assert claire.post(f"{cell(town.sophie)}/shifts", data=sent(town)).status_code == 404


def test_a_closing_day_asks_about_its_visits(app: Flask, town: Town, claire: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        planned(session, town)
    form = {"day": DAY.isoformat(), "name": "Inventory"}
    assert claire.post("/board/roster/closing-days", data=form).status_code == 422
    closed = claire.post("/board/roster/closing-days", data=form | {"visits": "tray"})
    assert closed.status_code == 303
    page = claire.get("/board/roster").get_data(as_text=True)
    assert "Inventory" in page
    past = claire.post("/board/roster/closing-days", data={"day": "2026-11-01"})
    assert past.status_code == 422
    assert "This day is over." in past.get_data(as_text=True)
    listed = claire.get("/board/roster/closing-days").get_data(as_text=True)
    key = re.search(r"closing-days/(\d+)/opening", listed)
    assert key is not None
    opened = claire.post(f"/board/roster/closing-days/{key[1]}/opening")
    assert opened.status_code == 303
    assert "Inventory" not in claire.get("/board/roster").get_data(as_text=True)


def test_a_usual_week_is_entered_for_several_days_and_ends(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    form = sent(town, collector=str(town.ana), weeks="every", starts_on="2026-11-30")
    empty = claire.get("/board/roster/usual-weeks").get_data(as_text=True)
    assert re.search(r'name="collector">\s*<option value="">choose</option>', empty)
    unnamed = claire.post(
        "/board/roster/usual-weeks", data=form | {"collector": "", "weekday": "1"}
    )
    assert unnamed.status_code == 422
    assert unnamed.get_data(as_text=True).count("Choose a collector.") == 1
    none = claire.post("/board/roster/usual-weeks", data=form)
    assert none.status_code == 422
    assert "Choose at least one day of the week." in none.get_data(as_text=True)
    entered = claire.post("/board/roster/usual-weeks", data=form | {"weekday": ["1", "3"]})
    assert entered.status_code == 303
    assert [shift.collector_id for shift in shifts(app, town, date(2026, 12, 2))] == [town.ana]
    page = claire.get("/board/roster/usual-weeks").get_data(as_text=True)
    assert page.count("usual-weeks/") == 2
    key, seen = re.findall(
        r'usual-weeks/(\d+)/ending.*?name="seen" value="(\d+)"', page, re.DOTALL
    )[1]
    end = {"ends_on": "2026-12-01", "seen": seen}
    assert claire.post(f"/board/roster/usual-weeks/{key}/ending", data=end).status_code == 303
    assert shifts(app, town, date(2026, 12, 2)) == []
    again = claire.post(f"/board/roster/usual-weeks/{key}/ending", data=end)
    assert again.status_code == 409


def test_a_month_shows_each_day(app: Flask, town: Town, claire: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        planned(session, town)
    page = claire.get("/board/roster/month?month=2026-11-24").get_data(as_text=True)
    assert "November 2026" in page
    assert "2 collectors" in page
    assert "3 visits" in page
    assert re.search(r"room for 37\d bottles", page)  # 2 x 200 without three visits of 8
    assert "Armistice" in page


def test_a_roster_travels_by_file_and_a_bad_line_stops_it_all(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        vehicle(session, town)
        write_shift(
            session,
            now=MORNING,
            actor="system",
            person=session.get_one(Person, town.ana),
            day=LATER,
            draft=draft(town, vehicle="Van", break_minutes=0),
        )
    csv = claire.get("/board/roster/files/roster.csv?first=2026-11-30").data
    book = claire.get("/board/roster/files/roster.xlsx?first=2026-11-30").data
    calendar = claire.get("/board/roster/files/roster.ics?first=2026-11-30").data
    assert calendar.startswith(b"BEGIN:VCALENDAR")
    assert claire.get("/board/roster/files/roster.doc").status_code == 404
    (shift,) = shifts(app, town)
    claire.post(f"{cell(town.ana)}/shifts/{shift.id}/ending", data={"seen": str(shift.version)})
    for content, name in ((csv, "r.csv"), (book, "r.xlsx")):
        bad = csv.replace(b"ana@town.example", b"Nobody") + csv.split(b"\r\n")[1]
        answer = upload(claire, bad if name == "r.csv" else b"\x00", name)
        assert answer.status_code == 422
        assert shifts(app, town) == []
        assert upload(claire, content, name).status_code == 303
        (shift,) = shifts(app, town)
        assert (shift.collector_id, shift.vehicle) == (town.ana, "Van")
        claire.post(f"{cell(town.ana)}/shifts/{shift.id}/ending", data={"seen": str(shift.version)})


def test_unknown_names_of_a_file_are_said_line_by_line(claire: FlaskClient) -> None:
    lines = (
        "collector;day;begins;ends;start;end;vehicle",
        f"Nobody;{LATER};08:00;16:00;Bank;Bank;",
        f"Ana;{LATER};16:00;08:00;Bank;Elsewhere;",
        "Ana;2026-11-02;08:00;16:00;Bank;Bank;",
        f"Ana;{LATER};08:00;16:00;Bank;Bank;Rocket",
    )
    page = upload(claire, "\n".join(lines).encode(), "r.csv").get_data(as_text=True)
    for said in (
        "No collector of this bank has the name or address Nobody.",
        "There is no site called Elsewhere.",
        "This day is over: its roster stays as it was.",
        "There is no vehicle Rocket.",
        "Nothing was imported.",
    ):
        assert said in page


def test_leave_comes_from_a_calendar_once(app: Flask, town: Town, claire: FlaskClient) -> None:
    events = (
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261207\r\nDTEND;VALUE=DATE:20261212\r\n"
        "SUMMARY:Ski\r\nEND:VEVENT\r\n"
    )
    past = events.replace("202612", "202601").replace("UID:1", "UID:2")
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}{past}END:VCALENDAR\r\n"
    for _ in range(2):
        sent_file = {"file": (as_file(content.encode()), "leave.ics"), "collector": str(town.ana)}
        assert claire.post("/board/roster/files/leave", data=sent_file).status_code == 303
    with app.app_context(), reading() as session:
        (absence,) = session.query(Absence).all()
        assert absence.ends_at - absence.begins_at == timedelta(days=5)
        assert absence.person_id == town.ana
    odd = {"file": (as_file(b"no calendar"), "x.ics"), "collector": str(town.ana)}
    assert claire.post("/board/roster/files/leave", data=odd).status_code == 422


def upload(client: FlaskClient, content: bytes, name: str) -> TestResponse:
    data = {"file": (as_file(content), name)}
    return client.post("/board/roster/files/shifts", data=data)


def as_file(content: bytes) -> BytesIO:
    return BytesIO(content)

"""Requests from a file: rows judged and kept, windows in numbered columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from collector.csv_rows import read_rows
from collector.db import transaction
from collector.donors.models import Donor
from collector.import_reports import ImportChoices, ImportReport
from collector.pickups.import_columns import COLUMNS, purposes_in
from collector.pickups.importing import judge_requests, keep_requests
from collector.pickups.models import MilkLine, PickupState, Purpose
from collector.pickups.queries import inbox
from collector.web.board.wording import PURPOSES
from tests.town import MORNING, Town

HEADER = "email,bottles,volume_ml,oldest_on,day,opens,closes"


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:  # noqa: ARG001 - the town must stand
    with app.app_context(), transaction() as session:
        yield session


def bring_in(session: Session, town: Town, text: str) -> ImportReport:
    file = read_rows(text.encode(), COLUMNS)
    return keep_requests(
        session,
        judge_requests(session, file, now=MORNING, bank_id=town.bank),
        now=MORNING,
        bank_id=town.bank,
        actor=f"person:{town.claire}",
        choices=ImportChoices(),
    )


def mistakes(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(row.line, m.field, m.code) for row in report.rejected for m in row.mistakes]


def test_a_row_with_two_windows_is_one_request(session: Session, town: Town) -> None:
    session.get_one(Donor, town.dora).number = "572123454"
    report = bring_in(
        session,
        town,
        "donor_number;bottles;volume_ml;oldest_on;day;opens;closes;day2;opens2;closes2;purposes\n"
        "572 123 454;8;1 500;01/11/2026;26/11/2026;9h;11h30;2026-11-27;14:00;16:00;"
        "collection blood_sample\n",
    )
    assert mistakes(report) == []
    (pickup,) = inbox(session, town.bank)
    assert (pickup.donor_id, pickup.volume_ml, pickup.state) == (
        town.dora,
        1500,
        PickupState.ASKED,
    )
    assert pickup.purposes == [Purpose.COLLECTION, Purpose.BLOOD_SAMPLE]
    assert [(window.day, window.opens, window.closes) for window in pickup.windows] == [
        (date(2026, 11, 26), time(9), time(11, 30)),
        (date(2026, 11, 27), time(14), time(16)),
    ]


def test_milk_for_her_own_child_comes_on_its_line(session: Session, town: Town) -> None:
    session.get_one(Donor, town.dora).number = "572123454"
    report = bring_in(
        session,
        town,
        "donor_number;bottles;volume_ml;oldest_on;day;opens;closes;Pour son enfant\n"
        "572 123 454;1;100;01/11/2026;26/11/2026;9h;11h30;oui\n",
    )
    assert mistakes(report) == []
    (pickup,) = inbox(session, town.bank)
    assert pickup.line is MilkLine.OWN_CHILD


def test_all_mistakes_are_reported_by_column_and_the_good_rows_are_kept(
    session: Session, town: Town
) -> None:
    report = bring_in(
        session,
        town,
        f"{HEADER},day2,opens2,closes2,purposes\n"
        "dora@home.example,8,1500,2026-11-01,2026-11-26,9:00,11:00,,,,\n"
        'elise@home.example,"1,5",0,2026-12-01,2026-11-22,9:00,11:00,2026-11-27,12:00,11:00,\n'
        "gina@home.example,8,,2026-11-01,tomorrow,9:00,25:00,,,,party\n"
        ",8,1500,2026-11-01,2026-11-26,9:00,11:00,2026-11-27,,,\n",
    )
    assert mistakes(report) == [
        (3, "bottles", "cell_not_whole"),
        (3, "volume_ml", "number_out_of_bounds"),
        (3, "oldest_on", "oldest_in_future"),
        (3, "day", "window_past"),
        (3, "day2", "window_backwards"),
        (4, "purposes", "cell_not_purpose"),
        (4, "day", "cell_not_date"),
        (4, "closes", "cell_not_time"),
        (4, "email", "donor_unknown"),
        (4, "volume_ml", "cell_missing"),
        (5, "opens2", "cell_missing"),
        (5, "closes2", "cell_missing"),
        (5, "donor_number", "donor_not_named"),
    ]
    assert [pickup.donor_id for pickup in inbox(session, town.bank)] == [town.dora]


def test_a_second_request_for_a_donor_and_a_day_is_reported(session: Session, town: Town) -> None:
    rest = "8,1500,2026-11-01"
    report = bring_in(
        session,
        town,
        f"{HEADER}\n"
        f"dora@home.example,{rest},2026-11-24,9:00,11:00\n"
        f"elise@home.example,{rest},2026-11-26,9:00,11:00\n"
        f"Elise@home.example,{rest},2026-11-26,14:00,15:00\n",
    )
    assert mistakes(report) == [(2, "day", "same_day_known"), (4, "day", "twice_in_file")]


@pytest.mark.parametrize(
    ("written", "purposes"),
    [
        ("Prise de sang, collecte", [Purpose.COLLECTION, Purpose.BLOOD_SAMPLE]),
        ("Collecte et matériel à apporter", [Purpose.COLLECTION, Purpose.MATERIAL_DROP]),
        ("collection + Blood sample", [Purpose.COLLECTION, Purpose.BLOOD_SAMPLE]),
        ("collection blood_sample", [Purpose.COLLECTION, Purpose.BLOOD_SAMPLE]),
        ("tire-lait à reprendre / lait", [Purpose.COLLECTION, Purpose.PUMP_RETURN]),
        ("Premier entretien", [Purpose.FIRST_INTERVIEW]),
        ("", []),
        ("prise de photo", None),
    ],
)
def test_purposes_are_read_in_french_and_in_english(
    written: str, purposes: list[Purpose] | None
) -> None:
    found = purposes_in(written)
    assert (None if found is None else sorted(found)) == (purposes and sorted(purposes))


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_the_words_of_the_board_are_purposes_of_a_file(app: Flask, locale: str) -> None:
    with app.test_request_context(), force_locale(locale):
        for purpose in Purpose:
            assert purposes_in(str(PURPOSES[purpose])) == [purpose]


def test_a_first_interview_needs_no_bottles(session: Session, town: Town) -> None:
    report = bring_in(
        session,
        town,
        "email,purposes,day,opens,closes\nfanny@home.example,first_interview,2026-11-26,9h,12h\n",
    )
    assert mistakes(report) == []
    (pickup,) = inbox(session, town.bank)
    assert (pickup.bottles, pickup.oldest_on) == (0, None)


def test_an_address_of_two_donors_asks_for_the_number(session: Session, town: Town) -> None:
    session.get_one(Donor, town.elise).email = "dora@home.example"
    session.flush()
    row = "dora@home.example,8,1500,2026-11-01,2026-11-26,9:00,11:00"
    assert mistakes(bring_in(session, town, f"{HEADER}\n{row}\n")) == [
        (2, "email", "email_not_one")
    ]


def test_a_telephone_in_any_spelling_names_the_donor(session: Session, town: Town) -> None:
    session.get_one(Donor, town.elise).phone = "06 39 98 00 41"
    session.flush()
    rest = "8;1500;2026-11-01;2026-11-26;9h;12h"
    report = bring_in(
        session,
        town,
        "Téléphone;Flacons;Volume;Plus ancien flacon;Jour;Début;Fin\n"
        f"+33 6 39 98 00 41;{rest}\n"
        f"06 39 98 00 00;{rest}\n"
        f"06 39 98 00 99;{rest}\n",
    )
    assert mistakes(report) == [(3, "phone", "phone_not_one"), (4, "phone", "donor_unknown")]
    assert [pickup.donor_id for pickup in inbox(session, town.bank)] == [town.elise]


@pytest.mark.parametrize(
    ("heading", "volume"), [("volume_ml", "1,2"), ("litres", "1,2"), ("volume", "1200 ml")]
)
def test_litres_are_understood_and_shown(
    session: Session, town: Town, heading: str, volume: str
) -> None:
    report = bring_in(
        session,
        town,
        f"email;bottles;{heading};oldest_on;day;opens;closes\n"
        f"dora@home.example;8;{volume};01/11/2026;26/11/2026;9h;12h\n",
    )
    assert mistakes(report) == []
    (pickup,) = inbox(session, town.bank)
    assert pickup.volume_ml == 1200
    shown = [(each.given, each.kept) for row in report.rows for each in row.repairs]
    assert shown == ([] if "ml" in volume else [("1,2", "1200 ml")])

"""Donors from a file: rows judged and kept, with all mistakes of a row at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.csv_rows import read_rows
from collector.db import transaction
from collector.donors.import_columns import COLUMNS
from collector.donors.importing import judge_donors, keep_donors
from collector.donors.models import Donor, DonorState
from collector.donors.numbers import new_number
from collector.donors.queries import donors_by_email, get_donor
from collector.import_reports import ImportChoices, ImportReport, Likeness, RowOutcome
from tests.town import MORNING, Town

pytestmark = pytest.mark.twin

NEEDED = "first_name,family_name,line,postcode,town"
ZOE = "Zoé,Dupré,1 rue du Port,33000,Bordeaux"


@pytest.fixture
def session(app: Flask, town: Town) -> Iterator[Session]:  # noqa: ARG001 - the town must stand
    with app.app_context(), transaction() as session:
        yield session


def judge(session: Session, town: Town, text: str | bytes) -> ImportReport:
    data = text if isinstance(text, bytes) else text.encode()
    file = read_rows(data, COLUMNS)
    return judge_donors(session, file, now=MORNING, bank_id=town.bank).report


def bring_in(
    session: Session, town: Town, text: str | bytes, choices: ImportChoices | None = None
) -> ImportReport:
    data = text if isinstance(text, bytes) else text.encode()
    judged = judge_donors(session, read_rows(data, COLUMNS), now=MORNING, bank_id=town.bank)
    return keep_donors(
        session,
        judged,
        now=MORNING,
        bank_id=town.bank,
        actor=f"person:{town.claire}",
        choices=choices or ImportChoices(),
    )


def outcomes(report: ImportReport) -> list[str]:
    return [row.outcome.value for row in report.rows]


def mistakes(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(row.line, m.field, m.code) for row in report.rejected for m in row.mistakes]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Donor)) or 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_plain_file_opens_files(session: Session, town: Town, encoding: str) -> None:
    report = bring_in(
        session, town, f"{NEEDED},email\r\n{ZOE},ZOE@home.example\r\n".encode(encoding)
    )
    assert [(row.line, row.outcome) for row in report.rows] == [(2, RowOutcome.NEW)]
    (found,) = donors_by_email(session, "zoe@home.example")
    donor = get_donor(session, town.bank, found.id)
    assert (donor.first_name, donor.language, donor.state) == ("Zoé", "fr", DonorState.CANDIDATE)
    assert donor.address.position is None


def test_a_whole_file_of_a_donor_makes_her_eligible(session: Session, town: Town) -> None:
    report = bring_in(
        session,
        town,
        f"{NEEDED};email;latitude;longitude;serology_drawn_on;serology_valid_until;"
        "interview_signed_by;interview_signed_on;consent_version;discreet\n".replace(",", ";")
        + ZOE.replace(",", ";")
        + ";z@home.example;44,8378;-0,5792;01/11/2026;2027-01-30;claire@town.example;"
        "2026-08-15;2026-1;oui\n",
    )
    assert mistakes(report) == []
    (found,) = donors_by_email(session, "z@home.example")
    donor = get_donor(session, town.bank, found.id)
    assert donor.state is DonorState.ELIGIBLE
    assert donor.discreet
    assert (donor.address.position.latitude, donor.address.position.longitude) == (44.8378, -0.5792)


def test_all_mistakes_of_a_row_are_reported_at_once_with_its_line(
    session: Session, town: Town
) -> None:
    before = count(session)
    report = bring_in(
        session,
        town,
        f"{NEEDED},email,language,latitude,baby_born_on,discreet,number\n"
        f"{ZOE},,,,,,\n"
        '"Zo\n",Dupré,,33000,Bordeaux,not an address,de,91,2026-11-24,maybe,123456789\n'
        f"{ZOE},other@home.example,fr,north,31/02/2026,,\n",
    )
    assert mistakes(report) == [
        (3, "baby_born_on", "day_in_future"),
        (3, "line", "cell_missing"),
        (3, "number", "donor_number_not_valid"),
        (3, "email", "email_not_valid"),
        (3, "language", "cell_not_choice"),
        (3, "discreet", "cell_not_yes_no"),
        (3, "longitude", "position_half"),
        (5, "baby_born_on", "cell_not_date"),
        (5, "latitude", "cell_not_number"),
    ]
    assert outcomes(report) == ["new", "wrong", "wrong"]
    assert count(session) == before + 1, "the good row came in"


def test_a_known_donor_is_left_out_and_a_repeated_one_wrong(session: Session, town: Town) -> None:
    number = new_number()
    session.get_one(Donor, town.elise).number = number
    report = bring_in(
        session,
        town,
        f"{NEEDED},email,number\n"
        f"{ZOE},DORA@home.example,\n"
        f"{ZOE},a@b.example,{number}\n"
        f"{ZOE},A@b.example,\n",
    )
    assert mistakes(report) == [(4, "email", "twice_in_file")]
    assert outcomes(report) == ["left_out", "left_out", "wrong"]
    assert [row.known_id for row in report.rows[:2]] == [town.dora, town.elise]


def test_a_known_donor_is_updated_when_asked_and_empty_cells_change_nothing(
    session: Session, town: Town
) -> None:
    text = (
        f"{NEEDED},email,phone,latitude,longitude,serology_drawn_on,serology_valid_until\n"
        "Dora,Roux,9 rue Neuve,33600,Pessac,dora@home.example,,44.8,-0.63,2026-11-01,2027-01-30\n"
    )
    report = bring_in(session, town, text, ImportChoices(update_known=True))
    assert outcomes(report) == ["updated"]
    dora = get_donor(session, town.bank, town.dora)
    assert (dora.family_name, dora.address.line, dora.phone) == (
        "Roux",
        "9 rue Neuve",
        "+33 6 39 98 00 00",
    )
    assert (dora.address.position.latitude, dora.address.position.longitude) == (44.8, -0.63)
    tests = len(dora.serologies)
    bring_in(session, town, text, ImportChoices(update_known=True))
    assert len(get_donor(session, town.bank, town.dora).serologies) == tests, "once"


@pytest.mark.parametrize(
    "row",
    [
        "Any,Body,3 rue X,33000,Bordeaux,06.39.98.00.77,",
        "MARTIN,dora,1 RUE du port,33000,Bordeaux,,",
        "Dora,Other,3 rue X,33000,Bordeaux,,2026-08-01",
    ],
)
def test_a_likely_duplicate_is_shown_and_opens_a_file_only_when_asked(
    session: Session, town: Town, row: str
) -> None:
    dora = session.get_one(Donor, town.dora)
    dora.phone = "+33 6 39 98 00 77"
    for donor in session.scalars(select(Donor).where(Donor.id != town.dora)):
        donor.phone, donor.baby_born_on = None, None
    postcode = get_donor(session, town.bank, town.dora).address.postcode
    text = f"{NEEDED},phone,baby_born_on\n{row}\n".replace("33000", postcode)
    before = count(session)
    report = bring_in(session, town, text)
    assert (outcomes(report), count(session)) == (["left_out"], before)
    assert report.rows[0].likely == (Likeness(town.dora, None),)
    report = bring_in(session, town, text, ImportChoices(new_lines=frozenset({2})))
    assert (outcomes(report), count(session)) == (["new"], before + 1)


def test_the_same_donor_twice_in_a_file_is_a_likely_duplicate(session: Session, town: Town) -> None:
    report = bring_in(session, town, f"{NEEDED}\n{ZOE}\n{ZOE}\n")
    assert outcomes(report) == ["new", "left_out"]
    assert report.rows[1].likely == (Likeness(None, 2),)


def test_a_likely_duplicate_updates_the_chosen_file_of_this_bank_alone(
    session: Session, town: Town
) -> None:
    text = f"{NEEDED},phone\nDora,Roux,9 rue Neuve,33600,Pessac,06 39 98 00 00\n"
    stranger = ImportChoices(updates={2: town.stranger_donor})
    assert outcomes(bring_in(session, town, text, stranger)) == ["left_out"]
    report = bring_in(session, town, text, ImportChoices(updates={2: town.dora}))
    assert outcomes(report) == ["updated"]
    assert get_donor(session, town.bank, town.dora).family_name == "Roux"


def test_french_headings_lost_zeros_and_broken_accents_are_understood(
    session: Session, town: Town
) -> None:
    text = (
        "Liste des donneuses\r\n\r\n"
        "Prénom;Nom;Adresse;Code postal;Ville;Téléphone\r\n"
        "NoÃ©mie;Petit;1 rue X;1000;Bourg-en-Bresse;06 39 98 00 41\r\n"
        'Anna;Petit;2 rue X;="01000";Bourg;06 39 98 00 42\r\n'
        "Lost\N{REPLACEMENT CHARACTER};Petit;3 rue X;33000.0;Bordeaux;06 39 98 00 43\r\n"
        "Total;3;;;;\r\n"
    )
    report = judge(session, town, text)
    assert [(row.line, [(r.given, r.kept) for r in row.repairs]) for row in report.rows] == [
        (4, [("NoÃ©mie", "Noémie"), ("1000", "01000")]),
        (5, [('="01000"', "01000")]),
        (6, [("33000.0", "33000")]),
    ]
    assert mistakes(report) == [(6, "first_name", "text_garbled")]


def test_a_telephone_is_one_number_without_a_remark(session: Session, town: Town) -> None:
    report = bring_in(
        session,
        town,
        f"{NEEDED},phone\n"
        f"{ZOE},06 39 98 56 78\n"
        f"{ZOE},call in the evening\n"
        f"{ZOE},06 12 34 56\n"
        f"{ZOE},0639985678 / 0536490203\n"
        f"{ZOE},06 39 98 56 78 (husband)\n",
    )
    assert mistakes(report) == [(line, "phone", "phone_not_valid") for line in (3, 4, 5, 6)]


def test_every_field_has_the_rules_of_the_forms(session: Session, town: Town) -> None:
    report = bring_in(
        session,
        town,
        "first_name,family_name,line,postcode,town,latitude,longitude,baby_born_on,"
        "interview_signed_by,interview_signed_on,serology_drawn_on,serology_valid_until\n"
        "A,B,1 rue X,1400,Bourg,,,,,,,\n"
        "A,B,1 rue X,99999,Bourg,,,,,,,\n"
        "A,B,1 rue X,33000,Bordeaux Cedex,,,,,,,\n"
        'A,B,1 rue X,33000,Bordeaux,"-0,57","44,84",,,,,\n'
        "A,B,1 rue X,33000,Bordeaux,,,03/05/1926,,,,\n"
        "A,B,1 rue X,33000,Bordeaux,,,01/11/2026,claire@town.example,01/10/2026,,\n"
        "A,B,1 rue X,33000,Bordeaux,,,,,,09/01/2026,12/01/2027\n"
        "A,B,1 rue X,33000,Bordeaux,,,,,,01/09/2026,01/12/2096\n",
    )
    assert mistakes(report) == [
        (3, "postcode", "postcode_unknown"),
        (4, "town", "cedex_no_door"),
        (5, "latitude", "position_swapped"),
        (6, "baby_born_on", "born_too_long_ago"),
        (7, "interview_signed_on", "interview_before_birth"),
        (8, "serology_valid_until", "serology_too_long"),
        (9, "serology_valid_until", "serology_too_long"),
    ]


def test_another_banks_donor_is_no_duplicate(session: Session, town: Town) -> None:
    report = bring_in(session, town, f"{NEEDED},email\n{ZOE},gina@home.example\n")
    assert outcomes(report) == ["new"]


def test_half_a_signature_a_stranger_and_a_test_out_of_order_are_reported(
    session: Session, town: Town
) -> None:
    report = bring_in(
        session,
        town,
        f"{NEEDED},interview_signed_by,interview_signed_on,serology_drawn_on,serology_valid_until\n"
        f"{ZOE},claire@town.example,,,2027-01-01\n"
        f"{ZOE},sophie@other.example,2026-11-01,2026-11-02,2026-11-01\n",
    )
    assert mistakes(report) == [
        (2, "interview_signed_by", "signature_half"),
        (2, "serology_drawn_on", "cell_missing"),
        (3, "interview_signed_by", "colleague_unknown"),
        (3, "serology_valid_until", "serology_dates_backwards"),
    ]


def test_a_missing_column_is_named_and_an_unknown_left_out(session: Session, town: Town) -> None:
    report = judge(session, town, "first_name,family_name,line,postcode,weight\nA,B,C,D,1\n")
    assert [(each.field, each.code) for each in report.file_mistakes] == [
        ("town", "column_missing")
    ]


@pytest.mark.parametrize(("written", "code"), [("Français", "fr"), ("ANGLAIS", "en"), ("fr", "fr")])
def test_a_language_is_read_as_a_word_or_a_code(
    session: Session, town: Town, written: str, code: str
) -> None:
    bring_in(session, town, f"{NEEDED},language\n{ZOE},{written}\n")
    added = session.scalars(select(Donor).where(Donor.first_name == "Zoé")).one()
    assert added.language == code

"""The `milkround` command as an operator types it: a bank set up, mistakes told in words."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.cli_run import opening_address

DONORS = "first_name,family_name,line,postcode,town,email\nDora,Martin,1 rue du Port,33000,{},{}\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation of its own."""
    monkeypatch.setenv("MILKROUND_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def found_bordeaux() -> None:
    assert run("bank", "bordeaux", "--name", "Lactarium", "--town", "Pessac").exit_code == 0


@pytest.mark.usefixtures("home")
def test_a_bank_is_set_up_from_nothing_and_its_day_can_be_planned() -> None:
    found_bordeaux()
    place = ["--town", "Pessac", "--latitude", "44.785", "--longitude", "-0.66"]
    assert run("site", "Lactarium", "--bank", "bordeaux", *place).exit_code == 0
    ana = ["ana@example.org", "--bank", "bordeaux", "--name", "Ana", "--role", "collector"]
    assert run("user", *ana).exit_code == 0
    hours = ["--from", "08:00", "--until", "17:00", "--start", "Lactarium", "--end", "Lactarium"]
    duty = ["shift", "ana@example.org", "2026-11-24", *hours, "--draws-blood"]
    assert run(*duty, "--weeks", "3").exit_code == 0
    again = run(*duty)
    assert again.exit_code == 1
    assert "2026-11-24" in again.output
    assert run("plan", "2026-12-08", "--bank", "bordeaux").exit_code == 0
    assert "/link/" in run("link", "ana@example.org").output


@pytest.mark.usefixtures("home")
def test_an_account_is_closed_and_opened_again() -> None:
    found_bordeaux()
    ana = ["ana@example.org", "--bank", "bordeaux", "--name", "Ana", "--role", "collector"]
    assert run("user", *ana).exit_code == 0
    assert "is closed" in run("user", "ana@example.org", "--deactivate").output
    assert "no open account" in run("link", "ana@example.org").output
    assert run("user", "ana@example.org", "--deactivate").exit_code == 1
    assert "again" in run("user", "ana@example.org", "--reactivate").output
    assert "/link/" in run("link", "ana@example.org").output
    assert run("user", "bruno@example.org").exit_code == 2


@pytest.mark.usefixtures("home")
def test_a_site_lies_in_the_country_of_its_bank() -> None:
    found_bordeaux()
    there = ["site", "Lactarium", "--bank", "bordeaux", "--town", "Pessac"]
    swapped = run(*there, "--latitude", "-0.66", "--longitude", "44.785")
    assert swapped.exit_code == 1
    assert "wrong way round" in swapped.output


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plan", "2026-11-24", "--bank", "nowhere"], "no bank 'nowhere'"),
        (["link", "nobody@example.org"], "no open account"),
        (["plan", "tomorrow", "--bank", "bordeaux"], "does not match the format"),
        (["plan", "2026-11-24", "--bank", "bordeaux"], "collector"),
    ],
)
def test_a_mistake_is_answered_in_words(words: list[str], said: str) -> None:
    found_bordeaux()
    answer = run(*words)
    assert answer.exit_code in {1, 2}
    assert said in answer.output
    assert "Traceback" not in answer.output


def test_all_wrong_settings_are_told_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home
    monkeypatch.setenv("DATABASE_URL", "mysql://somewhere/else")
    monkeypatch.setenv("PUBLIC_URL", "milk.example")
    monkeypatch.setenv("SECRET_KEY", "short")
    monkeypatch.setenv("MILKROUND_PLANNING_SECONDS", "soon")
    answer = run("migrate")
    assert answer.exit_code == 2
    for name in ("DATABASE_URL", "PUBLIC_URL", "SECRET_KEY", "MILKROUND_PLANNING_SECONDS"):
        assert name in answer.output


def test_the_good_rows_of_a_file_come_in_and_the_others_are_written_down(home: Path) -> None:
    found_bordeaux()
    file = home / "donors.csv"
    good = DONORS.format("Bordeaux", "dora@example.org")
    file.write_text(good + "Elise,Petit,2 rue du Port,33000,,elise@example.org\n", "utf-8")
    answer = run("import", "donors", str(file), "--bank", "bordeaux")
    assert answer.exit_code == 1
    assert "line 3, town" in answer.output
    assert "1 row was imported" in answer.output
    rest = (home / "donors-to-correct.csv").read_text("utf-8-sig")
    assert "town: This must not be empty." in rest
    file.write_text(good, "utf-8")
    answer = run("import", "donors", str(file), "--bank", "bordeaux")
    assert answer.exit_code == 0
    assert "line 2 is a known donor: left out" in answer.output
    answer = run("import", "donors", str(file), "--bank", "bordeaux", "--update-known")
    assert "1 row was updated" in answer.output


def test_a_heading_of_a_file_is_named_once_and_remembered(home: Path) -> None:
    found_bordeaux()
    file = home / "donors.csv"
    file.write_text("Who;Nom;Adresse;CP;Ville\nDora;Petit;1 rue X;1000;Bourg\n", "utf-8")
    answer = run("import", "donors", str(file), "--bank", "bordeaux")
    assert (answer.exit_code, "first_name is missing" in answer.output) == (1, True)
    answer = run("import", "donors", str(file), "--bank", "bordeaux", "--column", "Who=first_name")
    assert (answer.exit_code, "postcode: 1000 -> 01000" in answer.output) == (0, True)
    answer = run("import", "donors", str(file), "--bank", "bordeaux", "--likely-are-new")
    assert (answer.exit_code, "1 row was imported" in answer.output) == (0, True)
    assert run("import", "donors", str(file), "--bank", "x", "--column", "Who=age").exit_code == 2


def test_the_secret_is_made_once_and_only_its_owner_reads_it(home: Path) -> None:
    assert run("migrate").exit_code == 0
    secret = home / "home" / "secret_key"
    first = secret.read_text()
    assert secret.stat().st_mode & 0o077 == 0
    assert run("migrate").exit_code == 0
    assert secret.read_text() == first


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bank", "Bad Slug", "--name", "B", "--town", "T"], "small letters"),
        (["bank", "b", "--name", " ", "--town", "T"], "needs a name"),
        (["bank", "b", "--name", "B", "--town", "T", "--time-zone", "Mars/Olympus"], "time zone"),
        (["user", "nobody", "--bank", "bordeaux", "--name", "N", "--role", "admin"], "e-mail"),
        (["serve", "--port", "99999"], "range"),
    ],
)
def test_nonsense_is_refused_in_words(words: list[str], said: str) -> None:
    found_bordeaux()
    answer = run(*words)
    assert answer.exit_code != 0
    assert said in answer.output
    assert "Traceback" not in answer.output


def test_the_audit_chain_of_a_bank_is_verified(home: Path) -> None:
    found_bordeaux()
    intact = "The audit chain of bordeaux is intact (no signed head yet).\n"
    assert run("audit", "--bank", "bordeaux").output == intact
    assert run("audit").output == intact
    with closing(sqlite3.connect(home / "home" / "milkround.sqlite3")) as database, database:
        database.execute("UPDATE audit_entries SET actor = 'person:9' WHERE sequence = 1")
    answer = run("audit", "--bank", "bordeaux")
    assert answer.exit_code == 1
    assert "The audit chain of bordeaux is broken at entry 1." in answer.output


@pytest.mark.usefixtures("home")
def test_a_site_is_known_once_and_only_collectors_are_on_duty() -> None:
    found_bordeaux()
    site = [
        "site",
        "L",
        "--bank",
        "bordeaux",
        "--town",
        "T",
        "--latitude",
        "44",
        "--longitude",
        "0",
    ]
    assert run(*site).exit_code == 0
    assert "already" in run(*site).output
    claire = ["claire@example.org", "--bank", "bordeaux", "--name", "Claire"]
    assert run("user", *claire, "--role", "coordinator").exit_code == 0
    hours = ["--from", "08:00", "--until", "17:00", "--start", "L", "--end", "L"]
    assert "no collector" in run("shift", "claire@example.org", "2026-11-24", *hours).output


def test_a_folder_that_cannot_be_written_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MILKROUND_HOME", "/proc/nowhere")
    answer = run("migrate")
    assert answer.exit_code == 1
    assert "/proc/nowhere" in answer.output


def test_what_an_installation_writes_is_its_owners_alone(home: Path) -> None:
    found_bordeaux()
    for path in (home / "home").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.usefixtures("home")
def test_rows_of_a_bank_are_listed_changed_and_removed() -> None:
    found_bordeaux()
    there = ["--bank", "bordeaux"]
    place = ["--town", "Pessac", "--latitude", "44.785", "--longitude", "-0.66"]
    for name in ("Lactarium", "Annexe"):
        assert run("site", name, *there, *place).exit_code == 0
    ana = ["ana@example.org", *there, "--name", "Ana", "--role", "collector"]
    assert run("user", *ana).exit_code == 0
    assert run("change", "vehicle", "Kangoo", *there, "--bottles", "90").exit_code == 0
    assert "Give a number" in run("change", "vehicle", "Kangoo", *there, "--bottles", "0").output
    assert run("change", "box", "B1", *there, "--ml", "9000").exit_code == 0
    hours = ["--from", "08:00", "--until", "17:00", "--start", "Lactarium", "--end", "Lactarium"]
    duty = ["shift", "ana@example.org", "2099-11-24", *hours, "--vehicle", "Kangoo"]
    assert run(*duty).exit_code == 0
    assert run("close", "2099-12-24", *there, "--name", "Eve").exit_code == 0
    assert "Kangoo\t90 bottles\tin use" in run("list", "vehicles", *there).output
    assert "B1\t160 bottles" in run("list", "boxes", *there).output
    assert "ana@example.org\tAna\tcollector" in run("list", "people", *there).output
    assert "bordeaux" in run("list", "banks").output
    for kind in ("shifts", "weeks", "closing-days", "stock", "loans"):
        assert run("list", kind, *there).exit_code == 0
    roles = ["--role", "collector", "--role", "quality", "--name", "Ana E."]
    assert run("change", "user", "ana@example.org", *roles).exit_code == 0
    assert "Ana E.\tcollector,quality" in run("list", "people", *there).output
    assert run("change", "bank", *there, "--phone", "05 00").exit_code == 0
    assert run("change", "site", "Annexe", *there, "--no-freezer").exit_code == 0
    assert run("remove", "site", "Lactarium", *there).exit_code == 1
    for thing in (["site", "Annexe"], ["vehicle", "Kangoo"], ["box", "B1"]):
        assert run("remove", *thing, *there).exit_code == 0
    assert run("remove", "closing-day", "2099-12-24", *there).exit_code == 0
    assert run("remove", "closing-day", "2099-12-24", *there).exit_code == 1
    assert run("remove", "shift", "ana@example.org", "2099-11-24").exit_code == 0
    assert run("remove", "site", "Lactarium", *there).exit_code == 0
    assert run("remove", "week", "1", *there, "--after", "2099-01-01").exit_code == 1
    assert "retired since" in run("list", "sites", *there).output


@pytest.mark.usefixtures("home")
def test_rules_zones_texts_and_calendars_are_listed_changed_and_removed(tmp_path: Path) -> None:
    found_bordeaux()
    there = ["--bank", "bordeaux"]

    def told(*words: str) -> str:
        answer = run(*words)
        assert answer.exit_code == 0, answer.output
        return answer.output

    def refused(*words: str) -> str:
        answer = run(*words)
        assert answer.exit_code == 1, answer.output
        return answer.output

    minimum = ["change", "rule", "minimum_volume_ml"]
    assert "Say where it comes from" in refused(*minimum, "500", *there)
    told(*minimum, "500", *there, "--source", "decision of the bank")
    assert "minimum_volume_ml\t500 ml\tdecision of the bank" in told("list", "rules", *there)
    in_a_month = str((datetime.now(UTC) + timedelta(days=30)).date())
    told(*minimum, "600", *there, "--source", "decision of the bank", "--from", in_a_month)
    told(*minimum, "300", *there, "--until", in_a_month)
    changes = told("list", "rule-changes", *there)
    assert f"\tminimum_volume_ml\t600\tfrom {in_a_month}" in changes
    planned, period = re.findall(r"^(?:change|period) (\d+)\t", changes, re.MULTILINE)
    told("remove", "rule-change", planned, *there)
    told("remove", "rule-period", period, *there)
    assert told("list", "rule-changes", *there) == ""

    corners = tmp_path / "corners.txt"
    corners.write_text("44, -1\n45, -1\n45, 0\n", encoding="utf-8")
    assert "Draw the zone" in refused("change", "zone", "Landes", *there)
    told("change", "zone", "Landes", *there, "--postcodes", "40", "--weekdays", "24")
    told("change", "zone", "Landes", *there, "--outline", str(corners))
    assert "Landes\t40\t3 corners\t24" in told("list", "zones", *there)
    told("remove", "zone", "Landes", *there)
    assert "no zone called Landes" in refused("remove", "zone", "Landes", *there)

    text = tmp_path / "text.txt"
    key = ["receipt", *there, "--form", "sms", "--language", "en"]
    text.write_text("Thank you: {link} {nonsense}", encoding="utf-8")
    assert "{nonsense}" in refused("change", "text", *key, "--text", str(text))
    text.write_text("Thank you: {link}", encoding="utf-8")
    told("change", "text", *key, "--text", str(text))
    assert "receipt\tsms\ten\tplain" in told("list", "texts", *there)
    told("remove", "text", *key)
    refused("remove", "text", *key)

    told("user", "ana@example.org", *there, "--name", "Ana", "--role", "collector")
    told("change", "calendar", "ana@example.org", "https://leave.example/ana.ics")
    listed = told("list", "calendars", *there)
    assert listed == "ana@example.org\tleave.example\tnot read yet\n"
    refused("change", "calendar", "ana@example.org", "ftp://leave.example")
    told("remove", "calendar", "ana@example.org")
    refused("remove", "calendar", "ana@example.org")


@pytest.mark.usefixtures("home")
def test_material_is_counted_lent_and_retired() -> None:
    found_bordeaux()
    there = ["--bank", "bordeaux"]
    place = ["--town", "Pessac", "--latitude", "44.785", "--longitude", "-0.66"]
    assert run("site", "Lactarium", *there, *place).exit_code == 0
    count = ["change", "stock", "bottles"]
    assert run(*count, "40", *there, "--site", "Lactarium").exit_code == 0
    assert "40" in run("list", "stock", *there).output
    assert run(*count, "40", *there).exit_code == 2
    assert "no vehicle" in run(*count, "40", *there, "--vehicle", "Nothing").output
    pump = ["change", "device", "P1", *there, "--name", "Pump", "--site", "Lactarium"]
    assert run(*pump).exit_code == 0
    assert "P1\tPump\tin use" in run("list", "devices", *there).output
    assert "not on loan" in run("remove", "loan", "P1", *there).output
    lent = ["change", "loan", "P1", *there, "--due", "2099-01-01"]
    assert "no donor" in run(*lent, "--donor", "nobody").output
    assert run("remove", "device", "P1", *there).exit_code == 0
    assert "retired since" in run("remove", "device", "P1", *there).output


@pytest.mark.parametrize(
    ("public_url", "host", "address"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1", "http://127.0.0.1:9000/opening"),
        ("https://milk.example", "127.0.0.1", "https://milk.example/opening"),
        ("http://127.0.0.1:8000", "192.0.2.1", "http://127.0.0.1:8000/opening"),
    ],
)
def test_the_first_bank_is_opened_where_the_server_answers(
    public_url: str, host: str, address: str
) -> None:
    assert opening_address(public_url, host=host, port=9000) == address

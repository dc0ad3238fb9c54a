"""The public pages: open to anyone, without a script, and honest about who comes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from collector.banks.models import Bank, Lactarium, Zone
from collector.banks.queries import policy_row
from collector.db import transaction
from tests.town import Town, sign_in

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("town")

PAGES = [
    "/give",
    "/give/who",
    "/give/how",
    "/give/questions",
    "/lactariums",
    "/give/where?postcode=33600",
    "/banks/town/privacy",
    "/privacy",
]


def says(app: Flask, path: str, language: str = "en") -> str:
    answer = app.test_client().get(path, headers={"Accept-Language": language})
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_public_page_needs_no_sign_in_no_script_and_nobody_else(
    app: Flask, path: str, language: str
) -> None:
    answer = app.test_client().get(path, headers={"Accept-Language": language})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text
    assert "<script" not in text
    assert re.findall(r'src="(https?:[^"]+)"', text) == []
    assert re.findall(r'<link[^>]*href="(https?:[^"]+)"', text) == []


def test_the_bank_that_lives_here_is_offered_where_its_zone_holds_her(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        session.add(Zone(bank_id=town.bank, name="Gironde", postcodes=["33"]))
        pessac = session.query(Lactarium).filter_by(town="Pessac").one()
        pessac.bank_id = town.bank
    text = says(app, "/give/where?postcode=33%20600")
    assert "Yes, somebody collects around 33600" in text
    assert "/banks/town/contact?postcode=33600" in text
    assert "Yes" not in says(app, "/give/where?postcode=40000")


def test_where_nobody_is_known_to_come_the_page_says_so_and_what_else_there_is(app: Flask) -> None:
    text = says(app, "/give/where?postcode=06000")
    assert "No collection here, as far as we know" in text
    assert "Please do not give milk to another family directly" in text
    assert "Perhaps: ask" in says(app, "/give/where?postcode=33000")


@pytest.mark.parametrize(("field", "text"), [("postcode", "99999"), ("baby_born_on", "03/05/1926")])
def test_a_first_contact_has_the_rules_of_the_imports(
    app: Flask, town: Town, field: str, text: str
) -> None:
    assert town.bank
    typed = {"first_name": "Ida", "phone": "06 39 98 00 09", "postcode": "33600", field: text}
    answer = app.test_client().post("/banks/town/contact", data=typed)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert f'value="{text}"' in answer.text, "it stays as it was typed"


def test_what_is_no_postcode_is_said_and_kept(app: Flask) -> None:
    answer = app.test_client().get("/give/where?postcode=336", headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert 'value="336"' in answer.get_data(as_text=True)
    assert "five digits" in answer.get_data(as_text=True)


def test_the_directory_claims_its_own_page_only_for_entries_read_there(app: Flask) -> None:
    text = says(app, "/lactariums")
    assert text.count("Read at its own page") == 7
    assert text.count("Read at the page of an association") == 2
    assert text.count("Read in the press") == 14
    assert text.count("Read in a blog or a forum") == 1
    assert "Hôpital Necker" in text
    assert text.count('class="mark ') == 21, "three lie overseas"


def test_the_directory_links_every_source_and_gives_telephone_page_and_address(app: Flask) -> None:
    text = says(app, "/lactariums")
    assert 'href="https://www.ch-stbrieuc.fr/Lactarium"' in text
    assert 'href="tel:0296017127"' in text
    assert 'href="tel:0238744181"' in text, "Orléans has two numbers"
    assert 'href="tel:0238613316"' in text
    assert 'href="mailto:bp-lactarium@chu-nantes.fr"' in text
    assert "The number is not from its own page: press." in text
    assert "(press, 2 February 2022)" in text
    assert "(press, March 2022)" in text
    assert "(association" not in text, "codes stay inside"


def test_the_numbers_of_the_directory_follow_its_entries(app: Flask) -> None:
    before = says(app, "/lactariums")
    assert "We know of 24 lactariums in France" in before
    assert "None was checked with the lactarium itself" in before
    with app.app_context(), transaction() as session:
        pessac = session.query(Lactarium).filter_by(town="Pessac").one()
        pessac.checked_on, pessac.checked_by = date(2026, 11, 23), "Town bank"
        for each in session.query(Lactarium).filter_by(town="Tours"):
            each.sources = []
        session.query(Lactarium).filter_by(town="Dijon").one().listed = False
    text = says(app, "/lactariums")
    assert "We know of 23 lactariums in France" in text
    assert "1 was checked on the day printed there" in text
    assert "Checked on 23 November 2026 by Town bank" in text
    assert "6: read at its own page" in text
    assert text.count("Not checked") == 1, "Tours lost its sources"
    assert "1: not checked" in text


def test_no_public_page_promises_that_a_gift_costs_nothing(app: Flask) -> None:
    text = " ".join(says(app, path) for path in PAGES)
    for promise in ("costs you nothing", "Two minutes", "The family pays nothing", "two minutes"):
        assert promise not in text
    assert "no mother is paid for it" in text
    assert "Ask the lactarium about costs" in text


def test_every_source_with_a_known_address_is_a_link(app: Flask) -> None:
    text = says(app, "/give")
    assert "https://www.who.int/tools/elena/interventions/donormilk-infants" in text
    assert "https://www.cochranelibrary.com/cdsr/doi/10.1002/14651858.CD002971.pub6/full" in text


def test_the_first_questions_are_answered_with_the_rules_of_the_banks_here(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        rule = policy_row(session, bank_id=town.bank, key="minimum_volume_ml")
        rule.value, rule.verified_on = "700", None
    text = says(app, "/give/questions")
    for anchor in ("bags", "hygiene", "one-day", "age", "minimum", "medicines", "time", "cost"):
        assert f'id="{anchor}"' in text
    lines = [" ".join(line.split()) for line in re.findall(r"at-bank\">(.*?)</p>", text, re.DOTALL)]
    minimum = next(line for line in lines if "0.7" in line)
    assert "Town bank" in minimum
    assert "not verified" in minimum
    assert any("Other bank" in line and "0.4" in line for line in lines)
    for path in ("/give", "/give/who", "/give/how", "/give/where?postcode=33600"):
        assert "/give/questions" in says(app, path).partition("<main")[2].partition("</main>")[0]


def test_the_header_names_the_bank_of_the_address_with_its_telephone(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Bank, town.bank).phone = "05 36 49 00 01"
    header = says(app, "/banks/town/contact").partition("</header>")[0]
    assert "Town bank" in header
    assert 'href="tel:0536490001"' in header
    header = says(app, "/give").partition("</header>")[0]
    assert "Milkround" in header, "two banks share this site"
    assert "tel:" not in header


def test_titles_of_public_and_sign_in_pages_differ(app: Flask) -> None:
    paths = [*PAGES, "/", "/sign-in", "/link/xxx", "/banks/town/contact", "/banks/town/legal"]
    paths += ["/banks/town/accessibility", "/accessibility", "/legal", "/no-such-page"]
    for language in ("en", "fr"):
        titles = [
            re.findall(r"<title>(.*?)</title>", says(app, path, language))[0] for path in paths
        ]
        assert sorted(set(titles)) == sorted(titles)
        assert "Milkround" not in titles


def test_every_page_template_of_donors_visitors_and_errors_has_its_own_title() -> None:
    titles: dict[str, str] = {}
    for folder in ("public", "session", "donor", "screening", "errors"):
        for path in sorted((ROOT / "templates" / folder).glob("*.html")):
            text = path.read_text(encoding="utf-8")
            if not text.lstrip().startswith("{% extends") or path.name == "home.html":
                continue
            found = re.findall(r"block title %}(.*?){% endblock", text, re.DOTALL)
            assert found, path
            if "title }}" in found[0]:
                continue
            assert titles.setdefault(found[0], path.name) == path.name, found[0]


CONTACT = {
    "first_name": "Hélène",
    "phone": "06 39 98 00 01",
    "email": "",
    "postcode": "33600",
    "baby_born_on": "2026-10-01",
    "language": "fr",
}


def test_a_first_contact_opens_a_file_and_its_own_browser_goes_on(app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/banks/town/contact", data=CONTACT)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/donor/screening/")
    home = client.get("/donor/screening/", headers={"Accept-Language": "en"})
    assert "Hello Hélène" in home.get_data(as_text=True)
    assert "Begin with the questions" in home.get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"first_name": " "}, "Tell us a first name"),
        ({"phone": ""}, "Give a telephone number or an e-mail address"),
        ({"phone": "hello"}, "not a telephone number"),
        ({"email": "a@b"}, "not an e-mail address"),
        ({"postcode": ""}, "Give your postcode"),
        ({"baby_born_on": "2026-11-24"}, "This day has not come yet"),
        ({"baby_born_on": "soon"}, "Write the day as"),
    ],
)
def test_a_contact_that_cannot_be_used_is_said_and_nothing_is_lost(
    app: Flask, change: dict[str, str], told: str
) -> None:
    client = app.test_client()
    answer = client.post(
        "/banks/town/contact", data=CONTACT | change, headers={"Accept-Language": "en"}
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in text.replace("&#39;", "'")
    assert 'value="33600"' in text or "postcode" in change
    assert client.get("/donor/screening/").status_code == 302, "no door was opened"


def test_one_network_address_makes_so_many_contacts_an_hour_and_no_more(app: Flask) -> None:
    client = app.test_client()
    for _ in range(30):
        assert client.post("/banks/town/contact", data=CONTACT).status_code == 303
    assert client.post("/banks/town/contact", data=CONTACT).status_code == 429


def test_the_self_check_is_kept_part_by_part_and_sent_at_the_end(app: Flask) -> None:
    client = app.test_client()
    client.post("/banks/town/contact", data=CONTACT)
    english = {"Accept-Language": "en"}
    part = client.get("/donor/screening/questions/1", headers=english).get_data(as_text=True)
    keys = re.findall(r'name="(\w+)" value="no"', part)
    assert "tobacco" in keys
    half = client.post("/donor/screening/questions/1", data={keys[0]: "no"}, headers=english)
    assert half.status_code == 422
    assert half.get_data(as_text=True).count("Choose one of the three answers") == len(keys) - 1
    again = client.get("/donor/screening/questions/1", headers=english).get_data(as_text=True)
    assert again.count("checked") == 1, "what she answered was kept"
    for number in (1, 2, 3):
        page = client.get(f"/donor/screening/questions/{number}", headers=english)
        names = re.findall(r'name="(\w+)" value="no"', page.get_data(as_text=True))
        answer = client.post(
            f"/donor/screening/questions/{number}", data=dict.fromkeys(names, "no")
        )
        assert answer.status_code == 303
    assert answer.headers["Location"] == "/donor/screening/call-back"
    home = client.get("/donor/screening/", headers=english).get_data(as_text=True)
    assert "We found nothing in your answers" in home
    assert "a nurse talks with you first" in home


def test_a_call_is_chosen_and_chosen_again(app: Flask, town: Town) -> None:
    client = sign_in(app, bank=town.bank, donor=town.dora)
    page = client.get("/donor/screening/call-back").get_data(as_text=True)
    first, second = re.findall(r'value="(2026-[\d-]+/\w+)"', page)[:2]
    for half in (first, second):
        chosen = client.post("/donor/screening/call-back", data={"half_day": half})
        assert chosen.status_code == 303
    assert client.post("/donor/screening/call-back", data={"half_day": "x"}).status_code == 422


def test_a_candidate_erases_herself_at_once(app: Flask) -> None:
    client = app.test_client()
    client.post("/banks/town/contact", data=CONTACT)
    copy = client.get("/donor/my-data/copy")
    assert "Hélène" in copy.get_data(as_text=True)
    gone = client.post("/donor/my-data/erasure")
    assert gone.headers["Location"] == "/donor/my-data/erased"
    assert client.get("/donor/screening/").status_code == 302

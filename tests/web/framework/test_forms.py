"""The forms of the pages: values, text as typed, mistakes by HTML name, groups and lines."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from collector.errors import NotFound, Refused
from collector.field_parsers import FieldMistake, parse_date, parse_time, parse_whole_number
from collector.pickups.models import Kit
from collector.web.framework.forms import (
    ChoiceField,
    ChoicesField,
    FlagField,
    Form,
    KeyField,
    KeysField,
    ParsedField,
    RowsField,
    TextField,
)

WEB = Path(__file__).parents[3] / "collector" / "web"
BY_HAND = {
    "api/inputs.py": "parameters of the API are typed values with their own mistakes",
    "framework/languages.py": "the language of a form's sentences is chosen before any form",
    "framework/oidc_client.py": "OpenID Connect names the parameters of the way back",
}
"""The modules that read a form or a query without a form class, each with its reason."""


class LineForm(Form):
    opens = ParsedField(parse_time, blank=None, required="time_not_read", default=time(8))


class SampleForm(Form):
    name = TextField(required="first_name_missing", longest=5)
    bottles = ParsedField(parse_whole_number, blank=0, required="number_missing")
    day = ParsedField[date | None](parse_date, blank=None, message="Give a day.")
    urgent = FlagField()
    donor = KeyField()
    chosen = KeysField()
    kit_wanted = ChoicesField(Kit, name="kit", separator="_")
    lines = RowsField[LineForm](
        LineForm, lambda form: [{"opens": text} for text in form.getlist("opens")]
    )


GOOD = MultiDict(
    [
        ("name", " Dora\x00 "),
        ("bottles", "1 500"),
        ("day", "24/11/2026"),
        ("urgent", "yes"),
        ("donor", "7"),
        ("chosen", "1"),
        ("chosen", "2"),
        ("kit_labels", "yes"),
        ("opens", "9h"),
        ("opens", "10:30"),
    ]
)


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def sent(**changes: str) -> SampleForm:
    form = GOOD.copy()
    for name, text in changes.items():
        form.setlist(name, [text])
    return SampleForm(form)


def test_a_form_gives_the_values_of_its_fields() -> None:
    form = sent()
    assert form.validate()
    assert (form.name.data, form.bottles.data, form.day.data) == ("Dora", 1500, date(2026, 11, 24))
    assert (form.urgent.data, form.donor.data, form.chosen.data) == (True, 7, [1, 2])
    assert form.kit_wanted.data == (Kit.LABELS,)
    assert [line.opens.data for line in form.lines.rows] == [time(9), time(10, 30)]


def test_a_wrong_field_keeps_its_text_and_leaves_the_others_their_values() -> None:
    form = sent(bottles="many", day="soon", name="")
    assert not form.validate()
    assert form.typed["bottles"] == "many"
    assert form.wrong == {
        "name": "Tell us a first name, any that we may call you by.",
        "bottles": "Write a whole number in digits, such as 8.",
        "day": "Give a day.",
    }
    assert (form.bottles.data, form.donor.data) == (0, 7)


def test_an_empty_field_is_a_mistake_only_if_it_is_required() -> None:
    form = SampleForm(MultiDict())
    form.validate()
    assert set(form.wrong) == {"name", "bottles"}
    assert (form.day.data, form.urgent.data, form.chosen.data) == (None, False, [])


def test_a_mistake_of_a_line_bears_its_number() -> None:
    form = sent()
    form.lines.rows[1].opens.process_errors.append("late")
    form.validate()
    assert form.wrong == {"lines.1": "late"}


def test_the_mistakes_of_rules_stand_beside_those_of_parsers_and_do_not_replace_them() -> None:
    form = sent(bottles="many")
    form.validate()
    form.add_mistakes(
        [FieldMistake("bottles", "oldest_missing"), FieldMistake("day", "day_in_future")]
    )
    form.refuse(Refused("http_429"))
    assert form.wrong["bottles"] == "Write a whole number in digits, such as 8."
    assert form.wrong["day"] == "This day has not come yet."
    assert form.wrong["form"] == "That was tried too often. Please wait a little."


def test_a_field_left_out_is_neither_validated_nor_read_and_keeps_its_text() -> None:
    form = sent(bottles="many")
    form.leave_out(["bottles"])
    assert form.validate()
    assert "bottles" not in form.data
    assert form.typed["bottles"] == "many"


def test_an_odd_key_of_a_row_is_not_found() -> None:
    for odd in ("-1", "abc", "99999999999999"):
        with pytest.raises(NotFound):
            sent(donor=odd)


def test_a_choice_that_the_page_did_not_offer_is_not_found() -> None:
    class KitForm(Form):
        kit = ChoiceField(Kit)
        other = ChoiceField(Kit, blank=Kit.LABELS)

    form = KitForm(MultiDict({"kit": "labels"}))
    assert form.validate()
    assert (form.kit.data, form.other.data) == (Kit.LABELS, Kit.LABELS)
    for sent_form in ({}, {"kit": "a boat"}, {"kit": "labels", "other": "a boat"}):
        with pytest.raises(NotFound):
            KitForm(MultiDict(sent_form))


def test_initial_values_are_written_as_browsers_take_them() -> None:
    form = SampleForm(
        data={
            "bottles": 8,
            "day": date(2026, 11, 24),
            "urgent": True,
            "kit_wanted": (Kit.PUMP_PARTS,),
            "lines": [{}, {"opens": time(9, 5)}],
        }
    )
    typed = form.typed
    assert (typed["name"], typed["bottles"], typed["day"]) == ("", "8", "2026-11-24")
    assert (typed["urgent"], typed["kit_labels"], typed["kit_pump_parts"]) == ("yes", "", "yes")
    assert [line.typed["opens"] for line in form.lines.rows] == ["08:00", "09:05"]


def test_a_form_or_a_query_is_read_by_its_class() -> None:
    reading = {"form", "args", "values", "files"}
    found = set()
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "request":
                found |= {str(path.relative_to(WEB))} if node.attr in reading else set()
    assert found - {"framework/forms.py"} == BY_HAND.keys()

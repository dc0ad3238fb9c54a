"""Forms in which a donor asks for a visit: the milk, the windows, the door."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from collector.errors import Refused
from collector.field_parsers import (
    FieldMistake,
    choice_parser,
    parse_date,
    parse_volume_ml,
    parse_whole_number,
)
from collector.pickups.drafts import PickupDraft, draft_of
from collector.pickups.models import Enquiry, HoldReason, Kit, MilkLine, Pickup, Purpose
from collector.pickups.purposes import purposes_for
from collector.pickups.validation import DONOR_DAYS_AHEAD, MOST_WINDOWS
from collector.web.donor.pages import FormPage
from collector.web.framework.forms import ChoicesField, FlagField, Form, ParsedField, TextField
from collector.web.pickup_forms import PickupForm, WindowForm, WindowsField

ROWS_SHOWN = 3
QUARTERS = {"1": 1, "2": 2, "3": 3, "4": 4}
MILK = (
    "line",
    "bottles",
    "volume_ml",
    "oldest_on",
    "freezer_quarters",
    "empties_wanted",
    "kit_wanted",
    "health",
)
"""The fields that a first interview does not ask."""
USUAL_EMPTIES = 10
"""Empty bottles that the form proposes to a donor who has none left."""
BROUGHT = frozenset({"empties_wanted", "kit_wanted"})
"""The fields of the material to bring, which a visit without milk asks."""


def parse_answer(text: str) -> bool:
    """Return the answer to a health question: `yes` or `no`."""
    if text not in {"yes", "no"}:
        raise Refused("answer_missing")
    return text == "yes"


class AnswerField(ParsedField[bool | None]):
    """Two radio buttons, neither of them chosen at first."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of ParsedField
        super().__init__(parse_answer, blank=None, required="answer_missing", **options)

    def process_data(self, value: bool | None) -> None:  # noqa: FBT001 - WTForms' own
        """Take an initial answer; a no is written, unlike an empty checkbox."""
        super().process_data(value)
        self.text = "no" if value is False else self.text


def split_columns(form: MultiDict[str, str]) -> Iterable[Mapping[str, str]]:
    """Return the lines of windows from the fields `day`, `opens` and `closes`, sent once a line."""
    names = ("day", "opens", "closes")
    columns = [form.getlist(name)[: MOST_WINDOWS + 1] for name in names]
    return [dict(zip(names, line, strict=True)) for line in zip(*columns, strict=False)]


class MilkForm(PickupForm):
    """The first step: bottles, volume, material to bring, and the health questions."""

    line = ParsedField(choice_parser(MilkLine, "line_unknown"), blank=MilkLine.DONATED)
    bottles = ParsedField(parse_whole_number, blank=0, required="number_missing")
    volume_ml = ParsedField(parse_volume_ml, blank=0, required="number_missing")
    oldest_on = ParsedField(parse_date, blank=None)
    freezer_quarters = ParsedField(QUARTERS.get, blank=None)
    empties_wanted = ParsedField(parse_whole_number, blank=0)
    kit_wanted = ChoicesField(Kit, name="kit")
    only_material = FlagField()
    """The donor has no milk to fetch and no empty bottles left."""
    health = ChoicesField(HoldReason, AnswerField)


class DoorForm(PickupForm):
    """The last step: how to be met at the door."""

    call_first = FlagField()
    do_not_ring = FlagField()
    neighbour = FlagField()
    note = TextField()


class OnlyForm(Form):
    """The part of a visit that the donor came to ask for."""

    only = TextField(longest=20)


class VisitForm(MilkForm, DoorForm):
    """The whole request on one page, with windows of the donor's own; also to change it."""

    once = TextField(longest=64)
    more = FlagField()
    """The button for another line, which works without JavaScript."""
    windows = WindowsField(WindowForm, split_columns)

    def add_row(self) -> None:
        """Add a line with the hours of the line before."""
        rows = self.windows.rows
        if len(rows) < MOST_WINDOWS:
            hours = rows[-1].typed if rows else WindowForm().typed
            rows.append(WindowForm(MultiDict(hours | {"day": ""})))


def carried_over(last: Pickup | None) -> dict[str, object]:
    """Return the initial values of a new request: the recurring ones of the last request."""
    if last is None:
        return {}
    recurring = ("empties_wanted", "call_first", "do_not_ring", "neighbour")
    return {
        "bottles": last.bottles or None,
        "volume_ml": last.volume_ml or None,
        "line": last.line,
        **{name: getattr(last, name) for name in recurring},
    }


def blank_form(last: Pickup | None, enquiry: Enquiry | None = None) -> VisitForm:
    """Return the form of a new request, with the hours of the last one.

    Parameters
    ----------
    enquiry
        The draft that the donor left, to be continued.
    """
    hours = last.windows[0] if last and last.windows else None
    line = {"opens": hours.opens, "closes": hours.closes} if hours else {}
    values = carried_over(last) | (draft_values(enquiry) if enquiry else {})
    return VisitForm(
        data=values | {"once": secrets.token_urlsafe(16), "windows": [line] * ROWS_SHOWN}
    )


def change_form(pickup: Pickup) -> VisitForm:
    """Return the form of a request as it stands, to be changed."""
    draft = draft_of(pickup)
    lines: list[dict[str, object]] = [window._asdict() for window in draft.windows]
    lines += [{}] * (ROWS_SHOWN - len(lines))
    only = _is_drop(draft.purposes)
    return VisitForm(data=asdict(draft) | {"windows": lines, "only_material": only})


def milk_form(
    last: Pickup | None, enquiry: Enquiry | None, *, only_material: bool = False
) -> MilkForm:
    """Return the form of the first step, as the donor left it or as she answered last time.

    Parameters
    ----------
    only_material
        Whether she came to ask for empty bottles alone.
    """
    values = carried_over(last) | (draft_values(enquiry) if enquiry else {})
    if only_material:
        values |= {"only_material": True, "bottles": None, "volume_ml": None}
        values["empties_wanted"] = values.get("empties_wanted") or USUAL_EMPTIES
    return MilkForm(data=values)


def draft_values(enquiry: Enquiry) -> dict[str, object]:
    """Return the fields of the first step as an enquiry keeps them."""
    draft = draft_of(enquiry)
    return {name: getattr(draft, name) for name in MILK} | {
        "only_material": _is_drop(draft.purposes)
    }


def _leave_out(form: MilkForm, purposes: tuple[Purpose, ...]) -> None:
    """Leave the fields out that the visit does not ask; material alone asks what to bring."""
    if Purpose.COLLECTION in purposes:
        return
    asked = frozenset() if Purpose.FIRST_INTERVIEW in purposes else BROUGHT
    form.leave_out(name for name in MILK if name not in asked)


def _is_drop(purposes: Iterable[str]) -> bool:
    """Return whether a visit brings material and fetches no milk."""
    return Purpose.MATERIAL_DROP in set(purposes) and not set(purposes) & {
        Purpose.COLLECTION,
        Purpose.FIRST_INTERVIEW,
    }


def read_draft(
    form: MilkForm, *, page: FormPage, now: datetime, kept: Iterable[str] = ()
) -> PickupDraft:
    """Validate a form and return its draft; `form.wrong` then holds every mistake.

    Parameters
    ----------
    kept
        The purposes that a coordinator added to the request that is changed.
    """
    days = form.windows.days if isinstance(form, VisitForm) else ()
    purposes = purposes_for(
        page.donor,
        days=days or (page.today,),
        policies=page.policies,
        kept=kept,
        fetches=not form.only_material.data,
    )
    _leave_out(form, purposes)
    form.validate()
    draft = form.draft(purposes=purposes)
    if purposes == (Purpose.MATERIAL_DROP,) and not (draft.empties_wanted or draft.kit_wanted):
        form.add_mistakes([FieldMistake("empties_wanted", "nothing_to_bring")])
    form.check(draft, now=now, zone=page.bank.zone, days_ahead=DONOR_DAYS_AHEAD)
    return draft

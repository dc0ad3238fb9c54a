"""Learned driving and door times: values, spreads, numbers, errors before and after; pins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, flash, redirect, url_for
from flask_babel import format_decimal, gettext, lazy_gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.db import owned, reading, transaction
from collector.errors import Refused
from collector.field_parsers import parse_decimal
from collector.people.models import Role
from collector.planning.learning.actions import forget, learned_of, pin, write_learned
from collector.planning.learning.queries import subject_names
from collector.roads.learned import learned_rows, learning_result
from collector.roads.models import LearnedKind, LearnedTime, LearningResult
from collector.web.board.page_context import page, refuse_mistaken
from collector.web.board.wording import PURPOSES
from collector.web.framework.forms import Form, ParsedField
from collector.web.framework.guards import actor, guard, now
from collector.web.wording import sentence

blueprint = Blueprint("learned_times", __name__, url_prefix="/bank/times")
guard(blueprint, Role.COORDINATOR, within="board")

_ = lazy_gettext

MOST_LINES: Final = 40
"""Lines of one subject on the page: those with the largest difference."""

HOURS = {
    "night": _("night, from 20:00 to 6:00"),
    "morning": _("morning, from 6:00 to 9:30"),
    "day": _("day, from 9:30 to 16:00"),
    "evening": _("evening, from 16:00 to 20:00"),
    "saturday": _("weekend"),
}
ROADS = {
    "motorway": _("motorways"),
    "trunk": _("trunk roads"),
    "primary": _("primary roads"),
    "secondary": _("secondary roads"),
    "tertiary": _("tertiary roads"),
    "unclassified": _("minor roads"),
    "residential": _("residential streets"),
    "living_street": _("streets with priority for walkers"),
    "service": _("access roads"),
    "ferry": _("ferries"),
}
GROUPS = {
    LearnedKind.HOUR: _("Driving, by hour"),
    LearnedKind.ROAD: _("Driving, by road"),
    LearnedKind.SECTOR: _("Driving, by sector"),
    LearnedKind.PURPOSE: _("At the door, by purpose"),
    LearnedKind.DONOR: _("At the door, by donor"),
    LearnedKind.COLLECTOR: _("At the door, by collector"),
}


class LearnedPinForm(Form):
    """A factor as a difference in percent."""

    percent = ParsedField[float | None](parse_decimal, blank=None, required="decimal_not_read")


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedLine:
    """One learned value on the page, with its subject in words."""

    row: LearnedTime
    words: str

    @property
    def percent(self) -> int:
        """The learned difference from the time without it, in percent."""
        return round(100 * (self.row.factor - 1))

    @property
    def pinned_percent(self) -> int | None:
        """The difference that a coordinator set."""
        return None if self.row.pinned is None else round(100 * (self.row.pinned - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedGroup:
    """The values of one subject; `others` are not on the page."""

    title: Any
    lines: tuple[LearnedLine, ...]
    others: int


@blueprint.get("")
def home() -> str:
    """Show the learned times, from how many, and the errors before and after."""
    return _page()


@blueprint.post("")
def learn() -> Response:
    """Learn at once, not only at night."""
    bank_id = actor().bank_id
    with reading() as session:
        found = learned_of(session, bank_id=bank_id, now=now())
    with transaction() as session:
        write_learned(session, found, bank_id=bank_id, now=now())
    flash(gettext("Learned from %(rounds)s rounds.", rounds=len(found.traces.rounds)), "ok")
    return redirect(url_for("board.learned_times.home"), code=303)


@blueprint.post("/<int:learned_id>/pin")
def pinned(learned_id: int) -> Response | tuple[str, int]:
    """Set the value that counts in place of the learned one."""
    form = LearnedPinForm.sent()
    form.validate()
    try:
        with transaction() as session:
            owned(session, LearnedTime, actor().bank_id, learned_id)
            refuse_mistaken(form)
            _pin(session, learned_id, 1 + (form.percent.data or 0) / 100)
    except Refused as refused:
        fault = form.first_wrong or sentence(refused)
        return _page({learned_id: (form.percent.text, fault)}), 422
    return redirect(url_for("board.learned_times.home", _anchor=f"value-{learned_id}"), code=303)


@blueprint.post("/<int:learned_id>/release")
def released(learned_id: int) -> Response:
    """Let the learned value count again."""
    with transaction() as session:
        _pin(session, learned_id, None)
    return redirect(url_for("board.learned_times.home", _anchor=f"value-{learned_id}"), code=303)


@blueprint.post("/<int:learned_id>/deletion")
def deleted(learned_id: int) -> Response:
    """Delete a learned value."""
    with transaction() as session:
        forget(session, now=now(), bank_id=actor().bank_id, actor=actor().reference, key=learned_id)
    return redirect(url_for("board.learned_times.home"), code=303)


def _minutes(seconds: float | None) -> str:
    """Return an error in minutes with a decimal; a dash if it is not known."""
    if seconds is None:
        return "\N{EN DASH}"
    minutes = format_decimal(round(seconds / 60, 1), "#,##0.0")
    return str(gettext("%(minutes)s min", minutes=minutes))


def _pin(session: Session, key: int, factor: float | None) -> None:
    who = actor()
    pin(session, now=now(), bank_id=who.bank_id, actor=who.reference, key=key, factor=factor)


def _page(wrong: Mapping[int, tuple[str, str]] | None = None) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        rows, result = learned_rows(session, bank_id), learning_result(session, bank_id)
        spreads = {row.kind: row for row in rows if row.kind not in GROUPS}
        return page(
            session,
            "board/bank/learned_times.html",
            result=result,
            used=_titles(result, used=True),
            unused=_titles(result, used=False),
            groups=_groups(session, rows, bank_id),
            leg_spread=spreads.get(LearnedKind.LEG_SPREAD),
            day_spread=spreads.get(LearnedKind.DAY_SPREAD),
            wrong=wrong or {},
            minutes=_minutes,
        )


def _titles(result: LearningResult | None, *, used: bool) -> list[str]:
    """Return the subjects whose learned values are in use, or those whose values are not."""
    if result is None or result.used is None:
        return []
    return [str(title) for kind, title in GROUPS.items() if (kind in result.used) is used]


def _groups(session: Session, rows: Iterable[LearnedTime], bank_id: int) -> list[LearnedGroup]:
    by_kind: dict[LearnedKind, list[LearnedTime]] = {kind: [] for kind in GROUPS}
    for row in rows:
        if row.kind in by_kind:
            by_kind[row.kind].append(row)
    names = subject_names(session, bank_id=bank_id, rows=rows)
    found = []
    for kind, of_kind in by_kind.items():
        of_kind.sort(key=lambda row: (row.pinned is None, -abs(row.factor - 1)))
        lines = [
            LearnedLine(row=row, words=_words(kind, row.key, names)) for row in of_kind[:MOST_LINES]
        ]
        others = max(0, len(of_kind) - MOST_LINES)
        if lines:
            found.append(LearnedGroup(title=GROUPS[kind], lines=tuple(lines), others=others))
    return found


def _words(kind: LearnedKind, key: str, names: Mapping[tuple[LearnedKind, str], str]) -> str:
    match kind:
        case LearnedKind.HOUR:
            return str(HOURS[key])
        case LearnedKind.ROAD:
            return _road(key)
        case LearnedKind.SECTOR:
            return str(gettext("postcodes %(beginning)s…", beginning=key))
        case LearnedKind.PURPOSE:
            return ", ".join(str(PURPOSES[each]) for each in key.split("+"))
        case _:
            return names.get((kind, key), key)


def _road(key: str) -> str:
    if key.endswith("_link"):
        return str(gettext("slip roads of %(roads)s", roads=ROADS[key.removesuffix("_link")]))
    return str(ROADS[key])

"""The edits of a day in words: actor, action, visits and time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from collector.people.queries import names_of
from collector.pickups.queries import donor_names
from collector.planning.editing.assignment import Assignment
from collector.planning.editing.queries import edits_by_key, visits_of_edit
from collector.planning.models import DayEdit, EditKind
from collector.rounds.models import DayPlan

_ = lazy_gettext

PERSON = "person:"

EDIT_WORDS: Mapping[EditKind, LazyString] = {
    EditKind.PINNED: _("pinned %(whom)s"),
    EditKind.UNPINNED: _("let go of the pin of %(whom)s"),
    EditKind.SPREAD: _("spread %(whom)s over other rounds"),
    EditKind.FIXED: _("made room for %(whom)s"),
    EditKind.APPLIED: _("applied the planner's rounds: %(whom)s moved"),
    EditKind.TAKEN: _("took %(whom)s from the planner's proposal"),
    EditKind.OTHER_DAY: _("moved %(whom)s from one day to another"),
}
MOVE_TO_WORDS = _("moved %(whom)s to %(target)s")
MOVE_WORDS = _("moved %(whom)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLine:
    """One edit in words."""

    who: str
    words: str
    at: datetime


def describe_edits(
    session: Session, plan: DayPlan | None, edits: Sequence[DayEdit]
) -> list[EditLine]:
    """Return the edits of a day in words, in their order."""
    if plan is None or not edits:
        return []
    by_key = {edit.id: edit for edit in edits}
    missing = {edit.takes_back_id for edit in edits if edit.takes_back_id} - by_key.keys()
    by_key |= edits_by_key(session, plan=plan, keys=missing)
    visits = {key for edit in by_key.values() for key in visits_of_edit(edit)}
    names = donor_names(session, plan.bank_id, visits)
    letters = {round_.id: round_.letter for round_ in plan.rounds}
    people = _people(session, {edit.actor for edit in edits})
    return [
        EditLine(
            who=people.get(edit.actor, gettext("the planner")),
            words=_words(edit, by_key, names, letters),
            at=edit.made_at,
        )
        for edit in edits
    ]


def describe_edit(session: Session, plan: DayPlan, edit: DayEdit) -> str:
    """Return one edit in words."""
    (line,) = describe_edits(session, plan, [edit])
    return line.words


def _people(session: Session, actors: Iterable[str]) -> dict[str, str]:
    keys = {int(each.removeprefix(PERSON)): each for each in actors if each.startswith(PERSON)}
    return {keys[key]: name for key, name in names_of(session, keys).items()}


def _words(
    edit: DayEdit,
    known: Mapping[int, DayEdit],
    names: Mapping[int, str],
    letters: Mapping[int, str],
) -> str:
    if edit.takes_back_id:
        first = known[edit.takes_back_id]
        while first.takes_back_id and first.takes_back_id in known:
            first = known[first.takes_back_id]
        what = _words(first, known, names, letters) if not first.takes_back_id else ""
        if edit.kind is EditKind.UNDONE:
            return str(gettext("undone: %(what)s", what=what))
        return str(gettext("done again: %(what)s", what=what))
    keys = visits_of_edit(edit)
    who = names.get(keys[0], "?") if len(keys) == 1 else ""
    return _plain(edit, who, len(keys), _target(edit, keys, letters))


def _target(edit: DayEdit, keys: Sequence[int], letters: Mapping[int, str]) -> str:
    after = Assignment.from_json(edit.after)
    rounds = {after.round_of(key) for key in keys}
    if len(rounds) != 1:
        return ""
    (key,) = rounds
    if key is None:
        return str(gettext("no round"))
    return str(gettext("round %(letter)s", letter=letters.get(key, "?")))


def _plain(edit: DayEdit, who: str, count: int, target: str) -> str:
    whom = who or str(ngettext("%(num)s visit", "%(num)s visits", count))
    sentence: LazyString = EDIT_WORDS.get(edit.kind, MOVE_TO_WORDS if target else MOVE_WORDS)
    return str(sentence) % {"whom": whom, "target": target}

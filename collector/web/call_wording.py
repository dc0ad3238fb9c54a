"""Sentences that a coordinator says on the telephone in place of a message."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from collector.notices.models import Notice
from collector.web.formats import day, hour

WORDS: Mapping[str, LazyString] = {
    "visit_near": _("We come to you today between %(opens)s and %(closes)s."),
    "visit_cancelled": _("The appointment of %(day)s is cancelled. Nobody comes."),
    "visit_withdrawn": _(
        "We cannot come on %(day)s as we had said, and we are sorry. We look for another day."
    ),
    "visit_proposed": _("May we come on %(day)s between %(opens)s and %(closes)s?"),
}
AGREED = _("We come to you on %(day)s between %(opens)s and %(closes)s.")
CHANGED = _(
    "We come to you on %(day)s between %(opens)s and %(closes)s, "
    "and not between %(opens_before)s and %(closes_before)s as we had said."
)
NOT_AGREED = _("We have your change for %(day)s. We tell you the time as soon as we have read it.")
KEPT = _("We keep %(day)s between %(opens)s and %(closes)s for you, and call you before.")


def words_to_say(notice: Notice) -> str:
    """Return the sentence to say to a donor, in the language of the page."""
    return str(_sentence(notice)) % _readable(notice.figures)


def _sentence(notice: Notice) -> LazyString:
    if notice.template in WORDS:
        return WORDS[notice.template]
    if notice.figures.get("opens_before"):
        return CHANGED
    if notice.figures.get("agreed", True):
        return AGREED
    return KEPT if notice.template == "visit_agreed" else NOT_AGREED


def _readable(figures: Mapping[str, Any]) -> dict[str, Any]:
    times = {
        name: hour(str(value))
        for name, value in figures.items()
        if name.startswith(("opens", "closes"))
    }
    return {**figures, **times, "day": day(date.fromisoformat(str(figures["day"])))}

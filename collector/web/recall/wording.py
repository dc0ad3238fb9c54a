"""Words of recalls: subjects, states, places, fates, times."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from flask import Blueprint
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from collector.recall.models import Recall, RecallSubject
from collector.web.formats import long_day, number

_ = lazy_gettext

SUBJECTS: Mapping[str, LazyString] = {
    "donor": _("Donor"),
    "container": _("Container"),
    "visit": _("Visit"),
    "box": _("Box"),
    "day": _("Rounds of the day"),
    "pool": _("Pool"),
    "lot": _("Lot of pool"),
    "cycle": _("Heating"),
    "device": _("Pasteuriser"),
    "unit": _("Storage unit"),
    "material": _("Maker's lot"),
    "bottle": _("Lot of bottle"),
    "recipient": _("Milk of child"),
}

STATES: Mapping[str, LazyString] = {
    "opened": _("held, the scope is missing"),
    "scoped": _("scope frozen"),
    "confirmed": _("confirmed"),
    "notified": _("wards told"),
    "settled": _("all accounted for"),
    "closed": _("closed"),
}

STATE_TONES = {
    "opened": "danger",
    "scoped": "danger",
    "confirmed": "warn",
    "notified": "warn",
    "settled": "ok",
    "closed": "plain",
}

PLACES: Mapping[str, LazyString] = {
    "at_home": _("at the donor's home"),
    "on_the_way": _("on the way"),
    "at_site": _("handed over, not yet taken over"),
    "in_store": _("in a storage unit"),
    "in_laboratory": _("in the laboratory, without a place"),
    "refused": _("refused at the reception"),
    "at_ward": _("handed over to a ward"),
    "sent_back": _("sent back by a ward"),
    "destroyed": _("destroyed before"),
    "used_up": _("samples, rests and losses"),
}

FATES: Mapping[str, LazyString] = {
    "here": _("here, set apart"),
    "traced": _("traced to a ward, by the records"),
    "not_collected": _("stays with the donor"),
    "used_up": _("used up"),
    "given": _("given"),
    "thrown_away": _("thrown away"),
    "destroyed": _("destroyed"),
    "not_found": _("not found"),
}

FORMS: Mapping[str, LazyString] = {
    "visit": _("announced milk"),
    "container": _("container"),
    "pool": _("pool"),
    "bottle": _("bottle"),
}

EVENTS: Mapping[str, LazyString] = {
    "opened": _("opened"),
    "held": _("milk held"),
    "scoped": _("scope frozen"),
    "confirm_asked": _("first signature on the scope"),
    "confirmed": _("scope confirmed"),
    "notified": _("wards told"),
    "acknowledged": _("acknowledged by a ward"),
    "identities_opened": _("identities opened"),
    "fate_noted": _("fate noted"),
    "settled": _("all accounted for"),
    "close_asked": _("first signature on the end"),
    "closed": _("closed"),
}

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def add_words(blueprint: Blueprint) -> None:
    """Register the words for the templates of recalls."""
    for name, words in (
        ("state", STATES),
        ("tone", STATE_TONES),
        ("place", PLACES),
        ("fate", FATES),
        ("form", FORMS),
        ("event", EVENTS),
        ("subject", SUBJECTS),
    ):
        blueprint.add_app_template_filter(_filler(words), f"recall_{name}")
    blueprint.add_app_template_filter(stopwatch, "stopwatch")
    blueprint.add_app_template_filter(recall_words)


def recall_words(recall: Recall) -> str:
    """Return the subject of a recall: *Lot of pool M000126000001N*."""
    if recall.subject is RecallSubject.DAY and recall.since:
        return str(gettext("Rounds of %(day)s", day=long_day(recall.since)))
    return f"{SUBJECTS[recall.subject]} {recall.label}"


def stopwatch(time: timedelta | None) -> str:
    """Return a time as a stopwatch shows it: 0.4 s, 12 min 3 s, 2 h 5 min, 3 d 4 h."""
    if time is None:
        return str(gettext("not yet"))
    if time < MINUTE:
        return str(gettext("%(seconds)s s", seconds=number(round(time.total_seconds(), 2))))
    seconds = int(time.total_seconds())
    if time < HOUR:
        minutes, rest = divmod(seconds, 60)
        return str(gettext("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=rest))
    if time < DAY:
        hours, rest = divmod(seconds // 60, 60)
        return str(gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=rest))
    days, rest = divmod(seconds // 3600, 24)
    return str(gettext("%(days)s d %(hours)s h", days=days, hours=rest))


def _filler(words: Mapping[str, LazyString | str]) -> Callable[[str], str]:
    return lambda code: str(words[code])

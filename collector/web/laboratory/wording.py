"""Words of the laboratory: reasons, states, blocks."""

from collections.abc import Callable, Mapping

from flask import Blueprint
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

REFUSALS: Mapping[str, LazyString] = {
    "thawed": _("thawed"),
    "no_label": _("no label, or one that cannot be read"),
    "too_old": _("milk too old"),
    "wrong_container": _("not a container of the bank"),
    "damaged": _("broken or leaking"),
    "donor_ended": _("the donor had ended before the expression"),
    "other": _("another reason, in the note"),
}

BLOCKS: Mapping[str, LazyString] = {
    "serology": _("not covered by a clear blood test"),
    "too_old": _("too old to be heated"),
    "excursion": _("too warm on the way: no decision to keep it"),
    "discrepancy": _("phones and bench differ"),
}

POOL_STATES: Mapping[str, LazyString] = {
    "open": _("open"),
    "closed": _("closed"),
    "dissolved": _("dissolved"),
}

KNOWN: Mapping[str, LazyString] = {
    "yes": _("yes"),
    "no": _("no"),
    "unknown": _("not known"),
}

CLAIMS: Mapping[str, LazyString] = {
    "declared": _("not collected"),
    "collected": _("collected"),
    "refused_at_door": _("left with the donor"),
    "in_transit": _("on the way"),
    "received": _("handed over"),
    "refused_at_reception": _("refused here"),
}


def add_words(blueprint: Blueprint) -> None:
    """Register the words for the laboratory's templates."""
    for name, words in (
        ("refusal", REFUSALS),
        ("block", BLOCKS),
        ("claim", CLAIMS),
        ("pool_state", POOL_STATES),
        ("known", KNOWN),
    ):
        blueprint.add_app_template_filter(_filler(words), f"laboratory_{name}")


def _filler(words: Mapping[str, LazyString]) -> Callable[[str], str]:
    return lambda code: str(words[code])

"""Sentences for the rules that the rounds of a day break."""

from collections.abc import Iterable
from typing import Protocol

from collector.web.board.day.price_wording import broken_rule
from collector.web.board.day.view_model import DayView


class ViolationWords(Protocol):
    """The fields of a violation that a sentence needs."""

    @property
    def rule(self) -> str: ...  # noqa: D102
    @property
    def by(self) -> int: ...  # noqa: D102
    @property
    def shift(self) -> str | None: ...  # noqa: D102
    @property
    def visit(self) -> str | None: ...  # noqa: D102


def broken_sentences(rules: Iterable[ViolationWords], view: DayView) -> list[str]:
    """Return a sentence per broken rule, with its round and donor."""
    letters, names = {str(each.shift.id): each.letter for each in view.rounds}, view.names
    return [
        broken_rule(
            each.rule,
            by=each.by,
            letter=letters.get(each.shift or ""),
            who=names.get(int(each.visit or 0)),
        )
        for each in rules
    ]

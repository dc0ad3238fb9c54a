"""Forms of the pages: WTForms with our parsers, the text as typed, and one sentence a field.

A form is a class of fields. A view reads it from the request (`Form.sent`), validates it, and
passes `form.typed` and `form.wrong` to its template, which shows both again (docs/architecture.md).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, time
from enum import StrEnum
from itertools import chain
from typing import Any, Generic, Self, TypeVar, cast

import wtforms
from flask import request
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms.utils import unset_value

from collector.errors import MilkroundError, NotFound, Refused
from collector.field_parsers import FieldMistake, clean
from collector.web.wording import sentence

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)
Row = TypeVar("Row", bound="Form")

WHOLE_FORM = "form"
"""The key, in `Form.wrong`, of a mistake that belongs to no single field."""

LONGEST_KEY = len("214748364")
"""Digits of the largest row number that surely fits a database's 32-bit key."""


class Form(wtforms.Form):
    """Base of the forms: typed texts and mistakes, by the HTML name of the field."""

    def __init__(self, formdata: Any = None, **initial: Any) -> None:  # noqa: ANN401 - WTForms'
        self._noted: dict[str, str] = {}
        self._left_out: dict[str, wtforms.Field] = {}
        super().__init__(formdata, **initial)

    @classmethod
    def sent(cls) -> Self:
        """Return the form as the browser sent it, files included."""
        return cls(CombinedMultiDict([request.files, request.form]))

    @classmethod
    def queried(cls) -> Self:
        """Return the form as the query of the address gives it."""
        return cls(request.args)

    @property
    def typed(self) -> dict[str, str]:
        """The text of each field, as it was typed or as its value is written."""
        fields = chain(_single(self), _single(self._left_out.values()))
        return {field.name: getattr(field, "text", "") for field in fields}

    @property
    def wrong(self) -> dict[str, str]:
        """The first mistake of each field, as a sentence; complete once the form is validated."""
        read = [_wrong(field) for field in _single(self)]
        return self._noted | {name: text for mistakes in read for name, text in mistakes.items()}

    @property
    def first_wrong(self) -> str:
        """The first mistake of the form, for a page that has one line for all; empty if none."""
        return next(iter(self.wrong.values()), "")

    def leave_out(self, names: Iterable[str]) -> None:
        """Exclude fields from validation and values; their text stays as it was typed."""
        for name in names:
            self._left_out[name] = self._fields.pop(name)

    def add_mistakes(self, mistakes: Iterable[FieldMistake]) -> None:
        """Add the mistakes found by a capability's rules, except in fields that have one."""
        for mistake in mistakes:
            refused = Refused(mistake.code, **mistake.figures)
            self._noted.setdefault(mistake.field, sentence(refused))

    def refuse(self, error: MilkroundError) -> None:
        """Keep the refusal of an action as a mistake of the whole form."""
        self._noted[WHOLE_FORM] = sentence(error)


def sent_texts() -> list[tuple[str, str]]:
    """Return every field of the request with its text, as the browser sent it."""
    return list(request.form.items(multi=True))


def sent_files() -> bool:
    """Return whether the request carries a file."""
    return any(sent.filename for sent in request.files.values())


class ParsedField(wtforms.Field, Generic[Value]):
    """A field with the text as it was typed and the value a parser reads from it.

    Parameters
    ----------
    parse
        A parser of `collector.field_parsers`, or another that raises `Refused`.
    blank
        The value of a field that is empty, not sent or wrong.
    required
        The code of the sentence for an empty field; without it the field may be empty.
    message
        A sentence that replaces the one of `required` and the parser's.
    longest
        The number of characters kept of the text; None keeps them all.
    """

    data: Value
    text: str

    def __init__(
        self,
        parse: Callable[[str], Value],
        *,
        blank: Value,
        required: str = "",
        message: LazyString | str = "",
        longest: int | None = None,
        **options: Any,  # noqa: ANN401 - WTForms' own
    ) -> None:
        options.setdefault("default", None if required else blank)
        super().__init__(**options)
        self.parse, self.blank = parse, blank
        self.required, self.message, self.longest = required, message, longest

    def process_data(self, value: Value) -> None:
        """Take an initial value and write it as its text."""
        self.data, self.text = value, written(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the text that was sent; WTForms keeps the sentence of a `ValueError`."""
        self.text = clean(valuelist[0])[: self.longest] if valuelist else ""
        self.data = self.blank
        if not self.text:
            if self.required:
                raise ValueError(str(self.message) or sentence(Refused(self.required)))
            return
        try:
            self.data = self.parse(self.text)
        except Refused as refused:
            raise ValueError(str(self.message) or sentence(refused)) from refused


class TextField(ParsedField[str]):
    """A line or a paragraph of free text."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of ParsedField
        super().__init__(str, blank="", **options)


class FlagField(ParsedField[bool]):
    """A checkbox: true if it was sent with a value."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of ParsedField
        super().__init__(bool, blank=False, **options)


class KeyField(ParsedField[int]):
    """The key of a row, which the page wrote into the form: an odd one is not found (404)."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of ParsedField
        super().__init__(parse_key, blank=0, **options)


class ChoiceField(ParsedField[Choice]):
    """One choice of an enum, which the page wrote into the form: an odd one is not found (404).

    Parameters
    ----------
    choices
        The enum.
    blank
        The choice of a field that is empty or not sent; without it that is not found either.
    """

    def __init__(
        self,
        choices: type[Choice],
        *,
        blank: Choice | None = None,
        **options: Any,  # noqa: ANN401 - those of ParsedField
    ) -> None:
        self.choices = choices
        super().__init__(self._choice, blank=cast("Choice", blank), **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the choice that was sent."""
        super().process_formdata(valuelist)
        if self.data is None:
            raise NotFound("not_found")

    def _choice(self, text: str) -> Choice:
        try:
            return self.choices(text)
        except ValueError:
            raise NotFound("not_found") from None


class KeysField(wtforms.Field):
    """The keys of the chosen rows, from checkboxes of one name."""

    data: list[int]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read every chosen key."""
        self.data = [parse_key(text) for text in valuelist]


class ChoicesField(wtforms.FormField):  # type: ignore[type-arg]  # generic in its stub alone
    """One field for each choice of an enum; its value is the chosen ones, in the enum's order.

    Parameters
    ----------
    choices
        The enum. The HTML name of a choice is `name-choice`, with the separator between them.
    field
        Makes the field of one choice; a checkbox unless given.
    """

    def __init__(
        self,
        choices: type[StrEnum],
        field: Callable[[], wtforms.Field] = FlagField,
        *,
        only: Iterable[StrEnum] = (),
        **options: Any,  # noqa: ANN401 - WTForms' own
    ) -> None:
        self.choices = tuple(only) or tuple(choices)
        fields = {choice.value: field() for choice in self.choices}
        super().__init__(type("ChoicesForm", (Form,), fields), **options)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ANN401 - WTForms'
        """Read the sent choices, or take chosen ones as initial value; None chooses nothing."""
        if data is not unset_value and data is not None:
            data = {choice.value: choice in data for choice in self.choices}
        super().process(formdata, data, extra_filters)

    @property
    def data(self) -> tuple[StrEnum, ...]:  # type: ignore[override]  # not the form's dict
        """The chosen ones."""
        return tuple(choice for choice in self.choices if self.form[choice.value].data)


class RowsField(wtforms.Field, Generic[Row]):
    """Lines of one shape, each a small form; the mistake of line 2 is named `name.2`.

    Parameters
    ----------
    row
        The form of a line.
    split
        Returns the fields of each line from the fields of the page.
    """

    rows: list[Row]

    def __init__(
        self,
        row: type[Row],
        split: Callable[[MultiDict[str, str]], Iterable[Mapping[str, str]]],
        **options: Any,  # noqa: ANN401 - WTForms' own
    ) -> None:
        super().__init__(**options)
        self.row, self.split = row, split

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ANN401, ARG002 - WTForms'
        """Read the lines that were sent, or take initial values, line by line."""
        self.process_errors = []
        if formdata is not None:
            self.rows = [self.row(MultiDict(line)) for line in self.split(formdata)]
        elif data is unset_value or data is None:
            self.rows = []
        else:
            self.rows = [self.row(data=line) for line in data]
        self.data = self.rows

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:  # noqa: ANN401, ARG002 - WTForms'
        """Validate every line."""
        self.errors = []
        return min((row.validate() for row in self.rows), default=True)

    @property
    def wrong(self) -> dict[str, str]:
        """The first mistake of each line."""
        return {
            f"{self.name}.{index}": row.first_wrong
            for index, row in enumerate(self.rows)
            if row.wrong
        }


class NextForm(Form):
    """The page to open after signing in, in the query of a sign-in page."""

    next = TextField()


def texts_form(names: Iterable[str]) -> type[Form]:
    """Return a form of one text for each name, for names that a file or a bank determines."""
    return type("TextsForm", (Form,), {name: TextField() for name in names})


def parse_key(text: str) -> int:
    """Return the key of a row.

    Raises
    ------
    NotFound
        The text is no key, so it names nothing.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY):
        raise NotFound("not_found")
    return int(text)


def written(value: object) -> str:
    """Return the text of a field for a value, as browsers take it."""
    if value is None or value is False or value == ():
        return ""
    if value is True:
        return "yes"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


def _single(fields: Iterable[wtforms.Field]) -> Iterator[wtforms.Field]:
    """Yield the fields themselves for the groups that enclose them."""
    for field in fields:
        if isinstance(field, wtforms.FormField):
            yield from _single(field.form)
        else:
            yield field


def _wrong(field: wtforms.Field) -> dict[str, str]:
    if isinstance(field, RowsField):
        return field.wrong
    return {field.name: str(field.errors[0])} if field.errors else {}

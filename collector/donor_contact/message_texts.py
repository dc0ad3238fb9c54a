"""Wording of messages by a bank: kinds, placeholders, rules, and the text that counts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.errors import Conflict
from collector.field_parsers import FieldMistake
from collector.notices.models import MessageText, TextForm

PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")
BRACES = re.compile(r"[{}]")
LONGEST: Mapping[TextForm, int] = {TextForm.EMAIL: 4000, TextForm.SMS: 480}
LONGEST_SUBJECT = 120
TELLING = re.compile(
    r"\b(milk|breast\w*|donor\w*|donation\w*|lactarium\w*|lait|lacté\w*|sein|allait\w*|donneuse\w*)\b",
    re.IGNORECASE,
)
"""Words that reveal the service; a discreet message has none of them."""

HOURS = frozenset({"day", "opens", "closes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKind:
    """A kind of message whose wording a bank may change.

    Attributes
    ----------
    template
        The template of `Notice`.
    values
        The placeholders that it may have besides `{link}` and `{phone}`.
    """

    template: str
    values: frozenset[str] = frozenset()

    @property
    def permitted(self) -> frozenset[str]:
        """Every placeholder that the text may have."""
        return self.values | {"link", "phone"}


MESSAGES: Mapping[str, MessageKind] = {
    "contact_received": MessageKind(template="contact_received"),
    "call_booked": MessageKind(template="call_booked", values=frozenset({"day", "half_day"})),
    "visit_proposed": MessageKind(template="visit_proposed", values=HOURS),
    "visit_agreed": MessageKind(template="visit_agreed", values=HOURS),
    "visit_kept": MessageKind(template="visit_agreed", values=HOURS),
    "visit_promised": MessageKind(template="visit_promised", values=HOURS),
    "visit_promised_anew": MessageKind(
        template="visit_promised", values=HOURS | {"opens_before", "closes_before"}
    ),
    "visit_changed": MessageKind(template="visit_changed", values=HOURS),
    "visit_change_asked": MessageKind(template="visit_changed", values=frozenset({"day"})),
    "visit_tomorrow": MessageKind(template="visit_tomorrow", values=HOURS),
    "visit_near": MessageKind(template="visit_near", values=frozenset({"opens", "closes"})),
    "visit_cancelled": MessageKind(template="visit_cancelled", values=frozenset({"day"})),
    "visit_withdrawn": MessageKind(template="visit_withdrawn", values=frozenset({"day"})),
    "receipt": MessageKind(template="receipt"),
    "device_due": MessageKind(template="device_due", values=frozenset({"day"})),
    "device_overdue": MessageKind(template="device_overdue", values=frozenset({"day"})),
}
"""The messages to donors, in the order of a visit; sign-in and security have fixed words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextKey:
    """One editable text: kind, form, language, and whether it is the discreet one."""

    key: str
    form: TextForm
    language: str
    discreet: bool


def message_key(template: str, figures: Mapping[str, object]) -> str:
    """Return the kind of a message; an agreed hour has other words than a desired one."""
    if template == "visit_promised" and figures.get("opens_before"):
        return "visit_promised_anew"
    if template == "visit_agreed" and not figures.get("agreed"):
        return "visit_kept"
    if template == "visit_changed" and not figures.get("agreed"):
        return "visit_change_asked"
    return template


def message_text(session: Session, *, bank_id: int, of: TextKey) -> MessageText | None:
    """Return a bank's own text, or None while Milkround's counts."""
    return session.scalar(
        select(MessageText).where(
            MessageText.bank_id == bank_id,
            MessageText.key == of.key,
            MessageText.form == of.form,
            MessageText.language == of.language,
            MessageText.discreet.is_(of.discreet),
        )
    )


def message_texts_of(session: Session, bank_id: int) -> dict[TextKey, MessageText]:
    """Return the own texts of a bank."""
    rows = session.scalars(select(MessageText).where(MessageText.bank_id == bank_id))
    return {
        TextKey(key=row.key, form=row.form, language=row.language, discreet=row.discreet): row
        for row in rows
    }


def placeholders_in(text: str) -> set[str]:
    """Return the names of the placeholders of a text."""
    return set(PLACEHOLDER.findall(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders replaced; an unknown one becomes empty."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def text_mistakes(
    of: TextKey, *, subject: str, text: str, required: frozenset[str], bank_name: str
) -> list[FieldMistake]:
    """Return the mistakes of a text, by field.

    Parameters
    ----------
    required
        The placeholders that the text must have: a message without its link or hour is useless.
    bank_name
        The name of the bank, which a discreet message must not have.
    """
    fields = {"text": text} | ({"subject": subject} if of.form is TextForm.EMAIL else {})
    return [
        mistake
        for field, words in fields.items()
        for mistake in _mistakes(of, field, words, required, bank_name)
    ]


def _mistakes(
    of: TextKey, field: str, words: str, required: frozenset[str], bank_name: str
) -> Iterator[FieldMistake]:
    longest = LONGEST_SUBJECT if field == "subject" else LONGEST[of.form]
    permitted = MESSAGES[of.key].permitted
    if not words:
        yield FieldMistake(field, "text_missing")
    elif len(words) > longest:
        yield FieldMistake(field, "text_too_long", {"most": longest})
    unknown = sorted(placeholders_in(words) - permitted)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in sorted(permitted))
        figures: dict[str, object] = {"name": f"{{{unknown[0]}}}", "names": names}
        yield FieldMistake(field, "placeholder_unknown", figures)
    elif BRACES.search(PLACEHOLDER.sub("", words)):
        yield FieldMistake(field, "placeholder_broken")
    missing = sorted(required - placeholders_in(words)) if field == "text" else []
    if words and missing:
        names = ", ".join(f"{{{name}}}" for name in missing)
        yield FieldMistake(field, "placeholder_missing", {"names": names})
    if of.discreet and (told := _telling_word(words, bank_name)):
        yield FieldMistake(field, "text_not_discreet", {"word": told})


def _telling_word(words: str, bank_name: str) -> str:
    found = TELLING.search(words)
    if found:
        return found[0]
    return bank_name if bank_name.casefold() in words.casefold() else ""


def write_message_text(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    of: TextKey,
    subject: str,
    text: str,
    seen: int,
) -> MessageText:
    """Store a text without mistakes, and record the change in the audit chain.

    Parameters
    ----------
    seen
        The version on the form, 0 before the first; another one means a change meanwhile.

    Raises
    ------
    Conflict
        `changed_meanwhile`.
    """
    row = message_text(session, bank_id=bank_id, of=of)
    if (row.version if row else 0) != seen:
        raise Conflict("changed_meanwhile")
    if row is None:
        row = MessageText(
            bank_id=bank_id,
            key=of.key,
            form=of.form,
            language=of.language,
            discreet=of.discreet,
        )
        session.add(row)
    row.subject, row.text = subject if of.form is TextForm.EMAIL else "", text
    row.changed_by, row.changed_at = actor, now
    session.flush()
    _record(session, of, now=now, bank_id=bank_id, actor=actor, action="message text changed")
    return row


def reset_message_text(
    session: Session, *, now: datetime, bank_id: int, actor: str, of: TextKey, seen: int
) -> None:
    """Return to Milkround's own text.

    Raises
    ------
    Conflict
        `changed_meanwhile`.
    """
    row = message_text(session, bank_id=bank_id, of=of)
    if row is None or row.version != seen:
        raise Conflict("changed_meanwhile")
    session.delete(row)
    session.flush()
    _record(session, of, now=now, bank_id=bank_id, actor=actor, action="message text reset")


def _record(
    session: Session, of: TextKey, *, now: datetime, bank_id: int, actor: str, action: str
) -> None:
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action=action,
        subject=f"message:{of.key}",
        form=of.form.value,
        language=of.language,
        discreet=of.discreet,
    )

"""Public texts of a bank: templates with gaps, and changes by administrators."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import GAP, Bank, PublicText, PublicTextKey
from collector.banks.queries import public_text
from collector.config import LANGUAGES
from collector.errors import Conflict, NotFound, Refused

TEMPLATES = Path(__file__).with_name("texts")
LONGEST = 20_000
NO_PHONE = {"en": "[[telephone]]", "fr": "[[téléphone]]"}


def starting_text(bank: Bank, key: PublicTextKey, language: str) -> str:
    """Return the template of a text with the bank's name, town and telephone filled in."""
    text = (TEMPLATES / f"{key.value}.{language}.txt").read_text(encoding="utf-8")
    return (
        text.replace("[bank]", bank.name)
        .replace("[town]", bank.town)
        .replace("[phone]", bank.phone or NO_PHONE[language])
    )


def write_public_text(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    key: PublicTextKey,
    language: str,
    text: str,
    seen: int,
) -> PublicText:
    """Store a public text, with gaps or without, and record the change in the audit chain.

    Parameters
    ----------
    seen
        The version on the form, 0 before the first; another one means a change meanwhile.

    Raises
    ------
    NotFound
        There is no text in this language.
    Refused
        `text_missing`, or `text_too_long` (`most`).
    Conflict
        `changed_meanwhile`.
    """
    if language not in LANGUAGES:
        raise NotFound("not_found", kind="public_texts")
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not words:
        raise Refused("text_missing")
    if len(words) > LONGEST:
        raise Refused("text_too_long", most=LONGEST)
    row = public_text(session, bank_id=bank_id, key=key, language=language)
    if seen != (row.version if row else 0):
        raise Conflict("changed_meanwhile")
    if row is None:
        row = PublicText(bank_id=bank_id, key=key, language=language)
        session.add(row)
    row.text, row.changed_by, row.changed_at = words, actor, now
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="public text changed",
        subject=f"public_text:{key.value}/{language}",
        text=words,
        gaps=words.count(GAP),
    )
    return row

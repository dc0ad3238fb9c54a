"""Texts of the messages to donors, changed per language, form and discretion."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import get_locale, gettext, lazy_gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.banks.queries import get_bank
from collector.config import LANGUAGES
from collector.db import reading, transaction
from collector.donor_contact.message_texts import (
    LONGEST,
    LONGEST_SUBJECT,
    MESSAGES,
    TextKey,
    message_text,
    message_texts_of,
    reset_message_text,
    text_mistakes,
    write_message_text,
)
from collector.errors import Conflict, NotFound, Refused
from collector.field_parsers import parse_whole_number
from collector.notices.models import TextForm
from collector.people.models import Role
from collector.web.board.page_context import author, page, refuse_mistaken
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard, settings
from collector.web.message_kinds import KINDS
from collector.web.message_wording import (
    SampleMessage,
    Wording,
    required_placeholders,
    sample_message,
    starting_wording,
)

blueprint = Blueprint("message_texts", __name__, url_prefix="/bank/message-texts")
guard(blueprint, Role.ADMIN, within="board")

LANGUAGE_NAMES = {"en": "English", "fr": "Français"}
VARIANTS = {"plain": False, "discreet": True}
PREVIEW = "preview"
"""The button that shows the message and changes nothing."""
PLACEHOLDERS = {
    "day": lazy_gettext("the day, such as Wednesday 23 September"),
    "opens": lazy_gettext("the begin of the hours"),
    "closes": lazy_gettext("the end of the hours"),
    "opens_before": lazy_gettext("the begin of the hours before"),
    "closes_before": lazy_gettext("the end of the hours before"),
    "half_day": lazy_gettext("in the morning, or in the afternoon"),
    "link": lazy_gettext("the donor's own link"),
    "phone": lazy_gettext("the telephone number of the bank"),
}


class MessageTextForm(Form):
    """Subject and text of a message, and the version as the administrator saw it."""

    subject = TextField(longest=LONGEST_SUBJECT + 1)
    text = TextField(longest=LONGEST[TextForm.EMAIL] + 1)
    seen = ParsedField(parse_whole_number, blank=0)
    act = TextField(longest=10)
    """The button that was pressed."""

    @property
    def wording(self) -> Wording:
        """Subject and text with plain line ends."""
        return Wording(self.subject.data.strip(), self.text.data.replace("\r\n", "\n").strip())


class LanguageForm(Form):
    """The language whose texts are shown."""

    text_language = TextField(longest=5)


@blueprint.get("")
def home() -> str:
    """Show every message in one language: its own or Milkround's text, and its length."""
    language = _known_language(LanguageForm.queried().text_language.data or str(get_locale()))
    with reading() as session:
        bank = get_bank(session, actor().bank_id)
        own = message_texts_of(session, bank.id)
        keys = [
            TextKey(key=key, form=form, language=language, discreet=discreet)
            for key in MESSAGES
            for form in TextForm
            for discreet in VARIANTS.values()
        ]
        samples = {
            of: sample_message(
                bank,
                of,
                Wording(own[of].subject, own[of].text) if of in own else starting_wording(of),
                public_url=settings().public_url,
            )
            for of in keys
        }
        return page(
            session,
            "board/bank/message_texts.html",
            messages=[(key, [of for of in keys if of.key == key]) for key in MESSAGES],
            own=own,
            samples=samples,
            kinds=KINDS,
            text_language=language,
            language_names=LANGUAGE_NAMES,
        )


@blueprint.get("/<key>/<form>/<text_language>/<variant>")
def edit(key: str, form: str, text_language: str, variant: str) -> str:
    """Show the form of a text; before the first change it holds Milkround's."""
    return _form(_text_key(key, form, text_language, variant))


@blueprint.post("/<key>/<form>/<text_language>/<variant>")
def change(key: str, form: str, text_language: str, variant: str) -> Response | tuple[str, int]:
    """Show the preview of a text, or store it."""
    of, sent = _text_key(key, form, text_language, variant), MessageTextForm.sent()
    try:
        with transaction() as session:
            _judge(session, of, sent)
            if sent.act.data != PREVIEW:
                write_message_text(
                    session,
                    **author(),
                    of=of,
                    subject=sent.wording.subject,
                    text=sent.wording.text,
                    seen=sent.seen.data,
                )
    except Refused:
        return _form(of, sent), 422
    except Conflict as first:
        sent.refuse(first)
        return _form(of, sent), 409
    if sent.act.data == PREVIEW:
        return _form(of, sent), 200
    flash(gettext("The text counts from the next message on."), "ok")
    return redirect(url_for("board.message_texts.home", text_language=of.language), code=303)


@blueprint.post("/<key>/<form>/<text_language>/<variant>/reset")
def reset(key: str, form: str, text_language: str, variant: str) -> Response:
    """Return to Milkround's text."""
    of, sent = _text_key(key, form, text_language, variant), MessageTextForm.sent()
    sent.validate()
    with transaction() as session:
        reset_message_text(session, **author(), of=of, seen=sent.seen.data)
    flash(gettext("Milkround's text counts again."), "ok")
    return redirect(url_for("board.message_texts.home", text_language=of.language), code=303)


def _known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise NotFound("not_found", kind="message_texts")
    return language


def _text_key(key: str, form: str, language: str, variant: str) -> TextKey:
    if key not in MESSAGES or form not in set(TextForm) or variant not in VARIANTS:
        raise NotFound("not_found", kind="message_texts")
    return TextKey(
        key=key,
        form=TextForm(form),
        language=_known_language(language),
        discreet=VARIANTS[variant],
    )


def _judge(session: Session, of: TextKey, sent: MessageTextForm) -> None:
    """Refuse a text with mistakes; the form shows them."""
    bank = get_bank(session, actor().bank_id)
    sent.validate()
    sent.add_mistakes(
        text_mistakes(
            of,
            subject=sent.wording.subject,
            text=sent.wording.text,
            required=required_placeholders(of),
            bank_name=bank.name,
        )
    )
    refuse_mistaken(sent)


def _form(of: TextKey, sent: MessageTextForm | None = None) -> str:
    with reading() as session:
        bank = get_bank(session, actor().bank_id)
        row = message_text(session, bank_id=bank.id, of=of)
        wording = Wording(row.subject, row.text) if row else starting_wording(of)
        form = sent or MessageTextForm(
            data={**wording._asdict(), "seen": row.version if row else 0}
        )
        sample: SampleMessage | None = None
        if not form.wrong:
            shown = sent.wording if sent else wording
            sample = sample_message(bank, of, shown, public_url=settings().public_url)
        return page(
            session,
            "board/bank/message_text.html",
            of=of,
            own=row,
            title=KINDS[of.key],
            language_name=LANGUAGE_NAMES[of.language],
            typed=form.typed,
            wrong=form.wrong,
            sample=sample,
            longest=LONGEST[of.form],
            longest_subject=LONGEST_SUBJECT,
            placeholders={
                name: words
                for name, words in PLACEHOLDERS.items()
                if name in MESSAGES[of.key].permitted
            },
            required=required_placeholders(of),
        )

"""Public texts of the bank, edited by administrators."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.banks.models import PublicTextKey
from collector.banks.public_texts import LONGEST, starting_text, write_public_text
from collector.banks.queries import get_bank, public_text, public_texts_of
from collector.config import LANGUAGES
from collector.db import reading, transaction
from collector.errors import Conflict, NotFound, Refused
from collector.field_parsers import parse_whole_number
from collector.people.models import Role
from collector.people.queries import staff_of
from collector.web.board.page_context import page
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor, guard, now
from collector.web.public_words import TEXT_TITLES, text_key
from collector.web.wording import sentence

blueprint = Blueprint("public_texts", __name__, url_prefix="/bank/public-texts")
guard(blueprint, Role.ADMIN, within="board")


class PublicTextForm(Form):
    """A public text, and its version as the administrator saw it."""

    text = TextField()
    seen = ParsedField(parse_whole_number, blank=0)


LANGUAGE_NAMES = {"en": "English", "fr": "Français"}


@blueprint.get("")
def home() -> str:
    """Show the state of every text in every language."""
    with reading() as session:
        bank_id = actor().bank_id
        return page(
            session,
            "board/bank/public_texts.html",
            bank=get_bank(session, bank_id),
            rows={(each.key, each.language): each for each in public_texts_of(session, bank_id)},
            people={f"person:{each.id}": each.name for each in staff_of(session, bank_id)},
            titles=TEXT_TITLES,
            language_names=LANGUAGE_NAMES,
        )


@blueprint.get("/<name>/<text_language>")
def edit(name: str, text_language: str) -> str:
    """Show the form of a text; before the first change it holds the template with its gaps."""
    return _form(text_key(name), _known(text_language))


@blueprint.post("/<name>/<text_language>")
def change(name: str, text_language: str) -> Response | tuple[str, int]:
    """Store a text."""
    key, language = text_key(name), _known(text_language)
    form = PublicTextForm.sent()
    try:
        with transaction() as session:
            row = write_public_text(
                session,
                now=now(),
                bank_id=actor().bank_id,
                actor=actor().reference,
                key=key,
                language=language,
                text=form.text.data,
                seen=form.seen.data,
            )
    except Refused as refused:
        return _form(key, language, form, sentence(refused)), 422
    except Conflict as first:
        return _form(key, language, form, sentence(first)), 409
    if row.complete:
        flash(gettext("The text is public, without a gap."), "ok")
    else:
        flash(gettext("The text is public. It still has gaps, and says so."), "warn")
    return redirect(url_for("board.public_texts.home"), code=303)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise NotFound("not_found", kind="public_texts")
    return language


def _form(
    key: PublicTextKey, language: str, form: PublicTextForm | None = None, wrong: str = ""
) -> str:
    with reading() as session:
        bank = get_bank(session, actor().bank_id)
        row = public_text(session, bank_id=bank.id, key=key, language=language)
        typed = form or PublicTextForm(
            data={
                "text": row.text if row else starting_text(bank, key, language),
                "seen": row.version if row else 0,
            }
        )
        return page(
            session,
            "board/bank/public_text.html",
            title=TEXT_TITLES[key],
            language_name=LANGUAGE_NAMES[language],
            text_language=language,
            typed=typed.typed,
            longest=LONGEST,
            wrong=wrong,
        )

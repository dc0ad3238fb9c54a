"""Words of messages as a bank writes them: values of placeholders, Milkround's text, samples."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from collector.banks.models import Bank
from collector.donor_contact.message_texts import MESSAGES, TextKey, filled, placeholders_in
from collector.notices.gsm import to_gsm
from collector.notices.models import TextForm
from collector.notices.segments import SmsLength, sms_length
from collector.web.formats import day, hour

SAMPLE_DAY = date(2026, 9, 23)
"""The longest day in French: mercredi 23 septembre."""
SAMPLE_TIMES = {
    "opens": "10:35",
    "closes": "12:45",
    "opens_before": "13:50",
    "closes_before": "15:55",
}
SAMPLE_TOKEN = "x" * 43
"""As long as the token of a link."""


class Wording(NamedTuple):
    """Subject and text of a message; a text message has no subject."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMessage:
    """A message as it would leave, with the length of a text message; None for an e-mail."""

    subject: str
    body: str
    length: SmsLength | None


class _PhoneOnly(NamedTuple):
    """The part of a bank that the templates of donors' messages read."""

    phone: str


def placeholder_values(figures: Mapping[str, object], *, link: str, phone: str) -> dict[str, str]:
    """Return the words of the placeholders, in the present language.

    Parameters
    ----------
    figures
        The figures of a message: `day` as a date, times in words, `half` of a day.
    """
    values = {name: str(figures[name]) for name in SAMPLE_TIMES if name in figures}
    values |= {"link": link, "phone": phone}
    if isinstance(told := figures.get("day"), date):
        values["day"] = day(told)
    if half := figures.get("half"):
        values["half_day"] = _("in the morning") if half == "morning" else _("in the afternoon")
    return values


def composed(form: TextForm, wording: Wording, values: Mapping[str, str], signature: str) -> str:
    """Return a message as its template would render it: an e-mail's first line is its subject."""
    text = filled(wording.text, values)
    if form is TextForm.SMS:
        return f"{text} {signature}"
    subject = " ".join(filled(wording.subject, values).split())
    return f"{subject}\n\n{text}\n\n{signature}"


def starting_wording(of: TextKey) -> Wording:
    """Return Milkround's own text of a message with placeholders in place of its values."""
    with force_locale(of.language):
        figures = _sample_figures(of.key)
        values = placeholder_values(figures, link="", phone="")
        text = render_template(
            f"{of.form.value}/{MESSAGES[of.key].template}.txt",
            bank=_PhoneOnly("{phone}"),
            signature="",
            link="{link}",
            discreet=of.discreet,
            code="",
            **figures,
        )
        for name, words in sorted(values.items(), key=lambda each: -len(each[1])):
            if words:
                text = text.replace(words, f"{{{name}}}")
    if of.form is TextForm.SMS:
        return Wording("", re.sub(r"[ \n]+", " ", text).strip())
    subject, _rest, body = text.strip().partition("\n")
    return Wording(subject, body.strip())


def required_placeholders(of: TextKey) -> frozenset[str]:
    """Return the placeholders that a text must keep: those of Milkround's, but the telephone."""
    return frozenset(placeholders_in(starting_wording(of).text) - {"phone"})


def sample_message(bank: Bank, of: TextKey, wording: Wording, *, public_url: str) -> SampleMessage:
    """Return a message with the longest day and hours, as it would leave."""
    signature = "" if of.discreet else bank.name
    with force_locale(of.language):
        values = placeholder_values(
            _sample_figures(of.key), link=f"{public_url}/v/{SAMPLE_TOKEN}", phone=bank.phone
        )
        text = composed(of.form, wording, values, signature).strip()
    if of.form is TextForm.EMAIL:
        subject, _rest, body = text.partition("\n")
        return SampleMessage(subject=subject, body=body.strip(), length=None)
    line = to_gsm(re.sub(r"[ \n]+", " ", text))
    return SampleMessage(subject="", body=line, length=sms_length(line))


def _sample_figures(key: str) -> dict[str, object]:
    """Return figures of a message, as its rendering reads them, in the present language."""
    values = MESSAGES[key].values
    figures: dict[str, object] = {
        name: hour(time) for name, time in SAMPLE_TIMES.items() if name in values
    }
    if "day" in values:
        figures["day"] = SAMPLE_DAY
    if "half_day" in values:
        figures["half"] = "morning"
    if key in {"visit_agreed", "visit_changed"}:
        figures["agreed"] = True
    return figures

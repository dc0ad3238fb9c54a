"""Form of a donor's contact and address, as a colleague types or corrects them."""

from datetime import date
from typing import Any, Self

from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.config import LANGUAGES
from collector.donors.models import Donor
from collector.errors import NotFound
from collector.field_parsers import FieldMistake, birthday_parser, parse_email, phone_parser
from collector.places.validation import parse_town, postcode_parser
from collector.web.board.page_context import today
from collector.web.framework.forms import FlagField, Form, ParsedField, TextField

LONGEST = 500


def parse_language(text: str) -> str:
    """Return a language of ours; another one is not found (404)."""
    if text not in LANGUAGES:
        raise NotFound("not_found")
    return text


class ContactForm(Form):
    """A donor's contact and address; `of` adds the fields that depend on the bank's country."""

    first_name = TextField(required="first_name_missing", longest=LONGEST)
    family_name = TextField(longest=LONGEST)
    phone: ParsedField[str]
    email = ParsedField(parse_email, blank="", longest=LONGEST)
    language: ParsedField[str]
    line = TextField(longest=LONGEST)
    postcode: ParsedField[str]
    town = ParsedField(parse_town, blank="", longest=LONGEST)
    access_notes = TextField(longest=LONGEST)
    baby_born_on: ParsedField[date | None]
    discreet = FlagField()
    second_name = TextField(longest=LONGEST)
    second_tie = TextField(longest=LONGEST)
    second_phone: ParsedField[str]

    @classmethod
    def of(cls, session: Session, bank: Bank) -> type[Self]:
        """Return the form of a bank."""
        country = bank.jurisdiction.country
        fields = {
            "phone": ParsedField(phone_parser(country), blank="", longest=LONGEST),
            "language": ParsedField(parse_language, blank=bank.language),
            "postcode": ParsedField(postcode_parser(session, country), blank="", longest=LONGEST),
            "baby_born_on": ParsedField(birthday_parser(today()), blank=None),
            "second_phone": ParsedField(phone_parser(country), blank="", longest=LONGEST),
        }
        return type("BankForm", (cls,), fields)

    @classmethod
    def filled_in(cls, donor: Donor) -> Self:
        """Return the form with the contact of a file."""
        names = ("line", "postcode", "town", "access_notes")
        return cls(obj=donor, **{name: getattr(donor.address, name) for name in names})

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms'
        """Validate the form, which needs a telephone number or an e-mail address."""
        super().validate(extra_validators)
        if not self.phone.text and not self.email.text:
            self.add_mistakes([FieldMistake("phone", "contact_missing")])
        if bool(self.second_name.text) != bool(self.second_phone.text):
            named = "second_phone" if self.second_name.text else "second_name"
            self.add_mistakes([FieldMistake(named, "second_contact_half")])
        return not self.wrong

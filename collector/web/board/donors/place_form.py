"""Form of an address that is not a donor's own: for some days, or of a ward or practice."""

from typing import Any, Self

from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.banks.queries import get_bank, sites_of
from collector.errors import Refused
from collector.field_parsers import FieldMistake, parse_decimal
from collector.places.actions import NewAddress
from collector.places.validation import parse_town, postcode_parser, refuse_position
from collector.web.address_lookup import look_up
from collector.web.framework.forms import Form, ParsedField, TextField
from collector.web.framework.guards import actor
from collector.web.wording import ERRORS

LONGEST = 500
NOT_ON_EARTH = ERRORS["position_not_on_earth"]


class AddressForm(Form):
    """An address with its place on the map; `of` adds the postcode of the bank's country."""

    line = TextField(longest=LONGEST)
    postcode: ParsedField[str]
    town = ParsedField(parse_town, blank="", longest=LONGEST)
    access_notes = TextField(longest=LONGEST)
    latitude = ParsedField[float | None](parse_decimal, blank=None, message=NOT_ON_EARTH)
    longitude = ParsedField[float | None](parse_decimal, blank=None, message=NOT_ON_EARTH)

    @classmethod
    def of(cls, session: Session, bank: Bank) -> type[Self]:
        """Return the form of a bank."""
        parse = postcode_parser(session, bank.jurisdiction.country)
        return type("BankForm", (cls,), {"postcode": ParsedField(parse, blank="", longest=LONGEST)})

    @property
    def address(self) -> NewAddress:
        """The address as the arguments of an action."""
        return NewAddress(
            line=self.line.data,
            postcode=self.postcode.data,
            town=self.town.data,
            access_notes=self.access_notes.data,
            latitude=self.latitude.data,
            longitude=self.longitude.data,
        )

    def locate(self, country: str) -> None:
        """Complete the coordinates by the address service, and judge them.

        An address without a place on the map is a mistake, since no round could go there.
        """
        latitude, longitude = self.latitude.data, self.longitude.data
        if self.wrong:
            return
        if latitude is None or longitude is None:
            found = look_up(**self._written())
            if found is None:
                self.add_mistakes([FieldMistake("latitude", "place_missing")])
                return
            latitude, longitude = found.latitude, found.longitude
            self.latitude.process_data(latitude)
            self.longitude.process_data(longitude)
        try:
            refuse_position(latitude=latitude, longitude=longitude, country=country)
        except Refused as refused:
            self.add_mistakes([FieldMistake("latitude", refused.code, refused.figures)])

    def _written(self) -> dict[str, str]:
        return {
            "line": self.line.data,
            "postcode": self.postcode.data,
            "town": self.town.data,
        }


def map_of(session: Session) -> dict[str, Any]:
    """Return the map on which a place is set: the sites of the bank."""
    sites = sites_of(session, get_bank(session, actor().bank_id).id)
    return {
        "sites": [{"name": site.name, "at": [site.latitude, site.longitude]} for site in sites],
        "known": [],
    }

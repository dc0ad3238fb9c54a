"""Donors in the API: names, contact and address; no health answer and no reason of a state."""

from datetime import date

from msgspec import Struct

from collector.applications.models import Scope
from collector.db import reading
from collector.donors.models import Donor, DonorState
from collector.donors.queries import donors_after, get_donor
from collector.places.models import Address
from collector.web.api.callers import caller
from collector.web.api.operations import operation
from collector.web.api.outputs import Page, PageQuery, page_of


class AddressAnswer(Struct, frozen=True, kw_only=True):
    """An address; its position in degrees (WGS 84), null before it is found."""

    line: str
    postcode: str
    town: str
    latitude: float | None
    longitude: float | None


class DonorAnswer(Struct, frozen=True, kw_only=True):
    """A donor."""

    id: int
    number: str
    first_name: str
    family_name: str
    email: str | None
    phone: str | None
    language: str
    state: DonorState
    registered_on: date
    address: AddressAnswer


@operation("GET", "/donors", scope=Scope.DONORS_READ, query=PageQuery, answer=Page[DonorAnswer])
def list_donors(query: PageQuery) -> Page[DonorAnswer]:
    """List the donors."""
    with reading() as session:
        rows = donors_after(session, caller().bank_id, key=query.after, most=query.limit + 1)
        return page_of(rows, query, lambda row: row.id, donor_answer)


@operation("GET", "/donors/<int:donor_id>", scope=Scope.DONORS_READ, answer=DonorAnswer)
def get_one_donor(donor_id: int) -> DonorAnswer:
    """Read a donor."""
    with reading() as session:
        return donor_answer(get_donor(session, caller().bank_id, donor_id))


def donor_answer(donor: Donor) -> DonorAnswer:
    """Return a donor as the API shows her."""
    return DonorAnswer(
        id=donor.id,
        number=donor.number,
        first_name=donor.first_name,
        family_name=donor.family_name,
        email=donor.email,
        phone=donor.phone,
        language=donor.language,
        state=donor.state,
        registered_on=donor.registered_at.date(),
        address=_address(donor.address),
    )


def _address(address: Address) -> AddressAnswer:
    position = address.position
    return AddressAnswer(
        line=address.line,
        postcode=address.postcode,
        town=address.town,
        latitude=position.latitude if position else None,
        longitude=position.longitude if position else None,
    )

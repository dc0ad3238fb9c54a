"""The board's donors: the list and its search, a file, and the position of an address."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from collector.audit.queries import history_of
from collector.banks.queries import get_bank, policies_of, sites_of
from collector.custody.models import Container, ContainerState
from collector.custody.queries import containers_of
from collector.db import reading, transaction
from collector.donor_contact.loss import loss_of
from collector.donors.call_backs import open_call_back
from collector.donors.contact import place_donor, settle_phone, text_number
from collector.donors.duplicates import duplicates_of, household_of, keep_apart
from collector.donors.eligibility import judge, serology_valid_until
from collector.donors.file_history import changes_of
from collector.donors.models import Donor
from collector.donors.queries import donors_matching, donors_of, get_donor, steps_of
from collector.errors import Refused
from collector.field_parsers import parse_decimal
from collector.material.queries import ledger_of
from collector.people.queries import staff_of
from collector.pickups.queries import requests_of_donor
from collector.places.models import PositionSource
from collector.places.postcodes import PostcodeLocation, locate_postcode
from collector.places.validation import refuse_position
from collector.roads.queries import FAR_FROM_ROAD, metres_to_road
from collector.roads.travel import FARTHEST_FROM_ROAD
from collector.rounds.stop_details import untold_changes
from collector.web.board.page_context import author, page, today
from collector.web.data_copy_wording import label, shown
from collector.web.framework.entry import wanted_page
from collector.web.framework.forms import Form, KeyField, ParsedField, TextField
from collector.web.framework.guards import actor, geocoder, now, settings
from collector.web.material_wording import ITEMS
from collector.web.wording import ERRORS, sentence

blueprint = Blueprint("donors", __name__, url_prefix="/donors")
blueprint.add_app_template_filter(label, "file_field")
blueprint.add_app_template_filter(shown, "file_value")

NOT_ON_EARTH = ERRORS["position_not_on_earth"]


class SearchForm(Form):
    """The search among the donors."""

    q = TextField()


class HouseholdForm(Form):
    """The file of the other donor."""

    other = KeyField()


class PositionForm(Form):
    """The coordinates of an address."""

    latitude = ParsedField(
        parse_decimal, blank=0.0, required="position_not_on_earth", message=NOT_ON_EARTH
    )
    longitude = ParsedField(
        parse_decimal, blank=0.0, required="position_not_on_earth", message=NOT_ON_EARTH
    )


@blueprint.get("")
def home() -> str:
    """Show the bank's donors, or the matches of a search."""
    query = SearchForm.queried().q.data
    with reading() as session:
        donors = donors_matching(session, actor().bank_id, query)
        valid = {donor.id: serology_valid_until(donor) for donor in donors}
        return page(
            session, "board/donors/page.html", donors=donors, valid=valid, q=query, today=today()
        )


@blueprint.get("/<int:donor_id>")
def file(donor_id: int) -> str:
    """Show a donor's file."""
    bank_id = actor().bank_id
    with reading() as session:
        donor = get_donor(session, bank_id, donor_id)
        pickups = requests_of_donor(session, bank_id, donor_id)
        return page(
            session,
            "board/donors/file.html",
            donor=donor,
            judgement=judge(donor, on=today(), policies=policies_of(session, bank_id)),
            valid_until=serology_valid_until(donor),
            pickups=pickups,
            call=open_call_back(session, donor),
            loss=loss_of(session, bank_id=bank_id, donor_id=donor_id),
            untold=untold_changes(session, bank_id=bank_id, today=today(), donor_id=donor_id),
            containers={
                pickup.id: _grouped(containers_of(session, bank_id=bank_id, pickup_id=pickup.id))
                for pickup in pickups
            },
            today=today(),
            texts=text_number(session, donor) is not None,
            steps=steps_of(session, donor),
            acts=history_of(session, bank_id=bank_id, subject=f"donor:{donor_id}"),
            people=_actors(session, donor),
            changes=changes_of(session, donor),
            ledger=ledger_of(session, bank_id=bank_id, donor_id=donor_id),
            items=ITEMS,
            twins=duplicates_of(session, donor),
            household=household_of(session, donor),
            into=get_donor(session, bank_id, donor.joined_into_id)
            if donor.joined_into_id
            else None,
        )


@blueprint.post("/<int:donor_id>/household")
def separate(donor_id: int) -> Response:
    """Record that another file is of another donor, who shares her telephone or her name."""
    form = HouseholdForm.sent()
    with transaction() as session:
        keep_apart(session, donor_id=donor_id, other_id=form.other.data, **author())
    flash(gettext("Noted: they are two donors, and stay two files."), "ok")
    return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)


@blueprint.post("/<int:donor_id>/phone")
def reach(donor_id: int) -> Response:
    """Take back that a telephone could not be reached."""
    who = actor()
    with transaction() as session:
        settle_phone(
            session, now=now(), bank_id=who.bank_id, donor_id=donor_id, actor=who.reference
        )
    return redirect(url_for("board.donors.file", donor_id=donor_id), code=303)


@blueprint.get("/<int:donor_id>/position")
def position(donor_id: int) -> str:
    """Show the map on which an address is placed by a click or by two numbers."""
    return _position_page(donor_id)


def _position_page(donor_id: int, wrong: str = "", sent: PositionForm | None = None) -> str:
    bank_id = actor().bank_id
    with reading() as session:
        donor = get_donor(session, bank_id, donor_id)
        sites = [
            {"name": site.name, "at": [site.latitude, site.longitude]}
            for site in sites_of(session, bank_id)
        ]
        known = [
            [other.address.position.latitude, other.address.position.longitude]
            for other in donors_of(session, bank_id)
            if other.address.position and other.id != donor.id
        ]
        return page(
            session,
            "board/donors/position.html",
            donor=donor,
            map={"sites": sites, "known": known},
            typed=(sent or PositionForm(obj=donor.address.position)).typed,
            centre=_commune_centre(session, donor),
            can_look_up=settings().geocoder != "none",
            next=wanted_page(),
            wrong=wrong,
            road=_road_note(session, donor),
        )


def _commune_centre(session: Session, donor: Donor) -> PostcodeLocation | None:
    """Return the centre of the donor's commune, if the installed list has it."""
    found = locate_postcode(session, donor.address.postcode)
    return found if found is not None and found.exact else None


def _road_note(session: Session, donor: Donor) -> tuple[str, str] | None:
    """Return the tone and the sentence about the way from an address to the nearest road."""
    position = donor.address.position
    if position is None:
        return None
    away = metres_to_road(session, (position.latitude, position.longitude))
    if away is None:
        return None
    if away > FARTHEST_FROM_ROAD:
        return "warn", gettext(
            "No road is near this place: times and distances to it are estimates. Is it right?"
        )
    metres = round(away)
    if away > FAR_FROM_ROAD:
        return "warn", gettext("The nearest road is %(metres)s m away. Is it right?", metres=metres)
    return "soft", gettext("The nearest road is %(metres)s m away.", metres=metres)


@blueprint.post("/<int:donor_id>/position")
def place(donor_id: int) -> Response | tuple[str, int]:
    """Set the position of an address."""
    who, form = actor(), PositionForm.sent()
    if not form.validate():
        return _position_page(donor_id, form.first_wrong, form), 422
    try:
        with transaction() as session:
            donor = place_donor(
                session,
                now=now(),
                bank_id=who.bank_id,
                donor_id=donor_id,
                actor=who.reference,
                **form.data,
            )
            refuse_position(
                **form.data, country=get_bank(session, who.bank_id).jurisdiction.country
            )
            town = donor.address.town
            note = _road_note(session, donor)
    except Refused as refused:
        return _position_page(donor_id, sentence(refused), form), 422
    flash(gettext("The place in %(town)s is set.", town=town), "ok")
    if note and note[0] == "warn":
        here = url_for("board.donors.position", donor_id=donor_id, next=wanted_page())
        return redirect(here, code=303)
    return redirect(wanted_page() or url_for("board.inbox.home"), code=303)


@blueprint.post("/<int:donor_id>/position/lookup")
def look_up(donor_id: int) -> Response | tuple[str, int]:
    """Ask the address service, between two transactions, and show its answer on the map."""
    who = actor()
    with reading() as session:
        address = get_donor(session, who.bank_id, donor_id).address
    try:
        found = geocoder().geocode(line=address.line, postcode=address.postcode, town=address.town)
    except Refused as refused:
        return _position_page(donor_id, wrong=sentence(refused)), 422
    if found is None:
        return _position_page(donor_id, wrong=sentence(Refused("geocoder_unsure"))), 422
    with transaction() as session:
        place_donor(
            session,
            now=now(),
            bank_id=who.bank_id,
            donor_id=donor_id,
            actor=who.reference,
            latitude=found.latitude,
            longitude=found.longitude,
            source=PositionSource.GEOCODER,
            provider=found.provider,
            score=found.score,
        )
    flash(gettext("Found. Look at the map, and move it if it is wrong."), "ok")
    here = url_for("board.donors.position", donor_id=donor_id, next=wanted_page())
    return redirect(here, code=303)


def _actors(session: Session, donor: Donor) -> dict[str, str]:
    """Return the words of the actors that the audit chain of a file names."""
    staff = {f"person:{each.id}": each.name for each in staff_of(session, donor.bank_id)}
    return staff | {
        f"donor:{donor.id}": gettext("the donor"),
        "visitor": gettext("the donor"),
        "system": gettext("by itself"),
    }


def _grouped(containers: Sequence[Container]) -> list[tuple[str, list[Container]]]:
    """Return the bottles of a visit: taken, left with the donor, withdrawn by the collector."""
    left, undone = ContainerState.REFUSED_AT_DOOR, ContainerState.DECLARED
    return [
        (gettext("Taken:"), [each for each in containers if each.state not in {left, undone}]),
        (gettext("Left with her:"), [each for each in containers if each.state is left]),
        (gettext("Withdrawn:"), [each for each in containers if each.state is undone]),
    ]

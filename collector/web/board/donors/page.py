"""The board's donors: the list and its search, a file to read, and where an address lies."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from collector.audit.queries import history_of
from collector.banks.queries import policies_of, sites_of
from collector.custody.models import Container, ContainerState
from collector.custody.queries import containers_of, kits_of
from collector.db import reading, transaction
from collector.donors.duplicates import twins_of
from collector.donors.eligibility import judge, serology_valid_until
from collector.donors.models import Donor
from collector.donors.queries import donors_of, get_donor, steps_of
from collector.errors import Refused
from collector.people.queries import staff_of
from collector.pickups.queries import of_donor
from collector.places.actions import set_position
from collector.places.models import PositionSource
from collector.web.board.page_context import page, today
from collector.web.framework.guards import actor, geocoder, now, settings
from collector.web.wording import sentence

blueprint = Blueprint("donors", __name__, url_prefix="/donors")


@blueprint.get("")
def home() -> str:
    """Show the bank's donors, or those who match what was typed."""
    wanted = request.args.get("q", "").strip()
    with reading() as session:
        donors = found_by(donors_of(session, actor().bank_id), wanted)
        valid = {donor.id: serology_valid_until(donor) for donor in donors}
        return page(
            session, "board/donors/page.html", donors=donors, valid=valid, q=wanted, today=today()
        )


@blueprint.get("/<int:donor_id>")
def file(donor_id: int) -> str:
    """Show a donor's file."""
    bank_id = actor().bank_id
    with reading() as session:
        donor = get_donor(session, bank_id, donor_id)
        pickups = of_donor(session, bank_id, donor_id)
        return page(
            session,
            "board/donors/file.html",
            donor=donor,
            judgement=judge(donor, on=today(), policies=policies_of(session, bank_id)),
            valid_until=serology_valid_until(donor),
            pickups=pickups,
            containers={
                pickup.id: _grouped(containers_of(session, bank_id=bank_id, pickup_id=pickup.id))
                for pickup in pickups
            },
            today=today(),
            steps=steps_of(session, donor),
            acts=history_of(session, bank_id=bank_id, subject=f"donor:{donor_id}"),
            people={f"person:{each.id}": each.name for each in staff_of(session, bank_id)},
            kits=kits_of(session, bank_id=bank_id, donor_id=donor_id),
            twins=twins_of(session, donor),
            into=get_donor(session, bank_id, donor.joined_into_id)
            if donor.joined_into_id
            else None,
        )


@blueprint.get("/<int:donor_id>/position")
def position(donor_id: int, wrong: str = "") -> str:
    """Ask where an address lies: a click on the map, or two numbers."""
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
            can_look_up=settings().geocoder != "none",
            wrong=wrong,
        )


@blueprint.post("/<int:donor_id>/position")
def place(donor_id: int) -> Response | tuple[str, int]:
    """Say where an address lies."""
    who = actor()
    try:
        with transaction() as session:
            donor = get_donor(session, who.bank_id, donor_id)
            set_position(
                session,
                now=now(),
                bank_id=who.bank_id,
                address_id=donor.address_id,
                actor=who.reference,
                latitude=_degrees("latitude"),
                longitude=_degrees("longitude"),
            )
            town = donor.address.town
    except Refused as refused:
        return position(donor_id, wrong=sentence(refused)), 422
    flash(gettext("The place in %(town)s is set.", town=town), "ok")
    return redirect(url_for("board.inbox.home"), code=303)


@blueprint.post("/<int:donor_id>/position/lookup")
def look_up(donor_id: int) -> Response | tuple[str, int]:
    """Ask the address service, between two transactions, and show what it says on the map."""
    who = actor()
    with reading() as session:
        address = get_donor(session, who.bank_id, donor_id).address
    try:
        found = geocoder().find(line=address.line, postcode=address.postcode, town=address.town)
    except Refused as refused:
        return position(donor_id, wrong=sentence(refused)), 422
    if found is None:
        return position(donor_id, wrong=sentence(Refused("geocoder_unsure"))), 422
    with transaction() as session:
        set_position(
            session,
            now=now(),
            bank_id=who.bank_id,
            address_id=address.id,
            actor=who.reference,
            latitude=found.latitude,
            longitude=found.longitude,
            source=PositionSource.GEOCODER,
            provider=found.provider,
            score=found.score,
        )
    flash(gettext("Found. Look at the map, and move it if it is wrong."), "ok")
    return redirect(url_for("board.donors.position", donor_id=donor_id), code=303)


def found_by(donors: Sequence[Donor], wanted: str) -> list[Donor]:
    """Return the donors whose number, name or phone holds what was typed."""
    if not wanted:
        return list(donors)
    plain, digits = wanted.casefold(), "".join(filter(str.isdigit, wanted))
    return [
        donor
        for donor in donors
        if plain in f"{donor.first_name} {donor.family_name} {donor.first_name}".casefold()
        or (digits and (digits in donor.number or digits in _digits(donor.phone)))
    ]


def _grouped(containers: Sequence[Container]) -> list[tuple[str, list[Container]]]:
    """Return a visit's bottles as taken, left with her, and taken back by the collector."""
    left, undone = ContainerState.REFUSED_AT_DOOR, ContainerState.DECLARED
    return [
        (gettext("Taken:"), [each for each in containers if each.state not in {left, undone}]),
        (gettext("Left with her:"), [each for each in containers if each.state is left]),
        (gettext("Withdrawn:"), [each for each in containers if each.state is undone]),
    ]


def _digits(phone: str | None) -> str:
    return "".join(filter(str.isdigit, phone or ""))


def _degrees(name: str) -> float:
    """Return a coordinate; what is no number lies nowhere on earth."""
    try:
        return float(request.form.get(name, "").replace(",", "."))
    except ValueError:
        return float("nan")

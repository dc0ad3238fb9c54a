"""Slots of the pages: the choice that a button names, the next days with room, the hold of one."""

from datetime import date, time
from typing import NamedTuple

from sqlalchemy.orm import Session

from collector.db import reading, transaction
from collector.donors.queries import get_donor
from collector.errors import Conflict, Refused
from collector.pickups.drafts import PickupDraft, draft_of
from collector.pickups.enquiries import get_enquiry, hold_slot, save_enquiry
from collector.planning.booking.availability import Availability, AvailabilityAnswer
from collector.planning.booking.slot_prices import Slot
from collector.planning.booking.slots import (
    DAYS_LOOKED_AT,
    RequestedVisit,
    find_slots,
    slot_basis,
    still_fits,
    turn_page,
)
from collector.web.framework.forms import ParsedField
from collector.web.framework.guards import actor, now

TRIES = 6
"""How often a slot is tried again because another donor took a different one meanwhile."""


class SlotChoice(NamedTuple):
    """A slot as the page names it."""

    day: date
    opens: time
    closes: time


def parse_slot(text: str) -> SlotChoice:
    """Return the slot that a button names.

    Raises
    ------
    Refused
        `slot_gone`: the text is none.
    """
    try:
        day, opens, closes = text.split()
        return SlotChoice(
            date.fromisoformat(day), time.fromisoformat(opens), time.fromisoformat(closes)
        )
    except ValueError:
        raise Refused("slot_gone") from None


def slot_field(required: str = "") -> ParsedField[SlotChoice | None]:
    """Return the field of the buttons that choose a slot."""
    return ParsedField[SlotChoice | None](parse_slot, blank=None, required=required)


def next_slots(
    session: Session, requested: RequestedVisit, answer: AvailabilityAnswer, after: date | None
) -> tuple[list[Slot], date | None]:
    """Return the slots of the next days with room, and their last day if there are later ones."""
    days = [day for day in answer.days if after is None or day > after]
    while answer.standing is Availability.FITS and days:
        found = find_slots(
            session, now=now(), bank_id=actor().bank_id, requested=requested, days=days
        )
        last, days = days[:DAYS_LOOKED_AT][-1], days[DAYS_LOOKED_AT:]
        if found:
            return found, last if days else None
    return [], None


def hold_chosen_slot(donor_id: int, slot: SlotChoice, *, draft: PickupDraft | None = None) -> bool:
    """Hold a slot for a donor for ten minutes, and return whether it could still be promised.

    The last place of a day is held for one donor only.

    Parameters
    ----------
    draft
        The draft to keep with the slot; None for the enquiry that the donor has.
    """
    bank_id = actor().bank_id
    for _attempt in range(TRIES):
        with reading() as session:
            donor = get_donor(session, bank_id, donor_id)
            enquiry = None if draft else get_enquiry(session, donor_id=donor_id)
            basis = slot_basis(session, bank_id=bank_id, day=slot.day)
            requested = RequestedVisit(
                donor=donor,
                draft=draft_of(enquiry) if enquiry else draft or PickupDraft(),
                moves_id=enquiry.moves_id if enquiry else None,
            )
            fits = still_fits(
                session, now=now(), bank_id=bank_id, requested=requested, **slot._asdict()
            )
        if not fits:
            return False
        try:
            with transaction() as session:
                turn_page(session, bank_id=bank_id, day=slot.day, basis=basis)
                if draft:
                    donor = get_donor(session, bank_id, donor_id)
                    save_enquiry(session, now=now(), donor=donor, draft=draft)
                held = get_enquiry(session, donor_id=donor_id)
                hold_slot(session, held, now=now(), **slot._asdict())
        except Conflict:
            continue
        return True
    return False

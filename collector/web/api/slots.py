"""Slots in the API: the hours that can be promised to a donor, with their price."""

from datetime import date, time, timedelta
from typing import Final

from msgspec import UNSET, Struct, UnsetType

from collector.applications.models import Scope
from collector.banks.queries import policies_of
from collector.db import reading
from collector.donors.queries import get_donor
from collector.pickups.drafts import PickupDraft
from collector.pickups.purposes import purposes_for
from collector.planning.booking.slot_prices import Slot
from collector.planning.booking.slots import DAYS_LOOKED_AT, RequestedVisit, find_slots
from collector.service_day import ServiceDay
from collector.shifts.queries import days_on_duty
from collector.web.api.callers import caller, zone
from collector.web.api.inputs import Input, Key, given
from collector.web.api.operations import operation
from collector.web.api.requests import Bottles, Empties, Millilitres
from collector.web.framework.context import now

DAYS_AHEAD: Final = 14


class SlotQuery(Input, frozen=True, kw_only=True):
    """The visit for which slots are wanted."""

    donor_id: Key
    bottles: Bottles = 0
    volume_ml: Millilitres = 0
    empties_wanted: Empties = 0
    after: date | UnsetType = UNSET
    """Only slots on later days; by default from tomorrow on."""


class SlotAnswer(Struct, frozen=True, kw_only=True):
    """Hours that can be promised; what the detour costs, in cents and metres."""

    day: date
    opens: time
    closes: time
    cents: int
    metres: int


class SlotsAnswer(Struct, frozen=True, kw_only=True):
    """The slots of the next five days on duty, in order of time. None of them is held."""

    slots: list[SlotAnswer]


@operation("GET", "/slots", scope=Scope.REQUESTS_READ, query=SlotQuery, answer=SlotsAnswer)
def list_slots(query: SlotQuery) -> SlotsAnswer:
    """List the hours that can be promised to a donor."""
    bank_id, today = caller().bank_id, ServiceDay.of(now(), zone()).day
    first = max(given(query.after) or today, today) + timedelta(days=1)
    with reading() as session:
        donor = get_donor(session, bank_id, query.donor_id)
        days = days_on_duty(
            session, bank_id=bank_id, first=first, last=today + timedelta(days=DAYS_AHEAD)
        )[:DAYS_LOOKED_AT]
        policies = policies_of(session, bank_id)
        draft = PickupDraft(
            bottles=query.bottles,
            volume_ml=query.volume_ml,
            empties_wanted=query.empties_wanted,
            purposes=purposes_for(donor, days=days, policies=policies),
        )
        requested = RequestedVisit(donor=donor, draft=draft)
        found = find_slots(session, now=now(), bank_id=bank_id, requested=requested, days=days)
        return SlotsAnswer(slots=[_slot(each) for each in found])


def _slot(slot: Slot) -> SlotAnswer:
    return SlotAnswer(
        day=slot.day,
        opens=slot.opens,
        closes=slot.closes,
        cents=slot.cents,
        metres=slot.metres,
    )

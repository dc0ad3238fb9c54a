"""Form of a request by telephone."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext

from collector.banks.policies import Policies
from collector.donors.models import Donor
from collector.field_parsers import (
    choice_parser,
    parse_date,
    parse_volume_ml,
    parse_whole_number,
)
from collector.pickups.drafts import PickupDraft
from collector.pickups.models import HoldReason, MilkLine, Purpose
from collector.pickups.purposes import fetches_milk, purposes_for
from collector.pickups.validation import STAFF_DAYS_AHEAD
from collector.service_day import ServiceDay
from collector.web.framework.forms import (
    ChoicesField,
    FlagField,
    Form,
    KeyField,
    ParsedField,
    TextField,
)
from collector.web.pickup_forms import (
    LINES,
    WHOLE_NUMBER,
    PhoneWindowForm,
    PickupForm,
    WindowsField,
    split_numbered,
)
from collector.web.slot_choice import slot_field

ADDED_PURPOSES = (Purpose.MATERIAL_DROP, Purpose.PUMP_RETURN, Purpose.WARD)
"""The purposes that a coordinator may add to the computed ones."""

CALENDAR_DAY = lazy_gettext("Give a day of the calendar.")


class FindForm(Form):
    """The search for the donor, and the day of the plan from which the coordinator came."""

    q = TextField()
    donor = KeyField()
    day = ParsedField(parse_date, blank=None)


def yes_field() -> ParsedField[bool]:
    """Return the radio buttons of a health question; the browser asks for an answer."""
    return ParsedField(lambda text: text == "yes", blank=False)


class CallForm(PickupForm):
    """A donor's request, typed by a coordinator while the donor speaks."""

    donor = KeyField()
    once = TextField()
    line = ParsedField(choice_parser(MilkLine, "line_unknown"), blank=MilkLine.DONATED)
    bottles = ParsedField(parse_whole_number, blank=0, message=WHOLE_NUMBER)
    volume_ml = ParsedField(parse_volume_ml, blank=0, message=WHOLE_NUMBER)
    oldest_on = ParsedField(parse_date, blank=None, message=CALENDAR_DAY)
    empties_wanted = ParsedField(parse_whole_number, blank=0, message=WHOLE_NUMBER)
    freezer_nearly_full = FlagField()
    purposes = ChoicesField(Purpose, only=ADDED_PURPOSES, name="besides", separator="_")
    windows = WindowsField(PhoneWindowForm, split_numbered)
    health = ChoicesField(HoldReason, yes_field, separator="_")
    call_first = FlagField()
    note = TextField()
    accept = FlagField()
    held = TextField(longest=64)
    """The key of the slot that the page shows as held."""
    slot = slot_field()
    """The button of a slot."""
    after = ParsedField(parse_date, blank=None)
    """The button for the slots after a day."""

    def milk_draft(
        self, donor: Donor, *, policies: Policies, now: datetime, zone: ZoneInfo
    ) -> PickupDraft:
        """Validate all but the windows and return the draft, whose slot is still to be chosen."""
        self.leave_out(["windows"])
        today = ServiceDay.of(now, zone).day
        return self._checked(donor, (today,), policies=policies, now=now, zone=zone)

    def complete(
        self, donor: Donor, *, policies: Policies, now: datetime, zone: ZoneInfo
    ) -> PickupDraft:
        """Validate the form and return its draft, with the purposes that the donor's file adds."""
        return self._checked(donor, self.windows.days, policies=policies, now=now, zone=zone)

    def _checked(
        self,
        donor: Donor,
        days: Collection[date],
        *,
        policies: Policies,
        now: datetime,
        zone: ZoneInfo,
    ) -> PickupDraft:
        self.validate()
        draft = self.draft()
        purposes = purposes_for(
            donor,
            days=days,
            policies=policies,
            kept=draft.purposes,
            fetches=fetches_milk(draft),
        )
        draft = replace(draft, purposes=purposes)
        self.check(draft, now=now, zone=zone, days_ahead=STAFF_DAYS_AHEAD)
        return draft


def blank_form(find: FindForm) -> CallForm:
    """Return the form of a new request for the donor and the day that were chosen."""
    lines: list[dict[str, object]] = [{"day": find.day.data}, *[{}] * (LINES - 1)]
    about = {"donor": find.donor.data, "once": secrets.token_urlsafe(16), "accept": True}
    form = CallForm(data=about | {"windows": lines})
    for amount in (form.bottles, form.volume_ml, form.empties_wanted):
        amount.text = ""
    return form

"""Pick-up requests in the API: list, read, make, change, cancel."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Annotated

from flask import url_for
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy.orm import Session

from collector.applications.models import Scope
from collector.banks.queries import policies_of
from collector.db import reading, transaction
from collector.donors.queries import get_donor
from collector.pickups import actions
from collector.pickups.drafts import CivilWindow, PickupDraft, draft_of
from collector.pickups.models import MilkLine, Pickup, PickupState, Purpose
from collector.pickups.purposes import purposes_for
from collector.pickups.queries import get_pickup, requests_after
from collector.pickups.validation import (
    LONGEST_NOTE,
    MOST_BOTTLES,
    MOST_EMPTIES,
    MOST_VOLUME_ML,
    MOST_WINDOWS,
)
from collector.web.api.callers import caller
from collector.web.api.inputs import Input, Key, given
from collector.web.api.once import done_once
from collector.web.api.operations import operation
from collector.web.api.outputs import Made, Page, PageQuery, page_of, require_match
from collector.web.framework.context import now

Bottles = Annotated[int, Meta(ge=0, le=MOST_BOTTLES)]
Millilitres = Annotated[int, Meta(ge=0, le=MOST_VOLUME_ML)]
Empties = Annotated[int, Meta(ge=0, le=MOST_EMPTIES)]
Note = Annotated[str, Meta(max_length=LONGEST_NOTE)]


class WindowInput(Input, frozen=True, kw_only=True):
    """A civil day and the wall-clock times between which a visit may begin."""

    day: date
    opens: Annotated[time, Meta(tz=False)]
    closes: Annotated[time, Meta(tz=False)]


Windows = Annotated[list[WindowInput], Meta(min_length=1, max_length=MOST_WINDOWS)]


class WindowAnswer(Struct, frozen=True, kw_only=True):
    """A civil day and the wall-clock times between which a visit may begin."""

    day: date
    opens: time
    closes: time


class RequestAnswer(Struct, frozen=True, kw_only=True):
    """A pick-up request."""

    id: int
    donor_id: int
    donor_number: str
    state: PickupState
    line: MilkLine
    purposes: list[str]
    bottles: int
    volume_ml: int
    empties_wanted: int
    oldest_on: date | None
    call_first: bool
    note: str
    windows: list[WindowAnswer]
    asked_at: datetime
    promised_at: datetime | None
    version: int


class RequestQuery(PageQuery, frozen=True, kw_only=True):
    """Which requests are listed."""

    state: PickupState | UnsetType = UNSET
    day: date | UnsetType = UNSET
    donor_id: Key | UnsetType = UNSET


class NewRequest(Input, frozen=True, kw_only=True):
    """A request to make."""

    donor_id: Key
    windows: Windows
    bottles: Bottles = 0
    volume_ml: Millilitres = 0
    empties_wanted: Empties = 0
    oldest_on: date | None = None
    line: MilkLine = MilkLine.DONATED
    call_first: bool = False
    note: Note = ""


class RequestChange(Input, frozen=True, kw_only=True):
    """The fields of a request to change; the others stay."""

    windows: Windows | UnsetType = UNSET
    bottles: Bottles | UnsetType = UNSET
    volume_ml: Millilitres | UnsetType = UNSET
    empties_wanted: Empties | UnsetType = UNSET
    oldest_on: date | UnsetType | None = UNSET
    call_first: bool | UnsetType = UNSET
    note: Note | UnsetType = UNSET


@operation(
    "GET", "/requests", scope=Scope.REQUESTS_READ, query=RequestQuery, answer=Page[RequestAnswer]
)
def list_requests(query: RequestQuery) -> Page[RequestAnswer]:
    """List the requests."""
    with reading() as session:
        rows = requests_after(
            session,
            caller().bank_id,
            key=query.after,
            most=query.limit + 1,
            state=given(query.state),
            day=given(query.day),
            donor_id=given(query.donor_id),
        )
        return page_of(rows, query, lambda row: row.id, request_answer)


@operation("GET", "/requests/<int:pickup_id>", scope=Scope.REQUESTS_READ, answer=RequestAnswer)
def get_one_request(pickup_id: int) -> RequestAnswer:
    """Read a request."""
    with reading() as session:
        return request_answer(get_pickup(session, caller().bank_id, pickup_id))


@operation(
    "POST",
    "/requests",
    scope=Scope.REQUESTS_WRITE,
    body=NewRequest,
    answer=RequestAnswer,
    made=True,
)
def make_request(body: NewRequest) -> Made:
    """Make a request; a coordinator answers it."""
    with transaction() as session:
        key = done_once(session, lambda: _make(session, body))
        return Made(
            request_answer(get_pickup(session, caller().bank_id, key)),
            url_for("api.get_one_request", pickup_id=key),
        )


@operation(
    "PATCH",
    "/requests/<int:pickup_id>",
    scope=Scope.REQUESTS_WRITE,
    body=RequestChange,
    answer=RequestAnswer,
    matched=True,
)
def change_request(pickup_id: int, body: RequestChange) -> RequestAnswer:
    """Change a request; other windows make it wait for an answer again."""
    with transaction() as session:
        pickup = get_pickup(session, caller().bank_id, pickup_id)
        require_match(request_answer(pickup))
        fields = {name: getattr(body, name) for name in body.__struct_fields__}
        changed = {name: value for name, value in fields.items() if value is not UNSET}
        if "windows" in changed:
            changed["windows"] = _windows(changed["windows"])
        draft = replace(draft_of(pickup), **changed)
        actions.change(
            session,
            now=now(),
            bank_id=caller().bank_id,
            pickup_id=pickup_id,
            actor=caller().reference,
            draft=draft,
        )
        return request_answer(pickup)


@operation(
    "DELETE",
    "/requests/<int:pickup_id>",
    scope=Scope.REQUESTS_WRITE,
    answer=RequestAnswer,
    matched=True,
)
def cancel_request(pickup_id: int) -> RequestAnswer:
    """Cancel a request; it stays, as cancelled."""
    with transaction() as session:
        pickup = get_pickup(session, caller().bank_id, pickup_id)
        require_match(request_answer(pickup))
        actions.cancel(
            session,
            now=now(),
            bank_id=caller().bank_id,
            pickup_id=pickup_id,
            actor=caller().reference,
        )
        return request_answer(pickup)


def request_answer(pickup: Pickup) -> RequestAnswer:
    """Return a request as the API shows it."""
    return RequestAnswer(
        id=pickup.id,
        donor_id=pickup.donor_id,
        donor_number=pickup.donor.number,
        state=pickup.state,
        line=pickup.line,
        purposes=list(pickup.purposes),
        bottles=pickup.bottles,
        volume_ml=pickup.volume_ml,
        empties_wanted=pickup.empties_wanted,
        oldest_on=pickup.oldest_on,
        call_first=pickup.call_first,
        note=pickup.note,
        windows=[
            WindowAnswer(day=row.day, opens=row.opens, closes=row.closes) for row in pickup.windows
        ],
        asked_at=pickup.asked_at,
        promised_at=pickup.promised_at,
        version=pickup.version,
    )


def _make(session: Session, body: NewRequest) -> int:
    bank_id = caller().bank_id
    donor = get_donor(session, bank_id, body.donor_id)
    windows = _windows(body.windows)
    policies = policies_of(session, bank_id)
    purposes = purposes_for(donor, days={window.day for window in windows}, policies=policies)
    draft = PickupDraft(
        line=body.line,
        bottles=body.bottles if Purpose.COLLECTION in purposes else 0,
        volume_ml=body.volume_ml if Purpose.COLLECTION in purposes else 0,
        empties_wanted=body.empties_wanted,
        oldest_on=body.oldest_on,
        call_first=body.call_first,
        note=body.note,
        purposes=purposes,
        windows=windows,
    )
    pickup = actions.request_pickup(
        session,
        now=now(),
        bank_id=bank_id,
        donor_id=donor.id,
        actor=caller().reference,
        draft=draft,
    )
    return pickup.id


def _windows(sent: list[WindowInput]) -> tuple[CivilWindow, ...]:
    return tuple(CivilWindow(each.day, each.opens, each.closes) for each in sent)

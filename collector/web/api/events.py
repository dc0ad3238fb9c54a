"""Events of a bank in the API, in their order."""

from datetime import datetime

from msgspec import Struct

from collector.applications.events import BankEvent, events_after
from collector.applications.models import Scope
from collector.db import reading
from collector.web.api.callers import caller
from collector.web.api.operations import operation
from collector.web.api.outputs import Page, PageQuery, page_of


class EventAnswer(Struct, frozen=True, kw_only=True):
    """An event: its kind, and the row that it concerns as `pickup:31`."""

    sequence: int
    kind: str
    subject: str
    at: datetime


@operation("GET", "/events", scope=Scope.EVENTS_READ, query=PageQuery, answer=Page[EventAnswer])
def list_events(query: PageQuery) -> Page[EventAnswer]:
    """List the events in the order in which they happened."""
    with reading() as session:
        rows = events_after(
            session, bank_id=caller().bank_id, sequence=query.after, most=query.limit + 1
        )
        return page_of(rows, query, lambda row: row.sequence, _event)


def _event(row: BankEvent) -> EventAnswer:
    return EventAnswer(sequence=row.sequence, kind=row.kind, subject=row.subject, at=row.at)

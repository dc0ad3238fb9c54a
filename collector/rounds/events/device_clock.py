"""Correction of a phone's instants by its measured offset, and their bound by the reception."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from collector.custody.pickup_record import PickupRecord
from collector.errors import Refused
from collector.rounds.events.schema import CollectedEvent, PhoneEvent


def corrected(event: PhoneEvent, *, received_at: datetime) -> PhoneEvent:
    """Return an event with its instants by the bank's clock, at the latest the reception.

    Every instant is moved by the offset that the phone measured. The phone's own time is kept in
    `reported_at` if it differs. It decides on the event's order, which must not depend on the
    offset or on the reception.

    Raises
    ------
    Refused
        `event_unreadable` (`field`) if an offset moves an instant out of the calendar.
    """
    offset = timedelta(milliseconds=event.offset_ms or 0)
    device_at = _moved(event.device_at, offset, received_at)
    if isinstance(event, CollectedEvent):
        event = replace(event, payload=_record(event.payload, offset, received_at))
    if device_at == event.device_at:
        return event
    return replace(event, device_at=device_at, reported_at=event.device_at)


def _record(record: PickupRecord, offset: timedelta, received_at: datetime) -> PickupRecord:
    tubes = (
        replace(tube, drawn_at=_moved(tube.drawn_at, offset, received_at)) for tube in record.tubes
    )
    return replace(record, tubes=tuple(tubes))


def _moved(instant: datetime, offset: timedelta, received_at: datetime) -> datetime:
    try:
        return min(instant + offset, received_at)
    except OverflowError as error:
        raise Refused("event_unreadable", field="offset_ms") from error

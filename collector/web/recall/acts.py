"""Context of an act of a recall: the instant, the bank, the person of the session."""

from datetime import datetime
from typing import TypedDict

from collector.web.framework.guards import actor, now, person_id


class RecallContext(TypedDict):
    """The instant, the bank and the person of an act."""

    now: datetime
    bank_id: int
    person_id: int


def recall_context() -> RecallContext:
    """Return the context of the request; the person is the one of the session, never of a form."""
    return RecallContext(now=now(), bank_id=actor().bank_id, person_id=person_id())

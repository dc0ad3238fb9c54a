"""Context of an act of the laboratory: the instant, the bank, the person of the session."""

from datetime import datetime
from typing import TypedDict

from collector.web.framework.guards import actor, now, person_id


class ActContext(TypedDict):
    """The instant, the bank and the person of an act."""

    now: datetime
    bank_id: int
    person_id: int


def act_context() -> ActContext:
    """Return the context of the request; the person is the one of the session, never of a form."""
    return ActContext(now=now(), bank_id=actor().bank_id, person_id=person_id())

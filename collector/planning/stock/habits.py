"""Expected collections of the coming days: announced requests, donors' habits, recent weeks.

Requests and habits count fully tomorrow and less on every later day; after four weeks the mean of
the last eight weeks counts alone, since donors end and others begin.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from collector.laboratory.stock.queries import ReceivedVisit
from collector.planning.stock.projection import HORIZON, faded

INTERVALS = 4
"""The latest intervals of a donor that count."""
PRIOR_INTERVAL = 21
"""Days between two visits of a donor with one: Paris comes every two to four weeks."""
LOST_AFTER = 2.5
"""Intervals without a visit after which a donor without a request is taken to have ended."""
MEAN_DAYS = 56


@dataclass(frozen=True, slots=True)
class AnnouncedMilk:
    """Milk of an open request: its donor, the day of its visit, its declared ml."""

    donor_id: int
    day: date
    volume_ml: int


def expected_collections(
    visits: Sequence[ReceivedVisit],
    announced: Sequence[AnnouncedMilk],
    *,
    today: date,
    known_days: int,
    giving: Collection[int],
) -> dict[int, float]:
    """Return the ml expected to be collected, by the number of days from today.

    Parameters
    ----------
    visits
        Received visits, oldest first.
    known_days
        Days of history, from the first received milk to today.
    giving
        The donors who still give.
    """
    habits = _habits(visits, announced, today=today, giving=giving)
    mean = mean_per_day(visits, today=today, known_days=known_days)
    found = {}
    for day in range(1, HORIZON + 1):
        weight = faded(day)
        found[day] = weight * habits.get(day, 0.0) + (1 - weight) * mean
    return found


def mean_per_day(visits: Sequence[ReceivedVisit], *, today: date, known_days: int) -> float:
    """Return the mean ml collected on a day of the last eight weeks, or of all days if fewer."""
    days = max(1, min(known_days, MEAN_DAYS))
    recent = sum(each.volume_ml for each in visits if 0 < (today - each.day).days <= days)
    return recent / days


def past_weeks(
    visits: Sequence[ReceivedVisit], *, today: date, known_days: int
) -> tuple[float, ...]:
    """Return the ml collected in each whole week before today, the oldest first."""
    weeks = [0.0] * (known_days // 7)
    for each in visits:
        week = ((today - each.day).days - 1) // 7
        if 0 <= week < len(weeks):
            weeks[week] += each.volume_ml
    return tuple(reversed(weeks))


def _habits(
    visits: Sequence[ReceivedVisit],
    announced: Sequence[AnnouncedMilk],
    *,
    today: date,
    giving: Collection[int],
) -> Mapping[int, float]:
    of_donor: dict[int, list[ReceivedVisit]] = defaultdict(list)
    for each in visits:
        if each.donor_id in giving:
            of_donor[each.donor_id].append(each)
    requests = {each.donor_id: each for each in announced}
    found: dict[int, float] = defaultdict(float)
    for donor in sorted({*of_donor, *requests}):
        for day, ml in _of_donor(of_donor.get(donor, []), requests.get(donor), today=today):
            found[day] += ml
    return found


def _of_donor(
    visits: Sequence[ReceivedVisit], request: AnnouncedMilk | None, *, today: date
) -> list[tuple[int, float]]:
    """Return the expected visits of one donor: days from today, and ml."""
    recent = visits[-(INTERVALS + 1) :]
    gaps = [(later.day - earlier.day).days for earlier, later in pairwise(recent)]
    interval = max(1.0, sum(gaps) / len(gaps)) if gaps else float(PRIOR_INTERVAL)
    later = recent[-INTERVALS:]
    usual = sum(each.volume_ml for each in later) / len(later) if later else 0.0
    if request is not None:
        first, ml = max(1, (request.day - today).days), float(request.volume_ml)
        usual = usual or ml
    else:
        since = (today - visits[-1].day).days
        if since > LOST_AFTER * interval:
            return []
        first, ml = max(1, round(interval) - since), usual
    found = [(first, ml)]
    at = first + interval
    while at <= HORIZON:
        found.append((round(at), usual))
        at += interval
    return found

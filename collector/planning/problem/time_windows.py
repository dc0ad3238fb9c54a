"""Windows of a request on a day, in the seconds of the planner."""

from collector.pickups.models import Pickup
from collector.service_day import ServiceDay
from routing.problem import Window
from routing.units import Seconds


def time_windows(pickup: Pickup, service_day: ServiceDay) -> tuple[Window, ...]:
    """Return a request's windows on a day in the planner's seconds, ascending and disjoint.

    Wall-clock times are converted to instants first. On the night of a clock change an hour is
    skipped or lasts twice, and the seconds stay true. A window within the skipped hour may come out
    backwards; its two ends still bound the same instants.
    """
    spans = sorted(
        sorted((service_day.instant(window.opens), service_day.instant(window.closes)))
        for window in pickup.windows
        if window.day == service_day.day
    )
    merged: list[list[int]] = []
    for opens, closes in spans:
        earliest, latest = service_day.seconds(opens), service_day.seconds(closes)
        if merged and earliest <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], latest)
        else:
            merged.append([earliest, latest])
    return tuple(
        Window(earliest=Seconds(earliest), latest=Seconds(latest)) for earliest, latest in merged
    )

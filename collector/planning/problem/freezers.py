"""Freezers at which a round may empty its box on the way.

They are the bank's freezers that are open during the whole of a collector's hours, and those of the
collector's own shift: no collector enters the home of another.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from collector.banks.models import Site, SiteKind
from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import sites_of
from collector.rounds.models import DayPlan
from collector.shifts.duty import Duty, is_open_throughout
from routing.problem import Reload
from routing.units import Seconds


def freezers_on_the_way(session: Session, plan: DayPlan, policies: Policies) -> tuple[Site, ...]:
    """Return the sites outside homes that may receive milk on a day; empty if none may.

    A site at which a written round empties its box stays among them.
    """
    written = {each.site_id for round_ in plan.rounds for each in round_.emptyings}
    if not policies[PolicyKey.EMPTYINGS_PER_ROUND] and not written:
        return ()
    return tuple(
        site
        for site in sites_of(session, plan.bank_id)
        if site.id in written or (site.receives and _may_be_used(site, plan.day))
    )


def open_freezers(freezers: Iterable[Site], duty: Duty, zone: ZoneInfo) -> list[Site]:
    """Return the freezers that a duty may use, each once.

    Parameters
    ----------
    freezers
        Sites that may receive milk on the day.
    """
    own = (duty.shift.start_site, duty.shift.end_site)
    sites = {site.id: site for site in (*freezers, *own) if site.receives}
    homes = {site.id for site in own}
    return [
        site
        for site in sites.values()
        if is_open_throughout(site, duty, zone)
        and (site.kind is not SiteKind.HOME or site.id in homes)
    ]


def reload_at(places: Sequence[str], policies: Policies) -> Reload | None:
    """Return the permission to empty the box at some places; None without a place or a time."""
    times = policies[PolicyKey.EMPTYINGS_PER_ROUND]
    if not times or not places:
        return None
    service = Seconds(60 * policies[PolicyKey.EMPTYING_MINUTES])
    return Reload(places=tuple(places), service=service, times=times)


def _may_be_used(site: Site, day: date) -> bool:
    is_here = site.retired_on is None or site.retired_on > day
    return site.kind is not SiteKind.HOME and is_here

"""Context of the laboratory's pages: its navigation, today, the bank's time zone."""

from datetime import date
from zoneinfo import ZoneInfo

from collector.service_day import ServiceDay
from collector.web.framework.guards import actor, now


def today() -> ServiceDay:
    """Return today in the bank's time zone."""
    return ServiceDay.of(now(), ZoneInfo(actor().time_zone))


def civil_today() -> date:
    """Return the date of today in the bank's time zone."""
    return today().day

"""Profiles of loggers: how the text of a file becomes temperatures per probe."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from collector.errors import Refused
from collector.laboratory.heating.models import CurveProfileName
from collector.service_day import wall_instant

SERIAL = "# serial:"
ENCODINGS = ("utf-16", "utf-8-sig", "cp1252")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
MOST_VALUES = 500_000
COLDEST, HOTTEST = -100.0, 150.0
"""Temperatures outside these are no readings of milk, in degrees Celsius."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveProfile:
    """The form of a file.

    Attributes
    ----------
    wide
        Whether a line has one column per probe; otherwise a line is `time, probe, celsius`.
    local
        Whether times are the bank's wall clock; otherwise they are UTC.
    """

    wide: bool
    local: bool


PROFILES: Mapping[CurveProfileName, CurveProfile] = {
    CurveProfileName.LONG_UTC: CurveProfile(wide=False, local=False),
    CurveProfileName.LONG_LOCAL: CurveProfile(wide=False, local=True),
    CurveProfileName.WIDE_LOCAL: CurveProfile(wide=True, local=True),
}
"""Separator and decimal sign are read from the file itself."""


@dataclass(frozen=True, slots=True)
class ProbeReading:
    """A temperature of one probe, in degrees Celsius."""

    at: datetime
    celsius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveFile:
    """The temperatures of a file by probe, in order of time, and the logger's serial number."""

    serial: str
    probes: Mapping[str, list[ProbeReading]]

    @property
    def first(self) -> datetime:
        """The first instant."""
        return min(readings[0].at for readings in self.probes.values())

    @property
    def last(self) -> datetime:
        """The last instant."""
        return max(readings[-1].at for readings in self.probes.values())


def read_curve(content: bytes, *, profile: CurveProfileName, zone: ZoneInfo) -> CurveFile:
    """Read the file of a logger.

    Parameters
    ----------
    zone
        The bank's time zone, for a profile of local times.

    Raises
    ------
    Refused
        `curve_not_text`, `curve_empty`, `curve_too_long` (`most`), `curve_line_not_read` (`line`),
        `curve_goes_back` (`line`).
    """
    lines = _text(content).splitlines()
    serial = next((line for line in lines if line.lower().startswith(SERIAL)), "")
    found: dict[str, list[ProbeReading]] = {}
    count, form = 0, PROFILES[profile]
    previous: datetime | None = None
    for number, wall, probe, cell in _cells(lines, wide=form.wide):
        try:
            moment = datetime.fromisoformat(wall)
            celsius = float(cell.replace(",", "."))
        except ValueError:
            raise Refused("curve_line_not_read", line=number) from None
        if not COLDEST <= celsius <= HOTTEST:
            raise Refused("curve_line_not_read", line=number)
        at = _instant(moment, form, zone, previous)
        readings = found.setdefault(probe, [])
        if readings and at <= readings[-1].at:
            raise Refused("curve_goes_back", line=number)
        readings.append(ProbeReading(at, celsius))
        previous, count = at, count + 1
        if count > MOST_VALUES:
            raise Refused("curve_too_long", most=MOST_VALUES)
    if not found:
        raise Refused("curve_empty")
    return CurveFile(serial=serial[len(SERIAL) :].strip(), probes=found)


def _text(content: bytes) -> str:
    encodings = ENCODINGS if content.startswith(UTF_16_MARKS) else ENCODINGS[1:]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused("curve_not_text")


def _cells(lines: list[str], *, wide: bool) -> Iterator[tuple[int, str, str, str]]:
    """Yield line number, time, probe and temperature of every reading, below the headings."""
    heading: list[str] | None = None
    separator = ","
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if heading is None:
            separator = next((sign for sign in ("\t", ";") if sign in line), ",")
            heading = [cell.strip() for cell in line.split(separator)]
            continue
        cells = [cell.strip().strip('"') for cell in line.split(separator)]
        if len(cells) != len(heading):
            raise Refused("curve_line_not_read", line=number)
        if not wide:
            yield number, cells[0], cells[1], cells[2]
            continue
        for probe, cell in zip(heading[1:], cells[1:], strict=True):
            if cell:
                yield number, cells[0], probe, cell


def _instant(
    moment: datetime, form: CurveProfile, zone: ZoneInfo, previous: datetime | None
) -> datetime:
    """Return the instant of a time as written; one with an offset means what it says."""
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    if form.local:
        return wall_instant(moment, zone, not_before=previous)
    return moment.replace(tzinfo=UTC)

"""Makers' lots of the demonstration: bottles, caps, filters and labels that touched the milk."""

from datetime import datetime, timedelta

from collector.demo.bench import DemoBench
from collector.laboratory.pooling.materials import close_material, open_material
from collector.laboratory.pooling.models import MaterialKind

AHEAD = timedelta(days=400)
"""Time from the opening of a lot to its last day."""
LOTS = {
    MaterialKind.BOTTLE: "FL-26-0817",
    MaterialKind.CAP: "CP-26-1140",
    MaterialKind.FILTER: "FT-26-0092",
    MaterialKind.LABEL: "ET-26-0305",
}
NEXT_CAPS, NEXT_CAPS_AFTER = "CP-26-1188", timedelta(days=45)
"""The second lot of caps, and the time after which it follows the first."""


def open_materials(bench: DemoBench, at: datetime) -> None:
    """Open one lot of each kind; the caps are used up later, and another lot follows."""
    keys = {kind: _open(bench, at, kind, number) for kind, number in LOTS.items()}
    later = at + NEXT_CAPS_AFTER
    told = bench.by(bench.technician, later)
    close_material(bench.session, **told, material_id=keys[MaterialKind.CAP])
    _open(bench, later, MaterialKind.CAP, NEXT_CAPS)


def _open(bench: DemoBench, at: datetime, kind: MaterialKind, number: str) -> int:
    told = bench.by(bench.technician, at)
    last_day = (at + AHEAD).date()
    return open_material(
        bench.session, **told, kind=kind, makers_lot=number, expires_on=last_day
    ).id

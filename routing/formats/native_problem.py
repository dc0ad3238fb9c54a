"""Fields of a problem in Milkround's JSON."""

from routing.formats.entry import JsonEntry
from routing.formats.record import (
    MATRIX,
    NAMES,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE,
    FieldCodec,
    Record,
    listed,
    mapped,
    word,
)
from routing.problem import (
    Balance,
    Break,
    Measure,
    Pin,
    Place,
    Problem,
    Reload,
    Shift,
    Shipment,
    Travel,
    Visit,
    Window,
)
from routing.units import Seconds


def _window(entry: JsonEntry) -> Window:
    ends = entry.items()
    if len(ends) != len(("earliest", "latest")):
        entry.refuse("is not a pair of earliest and latest")
    return Window(earliest=Seconds(ends[0].whole()), latest=Seconds(ends[1].whole()))


WINDOW = FieldCodec(read=_window, write=lambda window: [window.earliest, window.latest])
WINDOWS = listed(WINDOW)
AMOUNTS = mapped(WHOLE)

PLACE = Record(
    made=Place,
    codecs={"id": TEXT, "latitude": NUMBER, "longitude": NUMBER, "receives": TRUTH},
)

TRAVEL = Record(made=Travel, codecs={"seconds": MATRIX, "metres": MATRIX, "cents": MATRIX})

BREAK = Record(made=Break, codecs={"id": TEXT, "windows": WINDOWS, "duration": WHOLE})

RELOAD = Record(made=Reload, codecs={"places": listed(TEXT), "service": WHOLE, "times": WHOLE})

SHIFT = Record(
    made=Shift,
    codecs={
        "id": TEXT,
        "collector": TEXT,
        "start": TEXT,
        "ends": listed(TEXT),
        "window": WINDOW,
        "departed": TRUTH,
        "capacity": AMOUNTS,
        "carried": AMOUNTS,
        "carried_until": WHOLE,
        "skills": NAMES,
        "fixed_cost": WHOLE,
        "cents_per_km": WHOLE,
        "cents_per_hour": WHOLE,
        "cents_per_driving_hour": WHOLE,
        "overtime_from": WHOLE,
        "overtime_cents_per_hour": WHOLE,
        "max_driving": WHOLE,
        "max_working": WHOLE,
        "max_metres": WHOLE,
        "max_stops": WHOLE,
        "breaks": listed(BREAK),
        "reload": RELOAD,
        "zones": NAMES,
        "outside": WHOLE,
        "profile": TEXT,
    },
)

VISIT = Record(
    made=Visit,
    codecs={
        "id": TEXT,
        "place": TEXT,
        "windows": WINDOWS,
        "service": WHOLE,
        "setup": WHOLE,
        "load": AMOUNTS,
        "brought": AMOUNTS,
        "ride_limits": AMOUNTS,
        "skills": NAMES,
        "shifts": NAMES,
        "collectors": NAMES,
        "forbidden": NAMES,
        "preferred": NAMES,
        "preference": WHOLE,
        "release": WHOLE,
        "deadline": WHOLE,
        "due": WHOLE,
        "cents_per_hour_late": WHOLE,
        "donor": TEXT,
        "zone": TEXT,
        "penalty": WHOLE,
    },
)

PIN = Record(made=Pin, codecs={"visit": TEXT, "shift": TEXT, "position": WHOLE})

SHIPMENT = Record(made=Shipment, codecs={"pickup": TEXT, "delivery": TEXT})

BALANCE = Record(
    made=Balance,
    codecs={"measure": word(Measure), "shifts": NAMES, "share": WHOLE, "cents": WHOLE},
)

PROBLEM = Record(
    made=Problem,
    codecs={
        "dimensions": listed(TEXT),
        "skills": NAMES,
        "places": listed(PLACE),
        "travel": mapped(TRAVEL),
        "shifts": listed(SHIFT),
        "visits": listed(VISIT),
        "pins": listed(PIN),
        "shipments": listed(SHIPMENT),
        "balances": listed(BALANCE),
        "periods": WINDOWS,
    },
)

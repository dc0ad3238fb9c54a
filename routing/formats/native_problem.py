"""Fields of a problem in Milkround's JSON."""

from routing.formats.docstring import summary
from routing.formats.entry import JsonEntry
from routing.formats.record import (
    NAME,
    NAMES,
    NUMBER,
    TRUTH,
    WHOLE,
    FieldCodec,
    Record,
    defined,
    limited,
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
    Safety,
    Shift,
    Shipment,
    Spreads,
    Travel,
    Visit,
    Window,
)
from routing.spreads import LARGEST_LEVEL, LARGEST_SPREAD, LEAST_LEVEL
from routing.units import LARGEST, Seconds


def _window(entry: JsonEntry) -> Window:
    ends = entry.items()
    if len(ends) != len(("earliest", "latest")):
        entry.refuse("is not a pair of earliest and latest")
    return Window(earliest=Seconds(ends[0].whole()), latest=Seconds(ends[1].whole()))


COUNT = limited(WHOLE, minimum=0, maximum=LARGEST)
BALANCED = limited(WHOLE, minimum=-LARGEST, maximum=LARGEST)
PERCENT = limited(WHOLE, minimum=0, maximum=LARGEST_SPREAD)
LEVEL = limited(WHOLE, minimum=LEAST_LEVEL, maximum=LARGEST_LEVEL)
AMOUNTS = mapped(COUNT)
SEQUENCE = limited(listed(NAME), uniqueItems=True)
"""Different names whose order counts."""

WINDOW = defined(
    "window",
    FieldCodec(
        read=_window,
        write=lambda window: [window.earliest, window.latest],
        schema=lambda definitions: {
            "type": "array",
            "description": summary(Window),
            "prefixItems": [
                COUNT.schema(definitions) | {"title": end} for end in ("earliest", "latest")
            ],
            "items": False,
            "minItems": 2,
        },
    ),
)
WINDOWS = limited(listed(WINDOW), minItems=1)

MATRIX = defined(
    "matrix",
    FieldCodec(
        read=JsonEntry.matrix,
        write=lambda matrix: [list(row) for row in matrix],
        schema=limited(
            listed(listed(COUNT)),
            description="Square, in the order of the places; row: from, column: to.",
        ).schema,
    ),
)

PLACE = Record(
    made=Place,
    codecs={
        "id": NAME,
        "latitude": limited(NUMBER, minimum=-90, maximum=90),
        "longitude": limited(NUMBER, minimum=-180, maximum=180),
        "receives": TRUTH,
    },
)

TRAVEL = Record(made=Travel, codecs={"seconds": MATRIX, "metres": MATRIX, "cents": MATRIX})

BREAK = Record(made=Break, codecs={"id": NAME, "windows": WINDOWS, "duration": COUNT})

RELOAD = Record(
    made=Reload, codecs={"places": limited(SEQUENCE, minItems=1), "service": COUNT, "times": COUNT}
)

SHIFT = Record(
    made=Shift,
    codecs={
        "id": NAME,
        "collector": NAME,
        "start": NAME,
        "ends": limited(SEQUENCE, minItems=1),
        "window": WINDOW,
        "departed": TRUTH,
        "capacity": AMOUNTS,
        "carried": AMOUNTS,
        "carried_until": COUNT,
        "skills": NAMES,
        "fixed_cost": COUNT,
        "cents_per_km": COUNT,
        "cents_per_hour": COUNT,
        "cents_per_driving_hour": COUNT,
        "overtime_from": COUNT,
        "overtime_cents_per_hour": COUNT,
        "max_driving": COUNT,
        "max_working": COUNT,
        "max_metres": COUNT,
        "max_stops": COUNT,
        "breaks": listed(BREAK),
        "reload": RELOAD,
        "zones": NAMES,
        "outside": COUNT,
        "profile": NAME,
        "late_start": COUNT,
    },
)

VISIT = Record(
    made=Visit,
    codecs={
        "id": NAME,
        "place": NAME,
        "windows": WINDOWS,
        "service": COUNT,
        "setup": COUNT,
        "load": mapped(BALANCED),
        "brought": AMOUNTS,
        "ride_limits": AMOUNTS,
        "skills": NAMES,
        "shifts": NAMES,
        "collectors": NAMES,
        "forbidden": NAMES,
        "preferred": NAMES,
        "preference": COUNT,
        "release": COUNT,
        "deadline": COUNT,
        "due": COUNT,
        "cents_per_hour_late": COUNT,
        "donor": NAME,
        "zone": NAME,
        "penalty": COUNT,
        "service_spread": PERCENT,
        "no_show": PERCENT,
    },
)

PIN = Record(made=Pin, codecs={"visit": NAME, "shift": NAME, "position": COUNT})

SHIPMENT = Record(made=Shipment, codecs={"pickup": NAME, "delivery": NAME})

BALANCE = Record(
    made=Balance,
    codecs={"measure": word(Measure), "shifts": NAMES, "share": COUNT, "cents": COUNT},
)

SPREADS = Record(made=Spreads, codecs=dict.fromkeys(("leg", "day", "hour", "service"), PERCENT))

SAFETY = Record(
    made=Safety,
    codecs={
        "promise_kept": LEVEL,
        "clock_kept": LEVEL,
        "promise_price": COUNT,
        "end_price": COUNT,
        "clock_price": COUNT,
    },
)

PROBLEM = Record(
    made=Problem,
    codecs={
        "dimensions": SEQUENCE,
        "skills": NAMES,
        "places": listed(PLACE),
        "travel": mapped(TRAVEL),
        "shifts": limited(listed(SHIFT), minItems=1),
        "visits": listed(VISIT),
        "pins": listed(PIN),
        "shipments": listed(SHIPMENT),
        "balances": listed(BALANCE),
        "periods": listed(WINDOW),
        "spreads": SPREADS,
        "safety": SAFETY,
    },
)

"""Fields of a plan in Milkround's JSON."""

from routing.formats.record import NAME, TEXT, WHOLE, Record, listed, word
from routing.plan import (
    Cost,
    Obstacle,
    Plan,
    Reason,
    ReasonCode,
    Relaxation,
    Remedy,
    Rest,
    Rule,
    Stop,
    Tour,
    Unassigned,
    Unloading,
)

STOP = Record(made=Stop, codecs={"visit": NAME, "arrival": WHOLE, "begin": WHOLE, "end": WHOLE})

UNLOADING = Record(
    made=Unloading,
    codecs={"place": NAME, "after": WHOLE, "arrival": WHOLE, "begin": WHOLE, "end": WHOLE},
)

REST = Record(made=Rest, codecs={"name": NAME, "after": WHOLE, "begin": WHOLE, "end": WHOLE})

TOUR = Record(
    made=Tour,
    codecs={
        "shift": NAME,
        "start": NAME,
        "end": NAME,
        "departure": WHOLE,
        "arrival": WHOLE,
        "metres": WHOLE,
        "stops": listed(STOP),
        "unloadings": listed(UNLOADING),
        "breaks": listed(REST),
    },
)

OBSTACLE = Record(
    made=Obstacle, codecs={"shift": NAME, "rule": word(Rule), "by": WHOLE, "sentence": TEXT}
)

RELAXATION = Record(
    made=Relaxation,
    codecs={
        "remedy": word(Remedy),
        "shift": NAME,
        "position": WHOLE,
        "price": WHOLE,
        "sentence": TEXT,
        "by": WHOLE,
        "other": NAME,
    },
)

REASON = Record(
    made=Reason,
    codecs={
        "code": word(ReasonCode),
        "sentence": TEXT,
        "remedy": word(Remedy),
        "rule": word(Rule),
        "shift": NAME,
        "price": WHOLE,
        "risk": WHOLE,
        "obstacles": listed(OBSTACLE),
        "relaxations": listed(RELAXATION),
    },
)

UNASSIGNED = Record(made=Unassigned, codecs={"visit": NAME, "reason": REASON})

PARTS = (
    "driving",
    "time",
    "overtime",
    "fixed",
    "lateness",
    "preferences",
    "zones",
    "imbalance",
    "penalties",
)
"""The parts that a bill always has; `risk` is left out if it is 0."""

COST = Record(
    made=Cost,
    codecs=dict.fromkeys((*PARTS, "risk"), WHOLE),
    always=frozenset(PARTS),
    sums={"total": "the parts add up to"},
)

PLAN = Record(
    made=Plan,
    codecs={"tours": listed(TOUR), "unassigned": listed(UNASSIGNED), "cost": COST},
    always=frozenset({"tours", "unassigned", "cost"}),
    sums={"seconds": "the tours add up to", "metres": "the tours add up to"},
)

"""Tours by hand that break one rule each, with the rule's report.

A case is its name, the rule, the problem, the tour and its reports.
"""

from dataclasses import replace

from routing.plan import Rule, Tour
from routing.problem import Problem
from tests.routing.builders import lunch, pin, problem, reload, shift, tour, visit

TO_ANNA = tour(("anna", 100, 100, 100), arrival=200)
TO_ANNA_AND_BEA = tour(("anna", 100, 100, 100), ("bea", 200, 200, 200), arrival=400)
ONE = problem(visit("anna"))
TWO = problem(visit("anna"), visit("bea"))

FORBIDDEN: list[tuple[str, Rule, Problem, Tour, list[str]]] = [
    (
        "pinned on another shift",
        Rule.PINS,
        problem(visit("anna"), shifts=[shift("am"), shift("pm")], pins=[pin("anna", on="pm")]),
        TO_ANNA,
        ["am anna - 0 | Visit anna is pinned on shift pm, not on am."],
    ),
    (
        "pinned at another position",
        Rule.PINS,
        problem(visit("anna"), visit("bea"), pins=[pin("bea", position=0)]),
        TO_ANNA_AND_BEA,
        ["am bea - 1 | Visit bea is pinned as stop 1 of shift am, and is stop 2."],
    ),
    (
        "a skill is missing",
        Rule.SKILLS,
        problem(visit("anna", skills=["blood"])),
        TO_ANNA,
        ["am anna blood 0 | Shift am lacks the skill blood that visit anna requires."],
    ),
    (
        "another shift is allowed",
        Rule.SKILLS,
        problem(visit("anna", shifts=["pm"]), shifts=[shift("am"), shift("pm")]),
        TO_ANNA,
        ["am anna - 0 | Visit anna does not allow shift am."],
    ),
    (
        "other collectors are allowed",
        Rule.COLLECTORS,
        problem(
            visit("anna", collectors=["zoe"]),
            shifts=[shift("am", collector="max"), shift("pm", collector="zoe")],
        ),
        TO_ANNA,
        [("am anna max 0 | Shift am is driven by max; visit anna allows other collectors only.")],
    ),
    (
        "the collector is forbidden",
        Rule.COLLECTORS,
        problem(visit("anna", forbidden=["max"]), shifts=[shift("am", collector="max")]),
        TO_ANNA,
        ["am anna max 0 | Shift am is driven by max; visit anna forbids this collector."],
    ),
    (
        "a delivery without its pick-up",
        Rule.SHIPMENTS,
        problem(visit("anna"), visit("bea"), shipments=[("bea", "anna")]),
        TO_ANNA,
        [
            (
                "am anna - 0 | Shift am serves visit anna of a shipment. Visit bea, where"
                " it is fetched, is not on the same tour."
            )
        ],
    ),
    (
        "a pick-up without its delivery",
        Rule.SHIPMENTS,
        problem(visit("anna"), visit("bea"), shipments=[("anna", "bea")]),
        TO_ANNA,
        [
            (
                "am anna - 0 | Shift am serves visit anna of a shipment. Visit bea, where"
                " it goes, is not on the same tour."
            )
        ],
    ),
    (
        "a delivery ahead of its pick-up",
        Rule.SHIPMENTS,
        problem(visit("anna"), visit("bea"), shipments=[("bea", "anna")]),
        TO_ANNA_AND_BEA,
        [
            (
                "am anna - 1 | Shift am serves visit anna of a shipment. It is fetched at"
                " visit bea, which comes later."
            )
        ],
    ),
    (
        "a begin before a window",
        Rule.WINDOWS,
        problem(visit("anna", (30, 40), (160, 170))),
        TO_ANNA,
        [
            (
                "am anna - 60 | Service at visit anna on shift am begins 1 min after a"
                " window has closed."
            )
        ],
    ),
    (
        "a begin nearer to the next window",
        Rule.WINDOWS,
        problem(visit("anna", (30, 40), (159, 170))),
        TO_ANNA,
        [("am anna - 59 | Service at visit anna on shift am begins 59 s before a window opens.")],
    ),
    (
        "before the release",
        Rule.DATES,
        problem(visit("anna", release=130)),
        TO_ANNA,
        [("am anna - 30 | Service at visit anna on shift am begins 30 s before its release.")],
    ),
    (
        "after the deadline",
        Rule.DATES,
        problem(visit("anna", deadline=90)),
        TO_ANNA,
        [("am anna - 10 | Service at visit anna on shift am begins 10 s after its deadline.")],
    ),
    (
        "a departure before the hours",
        Rule.SHIFTS,
        problem(visit("anna"), shifts=[shift("am", 10, 900)]),
        TO_ANNA,
        ["am - - 10 | Shift am departs 10 s before it begins."],
    ),
    (
        "an arrival after the hours",
        Rule.SHIFTS,
        problem(visit("anna"), shifts=[shift("am", 0, 190)]),
        TO_ANNA,
        ["am - - 10 | Shift am arrives 10 s after it ends."],
    ),
    (
        "a tour on the road that departs again",
        Rule.SHIFTS,
        problem(visit("anna"), shifts=[shift("am", 0, 900, departed=True)]),
        tour(("anna", 110, 110, 110), departure=10, arrival=210),
        ["am - - 10 | Shift am is on the road already; its tour departs 10 s later."],
    ),
    (
        "a tour without stops",
        Rule.SHIFTS,
        ONE,
        tour(arrival=0),
        ["am - - 0 | The tour of shift am serves nobody."],
    ),
    (
        "an arrival too early",
        Rule.CLOCK,
        ONE,
        tour(("anna", 90, 100, 100), arrival=200),
        [
            (
                "am anna - 10 | The arrival at visit anna on shift am is 10 s before what"
                " follows from the times ahead of it."
            )
        ],
    ),
    (
        "an end too late",
        Rule.CLOCK,
        ONE,
        tour(("anna", 100, 100, 100), arrival=201),
        [
            (
                "am - - 1 | The arrival at the end on shift am is 1 s after what follows"
                " from the times ahead of it."
            )
        ],
    ),
    (
        "metres that are wrong",
        Rule.CLOCK,
        ONE,
        replace(TO_ANNA, metres=1_999),
        [("am - metres 1 | The tour of shift am says it is 1999 m long; its road is 2000 m.")],
    ),
    (
        "an unloading that is not permitted",
        Rule.RELOAD,
        ONE,
        tour(
            ("anna", 100, 100, 100),
            unloadings=[("bank", 1, 200, 200, 200)],
            arrival=200,
        ),
        ["am - - 1 | Shift am may not unload on the way."],
    ),
    (
        "an unloading too often, elsewhere and too short",
        Rule.RELOAD,
        problem(visit("anna"), shifts=[shift(reload=reload("lab", service=60))]),
        tour(
            ("anna", 100, 100, 100),
            unloadings=[("bank", 1, 200, 200, 201), ("bank", 1, 201, 201, 261)],
            arrival=261,
        ),
        [
            "am - - 1 | Shift am unloads 2 times, 1 more than it may.",
            "am - bank 0 | Shift am may not unload at bank.",
            (
                "am - bank 59 | The unloading at bank on shift am is 59 s shorter than the"
                " 1 min it takes."
            ),
            "am - bank 0 | Shift am may not unload at bank.",
        ],
    ),
    (
        "an unloading too long",
        Rule.RELOAD,
        problem(visit("anna"), shifts=[shift(reload=reload("bank", service=60))]),
        tour(
            ("anna", 100, 100, 100),
            unloadings=[("bank", 1, 200, 200, 261)],
            arrival=261,
        ),
        [
            (
                "am - bank 1 | The unloading at bank on shift am is 1 s longer than the 1"
                " min it takes."
            )
        ],
    ),
    (
        "an unloading after a stop that is not there",
        Rule.RELOAD,
        problem(visit("anna"), shifts=[shift(reload=reload("bank", times=2))]),
        tour(
            ("anna", 100, 100, 100),
            unloadings=[("bank", 3, 200, 200, 200), ("bank", 1, 200, 200, 200)],
            arrival=200,
        ),
        [
            "am - bank 2 | Shift am unloads after stop 3 of 1.",
            "am - - 0 | The unloadings of shift am are not in their order.",
        ],
    ),
    (
        "a load above the capacity",
        Rule.LOAD,
        problem(
            visit("anna", load={"bottles": 3}),
            visit("bea", load={"bottles": 4}),
            shifts=[shift(capacity={"bottles": 5})],
        ),
        TO_ANNA_AND_BEA,
        [
            (
                "am - bottles 2 | Shift am carries 7 bottles, 2 more than the 5 it can,"
                " after visit bea."
            )
        ],
    ),
    (
        "two shipments on board",
        Rule.LOAD,
        problem(
            visit("anna", load={"bottles": 3}),
            visit("bea", load={"bottles": 4}),
            visit("cleo", load={"bottles": -3}),
            visit("dora", load={"bottles": -4}),
            shipments=[("anna", "cleo"), ("bea", "dora")],
            shifts=[shift(capacity={"bottles": 5})],
        ),
        tour(
            ("anna", 100, 100, 100),
            ("bea", 200, 200, 200),
            ("cleo", 300, 300, 300),
            ("dora", 400, 400, 400),
            arrival=800,
        ),
        [
            (
                "am - bottles 2 | Shift am carries 7 bottles, 2 more than the 5 it can,"
                " after visit bea."
            )
        ],
    ),
    (
        "a shipment that stays on board at an unloading",
        Rule.LOAD,
        problem(
            visit("anna", load={"bottles": 3}),
            visit("bea", load={"bottles": 3}),
            visit("cleo", load={"bottles": -3}),
            shipments=[("anna", "cleo")],
            shifts=[shift(capacity={"bottles": 5}, reload=reload("bank"))],
        ),
        tour(
            ("anna", 100, 100, 100),
            ("bea", 400, 400, 400),
            ("cleo", 500, 500, 500),
            unloadings=[("bank", 1, 200, 200, 200)],
            arrival=800,
        ),
        [
            (
                "am - bottles 1 | Shift am carries 6 bottles, 1 more than the 5 it can,"
                " after visit bea."
            )
        ],
    ),
    (
        "a break that lasts into an unloading",
        Rule.BREAKS,
        problem(
            visit("anna"),
            shifts=[shift(breaks=[lunch((0, 900))], reload=reload("bank", service=60))],
        ),
        tour(
            ("anna", 100, 100, 100),
            unloadings=[("bank", 1, 200, 220, 280)],
            breaks=[("lunch", 1, 190, 240)],
            arrival=280,
        ),
        [
            (
                "am - lunch 20 | The break lunch of shift am is over 20 s after the begin"
                " of service at the unloading at bank."
            )
        ],
    ),
    (
        "a break that begins with an unloading",
        Rule.BREAKS,
        problem(
            visit("anna"),
            shifts=[shift(breaks=[lunch((0, 900))], reload=reload("bank", service=60))],
        ),
        tour(
            ("anna", 100, 100, 100),
            unloadings=[("bank", 1, 200, 200, 260)],
            breaks=[("lunch", 1, 200, 250)],
            arrival=260,
        ),
        [
            (
                "am - lunch 60 | The break lunch of shift am begins 1 min before the"
                " collector sets out for the end."
            )
        ],
    ),
    (
        "a break without length as an unloading begins",
        Rule.BREAKS,
        problem(
            visit("anna"),
            shifts=[shift(breaks=[lunch((0, 900), duration=0)], reload=reload("bank", service=60))],
        ),
        tour(
            ("anna", 100, 100, 100),
            unloadings=[("bank", 1, 200, 200, 260)],
            breaks=[("lunch", 1, 200, 200)],
            arrival=260,
        ),
        [],
    ),
    (
        "a break outside its time, too long and after a stop that is not there",
        Rule.BREAKS,
        problem(visit("anna"), shifts=[shift(breaks=[lunch((0, 90))])]),
        tour(
            ("anna", 100, 100, 100),
            breaks=[("lunch", 3, 100, 151)],
            arrival=251,
        ),
        [
            "am - lunch 10 | The break lunch of shift am begins 10 s outside its time.",
            "am - lunch 1 | The break lunch of shift am is 1 s longer than the 50 s owed.",
            "am - lunch 2 | The break lunch of shift am is taken after stop 3 of 1.",
        ],
    ),
    (
        "breaks out of their order",
        Rule.BREAKS,
        problem(
            visit("anna"),
            shifts=[shift(breaks=[lunch((0, 900), name="tea"), lunch((0, 900))])],
        ),
        tour(
            ("anna", 200, 200, 200),
            breaks=[("lunch", 0, 60, 110), ("tea", 0, 10, 60)],
            arrival=300,
        ),
        ["am - - 0 | The breaks of shift am are not in their order."],
    ),
]

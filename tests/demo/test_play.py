"""What the demonstration's phones say."""

from datetime import datetime, timedelta
from typing import Any

from collector.demo.play import said_of

LEAVES = datetime.fromisoformat("2026-11-24T08:00:00+00:00")


def door(pickup: int, *, after: int) -> dict[str, Any]:
    return {
        "pickup": pickup,
        "arrives_at": (LEAVES + timedelta(minutes=after)).isoformat(),
        "ends_at": (LEAVES + timedelta(minutes=after + 12)).isoformat(),
        "purposes": ["collection"],
        "bottles": 2,
        "volume_ml": 400,
        "empties_wanted": 0,
    }


ROUND = {
    "round": 7,
    "departs_at": LEAVES.isoformat(),
    "returns_at": (LEAVES + timedelta(hours=2)).isoformat(),
    "end": {"site": 1},
    "stops": [door(1, after=20), door(2, after=60)],
}


def kinds(until: datetime | None) -> list[str]:
    return [said["kind"] for said in said_of(ROUND, until=until)]


def test_a_round_is_played_to_the_last_instant_asked_for() -> None:
    arrived = LEAVES + timedelta(minutes=20)
    assert kinds(LEAVES - timedelta(seconds=1)) == []
    assert kinds(arrived - timedelta(seconds=1)) == ["started"]
    assert kinds(arrived) == ["started", "arrived"]
    assert kinds(None) == ["started", *2 * ["arrived", "collected"], "handed_over"]


def test_what_is_played_again_has_the_same_names() -> None:
    once, again = ([said["client_id"] for said in said_of(ROUND)] for _ in range(2))
    assert once == again
    assert len(set(once)) == len(once)


def test_bottles_emptied_on_the_way_are_handed_over_there_and_the_rest_at_the_end() -> None:
    emptied = {"site": 2, "after": 1, "ends_at": (LEAVES + timedelta(minutes=50)).isoformat()}
    told = list(said_of(ROUND | {"emptyings": [emptied]}))
    handed = [said for said in told if said["kind"] == "handed_over"]
    assert [said["payload"]["site"] for said in handed] == [2, 1]
    assert [{number[0] for number in said["payload"]["containers"]} for said in handed] == [
        {"1"},
        {"2"},
    ]
    plain = next(said for said in said_of(ROUND) if said["kind"] == "handed_over")
    assert handed[1]["client_id"] == plain["client_id"] != handed[0]["client_id"]
    assert [said["sequence"] for said in told] == list(range(1, len(told) + 1))

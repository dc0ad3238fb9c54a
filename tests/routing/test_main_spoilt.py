"""Inputs spoilt at random: every command answers with an exit code of its own, never a traceback.

A few hundred run with the other tests; `MILKROUND_SPOILT=5000` runs as many.
"""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from routing.formats.native import write_plan, write_problem
from routing.schedule import retimed
from tests.routing.formats.vroom_requests import job, request, vehicle
from tests.routing.shell import TOWN, run

MANY = int(os.environ.get("MILKROUND_SPOILT", "300"))
VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1.5, 2**31, 2**63, 10**400, "", "anna", "\ud800", "\x00", [], {}),
    *([[]], [None], {"a": 1}, [[5, 1]], "1e999", -(2**63), 3.0),
)


def spoilt(text: str, dice: random.Random) -> str:
    """Return a document with one entry, one key or one character changed."""
    if dice.random() < 0.3:
        place = dice.randrange(len(text))
        return (
            text[:place]
            + dice.choice(['"', "{", "]", ",", "9", "\x00", "é", ""])
            + text[place + 1 :]
        )
    document = json.loads(text)
    owner, key = dice.choice(list(places(document)))
    if isinstance(owner, dict) and dice.random() < 0.2:
        owner[dice.choice(["colour", "", "id"])] = owner.pop(key)
    elif dice.random() < 0.2:
        del owner[key]
    else:
        owner[key] = dice.choice(VALUES)
    return json.dumps(document)


def places(document: dict[str, Any] | list[Any]) -> list[tuple[Any, Any]]:
    """Return every entry of a document: its owner and its key."""
    keys = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for key, value in list(keys):
        found.append((document, key))
        if isinstance(value, (dict, list)) and value:
            found += places(value)
    return found


REQUEST = json.dumps(
    request(
        [job(1, 1, time_windows=[[0, 900]], pickup=[1]), job(2, 2, priority=3, delivery=[1])],
        vehicle(capacity=[4], breaks=[{"id": 1, "service": 60}], time_window=[0, 5_000]),
    )
)
PLAN = write_plan(retimed(TOWN, {"am": ["anna", "bea"]}))


def solve_native(dice: random.Random, _: Path) -> int:
    return run("solve", "-", "--iterations", "1", text=spoilt(write_problem(TOWN), dice)).returncode


def solve_request(dice: random.Random, _: Path) -> int:
    words = ("solve", "-", "--format", "vroom", "--iterations", "1")
    return run(*words, text=spoilt(REQUEST, dice)).returncode


def check_spoilt_plan(dice: random.Random, folder: Path) -> int:
    (folder / "problem").write_text(write_problem(TOWN))
    return run("check", folder / "problem", "-", text=spoilt(PLAN, dice)).returncode


@pytest.mark.hypothesis
@pytest.mark.parametrize("act", [solve_native, solve_request, check_spoilt_plan])
def test_a_spoilt_input_has_an_exit_code(act: Callable[[random.Random, Path], int], tmp_path: Path):
    dice = random.Random(MANY)  # noqa: S311 - examples
    codes = {act(dice, tmp_path) for _ in range(MANY // 3)}
    assert codes <= {0, 1, 2, 3}
    assert 2 in codes

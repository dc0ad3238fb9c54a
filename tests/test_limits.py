"""Limits of the program: the table of `docs/security.md` has the values of the code."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from collector.laboratory.destroying.actions import MOST_THINGS
from collector.laboratory.heating.profiles import MOST_VALUES
from collector.laboratory.lists.queries import MOST_ROWS
from collector.people.attempts import MOST_ATTEMPTS
from collector.people.badges import MOST_WRONG
from collector.people.factors import TRIES_OF_A_PERSON, TRIES_OF_A_SESSION
from collector.people.sessions import MOST_SESSIONS
from collector.people.sign_in_codes import MOST_TRIES
from collector.rounds.leave_calendars import MOST_BYTES
from collector.web.framework.throttles import MOST_FROM_A_NETWORK, MOST_FROM_AN_ADDRESS

PAGE = Path(__file__).parent.parent / "docs" / "security.md"


def test_the_limits_in_the_docs_are_those_of_the_program(app: Flask) -> None:
    section = PAGE.read_text("utf-8").partition("## Limits\n")[2].partition("\n## ")[0]
    values = [int(value) for value in re.findall(r"\| (\d+) \|$", section, re.MULTILINE)]
    assert values == [
        MOST_ATTEMPTS,
        MOST_FROM_AN_ADDRESS,
        MOST_FROM_A_NETWORK,
        MOST_TRIES,
        TRIES_OF_A_SESSION,
        TRIES_OF_A_PERSON,
        MOST_WRONG,
        MOST_SESSIONS,
        app.config["MAX_CONTENT_LENGTH"],
        MOST_BYTES,
        MOST_VALUES,
        MOST_ROWS,
        MOST_THINGS,
    ]

"""The people of the demonstration, none of whom exists."""

from __future__ import annotations

import re

from flask import Flask

from collector.db import transaction
from collector.demo.bank import demonstration_bank
from collector.donors.queries import donors_of
from tests.town import MORNING

FOR_FICTION = re.compile(r"\+33 (6 39 98|5 36 49) \d\d \d\d")
"""The numbers that the French regulator ARCEP reserves for films and books."""


def test_every_telephone_number_is_reserved_for_fiction(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        bank = demonstration_bank(session, now=MORNING)
        numbers = [bank.phone, *(donor.phone for donor in donors_of(session, bank.id))]
    assert [number for number in numbers if not FOR_FICTION.fullmatch(number or "")] == []

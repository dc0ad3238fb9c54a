"""Identities of recipients: opened with an entry of the chain, sealed, read by one module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from collector.audit.models import AuditEntry
from collector.errors import NotFound, Refused
from collector.recipients.numbers import is_pseudonym, new_pseudonym, read_pseudonym
from collector.recipients.sealing import (
    OpeningReason,
    open_identity,
    seal_identities,
    write_identity,
)
from tests.dispensary_bench import DispensaryBench, open_dispensary
from tests.release_bench import LATER
from tests.town import Town

pytestmark = pytest.mark.twin


@pytest.fixture
def dana(app: Flask, town: Town) -> Iterator[DispensaryBench]:
    with open_dispensary(app, town) as bench:
        yield bench


def test_an_identity_is_opened_with_an_entry_until_it_is_sealed(dana: DispensaryBench) -> None:
    child = dana.child("a")
    told = dana.by(dana.wanda) | {"recipient_id": child.id, "reason": OpeningReason.CARE}
    with pytest.raises(NotFound, match="identity_unknown"):
        open_identity(dana.session, **told)
    who = {"bank_id": dana.bank, "recipient_id": child.id, "born_on": None}
    with pytest.raises(Refused, match="identity_missing"):
        write_identity(dana.session, **who, name=" ", hospital_number="")
    write_identity(dana.session, **who, name="Baby Durand", hospital_number="IPP 77")
    found = open_identity(dana.session, **told)
    assert (found.name, found.hospital_number) == ("Baby Durand", "IPP 77")
    entry = dana.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "recipient identity opened")
    ).one()
    assert (entry.actor, entry.details) == (f"person:{dana.wanda}", {"reason": "care"})
    assert seal_identities(dana.session, now=LATER, recipients=[child.id]) == 1
    with pytest.raises(Refused, match="identity_sealed"):
        open_identity(dana.session, **told)


def test_a_pseudonym_has_a_check_digit() -> None:
    number = new_pseudonym()
    assert read_pseudonym(f" {number[:4].lower()} {number[4:]}") == number
    assert is_pseudonym(number)
    assert not is_pseudonym("123456789")
    with pytest.raises(Refused, match="scan_mistyped"):
        read_pseudonym(number[:-1] + str((int(number[-1]) + 1) % 10))
    with pytest.raises(Refused, match="pseudonym_not_read"):
        read_pseudonym("123456789")

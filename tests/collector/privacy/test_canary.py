"""Erasure, looked for everywhere: each column that can hold a donor's data gets a word of its own.

Every column of text, JSON or bytes of the whole schema is named here: as one in which a word is
planted, or as one that holds none of a donor's data, with the reason. A new column fails until it
is named.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import JSON, Enum, LargeBinary, String, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from collector.banks.models import Bank, Site
from collector.custody.models import Container, Discrepancy, DoorPhoto
from collector.db import Base, UtcInstant, db, transaction
from collector.donors.models import CallBack, Decision, Donor, FileChange, Questionnaire, Screening
from collector.donors.queries import get_donor
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.reception.models import Intake
from collector.maintenance import compaction
from collector.maintenance.compaction import compaction_is_due, rewrite_pages
from collector.maintenance_timer import COMPACT, due_commands
from collector.models import EVERY_MODULE
from collector.notices.actions import enqueue, subscribe
from collector.pickups.models import Correction, Enquiry, Pickup, PickupHold
from collector.pickups.states import PickupState
from collector.planning.models import (
    Disruption,
    DisruptionKind,
    DisruptionProposal,
    Horizon,
    PlanningRun,
    ProposalWay,
)
from collector.privacy.actions import erase
from collector.privacy.retention import empty_old_problems, has_old_problems
from collector.recall.models import Recall, RecallSubject
from collector.rounds.models import EventKind, Incident, IncidentKind, RoundEvent
from tests.builders import DAY, MORNING
from tests.collector.planning.on_the_road import published
from tests.collector.privacy.text_columns import HARMLESS, PLANTED
from tests.town import Town

pytestmark = pytest.mark.twin


def test_every_column_that_can_hold_a_word_is_named() -> None:
    assert EVERY_MODULE
    kinds = (String, JSON, LargeBinary)
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, kinds) and not isinstance(column.type, Enum)
    }
    assert columns - PLANTED - set(HARMLESS) == set(), "plant a word in it, or say why not"
    assert (PLANTED | set(HARMLESS)) - columns == set(), "there is no such column any more"
    assert PLANTED & set(HARMLESS) == set()


def word(column: str) -> str:
    """Return the word planted in a column."""
    return "Kanary" + "".join(part.capitalize() for part in column.replace(".", "_").split("_"))


@pytest.fixture
def planted(app: Flask, town: Town) -> Iterator[Callable[[], str]]:
    """A donor with a word in each column; gives the whole content of the database as text."""
    with app.app_context():
        with transaction() as session:
            plant(session, town)
        yield lambda: content(session_of_all())


def session_of_all() -> Session:
    return Session(db.engine)


def content(session: Session) -> str:
    with session:
        return " ".join(
            str(bytes(cell) if isinstance(cell, memoryview) else cell)
            for table in Base.metadata.sorted_tables
            for row in session.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608
            for cell in row
        )


def plant(session: Session, town: Town) -> None:
    """Write a word in every column of `PLANTED`, in rows of Dora."""
    day_plan = published(session, town)
    round_ = day_plan.rounds[0]
    pickup = session.get_one(Pickup, town.pickups[0])
    pickup.state, pickup.note = PickupState.FAILED, word("pickups.note")
    donor = get_donor(session, town.bank, town.dora)
    second = ("second_name", "second_tie", "second_phone")
    for name in ("first_name", "family_name", "email", "phone", "once", *second):
        setattr(donor, name, word(f"donors.{name}"))
    for name in ("line", "town", "access_notes"):
        setattr(donor.address, name, word(f"addresses.{name}"))
    published_round = next(
        each
        for each in day_plan.rounds
        if each.published
        and any(stop["pickup"] == pickup.id for stop in each.published.get("stops", ()))
    )
    seen = published_round.published
    assert seen is not None
    published_round.published = {
        **seen,
        "stops": [
            {**stop, "note": word("rounds.published")} if stop["pickup"] == pickup.id else stop
            for stop in seen["stops"]
        ],
    }
    plant_visit(session, town, round_.id)
    plant_messages(session, town)
    plant_problems(session, town, day_plan.id, round_.id)
    session.flush()


def plant_visit(session: Session, town: Town, round_id: int) -> None:
    visit = town.pickups[0]
    photo = str(uuid4())
    event = RoundEvent(
        bank_id=town.bank,
        client_id=str(uuid4()),
        round_id=round_id,
        pickup_id=visit,
        person_id=town.ana,
        kind=EventKind.NOT_DONE,
        sequence=1,
        device_at=MORNING,
        received_at=MORNING,
        payload={"note": word("round_events.payload"), "photo": photo},
    )
    session.add_all(
        [
            event,
            DoorPhoto(
                bank_id=town.bank,
                client_id=photo,
                round_id=round_id,
                person_id=town.ana,
                jpeg=word("door_photos.jpeg").encode(),
                received_at=MORNING,
            ),
            Correction(
                bank_id=town.bank,
                pickup_id=visit,
                bottles=1,
                volume_ml=1,
                words=word("corrections.words"),
                made_at=MORNING,
                settled_at=None,
                settled_by_id=None,
            ),
        ]
    )
    session.flush()
    fill(
        session,
        Incident,
        bank_id=town.bank,
        round_id=round_id,
        pickup_id=visit,
        event_id=event.id,
        kind=IncidentKind.OTHER,
        note=word("incidents.note"),
        decision_note=word("incidents.decision_note"),
    )
    fill(session, PickupHold, bank_id=town.bank, pickup_id=visit, note=word("pickup_holds.note"))
    fill(session, Enquiry, bank_id=town.bank, donor_id=town.dora, once=word("enquiries.once"))
    fill(
        session,
        Decision,
        bank_id=town.bank,
        donor_id=town.dora,
        note=word("donor_decisions.note"),
    )
    fill(
        session,
        FileChange,
        bank_id=town.bank,
        donor_id=town.dora,
        before=word("donor_changes.before"),
        after=word("donor_changes.after"),
    )
    questions = fill(session, Questionnaire, bank_id=town.bank)
    fill(
        session,
        Screening,
        bank_id=town.bank,
        donor_id=town.dora,
        questionnaire_id=questions.id,
        answers={"why": word("screenings.answers")},
    )
    plant_bottle(session, town, visit)


def plant_bottle(session: Session, town: Town, visit: int) -> None:
    bottle = fill(
        session,
        Container,
        bank_id=town.bank,
        donor_id=town.dora,
        pickup_id=visit,
        number="MR-CANARY",
    )
    site = session.scalars(select(Site.id).where(Site.bank_id == town.bank)).first()
    fill(
        session,
        Intake,
        bank_id=town.bank,
        container_id=bottle.id,
        site_id=site,
        taken_by_id=town.ana,
        volume_ml=1,
        note=word("intakes.note"),
    )
    fill(
        session,
        Discrepancy,
        bank_id=town.bank,
        container_id=bottle.id,
        says_pickup_id=visit,
        note=word("discrepancies.note"),
    )
    fill(
        session,
        LaboratoryHold,
        bank_id=town.bank,
        subject=HoldSubject.DONOR,
        subject_id=town.dora,
        opened_by_id=town.ana,
        reason=word("laboratory_holds.reason"),
        lift_reason=word("laboratory_holds.lift_reason"),
    )
    fill(
        session,
        Recall,
        bank_id=town.bank,
        subject=RecallSubject.DONOR,
        subject_id=town.dora,
        opened_by_id=town.ana,
        reason=word("recalls.reason"),
        closing_note=word("recalls.closing_note"),
    )


def plant_messages(session: Session, town: Town) -> None:
    me = f"donor:{town.dora}"
    notice = enqueue(
        session,
        now=MORNING,
        bank_id=town.bank,
        once="canary",
        recipient=me,
        to=word("notices.to"),
        template="visit_near",
        language="en",
        place=word("notices.figures"),
    )
    notice.subject, notice.body = word("notices.subject"), word("notices.body")
    subscribe(
        session,
        now=MORNING,
        bank_id=town.bank,
        recipient=me,
        endpoint=word("push_subscriptions.endpoint"),
        p256dh=word("push_subscriptions.p256dh"),
        auth=word("push_subscriptions.auth"),
    )


def plant_problems(session: Session, town: Town, day_plan_id: int, round_id: int) -> None:
    def problem(table: str) -> dict[str, Any]:
        return {"visits": [{"id": str(town.pickups[0]), "at": word(f"{table}.problem")}]}

    shared = {"bank_id": town.bank, "posed_at": MORNING}
    fill(
        session,
        PlanningRun,
        **shared,
        day=DAY,
        day_plan_id=day_plan_id,
        problem=problem("planning_runs"),
    )
    fill(session, Horizon, **shared, first=DAY, last=DAY, problem=problem("horizons"))
    disruption = fill(
        session,
        Disruption,
        bank_id=town.bank,
        day=DAY,
        day_plan_id=day_plan_id,
        kind=DisruptionKind.ROAD,
        round_id=round_id,
        told_at=MORNING,
        problem=problem("disruptions"),
    )
    fill(
        session,
        DisruptionProposal,
        bank_id=town.bank,
        disruption_id=disruption.id,
        way=ProposalWay.GO_ON,
        problem=problem("proposals"),
    )


EMPTIES: dict[type[Any], Any] = {str: "", int: 0, bool: False, date: DAY}


def fill(session: Session, row: type[Any], **given: Any) -> Any:  # noqa: ANN401 - any row
    """Add a row with the given values, and the least of each other column that needs one."""
    for column in row.__table__.columns:
        if column.name in given or column.primary_key or column.nullable or column.foreign_keys:
            continue
        if isinstance(column.type, Enum):
            given[column.name] = column.type.enums[0]
            if column.type.enum_class:
                given[column.name] = next(iter(column.type.enum_class))
        elif isinstance(column.type, JSON):
            given[column.name] = {}
        elif isinstance(column.type, UtcInstant):
            given[column.name] = MORNING
        else:
            given[column.name] = EMPTIES[column.type.python_type]
    made = row(**given)
    session.add(made)
    session.flush()
    return made


def erase_dora(town: Town) -> None:
    with transaction() as session:
        erase(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="person:1")


def test_every_planted_word_is_there_before_and_none_afterwards(
    planted: Callable[[], str], town: Town
) -> None:
    before = planted()
    assert {each for each in PLANTED if word(each) not in before} == set()
    erase_dora(town)
    after = planted()
    assert {each for each in PLANTED if word(each) in after} == set()
    assert "Kanary" not in after


def raw_files(path: Path) -> bytes:
    """Return the bytes of an SQLite database, its log included."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def raw_tables() -> bytes:
    """Return the files of a PostgreSQL database if they can be read, or else its dump.

    Its log of changes (WAL) is not among them: it is recycled, and archived as the bank decides.
    """
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        place = connection.execute(
            text(
                "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database"
                " WHERE datname = current_database()"
            )
        ).scalar_one()
    db.engine.dispose()
    if os.access(place, os.R_OK):
        return b"".join(file.read_bytes() for file in Path(place).iterdir() if file.is_file())
    address = make_url(db.engine.url).set(drivername="postgresql")
    return subprocess.run(
        ["pg_dump", f"--dbname={address.render_as_string(hide_password=False)}"],  # noqa: S607
        capture_output=True,
        check=True,
    ).stdout


def test_no_page_of_the_database_keeps_a_word(planted: Callable[[], str], town: Town) -> None:
    assert "Kanary" in planted()
    path = Path(str(db.engine.url.database))
    on_file = db.engine.dialect.name == "sqlite"
    assert b"Kanary" in (raw_files(path) if on_file else raw_tables())
    if not on_file:
        # The server does so by itself, a minute after enough changes.
        with db.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    erase_dora(town)
    with transaction() as session:
        assert not compaction_is_due(session, now=MORNING + timedelta(minutes=1))
        assert compaction_is_due(session, now=MORNING + timedelta(minutes=6))
        shared = {"started_at": MORNING}
        assert COMPACT not in due_commands(session, None, now=MORNING.replace(hour=9), **shared)
        at_night = MORNING.replace(hour=2) + timedelta(days=1)
        assert COMPACT in due_commands(session, None, now=at_night, **shared)
    db.session.remove()
    db.engine.dispose()
    assert rewrite_pages(db.engine)
    db.engine.dispose()
    assert b"Kanary" not in (raw_files(path) if on_file else raw_tables())


def test_a_reader_from_before_the_rewriting_leaves_it_for_the_next_run(
    planted: Callable[[], str], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Kanary" in planted()
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite waits for its readers itself")
    monkeypatch.setattr(compaction, "LOCK_SECONDS", 0)
    reader = db.engine.execution_options(isolation_level="REPEATABLE READ").connect()
    with reader:
        reader.execute(select(Donor.id))
        erase_dora(town)
        assert not rewrite_pages(db.engine)
    assert rewrite_pages(db.engine)


def test_problems_of_days_that_are_over_are_emptied_for_everybody(
    planted: Callable[[], str], town: Town
) -> None:
    words = [word(f"{table}.problem") for table in ("planning_runs", "horizons", "disruptions")]
    words.append(word("proposals.problem"))
    said = {"bank_id": town.bank}
    with transaction() as session:
        assert not has_old_problems(session, now=MORNING, **said)
    assert all(each in planted() for each in words)
    later = MORNING + timedelta(days=2)
    with transaction() as session:
        zone = session.get_one(Bank, town.bank).zone
        assert later.astimezone(zone).date() > DAY
        assert has_old_problems(session, now=later, **said)
        assert not has_old_problems(session, now=later, bank_id=town.other_bank)
        empty_old_problems(session, now=later, **said)
    assert not any(each in planted() for each in words)
    with transaction() as session:
        assert not has_old_problems(session, now=later, **said)
        assert session.scalars(select(Disruption)).one().ended_at == later


def test_another_donor_keeps_her_data(planted: Callable[[], str], town: Town) -> None:
    with transaction() as session:
        others = session.scalars(select(Donor.family_name).where(Donor.id != town.dora)).all()
        callbacks = len(session.scalars(select(CallBack)).all())
    erase_dora(town)
    left = planted()
    assert [name for name in others if name not in left] == []
    assert callbacks >= 0

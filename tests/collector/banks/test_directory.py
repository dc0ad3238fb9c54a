"""The directory of lactariums: shipped facts, their sources, and the upgrade from 0.1."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from collector import migrations
from collector.banks.directory import (
    DirectorySource,
    directory_checks,
    first_lines,
    read_sources,
    typed_sources,
)
from collector.banks.models import Jurisdiction, Known, Lactarium, SourceKind
from collector.db import sqlite as sqlite_driver
from collector.errors import Refused

NECKER = "Lactarium d'Île-de-France, Hôpital Necker-Enfants malades"
LARA = "Lactarium Rhône-Alpes-Auvergne (LARA), HCL Croix-Rousse"
DIJON = "Lactarium du CHU de Dijon"

INSERT = text(
    "INSERT INTO lactariums (name, town, postcode, latitude, longitude, kind, takes_anonymous,"
    " phone, website, postcodes, evidence, checked_on, listed, version)"
    " VALUES (:name, :town, '00000', 45, 5, :kind, :takes, :phone, '', '[]', :evidence,"
    " NULL, 1, :version)"
)


def test_every_shipped_entry_has_sources_with_an_address_and_a_kind() -> None:
    for entry in first_lines(Jurisdiction.FRANCE):
        assert entry.sources, entry.name
        for source in entry.sources:
            assert source.url.startswith(("https://", "http://"))
            assert source.kind is not SourceKind.UNKNOWN
        assert bool(entry.phone) == (entry.phone_source is not SourceKind.UNKNOWN), entry.name


def test_only_entries_with_their_own_page_count_as_read_there() -> None:
    lines = [
        Lactarium(checked_on=None, sources=[{"url": "https://a.example", "kind": kind, "date": ""}])
        for kind in ("press", "own_page", "press")
    ]
    lines.append(Lactarium(checked_on=None, sources=[]))
    lines.append(Lactarium(checked_on=None, sources=[], bank_id=1))
    checks = directory_checks(lines)
    assert (checks.total, checks.checked, checks.own) == (5, 0, 1)
    assert checks.by_source == {
        SourceKind.OWN_PAGE: 1,
        SourceKind.PRESS: 2,
        SourceKind.UNKNOWN: 1,
    }


def test_sources_are_typed_one_per_line_and_shown_again_as_typed() -> None:
    typed = "https://a.example/lait own_page 2024-03\nhttps://b.example"
    sources = read_sources(f"\n{typed}\n")
    assert sources[0] == DirectorySource(
        url="https://a.example/lait", kind=SourceKind.OWN_PAGE, date="2024-03"
    )
    assert sources[1].kind is SourceKind.UNKNOWN
    stored = [{"url": each.url, "kind": each.kind.value, "date": each.date} for each in sources]
    assert typed_sources(stored) == f"{typed} unknown"


@pytest.mark.parametrize(
    "line",
    ["javascript:alert(1)", "https://a.example yesterday", "https://a.example press forum", "a b"],
)
def test_a_source_without_an_address_or_with_other_words_is_refused(line: str) -> None:
    with pytest.raises(Refused, match="source_not_read"):
        read_sources(line)


def test_an_upgrade_completes_the_directory_and_keeps_an_administrators_values(
    tmp_path: Path,
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}", module=sqlite_driver)
    migrations.upgrade(engine, "0200")
    shipped = {"kind": "unknown", "takes": "unknown", "phone": "", "evidence": "unverified"}
    with engine.begin() as connection:
        for row in (
            {"name": DIJON, "town": "Dijon", "version": 1} | shipped,
            {"name": LARA, "town": "Lyon", "version": 2} | shipped | {"phone": "01 corrected"},
            {"name": NECKER, "town": "Paris", "version": 2} | shipped | {"evidence": "by letter"},
        ):
            connection.execute(INSERT, row)
    migrations.upgrade(engine)
    with engine.connect() as connection:
        rows = {row.name: row for row in connection.execute(text("SELECT * FROM lactariums"))}
    engine.dispose()
    assert rows[DIJON].takes_anonymous == Known.YES
    assert "info-beaune.com" in rows[DIJON].sources
    assert rows[LARA].phone == "01 corrected"
    assert rows[LARA].phone_source == SourceKind.UNKNOWN
    assert rows[LARA].takes_anonymous == Known.UNKNOWN
    assert rows[LARA].website == "https://www.chu-lyon.fr/lactarium-auvergne-rhone-alpes"
    assert rows[NECKER].evidence == "by letter"
    assert len(rows) == 5, "the two entries that 0.1 lacked"


def test_an_upgrade_adds_nothing_to_a_directory_of_another_country(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}", module=sqlite_driver)
    migrations.upgrade(engine, "0200")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM lactariums")).scalar() == 0
    engine.dispose()

"""The archive of PostgreSQL's log as the page says: a restore to an instant, in an own cluster.

The lines of `postgresql.conf` are those of the page. The cluster is killed without a farewell.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.processes import free_port

PAGE = (Path(__file__).parents[2] / "docs" / "running.md").read_text("utf-8")
pytestmark = pytest.mark.processes


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


class Cluster:
    """A PostgreSQL cluster in a folder, run as its own user."""

    def __init__(self, folder: Path, programs: Path, port: int) -> None:
        self.folder, self.programs, self.port = folder, programs, port

    def run(self, *words: str, quiet: bool = False) -> str:
        told = subprocess.DEVNULL if quiet else None
        ran = subprocess.run(
            ["runuser", "-u", "postgres", "--", *words],  # noqa: S607
            check=True,
            stdout=told or subprocess.PIPE,
            stderr=told,
            text=True,
            cwd="/",
        )
        return (ran.stdout or "").strip()

    def program(self, name: str, *words: str, quiet: bool = False) -> str:
        return self.run(str(self.programs / name), *words, quiet=quiet)

    def ask(self, statement: str) -> str:
        where = ("-h", str(self.folder), "-p", str(self.port), "milkround")
        return self.program("psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-c", statement, *where)

    def control(self, data: str, *words: str) -> None:
        log = ("-l", str(self.folder / "log"))
        self.program("pg_ctl", "-D", str(self.folder / data), "-w", *log, *words, quiet=True)


@pytest.fixture
def cluster(first_port: int) -> Iterator[Cluster]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or os.geteuid() != 0 or shutil.which("runuser") is None:
        pytest.skip("PostgreSQL's programs, or the right to run them as their user, are not here")
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="milkround-archive-"))
    shutil.chown(folder, "postgres", "postgres")
    made = Cluster(folder, found[-1].parent, free_port("127.0.0.1", first_port))
    try:
        yield made
    finally:
        for data in ("data", "restored"):
            if (folder / data / "postmaster.pid").exists():
                made.control(data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def own(text: str, cluster: Cluster) -> str:
    """Return lines of the page with the folders of the test."""
    return text.replace("/srv/", f"{cluster.folder}/")


def configure(cluster: Cluster, data: str, text: str) -> None:
    socket = f"port = {cluster.port}\nunix_socket_directories = '{cluster.folder}'\n"
    with (cluster.folder / data / "postgresql.conf").open("a") as file:
        file.write(socket + "listen_addresses = ''\n" + text)


def test_a_killed_cluster_comes_back_at_an_instant(cluster: Cluster) -> None:
    archive, recovery = (own(text, cluster) for text in blocks("ini"))
    take_base = next(line for line in PAGE.splitlines() if line.startswith("pg_basebackup"))
    for name in ("wal", "base"):
        cluster.run("mkdir", "-m", "700", str(cluster.folder / name))
    cluster.program("initdb", "-D", str(cluster.folder / "data"), "-A", "trust", quiet=True)
    configure(cluster, "data", archive)
    cluster.control("data", "start")
    where = f"-h {cluster.folder} -p {cluster.port}"
    cluster.program("createdb", *where.split(), "milkround")
    cluster.ask("CREATE TABLE milk (litres int)")
    cluster.ask("INSERT INTO milk VALUES (1)")
    words = own(take_base, cluster).replace("$(date +%F)", "first").split()
    cluster.program("pg_basebackup", *where.split(), *words[1:], quiet=True)
    cluster.ask("INSERT INTO milk VALUES (2)")
    instant = cluster.ask("SELECT clock_timestamp()")
    cluster.ask("DELETE FROM milk")
    cluster.ask("SELECT pg_switch_wal()")
    _wait_for_archive(cluster)
    cluster.ask("INSERT INTO milk VALUES (3)")
    cluster.control("data", "-m", "immediate", "stop")

    cluster.run("mkdir", "-m", "700", str(cluster.folder / "restored"))
    base = str(cluster.folder / "base" / "first" / "base.tar.gz")
    cluster.run("tar", "-xzf", base, "-C", str(cluster.folder / "restored"))
    shown = re.search(r"recovery_target_time = '[^']+'", recovery)
    assert shown
    configure(
        cluster, "restored", recovery.replace(shown[0], f"recovery_target_time = '{instant}'")
    )
    cluster.run("touch", str(cluster.folder / "restored" / "recovery.signal"))
    cluster.control("restored", "start")
    assert cluster.ask("SELECT string_agg(litres::text, ',' ORDER BY litres) FROM milk") == "1,2"
    assert cluster.ask("SHOW archive_timeout") == "5min"


def _wait_for_archive(cluster: Cluster) -> None:
    """Wait until the closed part of the log is archived; the server says so itself."""
    wait = """
        DO $$ BEGIN
          FOR i IN 1..300 LOOP
            PERFORM pg_stat_clear_snapshot();
            EXIT WHEN (SELECT last_archived_wal FROM pg_stat_archiver) >= %s;
            PERFORM pg_sleep(0.1);
          END LOOP;
        END $$"""
    closed = cluster.ask("SELECT pg_walfile_name(pg_current_wal_lsn() - 1)")
    cluster.ask(wait % f"'{closed}'")
    archived = sorted(file.name for file in (cluster.folder / "wal").iterdir())
    assert archived, "no part of the log was archived"

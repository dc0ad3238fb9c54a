"""Removal of erased data from the pages of the database.

SQLite overwrites deleted cells with zeros (`secure_delete`), but its log keeps the pages as they
were. PostgreSQL keeps the former versions of rows until a table is rewritten, and samples of their
values in the planner's statistics.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic, sleep

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from collector.db import Base
from collector.donors.models import Donor
from collector.jobs.models import MaintenanceKind
from collector.maintenance.runs import latest_run

SETTLED_AFTER = timedelta(minutes=5)
"""Age of an erasure from which the pages are rewritten: several erasures share one run."""
LOCK_SECONDS = 5
"""Longest wait for a table that others use."""
WAIT_SECONDS = 5
"""Longest wait for transactions that began earlier."""
LOOK_SECONDS = 0.1
EARLIER_TRANSACTIONS = text(
    "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND age(backend_xmin) >= age(CAST(:horizon AS xid)))"
    " + (age(pg_snapshot_xmin(pg_current_snapshot())::xid) >= age(CAST(:horizon AS xid)))::int"
)
"""Transactions for which PostgreSQL keeps former rows: readers here, and writers anywhere.

The snapshot of a rewriting begins with the oldest writer of the whole server, so that one in
another database keeps the rows too.
"""


def compaction_is_due(session: Session, *, now: datetime) -> bool:
    """Return whether a donor was erased since the pages were last rewritten."""
    erased = session.scalar(select(func.max(Donor.erased_at)))
    if erased is None or now - erased < SETTLED_AFTER:
        return False
    last = latest_run(session, MaintenanceKind.COMPACTION, succeeded=True)
    return last is None or last.started_at <= erased


def rewrite_pages(engine: Engine) -> bool:
    """Rewrite the pages of the database; return whether all were.

    PostgreSQL locks a table while it is rewritten; a table that others use for longer than five
    seconds is left for the next run. So is everything if a transaction from before this one goes
    on, in this database or as a writer in another one of the server: PostgreSQL keeps the former
    rows for it.
    """
    apart = engine.execution_options(isolation_level="AUTOCOMMIT")
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            raw = connection.connection.cursor()
            raw.execute("VACUUM")
            busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            return not busy
    tables = [table.name for table in Base.metadata.sorted_tables]
    with apart.connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
        # The statistics come last, when no transaction needs those that the tables have replaced;
        # the owner of a database may rewrite its catalogues.
        return _rewrite(connection, tables) and _rewrite(connection, ["pg_statistic"])


def _rewrite(connection: Connection, names: Sequence[str]) -> bool:
    """Rewrite tables of PostgreSQL; return whether all were, without former rows."""
    if not _earlier_transactions_are_over(connection):
        return False
    left = 0
    for name in names:
        try:
            connection.execute(text(f'VACUUM (FULL, ANALYZE) "{name}"'))
        except OperationalError:
            left += 1
    return left == 0


def _earlier_transactions_are_over(connection: Connection) -> bool:
    """Wait for the transactions that began earlier; return whether all ended."""
    horizon = connection.scalar(text("SELECT pg_current_xact_id()::xid::text"))
    until = monotonic() + WAIT_SECONDS
    while connection.scalar(EARLIER_TRANSACTIONS, {"horizon": horizon}):
        if monotonic() > until:
            return False
        sleep(LOOK_SECONDS)
    return True

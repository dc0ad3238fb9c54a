"""The schema of a database, compared with the classes of the rows."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from collector.db import Base


def differences(engine: Engine) -> list[object]:
    """Return the differences between a database and the classes of the rows."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

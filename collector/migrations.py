"""Migration of a database to this version's schema, and its check."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from collector.asset_root import asset_root
from collector.db import Base


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to a revision, in one transaction."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema down to a revision; `base` removes everything."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has the schema of this version."""
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        return present == ScriptDirectory.from_config(_config(connection)).get_current_head()


def differences(engine: Engine) -> list[object]:
    """Return what the rows' classes say and the migrated schema does not have, or the reverse."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(asset_root() / "migrations"))
    config.attributes["connection"] = connection
    return config

"""How Alembic reaches the database: always on a connection it is given, never by a URL."""

from alembic import context

from collector.db import Base
from collector.models import EVERY_MODULE

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    user_module_prefix="collector.db.",
)
if not EVERY_MODULE:
    raise RuntimeError("no rows are known")
with context.begin_transaction():
    context.run_migrations()

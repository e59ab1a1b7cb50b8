"""Alembic's entry: runs the migrations on the connection it is handed, or on the configured one."""

from alembic import context
from sqlalchemy import Connection

from config.settings import read_settings
from store.db import open_engine
from store.models import Base


def migrate(connection: Connection) -> None:
    """Run the migrations on ``connection``."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite cannot alter a table in place
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with open_engine(read_settings().database_url).begin() as opened:
        migrate(opened)

"""Opening the database: SQLite or PostgreSQL through the same code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from config.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

Result = TypeVar("Result")

MIGRATIONS = Path(__file__).parent / "migrations"

_ADVICE = {
    "readonly": "make the file and its folder writable for this user",
    "unable to open": "check that the folder of CALLWATCH_DATABASE_URL exists and is writable",
    "no such table": "set the database up with: callwatch init",
    "does not exist": "set the database up with: callwatch init",
    "full": "free space on its disk",
}
"""Sign in the database's own words → what to do."""


class StoreError(Exception):
    """The database cannot be used; the message says why and what to do, and holds no secret."""


class StoreConflictError(StoreError):
    """Somebody else was writing the same thing at that moment; it may be tried again."""


def open_engine(url: str) -> Engine:
    """Return an engine for the database at ``url``; the folder of a SQLite file is made.

    Raises:
        ConfigurationError: If ``url`` is no database address.
        StoreError: If the folder of a SQLite file cannot be made.
    """
    try:
        address = make_url(url)
        dialect = address.get_dialect().name
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigurationError(
            "CALLWATCH_DATABASE_URL is no database address; examples: "
            "sqlite:///var/callwatch.db, postgresql+psycopg://user:secret@host/callwatch"
        ) from error
    if dialect != "sqlite":
        return _server_engine(url)
    if address.database and not address.database.startswith((":memory:", "file:")):
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{address.database}: {error.strerror}") from error
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _server_engine(url: str) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"CALLWATCH_DATABASE_URL needs the package {error.name}; "
            "for PostgreSQL: pip install 'callwatch[postgres]'"
        ) from error


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn what a database refuses into one ``StoreError`` that a person can read."""
    try:
        yield
    except DatabaseError as error:
        lines = str(error.orig).strip().splitlines()
        reason = lines[0] if lines else type(error.orig).__name__
        conflict = isinstance(error, IntegrityError) or any(sign in reason for sign in _CONFLICTS)
        kind = StoreConflictError if conflict else StoreError
        raise kind(f"database: {reason}; {_advice(reason)}") from error


_CONFLICTS = ("database is locked", "deadlock detected", "could not serialize")


def _advice(reason: str) -> str:
    for sign, advice in _ADVICE.items():
        if sign in reason:
            return advice
    return "nothing was stored by the step that failed; check CALLWATCH_DATABASE_URL and try again"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to ``revision``.

    Raises:
        StoreError: If the database cannot be reached or written.
    """
    from alembic import command  # noqa: PLC0415 - a fifth of a second that few processes need

    with _migrating(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
        command.upgrade(_alembic(connection), revision)


_MIGRATING = 0x63616C6C
"""Number of the lock under which one process at a time brings the tables up."""


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the tables back to ``revision``; ``base`` drops every one."""
    from alembic import command  # noqa: PLC0415 - as above

    with _migrating(engine) as connection:
        command.downgrade(_alembic(connection), revision)


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Yield a connection to change tables by, in one transaction.

    SQLite changes a column by building its table anew; with foreign keys on, dropping the old table
    would take the rows of other tables with it. They are checked at the end instead.
    """
    with store_errors(), engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        try:
            _wait_for_turn(connection)
            yield connection
            if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise StoreError(
                    f"the change of tables left rows without their parents: {broken[0]}"
                )
            connection.commit()
        finally:
            connection.rollback()
            if sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def _alembic(connection: object) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as above

    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.attributes["connection"] = connection
    return configuration


@contextmanager
def session_scope(engine: Engine) -> Iterator[Session]:
    """Yield a session and commit it; roll back on an error.

    Raises:
        StoreError: If the database refuses.
    """
    with store_errors(), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


ATTEMPTS = 5
"""How often a transaction is tried that others are in the way of."""


def in_transaction(engine: Engine, work: Callable[[Session], Result]) -> Result:
    """Return what ``work`` returns, committed; tried again while others write the same thing.

    Raises:
        StoreError: If the database refuses.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return _alone(engine, work)
        except StoreConflictError:
            continue
    return _alone(engine, work)


def _alone(engine: Engine, work: Callable[[Session], Result]) -> Result:
    with session_scope(engine) as session:
        _wait_for_turn(session.connection())
        return work(session)


class QuickStore:
    """A connection for many small transactions, whose commits do not wait for the disk.

    What it commits survives the end of this process at once. A power cut may take back what was
    committed since the last ``sync``; the database stays whole.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect()
        self._connection.detach()  # nobody gets it from the pool with what is set here
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._say("PRAGMA synchronous = NORMAL" if self._is_sqlite else _NO_WAIT)

    def in_transaction(self, work: Callable[[Connection], Result]) -> Result:
        """Return what ``work`` returns, committed; tried again while others are in the way.

        ``work`` gets the connection itself: a session would cost as much as its statements.

        Raises:
            StoreError: If the database refuses.
        """
        for _ in range(ATTEMPTS - 1):
            try:
                return self._alone(work)
            except StoreConflictError:
                continue
        return self._alone(work)

    def _alone(self, work: Callable[[Connection], Result]) -> Result:
        with store_errors(), self._connection.begin():
            _wait_for_turn(self._connection)
            return work(self._connection)

    def sync(self) -> None:
        """Bring to the disk what was committed; PostgreSQL does so within a second by itself."""
        if self._is_sqlite:
            self._say("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _say(self, statement: str) -> None:
        with store_errors():
            self._connection.exec_driver_sql(statement)
            self._connection.commit()


_NO_WAIT = "SET synchronous_commit = off"


def _wait_for_turn(connection: Connection) -> None:
    """Let SQLite have one writer from the first read on; elsewhere rows are locked one by one."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")

